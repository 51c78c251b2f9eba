#!/usr/bin/env bats
# The command line: what is a usage error, what --help says, what happens to unreadable images,
# lost output and exit statuses.

load images.bash

# An image that is sound, one with warnings, one that is corrupt.
make_images() {
    qemu-img create -q -f vhdx sound.vhdx 64M
    cp sound.vhdx warnings.vhdx
    printf '\377' | dd of=warnings.vhdx bs=1 seek=131200 conv=notrunc status=none
    cp sound.vhdx corrupt.vhdx
    dd if=/dev/zero of=corrupt.vhdx bs=64K seek=48 count=1 conv=notrunc status=none
    echo 'not a disk' >notes.txt
}

# The program refused: status 1, nothing on standard output, one line that says so, one hint: as
# given, else where the options of the verb are explained.
refused() { # WHAT [HINT]
    local hint=${2:-"Try 'vhdxray $called --help'"}

    [ "$status" -eq 1 ]
    [ ! -s out ]
    [ "$(wc -l <err)" -eq 2 ]
    [ "$(head -n 1 err)" = "vhdxray: $1" ]
    [ "$(tail -n 1 err)" = "$hint" ]
}

@test "usage errors: one line, one hint, exit status 1" {
    vhdxray
    refused 'no verb given' "Try 'vhdxray --help'"
    vhdxray frobnicate
    refused "unknown verb 'frobnicate'" "Try 'vhdxray --help'"
    vhdxray ''
    refused "unknown verb ''" "Try 'vhdxray --help'"
    make_images
    vhdxray sound.vhdx
    refused "no verb given before the file 'sound.vhdx'" "Try 'vhdxray check sound.vhdx'"
    vhdxray .
    refused "unknown verb '.'" "Try 'vhdxray --help'"
    vhdxray help frobnicate
    refused "unknown verb 'frobnicate'" "Try 'vhdxray --help'"
    vhdxray help check info
    refused 'help takes one verb' "Try 'vhdxray --help'"
    vhdxray --frobnicate
    refused "unknown option '--frobnicate'" "Try 'vhdxray --help'"
    vhdxray check
    refused 'no image given'
    vhdxray info --
    refused 'no image given'
    vhdxray check --frobnicate a
    refused "unknown option '--frobnicate'"
    vhdxray check -x a
    refused "unknown option '-x'"
    vhdxray check -vx a
    refused "unknown option '-x'"
    vhdxray check --format
    refused "no value given to option '--format'"
    vhdxray check --format xml a
    refused "--format takes text or json, not 'xml'"
    vhdxray check --format= a
    refused "--format takes text or json, not ''"
    vhdxray check --color=red a
    refused "--color takes auto, always or never, not 'red'"
    vhdxray check --verbose=3 a
    refused "no value is taken by option '--verbose'"
    vhdxray check --all a
    refused "unknown option '--all'"
    vhdxray log a b
    refused 'log takes one image'
    vhdxray export a
    refused 'export takes an image and where it goes'
    vhdxray map -v a
    refused "unknown option '--verbose'"
    vhdxray check --at=1 a
    refused "unknown option '--at'"
    vhdxray log --at a
    refused "--at takes a number of log entries, not 'a'"
    vhdxray map --at=1
    refused 'map takes one image'
    for option in --format=json --all --color=always; do
        vhdxray replay $option -o copy a
        refused "a copy is no report: -o does not go with '${option%%=*}'"
    done
    for option in --force --no-progress; do
        vhdxray replay $option a
        refused "without -o nothing is written, so there is no use for '$option'"
    done
    vhdxray explain --format json HDR-003
    refused "unknown option '--format'"
    vhdxray explain
    refused 'explain takes either rules or --all'
    vhdxray explain --all HDR-003
    refused 'explain takes either rules or --all'
    vhdxray explain HDR-003 HDR-999
    refused "unknown rule 'HDR-999'" "Try 'vhdxray explain --all'"
}

@test "what was typed comes back printable" {
    vhdxray $'\e[31mverb\n'
    refused "unknown verb '�[31mverb�'" "Try 'vhdxray --help'"
    vhdxray check $'no\e[2Jfile'
    [ "$status" -eq 1 ]
    [ "$(cat err)" = 'vhdxray: no�[2Jfile: No such file or directory' ]
}

@test "--help for the program and for each verb, --version" {
    vhdxray --help
    [ "$status" -eq 0 ]
    [ ! -s err ]
    grep -q '^Usage: vhdxray ' out
    [ "$(verbs | wc -l)" -ge 8 ]
    cp out program
    vhdxray -h
    cmp out program
    vhdxray help
    cmp out program
    for verb in $(verbs); do
        vhdxray "$verb" --help
        [ "$status" -eq 0 ]
        [ "$(head -n 1 out | cut -d' ' -f1-3)" = "Usage: vhdxray $verb" ]
        [ "$(wc -L <out)" -le 100 ]
        cp out its
        vhdxray help "$verb"
        [ "$status" -eq 0 ]
        cmp out its
    done
    vhdxray --version
    [ "$status" -eq 0 ]
    grep -qxE 'vhdxray [0-9]+\.[0-9]+\.[0-9]+' out
}

@test "the manual names every verb and option of --help" {
    manual=$VHDXRAY_SRC/docs/vhdxray.1
    for verb in '' $(verbs); do
        vhdxray ${verb:+"$verb"} --help
        grep -oE '(^|[ ,])--[a-z-]+' out | sed 's/^[ ,]*--//' | sort -u >options
        [ -s options ]
        while read -r option; do
            grep -qE "^\.(It )?.*Fl -$option( |$)" "$manual"
        done <options
    done
    for verb in $(verbs); do
        grep -q "^\.It Cm $verb" "$manual"
    done
}

@test "exit status by verdict; of several images the worst, in the order 2 1 3 0" {
    make_images
    vhdxray check sound.vhdx
    [ "$status" -eq 0 ]
    [ "$(head -n 1 out)" = 'sound.vhdx: sound' ]
    vhdxray check warnings.vhdx
    [ "$status" -eq 3 ]
    [ "$(head -n 1 out)" = 'warnings.vhdx: sound with 2 warnings' ]
    vhdxray check corrupt.vhdx
    [ "$status" -eq 2 ]
    grep -q '^corrupt.vhdx: corrupt: ' out
    vhdxray check missing.vhdx
    [ "$status" -eq 1 ]
    vhdxray check notes.txt
    [ "$status" -eq 2 ]

    vhdxray check sound.vhdx warnings.vhdx sound.vhdx
    [ "$status" -eq 3 ]
    vhdxray check warnings.vhdx missing.vhdx sound.vhdx
    [ "$status" -eq 1 ]
    vhdxray check missing.vhdx corrupt.vhdx warnings.vhdx
    [ "$status" -eq 2 ]
    vhdxray info warnings.vhdx missing.vhdx
    [ "$status" -eq 1 ]
}

@test "a file that is no VHDX: short and helpful" {
    make_images
    for verb in check info; do
        vhdxray $verb notes.txt
        [ "$status" -eq 2 ]
        [ "$(head -n 1 out)" = 'notes.txt: not a VHDX image' ]
        [ "$(wc -l <out)" -le 8 ]
        grep -q 'VHDX-FTI-001' out
    done
    # what is in the text is in the JSON, and nothing else
    for options in '' --verbose; do
        vhdxray check $options notes.txt
        grep -o 'VHDX-[A-Z]*-[0-9]*' out | sort -u >in-text
        [ "$(wc -l <in-text)" -eq 2 ]
        vhdxray check --format=json notes.txt
        jq -r '.totals.rules | keys[]' out | sort | diff in-text -
    done
    : >empty
    vhdxray check empty
    [ "$status" -eq 2 ]
    [ "$(head -n 1 out)" = 'empty: not a VHDX image' ]
}

@test "what is no image file is refused at once, with advice" {
    make_images
    mkfifo pipe
    status=0
    timeout 10 "$VHDXRAY" check pipe >out 2>err || status=$?
    [ "$status" -eq 1 ]
    grep -q '^vhdxray: pipe: is a pipe' err
    vhdxray check . '' /dev/null sound.vhdx
    [ "$status" -eq 1 ]
    grep -q '^vhdxray: \.: is a directory' err
    grep -q "^vhdxray: '': the name is empty" err
    grep -q '^vhdxray: /dev/null: is a character device' err
    [ "$(head -n 1 out)" = 'sound.vhdx: sound' ]
    [ "$(wc -l <err)" -eq 3 ]
    for verb in check log map; do
        vhdxray $verb - <sound.vhdx
        [ "$status" -eq 1 ]
        [ ! -s out ]
        [ "$(cat err)" = 'vhdxray: -: standard input cannot be read, for an image is not read in one go: name a file' ]
    done
    cp sound.vhdx ./-
    vhdxray check -
    [ "$status" -eq 0 ]
}

@test "what can be read but has no size is no empty file" {
    [ -s /proc/version ] || [ -n "$(cat /proc/version)" ] || skip "there is no /proc"
    for verb in check info log replay map; do
        vhdxray "$verb" /proc/version
        [ "$status" -eq 1 ]
        [ ! -s out ]
        [ "$(cat err)" = 'vhdxray: /proc/version: states no size, though there is something to read: copy it to a file first' ]
    done
    vhdxray check --format=json /proc/version
    [ "$status" -eq 1 ]
    jq -e '.verdict == "incomplete" and (.error | test("^states no size"))' out
    # whether there is something to read cannot be known
    vhdxray check /proc/self/mem
    [ "$status" -eq 1 ]
    grep -q '^vhdxray: /proc/self/mem: ' err
}

@test "odd names: options after --, spaces, control characters, invalid UTF-8" {
    make_images
    cp sound.vhdx ./-v
    vhdxray check -- -v
    [ "$status" -eq 0 ]
    [ "$(head -n 1 out)" = '-v: sound' ]
    odd=$'two words\n\e[31m\xff'
    cp sound.vhdx "$odd"
    vhdxray check "$odd"
    [ "$status" -eq 0 ]
    [ "$(head -n 1 out)" = 'two words��[31m�: sound' ]
}

@test "lost output is an error" {
    make_images
    status=0
    "$VHDXRAY" check sound.vhdx >/dev/full 2>err || status=$?
    [ "$status" -eq 1 ]
    grep -q 'cannot write the report: No space left on device' err
    status=0
    "$VHDXRAY" check sound.vhdx >&- 2>err || status=$?
    [ "$status" -eq 1 ]
    grep -q 'cannot write the report: Bad file descriptor' err
    status=0
    "$VHDXRAY" --help >/dev/full 2>err || status=$?
    [ "$status" -eq 1 ]
    # A reader that goes away at once; the pipe is opened for reading and writing to be sure.
    mkfifo gone
    status=0
    (
        # shellcheck disable=SC2094
        exec 3<>gone 4>gone 3<&-
        "$VHDXRAY" explain --all >&4 2>err
    ) || status=$?
    [ "$status" -eq 1 ]
    grep -q 'cannot write the report: Broken pipe' err
}

@test "with a standard stream closed nothing is written to the image" {
    make_images
    sha256sum sound.vhdx >sum
    "$VHDXRAY" check sound.vhdx <&- >out
    "$VHDXRAY" check sound.vhdx <&- >&- 2>&- || true
    sha256sum -c --quiet sum
}

@test "colour only when asked for" {
    make_images
    vhdxray check warnings.vhdx
    refute grep -q $'\e' out
    vhdxray check --color=always warnings.vhdx
    grep -q $'\e\[1;33m' out
    sed 's/\x1b\[[0-9;]*m//g' out >plain
    vhdxray check --color never warnings.vhdx
    cmp out plain
    if script -qec true /dev/null >/dev/null 2>&1; then
        TERM=xterm script -qec "'$VHDXRAY' check warnings.vhdx" /dev/null >out || true
        grep -q $'\e\[1;33m' out
        TERM=xterm NO_COLOR=1 script -qec "'$VHDXRAY' check warnings.vhdx" /dev/null >out || true
        refute grep -q $'\e' out
        TERM=dumb script -qec "'$VHDXRAY' check warnings.vhdx" /dev/null >out || true
        refute grep -q $'\e' out
    fi
}

@test "notes only with --verbose, and the report says that they are there" {
    make_images
    vhdxray check sound.vhdx
    grep -q '^2 notes are not shown (--verbose shows them)\.$' out
    refute grep -q '^info ' out
    vhdxray check -v sound.vhdx
    [ "$status" -eq 0 ]
    [ "$(grep -c '^info VHDX-RGE-012: ' out)" -eq 2 ]
    refute grep -q 'not shown' out
}

@test "findings beyond the limit are counted exactly" {
    make_images
    qemu-img create -q -f vhdx -o block_size=1M many.vhdx 1G
    # Entries 0 to 149 get a reserved state.
    for _ in {1..150}; do printf '\4\0\0\0\0\0\0\0'; done |
        dd of=many.vhdx bs=1 seek=2097152 conv=notrunc status=none
    vhdxray check many.vhdx
    [ "$status" -eq 2 ]
    [ "$(head -n 1 out)" = 'many.vhdx: corrupt: 150 errors' ]
    [ "$(grep -c '^error VHDX-BAT-009: ' out)" -eq 100 ]
    grep -q '^    and 50 more: 150 findings of this rule in all$' out
}

@test "explain: one rule in any spelling, all rules in a hundred columns" {
    vhdxray explain VHDX-HDR-003
    [ "$status" -eq 0 ]
    [ "$(head -n 1 out)" = 'VHDX-HDR-003  warning  MS-VHDX 2.2.2' ]
    cp out one
    vhdxray explain hdr-003
    cmp out one
    vhdxray explain --all
    [ "$status" -eq 0 ]
    [ "$(grep -c '^VHDX-' out)" -eq "$(grep -c '^VX_RULE(' "$VHDXRAY_SRC/parser/rules.def")" ]
    [ "$(wc -L <out)" -le 100 ]
    refute grep -q '[{}]' out
}

@test "reports keep to a hundred columns" {
    make_images
    for image in sound.vhdx warnings.vhdx corrupt.vhdx notes.txt; do
        vhdxray check -v "$image"
        [ "$(wc -L <out)" -le 100 ]
        vhdxray info -v "$image"
        [ "$(wc -L <out)" -le 100 ]
    done
}
