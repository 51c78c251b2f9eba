#!/usr/bin/env bats
# Paths in an image are an attack until shown otherwise: whatever they are, nothing outside the
# folder of the image is opened or looked at, and nothing of them gets out but what can be printed.
# VHDXRAY, VHDXFORGE: the programs.

load images.bash
load chains.bash

# The command lines of every verb, one a line, on inside/image.vhdx.
all_lines() {
    local verb
    for verb in $(verbs); do
        [ "$verb" = explain ] || looks "$verb" inside/image.vhdx
    done | sed 's/--parent-dir=\./--parent-dir=inside/'
    some_lines
}

# Those that have to do with paths.
some_lines() {
    echo 'check --format=json --parent-dir=inside inside/image.vhdx'
    echo 'chain inside/image.vhdx'
    echo 'chain --follow inside/image.vhdx'
    echo 'chain --format=json --parent-dir=inside --follow inside/image.vhdx'
    echo 'map --follow inside/image.vhdx'
    echo 'export --follow inside/image.vhdx -'
    echo 'read --salvage --follow inside/image.vhdx 0 1M'
}

# Which paths did the program hand to the system, that lie neither inside the folder nor are used
# for every image? Everything is taken into account that begins behind its start: what was tried,
# and where what was opened really lies.
setup_file() {
    cat >"$BATS_FILE_TMPDIR/outside.py" <<'END'
"""Print what strace -y saw outside of a folder: CALLS FOLDER [KNOWN]..."""
import os
import re
import sys

CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (.*)$")
FOLDER = re.compile(r"^(?:AT_FDCWD|\d+)<([^>]*)>, ")
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"(\.\.\.)?')
RESULT = re.compile(r"^\d+<([^>]*)>")
# What the runtime of a sanitizer reads of its own process.
OWN = re.compile(r"/proc/(self|\d+)/(cmdline|environ|maps)")


def places(name):
    for line in open(name, errors="surrogateescape"):
        call = CALL.match(line)
        if not call or call[1] == "execve":
            continue
        folder = FOLDER.match(call[2])
        text = TEXT.search(call[2])
        if text:
            assert not text[2], line  # nothing was cut off
            path = text[1].encode("latin-1").decode("unicode_escape")
            yield os.path.normpath(os.path.join(folder[1] if folder else os.getcwd(), path)), line
        result = RESULT.match(call[3])
        if result:
            yield os.path.normpath(result[1]), line


inside = os.path.realpath(sys.argv[2])
known = {place for name in sys.argv[3:] for place, line in places(name)}
count = 0
for place, line in places(sys.argv[1]):
    count += 1
    if OWN.fullmatch(place):
        continue
    if place != inside and not place.startswith(inside + "/") and place not in known:
        print(place, line, end="")
assert count > 0
END
    cat >"$BATS_FILE_TMPDIR/printable.py" <<'END'
"""Are these files UTF-8 without characters that move a cursor, reorder or hide text?"""
import sys
import unicodedata

for name in sys.argv[1:]:
    text = open(name, "rb").read().decode("utf-8")
    odd = {c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")}
    assert not odd, (name, odd)
END
}

# Run the program; `calls` and what it printed for people or programs grow.
trace() { # WORD...
    status=0
    strace -f --seccomp-bpf -qq -y -s 70000 -A -o calls -e trace=%file,openat2 \
        "$VHDXRAY" "$@" >out 2>>printed </dev/null || status=$?
    [ "$1" = export ] || [ "$1" = read ] || cat out >>printed
}

# What is used whatever the image: the loader, libraries, the words of command lines. To `known`.
learn() { # <LINES
    local line
    forge_base inside/image.vhdx "$G3"
    while read -ra line; do
        trace "${line[@]}"
        [ "$status" -eq 0 ]
    done
    mv calls known
}

# inside/image.vhdx, all of whose paths are the value, and around it what they may lead to.
setup_images() { # VALUE
    forge inside/image.vhdx 'create differencing' "set headers.data-write-guid $G3" 'locator' \
        "key u\"parent_linkage\" u\"{$G2}\"" "key u\"relative_path\" $1" \
        "key u\"volume_path\" $1" "key u\"absolute_win32_path\" $1" \
        'block 1 present at=5M' 'fill 5M 1M 0x22' 'size 6M'
}

setup_folders() {
    mkdir -p inside/folder outside
    forge_base outside/secret.vhdx "$G2"
    ln -s ../outside/secret.vhdx inside/link.vhdx
    ln -s "$PWD/outside/secret.vhdx" inside/absolute.vhdx
    ln -s ../outside inside/linked
    ln -s loop inside/loop
    ln -s /proc/self/root/etc/passwd inside/magic
    mkfifo inside/pipe
    mknod inside/node c 1 5 2>/dev/null || true
}

# Values that lead nowhere they may: as a recipe has them, one a line.
values() {
    local up='..\..\..\..\..\..\..\..\..\..\..\..'
    cat <<END
u"..\\outside\\secret.vhdx"
u"../outside/secret.vhdx"
u".\\..\\outside\\secret.vhdx"
u"folder\\..\\..\\outside\\secret.vhdx"
u"folder\\..\\..\\inside\\image.vhdx"
u"$up\\etc\\passwd"
u"\\etc\\passwd"
u"/etc/passwd"
u"//etc/passwd"
u"$PWD/outside/secret.vhdx"
u"C:\\outside\\secret.vhdx"
u"C:outside\\secret.vhdx"
u"c:/etc/passwd"
u"\\\\server\\share\\secret.vhdx"
u"//server/share/secret.vhdx"
u"\\\\?\\C:\\outside\\secret.vhdx"
u"\\\\?\\UNC\\server\\share\\secret.vhdx"
u"\\\\.\\PhysicalDrive0"
u"\\??\\C:\\secret.vhdx"
u"\\\\?\\Volume{26a21bda-a627-11d7-9931-806e6f6e6963}\\secret.vhdx"
u"file:///etc/passwd"
u"http://example.com/secret.vhdx"
u"~/secret.vhdx"
u"\$HOME/secret.vhdx"
u"CON"
u"NUL"
u"COM1"
u"AUX.vhdx"
u"folder\\LPT1"
u"secret.vhdx:stream"
u"link.vhdx"
u"absolute.vhdx"
u"linked\\secret.vhdx"
u"linked\\..\\outside\\secret.vhdx"
u"loop"
u"magic"
u"pipe"
u"node"
u"folder"
u"folder\\"
u"."
u".."
u"..."
u"\\"
u"image.vhdx"
u"-rf"
u"--parent-dir=outside"
u"%s%n%x"
u"a" repeat=32766
u"a\\" repeat=2000
u"..\\" repeat=2000
u"a\\..\\" repeat=1000
u"aaaaaaaa" repeat=40
610000006200
2e002e0000005c00650074006300
2f006500740063002f0070006100730073007700640000002e0076006800
1b005b00330031006d001b005b0032004a00
1b005d0030003b00780007009b00330031006d00
0d000a0066006100740061006c000900
2e20676e61682e202a200d20
d8002e0076006800640078002e20
00d82e007600680064007800
00dc2e007600680064007800
3dd8a9dc2e0076006800
ffff2e00fefffffe
END
}

@test "no path in an image is opened outside its folder, by any verb" {
    needs_strace
    setup_folders
    all_lines >lines.all
    some_lines >lines.some
    [ "$(wc -l <lines.all)" -ge 20 ]
    learn <lines.all
    # a parent that may be followed is, and seen
    setup_images 'u"folder\\good.vhdx"'
    forge_base inside/folder/good.vhdx "$G2"
    trace chain --follow inside/image.vhdx
    grep -q '^The chain is complete: 2 images' out
    grep -q 'good.vhdx' calls
    rm inside/folder/good.vhdx
    values >malice
    [ "$(wc -l <malice)" -ge 60 ]
    which=lines.all
    while IFS= read -r value; do
        : >calls
        : >printed
        setup_images "$value"
        while read -ra line; do
            echo "${value:0:80}: ${line[*]}"
            trace "${line[@]}"
            [ "$status" -le 3 ]
            case ${line[*]} in *--follow*) [ "$status" -ne 0 ] ;; esac
        done <$which
        python3 "$BATS_FILE_TMPDIR/outside.py" calls inside known >strays
        [ ! -s strays ] || { cat strays; false; }
        python3 "$BATS_FILE_TMPDIR/printable.py" printed
        which=lines.some
    done <malice
}

@test "the test of paths notices one outside" {
    needs_strace
    setup_folders
    learn <<<'info inside/image.vhdx'
    for line in 'info outside/secret.vhdx' 'info missing.vhdx' 'info inside/link.vhdx' \
        'chain --parent-dir=outside inside/image.vhdx'; do
        rm -f calls
        setup_images 'u"none"'
        # shellcheck disable=SC2086 # a command line
        trace $line
        python3 "$BATS_FILE_TMPDIR/outside.py" calls inside known >strays
        [ -s strays ]
    done
    printf '\33[2J' >odd
    refute python3 "$BATS_FILE_TMPDIR/printable.py" odd 2>err
    printf '\342\200\256' >odd
    refute python3 "$BATS_FILE_TMPDIR/printable.py" odd 2>err
}

@test "what is no regular file is not even opened" {
    needs_strace
    setup_folders
    for name in pipe node folder; do
        [ -e inside/$name ] || continue
        setup_images "u\"$name\""
        rm -f calls
        trace chain --follow --parent-dir=inside inside/image.vhdx
        [ "$status" -eq 1 ]
        tr -s ' \n' ' ' <out | grep -q 'its relative_path names something that is no regular file\.'
        grep -q "\"$name\"" calls
        refute grep -E "openat2?\\(.*\"$name\"" calls >opened || refute grep -v O_PATH opened
    done
    for name in link.vhdx absolute.vhdx magic 'linked\\secret.vhdx'; do
        setup_images "u\"$name\""
        trace chain --follow inside/image.vhdx
        [ "$status" -eq 1 ]
        tr -s ' \n' ' ' <out | grep -q 'its relative_path leads through a link out of the folder of the image\.'
    done
}

@test "what cannot be printed is shown as such, and nothing is hidden" {
    setup_images 1b005b00330031006d001b005b0032004a00
    vhdxray chain inside/image.vhdx
    grep -qx '  Relative path  (not opened) �\[31m�\[2J' out
    grep -qx '  Volume path    (never opened) �\[31m�\[2J' out
    vhdxray chain --format=json inside/image.vhdx
    valid out
    jq -e '.links[0].parent | [."relative-path", ."volume-path", ."absolute-win32-path"]
        | all(.text == "�[31m�[2J" and .units == 9 and .opened == false)' out
    # behind a NUL, too
    setup_images 610000006200
    vhdxray chain inside/image.vhdx
    grep -qx '  Relative path  (not opened) a�b' out
    # half a surrogate pair, and text that runs backwards
    setup_images 00d861002e206200
    vhdxray chain inside/image.vhdx
    grep -qx '  Relative path  (not opened) �a�b' out
    # a path that is cut off says so, before what the image says
    setup_images 'u"b" repeat=32766'
    vhdxray chain inside/image.vhdx
    tr -s ' \n' ' ' <out | grep -qE 'Volume path \(never opened; the beginning of 32766 characters\) b{1000,1023} '
    vhdxray chain --format=json inside/image.vhdx
    valid out
    jq -e '.links[0].parent."volume-path" | .truncated and .units == 32766' out
}
