#!/usr/bin/env bats
# `make fuzz-peer`: readers made up here crash, hang and behave, and are counted as they should be.
# VHDXFORGE: the program.

load images.bash

# A number of the report: row WHAT, column 2 all, 3 ok, 4 refused, 5 crash, 6 timeout.
count() { # WHAT COLUMN
    awk -v what="$1" -v column="$2" '$1 == what { print $column }' report
}

# A recipe folder of three images, so that a test takes no minutes.
few() {
    local name

    mkdir -p source/fuzz source/tests
    cp "$VHDXRAY_SRC/fuzz/peer" source/fuzz/
    cp -r "$VHDXRAY_SRC/tests/peers" source/tests/
    for name in hdr/no-signature mde/items-overlap legal/live-write-again; do
        mkdir -p "source/corpus/recipes/${name%/*}"
        cp "$VHDXRAY_SRC/corpus/recipes/$name.recipe" "source/corpus/recipes/$name.recipe"
    done
}

peer() {
    few
    source/fuzz/peer -o found "$@" >report
}

@test "a reader that behaves leaves nothing behind" {
    peer -t 2 'true {}'
    [ "$(count corpus 2)" -eq 3 ]
    [ "$(count corpus 3)" -eq 3 ]
    [ "$(count mutants 2)" -gt 5 ]
    [ "$(count mutants 2)" -eq $(($(count mutants 3) + $(count mutants 7))) ]
    [ -z "$(ls found)" ]
    peer -t 0 'false {}'
    [ "$(count corpus 4)" -eq 3 ]
    [ "$(count mutants 2)" -eq 0 ]
}

@test "a crash is counted, kept and can be made again, and the report does not describe it" {
    # It dies of images whose first header has lost its signature.
    cat >reader <<'END'
#!/bin/sh
[ "$(dd if="$1" bs=1 skip=65536 count=4 status=none)" = head ] || { echo details; kill -SEGV $$; }
END
    chmod +x reader
    peer -t 3 "$PWD/reader {}"
    [ "$(count corpus 5)" -eq 1 ]
    [ "$(count corpus 3)" -eq 2 ]
    [ "$(count mutants 5)" -gt 0 ]
    [ "$(count mutants 3)" -gt 0 ]
    refute grep -q details report
    [ "$(ls -d found/*)" = "$(tail -n 1 report | sed 's/.*: //')" ]
    grep -q details found/reader-*/crash-hdr-no-signature.txt
    "$VHDXFORGE" unpack found/reader-*/crash-hdr-no-signature.packed again.vhdx
    run ./reader again.vhdx
    [ "$status" -eq 139 ]
}

@test "no run takes away what another one found" {
    peer -t 0 "sh -c 'exit 134' {}"
    peer -t 0 "sh -c 'exit 101' {}"
    [ "$(find found -mindepth 1 -maxdepth 1 -name 'sh-*' | wc -l)" -eq 2 ]
    [ "$(find found -name 'crash-*.packed' | wc -l)" -eq 6 ]
    cp -r found before
    peer -t 1 -s 7 "sh -c 'exit 101' {}"
    [ "$(find found -mindepth 1 -maxdepth 1 | wc -l)" -eq 2 ]
    find found -name 'crash-*-seed-7.packed' | grep -q .
    refute grep -qv '^Only in found/' <(diff -r before found)
}

@test "what a sanitizer reports is a crash, whatever the exit status" {
    peer -t 0 "sh -c 'echo ==1==ERROR: AddressSanitizer: heap-use-after-free; exit 1' {}"
    [ "$(count corpus 5)" -eq 3 ]
}

@test "a panic in Rust or Go is a crash, a refusal with the same status is none" {
    peer -t 0 "sh -c 'exit 101' {}"
    [ "$(count corpus 5)" -eq 3 ]
    for said in 'panic: no such block' 'fatal error: out of memory'; do
        peer -t 0 "sh -c 'printf \"%s\\n\\n\" \"\$0\" \"goroutine 1 [running]:\" >&2; exit 2' '$said' {}"
        [ "$(count corpus 5)" -eq 3 ]
        peer -t 0 "sh -c 'echo \"\$0\" >&2; exit 2' '$said' {}"
        [ "$(count corpus 4)" -eq 3 ]
    done
}

@test "memory, time, the network and the image are bounded" {
    peer -t 0 -m 512 "sh -c '[ \$(ulimit -v) -eq 524288 ]' {}"
    [ "$(count corpus 3)" -eq 3 ]
    peer -t 0 -m 0 "sh -c '[ \$(ulimit -v) = unlimited ]' {}"
    [ "$(count corpus 3)" -eq 3 ]
    peer -t 0 "sh -c 'while :; do :; done' {}"
    [ "$(count corpus 6)" -eq 3 ]
    if unshare --map-current-user --net -- true; then
        peer -t 0 "sh -c '! grep -q : /proc/net/route && [ \$(grep -c : /proc/net/dev) -le 1 ]' {}"
        [ "$(count corpus 3)" -eq 3 ]
    fi
    peer -t 0 "sh -c 'echo >\$0' {}" # each has a copy of its own
    [ "$(count corpus 3)" -eq 3 ]
}

@test "the same seed makes the same mutants" {
    peer -t 1 -s 5 "sh -c 'kill -SEGV \$\$' {}"
    head -qn 1 found/*/crash-*.txt | grep seed | sort >first
    grep -q 'mutate --seed 5$' first
    rm -r found
    peer -t 1 -s 5 "sh -c 'kill -SEGV \$\$' {}"
    head -qn 1 found/*/crash-*.txt | grep seed | sort >second
    [ "$(grep -c 'seed [5-9]$' first)" -eq 5 ]
    diff <(grep 'seed [5-9]$' first) <(grep 'seed [5-9]$' second)
}

@test "a command without an image is refused" {
    run peer 'true'
    [ "$status" -eq 2 ]
    [[ "$output" == *'{}'* ]]
}

@test "a command that is not there is refused, not counted" {
    for command in 'no-such-reader {}' './reader {}' "sh -c 'exit {}"; do
        run peer -t 0 "$command"
        [ "$status" -eq 2 ]
        [[ "$output" == *"${command%% *}"* ]]
    done
}

@test "a crash below a shell is a crash" {
    for signal in ILL TRAP ABRT BUS FPE SEGV SYS; do
        peer -t 0 "sh -c 'sh -c \"kill -$signal \\\$\\\$\"; exit \$?' {}"
        [ "$(count corpus 5)" -eq 3 ]
    done
}
