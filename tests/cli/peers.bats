#!/usr/bin/env bats
# `make peers`: readers made up here get the verdict they deserve. VHDXFORGE: the program.

load images.bash

# Cells of the reader NAME in the first table of verdicts, blanks removed.
cells() { # NAME
    awk -F'|' -v name=" $1 " '/fatal, opened/ { seen = 1 } seen && $2 == name { print; exit }' report |
        tr -d ' '
}

peers() {
    "$VHDXRAY_SRC/tests/peers/run" -n -g -o report "$@"
}

make_corpus() {
    local name

    for name in hdr/no-signature mde/items-overlap "$@"; do
        mkdir -p "images/${name%/*}"
        "$VHDXFORGE" --recipes="$VHDXRAY_SRC/corpus/recipes" build "$name" "images/$name.vhdx"
    done
}

@test "a reader is judged by its exit status" {
    make_corpus
    peers -p 'all=true {}' -p 'none=false {}' images
    [ "$(cells all)" = '|all|1of1|1of1|0of0|-|0of0|-|0|0|' ]
    [ "$(cells none)" = '|none|0of1|0of1|0of0|-|0of0|-|0|0|' ]
    grep -x -- "- \`hdr/no-signature\`" report
}

@test "crashes are counted and not described" {
    make_corpus
    peers -p "crash=sh -c 'echo details; kill -SEGV \$\$' {}" images
    [ "$(cells crash)" = '|crash|0of1|0of1|0of0|-|0of0|-|2|0|' ]
    refute grep -q '^details' report
}

@test "wrong bytes are found by content" {
    make_corpus legal/live-write-again legal/live-discard-zero
    peers -p "empty=truncate -s 16M {out} {}" -p "ours=$VHDXRAY export --no-progress {} {out}" images
    [ "$(cells empty)" = '|empty|1of1|1of1|0of1|1of1|0of1|1of1|0|0|' ]
    [ "$(cells ours)" = '|ours|0of1|0of1|0of1|0of1|0of1|0of1|0|0|' ]
}

@test "a command without an image is refused" {
    run peers -p 'odd=true' images
    [ "$status" -ne 0 ]
    [[ "$output" == *'{}'* ]]
}
