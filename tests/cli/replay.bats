#!/usr/bin/env bats
# `vhdxray replay`: what a pending log changes, and the clean copy.

load images.bash

# A little-endian number in an image.
number() { # IMAGE OFFSET BYTES
    od -An -v -tu"$3" -j "$2" -N "$3" "$1" | tr -d ' '
}

# Bytes of an image in hexadecimal.
bytes() { # IMAGE OFFSET COUNT
    od -An -v -tx1 -j "$2" -N "$3" "$1" | tr -d ' \n'
}

@test "the changes: BAT entries from what to what, with exact totals" {
    make_dirty
    vhdxray replay --format=json dirty.vhdx
    [ "$status" -eq 3 ]
    valid out
    jq -e '.log == "dirty" and .verdict == "warnings" and .["change-totals"]["bat-entry"] == 64
        and (.changes | length == 64) and .["changes-listed"] == 64
        and all(.changes[]; .kind == "bat-entry" and .before.state == "not-present")
        and .changes[0].after.state == "fully-present" and .changes[0].offset == 2097152' out
    vhdxray replay dirty.vhdx
    [ "$status" -eq 3 ]
    grep -q '^  BAT entry 0: not-present becomes fully-present at 0x[0-9a-f]*00000$' out
    grep -q '^  Changes *64 BAT entries$' out
    grep -A 1 '^With the log replayed in memory:$' out | grep -q '^dirty.vhdx: sound with 1 warning$'
}

@test "a list that is cut has its total next to it; --all lists everything" {
    qemu-img create -q -f vhdx -o block_size=1M fresh.vhdx 4G
    cp fresh.vhdx written.vhdx
    make_dirty 8
    vhdxray replay --format=json dirty.vhdx
    jq -e '(.changes | length == 1000) and .["change-totals"]["bat-entry"] > 4000
        and .["changes-listed"] == 1000' out
    vhdxray replay dirty.vhdx
    grep -qE '^  and 3[0-9]{3} more of 4[0-9]{3} changes in all' out
    vhdxray replay --all --format=json dirty.vhdx
    jq -e '(.changes | length) == .["change-totals"]["bat-entry"]' out
}

@test "a clean log: nothing to replay" {
    make_images
    vhdxray replay written.vhdx
    [ "$status" -eq 0 ]
    grep -q 'there is nothing to replay' out
    [ "$(tail -n 1 out)" = 'written.vhdx: sound' ]
    vhdxray replay --format=json written.vhdx
    valid out
    jq -e '.log == "clean" and .changes == [] and .["pending-log"] == null' out
}

@test "a copy: opened without repair, with the same content, and sparse" {
    make_dirty 2
    before=$(sha256sum dirty.vhdx)
    vhdxray replay -o copy.vhdx dirty.vhdx
    [ "$status" -eq 0 ]
    [ ! -s out ]
    [ ! -s err ]
    [ "$before" = "$(sha256sum dirty.vhdx)" ]
    qemu-img check copy.vhdx | grep -q 'No errors'
    qemu-img compare -f vhdx -F raw copy.vhdx written.raw
    [ "$(stat -c %b copy.vhdx)" -le "$(stat -c %b written.vhdx)" ]
    [ "$(stat -c %s copy.vhdx)" -eq "$(stat -c %s dirty.vhdx)" ]
    vhdxray check copy.vhdx
    [ "$status" -eq 0 ]
}

@test "a copy: both headers are updated by the format's procedure" {
    make_dirty
    vhdxray replay -o copy.vhdx dirty.vhdx
    one=$(number dirty.vhdx $((65536 + 8)) 8)
    two=$(number dirty.vhdx $((131072 + 8)) 8)
    newest=$((one > two ? one : two))
    [ $((one > two ? 65536 : 131072)) -eq 65536 ] && current=65536 other=131072 ||
        { current=131072 other=65536; }
    [ "$(number copy.vhdx $((other + 8)) 8)" -eq $((newest + 1)) ]
    [ "$(number copy.vhdx $((current + 8)) 8)" -eq $((newest + 2)) ]
    for header in 65536 131072; do
        [ "$(bytes copy.vhdx $((header + 48)) 16)" = 00000000000000000000000000000000 ]
        # DataWriteGuid, and everything behind the LogGuid
        cmp <(bytes copy.vhdx $((header + 32)) 16) <(bytes dirty.vhdx $((current + 32)) 16)
        cmp <(bytes copy.vhdx $((header + 64)) 4032) <(bytes dirty.vhdx $((current + 64)) 4032)
        refute cmp -s <(bytes copy.vhdx $((header + 16)) 16) <(bytes dirty.vhdx $((current + 16)) 16)
    done
    vhdxray check --format=json copy.vhdx
    jq -e '.verdict == "sound" and .facts.log == "clean"' out
    # outside headers and table, nothing differs
    cmp -l copy.vhdx dirty.vhdx | awk '{ at = $1 - 1 }
        !(at >= 65536 && at < 196608) && !(at >= 2097152 && at < 2101248) { exit 1 }'
}

@test "a copy: its headers keep a number to rise to" {
    make_dirty 1 - 18446744073709551612 # 2^64 - 4: the copy gets the next two
    vhdxray replay -o copy.vhdx dirty.vhdx
    [ "$status" -eq 0 ]
    vhdxray check copy.vhdx
    [ "$status" -eq 0 ]
    make_dirty 1 - 18446744073709551613 # 2^64 - 3: the second would be the last there is
    vhdxray check --format=json dirty.vhdx
    jq -e '.verdict == "warnings" and .totals.warning == 1' out
    vhdxray replay --force -o copy.vhdx dirty.vhdx
    [ "$status" -eq 1 ]
    grep -q 'cannot rise any more' err
    vhdxray check copy.vhdx
    [ "$status" -eq 0 ]
}

@test "a copy that no file can hold: said so, and nothing is left" {
    for size in 9223372036854775808 18446744073709551615; do
        make_dirty 1 - - "$size"
        vhdxray check dirty.vhdx
        [ "$status" -eq 3 ]
        vhdxray replay -o copy.vhdx dirty.vhdx
        [ "$status" -eq 1 ]
        [ ! -s out ]
        [ "$(wc -l <err)" -eq 1 ]
        grep -qE '^vhdxray: dirty.vhdx: replay makes the file [0-9]{19,20} bytes .* long: no file can be$' err
        [ ! -e copy.vhdx ]
    done
}

@test "the sample: the copy is what QEMU's repair makes of it" {
    make_sample
    vhdxray replay --format=json sample.vhdx
    [ "$status" -eq 3 ]
    valid out
    jq -e '.["change-totals"]["bat-entry"] == 1 and .changes[0].index == 17' out
    vhdxray replay -o copy.vhdx sample.vhdx
    [ "$status" -eq 0 ]
    qemu-img check copy.vhdx | grep -q 'No errors'
    qemu-img compare -f vhdx -F vhdx copy.vhdx repaired.vhdx
    # the file, too, but for the headers
    refute cmp -s -n 196608 copy.vhdx repaired.vhdx
    cmp -i 196608 copy.vhdx repaired.vhdx
}

@test "a corrupt image is not copied" {
    make_corrupt
    vhdxray replay -o copy.vhdx corrupt.vhdx
    [ "$status" -eq 2 ]
    [ ! -e copy.vhdx ]
    grep -q 'corrupt: ' err
    grep -q 'VHDX-' err
    tail -n 1 err | grep -q '^vhdxray: copy.vhdx: was not written: '
    make_dirty
    printf '\377' | dd of=dirty.vhdx bs=1 seek=$((1048576 + 5000)) conv=notrunc status=none
    vhdxray replay -o copy.vhdx dirty.vhdx
    [ "$status" -eq 2 ]
    [ ! -e copy.vhdx ]
}

@test "the copy is never the image, and replaces nothing unasked" {
    make_dirty
    ln dirty.vhdx hard.vhdx
    ln -s dirty.vhdx soft.vhdx
    before=$(sha256sum dirty.vhdx)
    for name in dirty.vhdx ./dirty.vhdx hard.vhdx soft.vhdx; do
        for force in '' --force; do
            vhdxray replay $force -o "$name" dirty.vhdx
            [ "$status" -eq 1 ]
            grep -q 'is the image itself, which is never written' err
        done
    done
    echo precious >there.vhdx
    vhdxray replay -o there.vhdx dirty.vhdx
    [ "$status" -eq 1 ]
    grep -q 'exists: --force replaces it' err
    [ "$(cat there.vhdx)" = precious ]
    vhdxray replay -o - dirty.vhdx
    [ "$status" -eq 0 ]
    [ -s ./- ]
    vhdxray replay --force -o there.vhdx dirty.vhdx
    [ "$status" -eq 0 ]
    [ "$before" = "$(sha256sum dirty.vhdx)" ]
    qemu-img check there.vhdx
}
