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

@test "a chain is read with its parents, or not, or wrongly" {
    local row

    make_corpus chn/three chn/wrong-guid
    peers -p "ours=$VHDXRAY export --follow --no-progress {} {out}" -p "child=$VHDXRAY export {} {out}" \
        -p "empty=truncate -s 16M {out} {}" images
    for row in '|ours|1of1|0|0|0of1|0|0|' '|child|0of1|0|1|0of1|0|0|' '|empty|0of1|1|0|1of1|0|0|'; do
        sed -n '/^## Chains/,$p' report | tr -d ' ' | grep -Fx "$row"
    done
    grep -x -- '- not explained: all of them' report
}
