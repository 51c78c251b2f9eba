#!/usr/bin/env bats
# Differencing images: how parents are found, what is said about each link and about a parent that
# is missing, and what is read through all of them. VHDXRAY, VHDXFORGE: the programs.

load images.bash
load chains.bash

# The words of `out`, whatever the lines.
words() {
    tr -s ' \n' ' ' <out
}

@test "chain: every link with its paths, how it was found, and the end" {
    make_chain
    for way in --follow --parent-dir=. '--parent=mid.avhdx --parent=base.vhdx' \
        '--parent=mid.avhdx --follow' '--parent=mid.avhdx --parent-dir=.'; do
        # shellcheck disable=SC2086 # options
        vhdxray chain $way top.avhdx
        [ "$status" -eq 0 ]
        [ ! -s err ]
        [ "$(wc -L <out)" -le 100 ]
        [ "$(head -n 1 out)" = 'top.avhdx: sound' ]
        grep -qE '^(\./)?mid.avhdx: sound$' out
        grep -qE '^(\./)?base.vhdx: sound$' out
        [ "$(grep -c ', and the parent below is that$' out)" -eq 2 ]
        [ "$(tail -n 1 out)" = 'The chain is complete: 3 images, of which the last has no parent.' ]
        grep -qx "  Data ID        $G3" out
        grep -qx "  Made of        $G1, and the parent below is that" out
        grep -qxF '  Absolute path  (never opened) \\?\C:\vm\mid.avhdx' out
        grep -qxF '  Volume path    (never opened) \\?\Volume{26a21bda-a627-11d7-9931-806e6f6e6963}\vm\base.vhdx' out
    done
    grep -qx 'Its parent, named by --parent:' out
    grep -qx 'The parent of that, found by --parent-dir:' out
    grep -qx '  Relative path  (not opened) mid.avhdx' out
    vhdxray chain --follow top.avhdx
    grep -qx '  Relative path  (followed) mid.avhdx' out
    [ "$(grep -c 'found by --follow:$' out)" -eq 2 ]
}

@test "chain: a valid document, whatever is found" {
    make_chain
    mkdir far
    cp top.avhdx far
    echo 'not a disk' >notes.txt
    for line in top.avhdx '--follow top.avhdx' '--parent-dir=. top.avhdx' '--follow far/top.avhdx' \
        '--parent=notes.txt top.avhdx' '--parent=missing top.avhdx' base.vhdx notes.txt missing; do
        # shellcheck disable=SC2086 # options
        vhdxray chain --format=json $line
        valid out
        cp out "$(tr -c 'a-z\n' _ <<<"$line").json"
    done
    jq -e '.schema == "vhdxray-chain-1" and .verdict == "sound" and .complete
        and [.links[].image] == ["top.avhdx", "mid.avhdx", "base.vhdx"]
        and [.links[].found] == ["image", "follow", "follow"]
        and [.links[].depth] == [0, 1, 2]
        and [.links[].parent.matches] == [true, true, null]
        and .links[1].parent."relative-path" == {text: ".\\base.vhdx", units: 11,
            truncated: false, opened: true}
        and .links[1].parent."volume-path".opened == false
        and .links[2].parent == null and .links[2].disk."virtual-size" == 16777216
        and .links[1]."data-write-guid" == .links[0].parent.linkage' __follow_top_avhdx.json
    jq -e '.complete == false and .verdict == "incomplete"
        and .links[0].totals.rules."VHDX-RUN-010" == 1' __parent_missing_top_avhdx.json
    jq -e '.complete == false and .verdict == "corrupt" and (.links | length) == 2
        and .links[1].verdict == "corrupt"' __parent_notes_txt_top_avhdx.json
    jq -e '.verdict == "sound" and .complete == false and (.links | length) == 1' top_avhdx.json
    jq -e '.verdict == "sound" and .complete and (.links | length) == 1' base_vhdx.json
    jq -e '.verdict == "incomplete" and .error' missing.json
}

@test "the schema of chains is strict" {
    make_chain
    vhdxray chain --format=json --parent-dir=. top.avhdx
    for change in '.links[1].found = "luck"' '.links[0].more = 1' 'del(.links[0].parent)' \
        '.links = []' '.complete = "yes"' '.relatives = [{}]' '.links[0].parent.matches = 1' \
        '.links[0].parent."relative-path".opened = null' '.schema = "vhdxray-chain-2"'; do
        jq "$change" out >changed
        refute valid changed 2>/dev/null
    done
    vhdxray check --format=json --parent-dir=. top.avhdx
    valid out
    for change in 'del(.chain)' '.chain.links[0].depth = -1' '.chain.more = 1' '.chain = []'; do
        jq "$change" out >changed
        refute valid changed 2>/dev/null
    done
}

@test "without an option nothing is looked for, and it is said which there are" {
    make_chain
    vhdxray chain top.avhdx
    [ "$status" -eq 0 ]
    [ "$(words | grep -o 'Its parent was not looked for.*')" = 'Its parent was not looked for. --parent=FILE names it, --parent-dir=DIR finds it among the images in DIR, --follow goes to the relative path below the folder of the image. ' ]
    refute grep -q 'base.vhdx' out
    vhdxray check -v top.avhdx
    [ "$status" -eq 0 ]
    [ "$(head -n 1 out)" = 'top.avhdx: sound' ]
    grep -q '^info VHDX-RUN-006' out
    vhdxray check --format=json top.avhdx
    jq -e '.chain == null and .verdict == "sound"' out
    vhdxray chain base.vhdx
    [ "$(tail -n 1 out)" = 'It is no differencing image: it has no parent.' ]
    for line in 'export top.avhdx new.raw' 'read top.avhdx 0 1'; do
        # shellcheck disable=SC2086 # a command line
        vhdxray $line
        [ "$status" -eq 1 ]
        [ "$(cat err)" = 'vhdxray: top.avhdx: is a differencing image, and its parent is missing: --parent, --parent-dir or --follow say where it may be' ]
        [ ! -e new.raw ]
    done
}

@test "check: a report for each link, and the worst counts" {
    make_chain
    vhdxray check --parent-dir=. top.avhdx
    [ "$status" -eq 0 ]
    [ "$(head -n 1 out)" = 'top.avhdx: sound' ]
    [ "$(grep -cxE 'top.avhdx: sound|./mid.avhdx: sound|./base.vhdx: sound' out)" -eq 3 ]
    [ "$(grep -c '^  BAT ' out)" -eq 3 ]
    [ "$(tail -n 1 out)" = 'The chain is complete: 3 images, of which the last has no parent.' ]
    # a changed byte in a header of the middle one
    printf X | dd of=mid.avhdx bs=1 seek=65544 conv=notrunc status=none
    vhdxray check --parent-dir=. top.avhdx
    [ "$status" -eq 3 ]
    [ "$(head -n 1 out)" = 'top.avhdx: sound; with its parents: warnings' ]
    grep -qx './mid.avhdx: sound with 2 warnings' out
    vhdxray check --format=json --parent-dir=. top.avhdx
    valid out
    jq -e '.verdict == "warnings" and .totals.warning == 0
        and [.chain.links[].verdict] == ["warnings", "sound"]
        and .chain.links[0].totals.rules."VHDX-HDR-003" == 1
        and ([.chain.links[0].findings[].rule] | index("VHDX-HDR-003") != null)' out
    # its parent is gone
    mv base.vhdx .gone
    vhdxray check --format=json --parent-dir=. top.avhdx
    [ "$status" -eq 1 ]
    jq -e '.verdict == "incomplete" and .chain.complete == false
        and .chain.links[0].totals.rules."VHDX-RUN-010" == 1' out
    # and now a block of it lies outside the file
    truncate -s 4M mid.avhdx
    vhdxray check --parent-dir=. top.avhdx
    [ "$status" -eq 2 ]
    [ "$(head -n 1 out)" = 'top.avhdx: sound; with its parents: corrupt' ]
}

@test "check: several images share no --parent, and there is no --follow" {
    make_chain
    vhdxray check --parent=mid.avhdx top.avhdx base.vhdx
    [ "$status" -eq 1 ]
    [ ! -s out ]
    [ "$(cat err)" = "vhdxray: several images have no common chain: for them there is --parent-dir, but not '--parent'
Try 'vhdxray check --help'" ]
    vhdxray check --follow top.avhdx
    [ "$status" -eq 1 ]
    [ "$(head -n 1 err)" = "vhdxray: unknown option '--follow'" ]
    vhdxray info --parent=mid.avhdx top.avhdx
    [ "$(head -n 1 err)" = "vhdxray: unknown option '--parent'" ]
    vhdxray check --parent-dir=. top.avhdx mid.avhdx base.vhdx
    [ "$status" -eq 0 ]
    [ "$(grep -c '^The chain is complete' out)" -eq 2 ]
    [ "$(grep -c '^It is no differencing image' out)" -eq 1 ]
    vhdxray check --parent-dir=. --format=json top.avhdx mid.avhdx base.vhdx
    [ "$(jq -c '[.image, (.chain.links | length)]' out | tr '\n' ' ')" = \
        '["top.avhdx",2] ["mid.avhdx",1] ["base.vhdx",0] ' ]
}

@test "options of chains that are wrong" {
    make_chain
    for line in 'check top.avhdx' 'chain top.avhdx' 'map top.avhdx' 'export top.avhdx new.raw' \
        'read top.avhdx 0 1'; do
        read -ra words <<<"$line"
        echo "$line"
        vhdxray "${words[@]}" --parent
        [ "$status" -eq 1 ]
        [ "$(head -n 1 err)" = "vhdxray: no value given to option '--parent'" ]
        vhdxray "${words[@]}" --parent-dir
        [ "$(head -n 1 err)" = "vhdxray: no value given to option '--parent-dir'" ]
        vhdxray "${words[@]}" --parent-dir=missing
        [ "$status" -eq 1 ]
        cat out err | tr -s ' \n' ' ' | grep -q 'the folder of --parent-dir cannot be read'
        vhdxray "${words[@]}" --parent=missing.vhdx
        [ "$status" -eq 1 ]
        cat out err | tr -s ' \n' ' ' | grep -qF 'missing.vhdx: No such file or directory'
        vhdxray "${words[@]}" --parent=
        [ "$status" -eq 1 ]
        cat out err | tr -s ' \n' ' ' | grep -qF 'the name is empty'
        # a parent too many
        vhdxray "${words[@]}" --parent=mid.avhdx --parent=base.vhdx --parent=$'no\e[2Jparent'
        [ "$status" -eq 1 ]
        [ "$(cat err)" = 'vhdxray: base.vhdx: is no differencing image and has no parent, but --parent gives it no�[2Jparent' ]
        words[1]=base.vhdx
        vhdxray "${words[@]}" --parent=mid.avhdx
        [ "$status" -eq 1 ]
        [ "$(cat err)" = 'vhdxray: base.vhdx: is no differencing image and has no parent, but --parent gives it mid.avhdx' ]
        [ ! -e new.raw ]
        # the folder is where parents may be, not what must be used
        vhdxray "${words[@]}" --parent-dir=.
        [ "$status" -eq 0 ]
        rm -f new.raw
    done
    vhdxray map --follow=yes top.avhdx
    [ "$(head -n 1 err)" = "vhdxray: no value is taken by option '--follow'" ]
    vhdxray chain top.avhdx mid.avhdx
    [ "$(head -n 1 err)" = 'vhdxray: chain takes one image' ]
    mapfile -t many < <(printf -- '--parent=%s\n' {1..257})
    vhdxray chain "${many[@]}" top.avhdx
    [ "$status" -eq 1 ]
    [ "$(head -n 1 err)" = "vhdxray: --parent can be given 256 times, and was also given for '257'" ]
}

@test "a parent that was changed since is named, by every verb" {
    make_chain
    forge_child mid.avhdx "$G4" "$G1" '.\base.vhdx'
    vhdxray chain --parent-dir=. top.avhdx
    [ "$status" -eq 1 ]
    [ "$(wc -L <out)" -le 100 ]
    said="mid.avhdx is the same disk and has the name of the parent, but was changed after top.avhdx was made of it: its data identifier is $G4, the one that is named is $G2."
    words | grep -qF "$said"
    words | grep -qF 'base.vhdx is an earlier state of the same disk: another image here is made of it, so it was not changed since.'
    words | grep -qF 'What to do: write to none of these images. Look for a copy of the parent as it was when this image was made of it, in a backup or a replica, and name it with --parent.'
    refute grep -q '^  top.avhdx' out
    vhdxray check --parent-dir=. top.avhdx
    [ "$status" -eq 1 ]
    words | grep -qF "$said"
    vhdxray chain --format=json --parent-dir=. top.avhdx
    valid out
    jq -e '."relatives-total" == 2 and [.relatives[] | [.name, .kinship, ."has-name-of-parent"]] ==
        [["base.vhdx", "ancestor", false], ["mid.avhdx", "changed", true]]
        and .relatives[1]."data-write-guid" == "'"$G4"'"
        and (.advice | test("^What to do"))' out
    for line in 'export top.avhdx new.raw' 'read top.avhdx 0 1' 'map top.avhdx'; do
        # shellcheck disable=SC2086 # a command line
        vhdxray $line --parent-dir=.
        [ "$status" -eq 1 ]
        grep -qxF "vhdxray: ${said/ /: }" err
        [ ! -e new.raw ]
    done
    # followed by name, it is an error
    vhdxray chain --follow top.avhdx
    [ "$status" -eq 2 ]
    grep -q '^fatal VHDX-CHN-001' out
    grep -qx "  Made of        $G2, which the parent below is not" out
    vhdxray export --follow top.avhdx new.raw
    [ "$status" -eq 2 ]
    [ ! -e new.raw ]
}

@test "relatives are told apart by who is made of whom, and others are not named" {
    mkdir dir
    forge_child top.avhdx "$G3" "$G2" 'mid.avhdx'
    cp top.avhdx dir/itself.avhdx
    forge_child dir/branch.avhdx aaaaaaaa-0000-4000-8000-000000000001 "$G2" 'mid.avhdx'
    forge_child dir/leaf.avhdx aaaaaaaa-0000-4000-8000-000000000002 "$G3" 'top.avhdx'
    forge_child dir/leaf-of-leaf.avhdx aaaaaaaa-0000-4000-8000-000000000003 \
        aaaaaaaa-0000-4000-8000-000000000002 'leaf.avhdx'
    forge_base dir/other.vhdx "$G4"
    forge_base dir/another-disk.vhdx aaaaaaaa-0000-4000-8000-000000000004 'set value.disk-id.id foreign'
    forge_base dir/.hidden.vhdx aaaaaaaa-0000-4000-8000-000000000005
    echo 'not a disk' >dir/notes.txt
    ln -s other.vhdx dir/link.vhdx
    mkfifo dir/pipe
    mkdir dir/folder
    vhdxray chain --format=json --parent-dir=dir top.avhdx
    [ "$status" -eq 1 ]
    valid out
    [ "$(jq -c '.relatives | map([.name, .kinship])' out)" = \
        '[["branch.avhdx","offspring"],["leaf-of-leaf.avhdx","offspring"],["leaf.avhdx","offspring"],["other.vhdx","changed"]]' ]
    [ "$(jq -r '.relatives[3].message' out)" = "is the same disk in another state: its data identifier is $G4, the one that is named is $G2. Either it is the parent and was changed after top.avhdx was made of it, or the parent is another file." ]
    # the name counts as Windows has it
    mv dir/other.vhdx dir/MID.avhdx
    vhdxray chain --format=json --parent-dir=dir top.avhdx
    jq -e '[.relatives[] | select(."has-name-of-parent") | .name] == ["MID.avhdx"]' out
    # a disk without an identity has no relatives
    forge_child zero.avhdx "$G3" "$G2" 'mid.avhdx' 'set value.disk-id.id zero'
    forge_base dir/zero.vhdx aaaaaaaa-0000-4000-8000-000000000006 'set value.disk-id.id zero'
    vhdxray chain --format=json --parent-dir=dir zero.avhdx
    jq -e '."relatives-total" == 0 and .advice == null' out
}

@test "a child that names no data identifier is not said to have a changed parent" {
    mkdir dir
    forge_base dir/mid.avhdx "$G1"
    forge_base dir/other.vhdx "$G2"
    forge_child zero.avhdx "$G3" 00000000-0000-0000-0000-000000000000 'mid.avhdx'
    forge_child none.avhdx "$G3" no-guid 'mid.avhdx'
    for child in zero none; do
        vhdxray chain --format=json --parent-dir=dir $child.avhdx
        valid out
        [ "$(jq -r '.relatives[0].message' out)" = "is the same disk and has the name of the parent: whether it is the parent, and unchanged, cannot be told, for $child.avhdx does not name the data identifier of its parent." ]
        [ "$(jq -r '.relatives[1].message' out)" = "is the same disk: whether it is the parent, and unchanged, cannot be told, for $child.avhdx does not name the data identifier of its parent." ]
    done
}

@test "more relatives than are compared are counted" {
    mkdir dir
    forge_child top.avhdx "$G3" "$G2" 'mid.avhdx'
    for n in {10..49}; do
        forge_base "dir/$n.vhdx" "aaaaaaaa-0000-4000-8000-0000000000$n"
    done
    vhdxray chain --format=json --parent-dir=dir top.avhdx
    valid out
    jq -e '(.relatives | length) == 32 and ."relatives-total" == 40
        and (.advice | test("^Images of the same disk: 40, of which the first 32 were compared"))' out
}

@test "--parent-dir: what could not be looked at is said" {
    make_chain
    mkdir links dir
    ln -s ../base.vhdx links/base.vhdx
    vhdxray chain --parent-dir=links mid.avhdx
    [ "$status" -eq 1 ]
    words | grep -qF 'no image in the folder of --parent-dir is the one that it names, and links are not followed, of which it has 1.'
    needs_strace
    cp base.vhdx dir
    status=0
    strace -f -qq -o calls -P "$PWD/dir/base.vhdx" -e trace=pread64 -e inject=pread64:error=EIO \
        "$VHDXRAY" chain --parent-dir=dir mid.avhdx >out || status=$?
    [ "$status" -eq 1 ]
    words | grep -qF 'no image in the folder of --parent-dir is the one that it names, as far as they can be read: 1 file there cannot.'
    refute grep -q 'What to do' out
}

@test "--parent-dir: of files that are not the parent no more than the headers is read" {
    needs_strace
    make_chain
    mkdir dir
    mv base.vhdx mid.avhdx dir
    forge_child dir/another.avhdx "$G4" "$G1" 'base.vhdx'
    strace -f -qq -o calls -P "$PWD/dir/another.avhdx" -e trace=pread64 \
        "$VHDXRAY" check --parent-dir=dir top.avhdx >out
    grep -q pread64 calls
    while read -r offset; do
        [ "$offset" -lt 196608 ]
    done < <(sed -n 's/.*, \([0-9]*\)) *= .*/\1/p' calls)
}

@test "the parent is found by what it is, not by its name" {
    make_chain
    forge_child top.avhdx "$G3" "$G2" 'mid.avhdx' \
        'key u"parent_linkage2" u"{00000000-0000-0000-0000-000000000000}"'
    mkdir dir
    mv mid.avhdx dir/zzz
    mv base.vhdx dir/aaa
    forge_base dir/mid.avhdx "$G4"
    vhdxray chain --format=json --parent-dir=dir top.avhdx
    [ "$status" -eq 0 ]
    [ "$(jq -c '[.links[].image]' out)" = '["top.avhdx","dir/zzz","dir/aaa"]' ]
    jq -e '.relatives == []' out
    # a parent_linkage2 of zeros names nothing
    vhdxray chain top.avhdx
    grep -qx "  Made of        $G2" out
    # parent_linkage2 does, too; of two that fit the first one
    cp dir/zzz dir/yyy
    rm dir/mid.avhdx
    forge_child top.avhdx "$G3" "$G4" 'mid.avhdx' "key u\"parent_linkage2\" u\"{$G2}\""
    vhdxray chain top.avhdx
    grep -qx "  Made of        $G4 or $G2" out
    vhdxray chain --format=json --parent-dir=dir top.avhdx
    [ "$(jq -c '[.links[].image]' out)" = '["top.avhdx","dir/yyy","dir/aaa"]' ]
}

@test "export, read and map through a chain" {
    make_chain
    make_model want.raw
    for way in --follow --parent-dir=. '--parent=mid.avhdx --parent=base.vhdx'; do
        # shellcheck disable=SC2086 # options
        vhdxray export --force $way top.avhdx new.raw
        [ "$status" -eq 0 ]
        [ ! -s err ]
        cmp new.raw want.raw
        # shellcheck disable=SC2086
        vhdxray read $way top.avhdx 1572864 1M
        [ "$status" -eq 0 ]
        cmp out <(dd if=want.raw bs=512K skip=3 count=2 status=none)
        # shellcheck disable=SC2086
        vhdxray map --format=json $way top.avhdx
        [ "$status" -eq 0 ]
        valid out
        python3 - out want.raw top.avhdx mid.avhdx base.vhdx <<'END'
import json
import sys

ranges = json.load(open(sys.argv[1]))
want = open(sys.argv[2], "rb").read()
files = [open(name, "rb").read() for name in sys.argv[3:]]
at = 0
for r in ranges:
    assert r["start"] == at and r["length"] > 0 and r["depth"] < len(files), r
    at += r["length"]
    held = want[r["start"]:at]
    if r["data"]:
        assert files[r["depth"]][r["offset"]:r["offset"] + r["length"]] == held, r
    else:
        assert r["zero"] and not any(held), r
assert at == len(want)
assert {r["depth"] for r in ranges} == {0, 1, 2}
END
    done
    vhdxray map --follow top.avhdx
    grep -qx '0x0             0x100000        0x400000        fully-present, at depth 2' out
    grep -qx '0x100000        0x100000        0x400000        fully-present, at depth 1' out
    grep -qx '0x200200        0x200           0x400200        partially-present' out
    grep -qx '0x300000        0xd00000        -               not-present, at depth 2' out
}

@test "map: what is in a parent that is not there" {
    make_chain
    vhdxray map top.avhdx
    [ "$status" -eq 0 ]
    grep -q '^0x0  *0x200000  *-  *not-present, in a parent that was not looked for: VHDX-RUN-006$' out
    vhdxray map --format=json top.avhdx
    valid out
    jq -e '.[0] | .depth == 1 and .unreadable == "VHDX-RUN-006" and .data == false
        and .zero == false and .present == false' out
    vhdxray map --parent=mid.avhdx top.avhdx
    [ "$status" -eq 1 ]
    grep -q '^0x0  *0x100000  *-  *not-present, in a parent that was not found: VHDX-RUN-010$' out
    grep -qx 'vhdxray: mid.avhdx: is a differencing image, and its parent is missing: --parent does not name it' err
    vhdxray map --format=json --parent=mid.avhdx top.avhdx
    jq -e '.[0] | .depth == 2 and .unreadable == "VHDX-RUN-010"' out
}

@test "--salvage: what a missing parent holds is listed, and the exit status says so" {
    make_chain
    vhdxray export --salvage top.avhdx new.raw
    [ "$status" -eq 2 ]
    grep -q 'its parent is missing' err
    grep -q 'cannot be read: virtual offset 0, 2097664 bytes (2.00 MiB): VHDX-RUN-006' err
    python3 - <<'END'
disk = open("new.raw", "rb").read()
assert len(disk) == 16 << 20
assert disk.count(0x33) == 1 << 19 and disk.count(0) == len(disk) - (1 << 19)
END
    vhdxray export --salvage --parent=mid.avhdx top.avhdx other.raw
    [ "$status" -eq 2 ]
    grep -q 'cannot be read: virtual offset 0, 1048576 bytes (1 MiB): VHDX-RUN-010' err
}

@test "--follow: below the folder of each image, whatever the case of letters" {
    mkdir -p vm/Snapshots/deep
    forge_child vm/top.avhdx "$G3" "$G2" '.\SNAPSHOTS/x\..\Mid.AVHDX'
    forge_child vm/Snapshots/mid.avhdx "$G2" "$G1" 'deep\base.vhdx'
    forge_base vm/Snapshots/deep/base.vhdx "$G1"
    vhdxray chain --format=json --follow vm/top.avhdx
    [ "$status" -eq 0 ]
    [ "$(jq -c '[.links[].image]' out)" = \
        '["vm/top.avhdx","vm/Snapshots/mid.avhdx","vm/Snapshots/deep/base.vhdx"]' ]
    # two files that fit, and neither exactly
    cp vm/Snapshots/mid.avhdx vm/Snapshots/MID.avhdx
    vhdxray chain --follow vm/top.avhdx
    [ "$status" -eq 1 ]
    words | grep -q 'its relative_path fits several files, in upper or lower case\.'
    # a parent out of the folder of its child is not followed, though it lies below the image's
    rm vm/Snapshots/MID.avhdx
    mv vm/Snapshots/deep/base.vhdx vm
    forge_child vm/Snapshots/mid.avhdx "$G2" "$G1" '..\base.vhdx'
    vhdxray chain --follow vm/top.avhdx
    [ "$status" -eq 1 ]
    words | grep -q 'The parent of vm/Snapshots/mid.avhdx is missing: its relative_path leads out of the folder of the image\.'
    vhdxray chain --parent-dir=vm --follow vm/top.avhdx
    [ "$status" -eq 0 ]
}

@test "--follow: the folder of a parent stays the folder in which it was found" {
    needs_strace
    mkdir -p vm/sub
    forge_child vm/top.avhdx "$G3" "$G2" 'sub\mid.avhdx'
    forge_child vm/sub/mid.avhdx "$G2" "$G1" 'base.vhdx'
    forge_base vm/sub/base.vhdx "$G1"
    strace -qq -o calls -e trace=openat,openat2,open "$VHDXRAY" chain --follow vm/top.avhdx >out
    # the name of the folder is used once, and below the folder of the image
    [ "$(grep -c '"sub"' calls)" -eq 1 ]
    grep -qE '^openat2\([0-9]+, "sub", ' calls
    refute grep -q 'vm/sub' calls
    grep -qE '^openat2\([0-9]+, "base.vhdx", .*RESOLVE_BENEATH' calls
}

@test "--follow where the kernel has no openat2()" {
    needs_strace
    mkdir -p vm/sub outside
    forge_child vm/top.avhdx "$G3" "$G2" 'sub\mid.avhdx'
    forge_base vm/sub/mid.avhdx "$G2"
    for error in ENOSYS EPERM; do
        strace -qq -o calls -e trace=openat2 -e inject=openat2:error=$error \
            "$VHDXRAY" chain --follow vm/top.avhdx >out
        grep -q 'The chain is complete: 2 images' out
    done
    # links are then not followed at all
    mv vm/sub/mid.avhdx outside
    ln -s ../../outside/mid.avhdx vm/sub/mid.avhdx
    status=0
    strace -qq -o calls -e trace=openat2 -e inject=openat2:error=ENOSYS \
        "$VHDXRAY" chain --follow vm/top.avhdx >out || status=$?
    [ "$status" -eq 1 ]
}

@test "a chain that comes back to itself ends" {
    forge_child a.vhdx "$G1" "$G2" 'b.vhdx'
    forge_child b.vhdx "$G2" "$G1" 'a.vhdx'
    forge_child own.vhdx "$G3" "$G3" 'own.vhdx'
    for image in a b own; do
        for way in --follow --parent-dir=.; do
            vhdxray chain $way $image.vhdx
            [ "$status" -eq 2 ]
            grep -q '^fatal VHDX-CHN-006' out
            words | grep -qF 'No end of the chain was reached: the last image that was found is one of those before it, or a copy of one.'
            vhdxray export $way $image.vhdx new.raw
            [ "$status" -eq 2 ]
            grep -qx "vhdxray: $image.vhdx: no end of its chain was reached: the last image that was found is one of those before it, or a copy of one" err
            [ ! -e new.raw ]
        done
    done
    # the last one is in the state of the first, and has no parent
    forge_base same.vhdx "$G3"
    vhdxray chain --format=json --parent=same.vhdx own.vhdx
    [ "$status" -eq 2 ]
    valid out
    jq -e '.complete == false and (.links | length) == 2' out
    vhdxray map --format=json --follow a.vhdx
    [ "$status" -eq 2 ]
    jq -e 'any(.[]; .unreadable == "VHDX-CHN-006") and all(.[]; .depth <= 2)' out
}

@test "a chain that comes back to itself ends, also where its blocks cannot be used" {
    forge_child a.vhdx "$G1" "$G2" 'b.vhdx' 'set region.bat.offset 1G'
    forge_child b.vhdx "$G2" "$G1" 'a.vhdx'
    forge_child c.vhdx "$G3" "$G1" 'a.vhdx'
    for image in a b c; do
        vhdxray chain --format=json --follow $image.vhdx
        [ "$status" -eq 2 ]
        valid out
        jq -e '(.links | length) <= 4 and .complete == false
            and any(.links[].totals.rules; ."VHDX-CHN-006" == 1)' out
    done
}

@test "a link without usable blocks: nothing behind it is taken for its own" {
    make_chain
    forge_child mid.avhdx "$G2" "$G1" 'base.vhdx' 'set region.bat.offset 1G'
    vhdxray check --parent-dir=. mid.avhdx
    [ "$status" -eq 2 ]
    vhdxray map --format=json --parent-dir=. top.avhdx
    [ "$status" -eq 2 ]
    jq -e 'all(.[]; .depth == 0 or .unreadable != null)' out
    vhdxray export --salvage --parent-dir=. top.avhdx new.raw
    [ "$status" -eq 2 ]
    [ ! -e new.raw ]
}

@test "--at is about the image, not about its parents" {
    make_chain
    forge_child mid.avhdx "$G2" "$G1" 'base.vhdx' 'log' 'entry sequence=1' 'data 5M 5'
    vhdxray check --parent-dir=. top.avhdx
    [ "$status" -eq 3 ]
    grep -q '^warning VHDX-CHN-004' out
    vhdxray export --at=0 --parent-dir=. top.avhdx new.raw
    [ "$status" -eq 0 ]
    vhdxray export --at=1 --parent-dir=. top.avhdx other.raw
    [ "$status" -eq 1 ]
    grep -q -- '--at takes 0 only' err
    vhdxray export --at=0 --parent=base.vhdx mid.avhdx other.raw
    [ "$status" -eq 0 ]
}

@test "no image of a chain is touched" {
    needs_strace
    make_chain
    before=$(sha256sum ./*hdx; stat -c '%n %Y %Z %s %b' ./*hdx)
    rm -f calls
    for line in 'check --parent-dir=. top.avhdx' 'chain --follow top.avhdx' \
        'map --parent=mid.avhdx --parent=base.vhdx top.avhdx' 'export --follow top.avhdx -'; do
        # shellcheck disable=SC2086 # a command line
        strace -f -qq -A -o calls -e trace=open,openat,openat2,creat,ftruncate,pwrite64 \
            "$VHDXRAY" $line >out
    done
    grep -q base.vhdx calls
    refute grep -E 'O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|truncate|pwrite|creat\(' calls
    [ "$before" = "$(sha256sum ./*hdx; stat -c '%n %Y %Z %s %b' ./*hdx)" ]
}

@test "nothing is printed into what may have been the parent" {
    make_chain
    forge_child mid.avhdx "$G4" "$G1" '.\base.vhdx'
    cp mid.avhdx good
    for line in 'chain top.avhdx' 'check top.avhdx' 'check --format=json top.avhdx' 'map top.avhdx' \
        'export --salvage top.avhdx -'; do
        echo "$line"
        read -ra words <<<"$line"
        for stream in 1 2; do
            status=0
            if [ "$stream" = 1 ]; then
                "$VHDXRAY" "${words[@]}" --parent-dir=. 1>>mid.avhdx 2>err || status=$?
            else
                "$VHDXRAY" "${words[@]}" --parent-dir=. 2>>mid.avhdx >out || status=$?
            fi
            [ "$status" -eq 1 ]
            cmp mid.avhdx good
        done
    done
}

@test "nothing is printed into a parent" {
    make_chain
    before=$(sha256sum ./*hdx)
    for line in 'check --parent-dir=. top.avhdx' 'check --parent-dir=. --format=json top.avhdx' \
        'chain --follow top.avhdx' 'map --follow top.avhdx' 'export --follow top.avhdx -' \
        'chain --parent=mid.avhdx --parent=base.vhdx top.avhdx' 'check --parent=base.vhdx' \
        'check --parent base.vhdx' 'read --parent-dir=. top.avhdx 0 1M'; do
        echo "$line"
        status=0
        # shellcheck disable=SC2086 # a command line
        "$VHDXRAY" $line >>base.vhdx 2>err || status=$?
        [ "$status" -eq 1 ]
        status=0
        # shellcheck disable=SC2086
        "$VHDXRAY" $line 2>>base.vhdx >out || status=$?
        [ "$status" -eq 1 ]
        status=0
        # shellcheck disable=SC2086
        "$VHDXRAY" $line 1<>base.vhdx 2>&1 || status=$?
        [ "$status" -eq 1 ]
        [ "$before" = "$(sha256sum ./*hdx)" ]
    done
    vhdxray export --force --parent-dir=. top.avhdx base.vhdx
    [ "$status" -eq 1 ]
    [ "$before" = "$(sha256sum ./*hdx)" ]
}
