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
        grep -qx "  Data write     $G3" out
        grep -qx "  Parent linkage $G1, and the parent below is that" out
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
    for line in complete/base_vhdx not-looked-for/top_avhdx not-found/__follow_far_top_avhdx \
        wrong/__parent_notes_txt_top_avhdx unreadable/__parent_missing_top_avhdx \
        unreadable/notes_txt complete/__parent_dir___top_avhdx; do
        [ "$(jq -r .reason "${line#*/}.json")" = "${line%/*}" ]
    done
    jq -e '.verdict == "incomplete" and .error' missing.json
}

@test "the schema of chains is strict" {
    make_chain
    vhdxray chain --format=json --parent-dir=. top.avhdx
    for change in '.links[1].found = "luck"' '.links[0].more = 1' 'del(.links[0].parent)' \
        '.links = []' '.complete = "yes"' '.reason = "luck"' 'del(.ending)' '.relatives = [{}]' '.links[0].parent.matches = 1' \
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
    for more in '' -v; do
        # shellcheck disable=SC2086 # an option
        vhdxray check $more top.avhdx
        words | grep -q 'Its parents were not looked at: --parent-dir=DIR finds them among the images in DIR, --parent=FILE names them\. $'
    done
    for line in 'base.vhdx' '--parent-dir=. top.avhdx'; do
        # shellcheck disable=SC2086 # a command line
        vhdxray check $line
        refute grep -q 'not looked at' out
    done
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
    vhdxray chain --parent-dir=. top.avhdx
    [ "$(head -n 1 out)" = 'top.avhdx: sound; with its parents: warnings' ]
    grep -q '^    found 0x' out
    words | grep -q 'A torn header update or a flipped bit'
    vhdxray check --format=json --parent-dir=. top.avhdx
    valid out
    jq -e '.verdict == "warnings" and .totals.warning == 0
        and [.chain.links[].verdict] == ["sound", "warnings", "sound"]
        and [.chain.links[].depth] == [0, 1, 2] and .chain.links[0].findings == .findings
        and .chain.links[1].totals.rules."VHDX-HDR-003" == 1
        and ([.chain.links[1].findings[].rule] | index("VHDX-HDR-003") != null)' out
    # its parent is gone
    mv base.vhdx .gone
    vhdxray check --format=json --parent-dir=. top.avhdx
    [ "$status" -eq 1 ]
    jq -e '.verdict == "incomplete" and .chain.complete == false
        and .chain.links[1].totals.rules."VHDX-RUN-010" == 1' out
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
    [ "$(head -n 1 err)" = "vhdxray: this verb opens no path that an image names: unknown option '--follow'" ]
    vhdxray check -v top.avhdx
    refute grep -q -- --follow out
    vhdxray info --parent=mid.avhdx top.avhdx
    [ "$(head -n 1 err)" = "vhdxray: unknown option '--parent'" ]
    vhdxray check --parent-dir=. top.avhdx mid.avhdx base.vhdx
    [ "$status" -eq 0 ]
    [ "$(grep -c '^The chain is complete' out)" -eq 2 ]
    [ "$(grep -c '^It is no differencing image' out)" -eq 1 ]
    vhdxray check --parent-dir=. --format=json top.avhdx mid.avhdx base.vhdx
    [ "$(jq -c '[.image, (.chain.links | length)]' out | tr '\n' ' ')" = \
        '["top.avhdx",3] ["mid.avhdx",2] ["base.vhdx",1] ' ]
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
        for more in '' --parent-dir=. --parent=mid.avhdx; do
            # shellcheck disable=SC2086 # an option
            vhdxray "${words[@]}" $more --parent-dir=missing
            [ "$status" -eq 1 ]
            [ "$(cat out err)" = 'vhdxray: missing: the folder of --parent-dir cannot be read: No such file or directory' ]
        done
        vhdxray "${words[@]}" --parent=missing.vhdx
        [ "$status" -eq 1 ]
        cat out err | tr -s ' \n' ' ' | grep -qF 'missing.vhdx: No such file or directory'
        vhdxray "${words[@]}" --parent=
        [ "$status" -eq 1 ]
        cat out err | tr -s ' \n' ' ' | grep -qF 'the name is empty'
        # a parent too many
        vhdxray "${words[@]}" --parent=mid.avhdx --parent=base.vhdx --parent=$'no\e[2Jparent'
        [ "$status" -eq 1 ]
        [ "$(cat err)" = 'vhdxray: no�[2Jparent: is named with --parent, and is the parent of none of these images' ]
        words[1]=base.vhdx
        vhdxray "${words[@]}" --parent=mid.avhdx
        [ "$status" -eq 1 ]
        [ "$(cat err)" = 'vhdxray: mid.avhdx: is named with --parent, and is the parent of none of these images' ]
        [ ! -e new.raw ]
        # the folder is where parents may be, not what must be used
        vhdxray "${words[@]}" --parent-dir=.
        [ "$status" -eq 0 ]
        rm -f new.raw
    done
    vhdxray chain --follow --parent-dir=missing top.avhdx
    [ "$status" -eq 1 ]
    [ ! -s out ]
    vhdxray map --follow=yes top.avhdx
    [ "$(head -n 1 err)" = "vhdxray: no value is taken by option '--follow'" ]
    vhdxray chain top.avhdx mid.avhdx
    [ "$(head -n 1 err)" = 'vhdxray: chain takes one image' ]
    mapfile -t many < <(printf -- '--parent=%s\n' {1..257})
    vhdxray chain "${many[@]}" top.avhdx
    [ "$status" -eq 1 ]
    [ "$(head -n 1 err)" = "vhdxray: --parent can be given 256 times, and was also given for '257'" ]
    mapfile -t many < <(printf -- '--parent-dir=%s\n' {1..257})
    vhdxray chain "${many[@]}" top.avhdx
    [ "$(head -n 1 err)" = "vhdxray: --parent-dir can be given 256 times, and was also given for '257'" ]
}

@test "a parent that was changed since is named, by every verb" {
    make_chain
    forge_child mid.avhdx "$G4" "$G1" '.\base.vhdx'
    vhdxray chain --parent-dir=. top.avhdx
    [ "$status" -eq 1 ]
    [ "$(wc -L <out)" -le 100 ]
    said="./mid.avhdx is the same disk and has the name of the parent, but is not in the state that top.avhdx was made of: its data write GUID is $G4, the linkage is $G2. Either it was changed after top.avhdx was made of it, or it is a copy from another time."
    words | grep -qF "$said"
    words | grep -qF './base.vhdx is an earlier state of the same disk: another image here is made of it, so it was not changed since.'
    words | grep -qF 'What to do: write to none of these images. Look for a copy of the parent as it was when this image was made of it, in a backup or a replica, and name it with --parent.'
    refute grep -q '^  ./top.avhdx' out
    vhdxray check --parent-dir=. top.avhdx
    [ "$status" -eq 1 ]
    words | grep -qF "$said"
    vhdxray chain --format=json --parent-dir=. top.avhdx
    valid out
    jq -e '."relatives-total" == 2 and [.relatives[] | [.image, .kinship, ."has-name-of-parent", .copies]] ==
        [["./mid.avhdx", "changed", true, 0], ["./base.vhdx", "ancestor", false, 0]]
        and .relatives[0]."data-write-guid" == "'"$G4"'"
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
    grep -qx "  Parent linkage $G2, which the parent below is not" out
    vhdxray export --follow top.avhdx new.raw
    [ "$status" -eq 2 ]
    [ ! -e new.raw ]
    grep -qx 'vhdxray: top.avhdx: nothing was written: read together with that parent it would be a mixture of two states' err
    grep -qx 'vhdxray: mid.avhdx: is not what top.avhdx was made of' err
    grep -q '^vhdxray: top.avhdx: What to do: .* Look for a copy of the parent' err
    refute grep -q salvage err
}

@test "a parent that is not the one does not make a chain complete" {
    make_chain
    forge_child mid.avhdx "$G4" "$G1" '.\base.vhdx'
    for way in --follow '--parent=mid.avhdx --parent=base.vhdx'; do
        # shellcheck disable=SC2086 # options
        vhdxray chain $way top.avhdx
        [ "$status" -eq 2 ]
        words | grep -q 'The chain is not complete: mid.avhdx is not what top.avhdx was made of\. What to do: write to none'
        # shellcheck disable=SC2086
        vhdxray chain --format=json $way top.avhdx
        valid out
        jq -e '.complete == false and .reason == "wrong" and (.links | length) == 2
            and .links[0].parent.matches == false and (.advice | test("name it with --parent"))' out
    done
    # nor one of other sectors, nor what is no image
    forge mid.avhdx 'create dynamic sector=4096' "set headers.data-write-guid $G2"
    vhdxray chain --format=json --follow top.avhdx
    jq -e '.complete == false and .reason == "wrong"' out
    echo none >mid.avhdx
    vhdxray check --format=json --parent=mid.avhdx top.avhdx
    valid out
    jq -e '.chain | .complete == false and .reason == "wrong"' out
}

@test "a parent that cannot be verified does not make a chain complete" {
    forge_base base.vhdx "$G1"
    forge top.avhdx 'create differencing' "set headers.data-write-guid $G3" 'locator' \
        'key u"relative_path" u"base.vhdx"'
    for way in --follow --parent=base.vhdx; do
        vhdxray chain --format=json $way top.avhdx
        [ "$status" -eq 2 ]
        valid out
        jq -e '.complete == false and .reason == "unverified" and (.links | length) == 2
            and .links[0].parent.matches == false' out
        vhdxray chain $way top.avhdx
        words | grep -qF 'Whether the chain is complete is not known: not each of its images says which state of its parent it was made of.'
        vhdxray export $way top.avhdx new.raw
        [ "$status" -eq 2 ]
        [ ! -e new.raw ]
        vhdxray export --force --salvage $way top.avhdx new.raw
        [ "$status" -eq 2 ]
        rm new.raw
    done
}

@test "two states are never mixed: nothing is read through a parent that is not the one" {
    make_chain
    forge_child mid.avhdx "$G4" "$G1" '.\base.vhdx'
    for way in --follow '--parent=mid.avhdx --parent=base.vhdx' '--parent=mid.avhdx --parent-dir=.'; do
        # shellcheck disable=SC2086 # options
        vhdxray map --format=json $way top.avhdx
        [ "$status" -eq 2 ]
        valid out
        jq -e '.[0] | .depth == 1 and .unreadable == "VHDX-CHN-001" and .length >= 1048576' out
        jq -e 'all(.[]; .depth == 0 or .unreadable == "VHDX-CHN-001")' out
        # shellcheck disable=SC2086
        vhdxray read $way --salvage top.avhdx 0 16M
        [ "$status" -eq 2 ]
        grep -q 'cannot be read: virtual offset 0, 2097664 bytes (2.00 MiB): VHDX-CHN-001' err
        [ "$(tr -d '\0' <out | tr -d 3)" = '' ]
        [ "$(tr -dc 3 <out | wc -c)" -eq 524288 ]
        mv out read.raw
        # shellcheck disable=SC2086
        vhdxray export --force --salvage $way top.avhdx new.raw
        [ "$status" -eq 2 ]
        cmp read.raw new.raw
    done
    vhdxray map --follow top.avhdx
    grep -q '^0x0  *0x200000  *-  *not-present, in a parent that is not the one: VHDX-CHN-001$' out
    # of other sectors: a bit of the bitmap, and a block, mean something else there
    forge mid.avhdx 'create dynamic sector=4096' "set headers.data-write-guid $G2" \
        'block 0 present at=4M' 'fill 4M 1M 0x44' 'size 5M'
    vhdxray read --salvage --parent=mid.avhdx top.avhdx 0 1M
    [ "$status" -eq 2 ]
    grep -q 'cannot be read: virtual offset 0, 1048576 bytes (1 MiB): VHDX-LSS-002' err
    [ "$(tr -d '\0' <out | wc -c)" -eq 0 ]
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
    [ "$(jq -c '.relatives | map([.image, .kinship])' out)" = \
        '[["dir/branch.avhdx","offspring"],["dir/leaf-of-leaf.avhdx","offspring"],["dir/leaf.avhdx","offspring"],["dir/other.vhdx","unknown"]]' ]
    [ "$(jq -r '.relatives[3].message' out)" = "is the same disk in another state: its data write GUID is $G4, the linkage is $G2. Either it is the parent and was changed after top.avhdx was made of it, or the parent is another file." ]
    # what was not looked at is counted
    jq -e '.searched == {files: 7, unread: 0, links: 1, hidden: 1, others: 2}' out
    vhdxray chain --parent-dir=dir top.avhdx
    words | grep -qF 'is the one that it names; not looked at: 1 link, 1 hidden file, 2 other things.'
    # the name counts as Windows has it
    mv dir/other.vhdx dir/MID.avhdx
    vhdxray chain --format=json --parent-dir=dir top.avhdx
    jq -e '[.relatives[] | select(."has-name-of-parent") | .image] == ["dir/MID.avhdx"]' out
    # of two linkages both are quoted; without one nothing can be told
    forge_child two.avhdx "$G3" "$G2" 'mid.avhdx' "key u\"parent_linkage2\" u\"{$G1}\""
    vhdxray chain --format=json --parent-dir=dir two.avhdx
    jq -e '.relatives[0] | .kinship == "changed" and (.message | test("the linkage is '"$G2 or $G1"'\\. Either it was"))' out
    forge none.avhdx 'create differencing' "set headers.data-write-guid $G3" 'locator' \
        'key u"relative_path" u"mid.avhdx"'
    vhdxray chain --format=json --parent-dir=dir none.avhdx
    jq -e '.relatives[0] | .image == "dir/MID.avhdx" and .kinship == "unknown" and .message ==
        "is the same disk and has the name of the parent. Whether it is the parent cannot be told: none.avhdx does not say which state it was made of."' out
    # a disk without an identity has no relatives
    forge_child zero.avhdx "$G3" "$G2" 'mid.avhdx' 'set value.disk-id.id zero'
    forge_base dir/zero.vhdx aaaaaaaa-0000-4000-8000-000000000006 'set value.disk-id.id zero'
    vhdxray chain --format=json --parent-dir=dir zero.avhdx
    jq -e '."relatives-total" == 0 and (.advice | test("^What to do: name the parent with --parent, or a folder"))' out
}

@test "a changed parent of which another image was made is no earlier state" {
    mkdir dir
    forge_child top.avhdx "$G3" "$G2" 'mid.avhdx'
    forge_child dir/mid.avhdx "$G4" "$G1" 'base.vhdx'
    forge_base dir/base.vhdx "$G1"
    forge_child dir/new.avhdx aaaaaaaa-0000-4000-8000-000000000001 "$G4" 'mid.avhdx'
    vhdxray chain --format=json --parent-dir=dir top.avhdx
    valid out
    [ "$(jq -c '.relatives | map([.image, .kinship])' out)" = \
        '[["dir/mid.avhdx","changed"],["dir/base.vhdx","ancestor"],["dir/new.avhdx","unknown"]]' ]
    # under another name it may still be the parent, and what it is made of as well
    mv dir/mid.avhdx dir/renamed.avhdx
    vhdxray chain --format=json --parent-dir=dir top.avhdx
    jq -e '[.relatives[].kinship] == ["unknown", "unknown", "unknown"]' out
    # nor is one an earlier state for it is made of itself
    rm dir/*
    forge_child dir/mid.avhdx "$G4" "$G4" 'mid.avhdx'
    vhdxray chain --format=json --parent-dir=dir top.avhdx
    jq -e '[.relatives[].kinship] == ["changed"]' out
}

@test "more relatives than are compared are counted, that with the name is kept, copies are one" {
    mkdir dir
    forge_child top.avhdx "$G3" "$G2" 'mid.avhdx'
    for n in {10..49}; do
        forge_base "dir/$n.vhdx" "aaaaaaaa-0000-4000-8000-0000000000$n"
    done
    cp dir/10.vhdx dir/90.vhdx
    vhdxray chain --format=json --parent-dir=dir top.avhdx
    valid out
    jq -e '(.relatives | length) == 32 and ."relatives-total" == 41
        and .relatives[0].copies == 1 and .relatives[1].copies == 0
        and (.relatives[0].message | test(" 1 more file holds the same state.$"))
        and (.advice | test("^Images of the same disk: 41, of which 33 were compared"))' out
    # in front and kept, whichever comes when, and whatever is a copy of it
    cp dir/49.vhdx dir/Mid.avhdx
    cp dir/10.vhdx dir/mid.AVHDX
    vhdxray chain --format=json --parent-dir=dir top.avhdx
    jq -e '[.relatives[:3][].image] == ["dir/mid.AVHDX", "dir/Mid.avhdx", "dir/11.vhdx"]
        and .relatives[0].copies == 2 and (.relatives | length) == 32' out
}

@test "a folder that is given twice, by whatever name, is one folder" {
    make_chain
    mkdir dir
    mv mid.avhdx dir
    ln -s dir another
    for again in dir ./dir/ "$PWD/dir" another; do
        vhdxray chain --format=json --parent-dir=dir --parent-dir="$again" top.avhdx
        [ "$status" -eq 1 ]
        valid out
        # it is no copy of itself, and was searched once
        jq -e '.links[1]."same-state-total" == 0 and .searched.files == 1' out
    done
    forge_child dir/mid.avhdx "$G4" "$G1" '.\base.vhdx'
    vhdxray chain --format=json --parent-dir=dir --parent-dir=another top.avhdx
    jq -e '."relatives-total" == 1 and .relatives[0].copies == 0' out
}

@test "what could not be read in the folder is said" {
    [ "$(id -u)" -ne 0 ] || needs_strace
    make_chain
    rm base.vhdx
    for n in 1 2; do
        forge_base unread$n.vhdx "$G1"
        chmod 0 unread$n.vhdx
    done
    # the superuser reads what nobody may
    inject=(strace -qq -o calls -e trace=openat -P unread1.vhdx -P unread2.vhdx -e inject=openat:error=EACCES)
    [ "$(id -u)" -eq 0 ] || inject=()
    "${inject[@]}" "$VHDXRAY" chain --parent-dir=. top.avhdx >out || true
    words | grep -qF 'The parent of ./mid.avhdx is missing: no image in the folder of --parent-dir is the one that it names; 2 files could not be read, such as unread1.vhdx: Permission denied'
    "${inject[@]}" "$VHDXRAY" chain --format=json --parent-dir=. top.avhdx >out || true
    valid out
    jq -e '.searched.unread == 2 and .reason == "not-found"' out
}

@test "files of the same state: the first sound one, and the others are named" {
    make_chain
    mkdir a b
    forge_child a/a.avhdx "$G2" "$G1" '.\base.vhdx' 'set region.bat.offset 1G'
    cp mid.avhdx b/b.avhdx
    cp mid.avhdx b/c.avhdx
    cp base.vhdx b
    vhdxray chain --format=json --parent-dir=a --parent-dir=b top.avhdx
    [ "$status" -eq 0 ]
    valid out
    jq -e '[.links[].image] == ["top.avhdx", "b/b.avhdx", "b/base.vhdx"]
        and .links[1]."same-state" == ["a/a.avhdx", "b/c.avhdx"]
        and .links[1]."same-state-total" == 2 and .links[2]."same-state" == []' out
    for verb in chain check; do
        vhdxray $verb --parent-dir=a --parent-dir=b top.avhdx
        grep -qx '  Same state     in a/a.avhdx, b/c.avhdx' out
    done
    # one of another disk is worse than one that is not sound
    forge_child a/0.avhdx "$G2" "$G1" '.\base.vhdx' 'set value.disk-id.id foreign'
    vhdxray chain --format=json --parent-dir=a --parent-dir=b top.avhdx
    [ "$status" -eq 0 ]
    jq -e '.links[1] | .image == "b/b.avhdx" and ."same-state-total" == 3' out
    # where none is sound it is the first
    rm b/b.avhdx b/c.avhdx
    vhdxray chain --format=json --parent-dir=a --parent-dir=b top.avhdx
    [ "$status" -eq 2 ]
    jq -e '.links[1] | .image == "a/a.avhdx" and ."same-state" == ["a/0.avhdx"]' out
    rm a/0.avhdx
    vhdxray chain --format=json --parent-dir=a --parent-dir=b top.avhdx
    jq -e '.links[1].image == "a/a.avhdx" and .links[1]."same-state" == []' out
}

@test "several folders are searched in their order, and files named with --parent are not positional" {
    make_chain
    mkdir one two backup
    mv mid.avhdx two
    mv base.vhdx backup
    for way in '--parent-dir=one --parent-dir=two --parent-dir=backup' \
        '--parent-dir=two --parent=backup/base.vhdx' \
        '--parent=backup/base.vhdx --parent=two/mid.avhdx'; do
        # shellcheck disable=SC2086 # options
        vhdxray chain --format=json $way top.avhdx
        [ "$status" -eq 0 ]
        [ "$(jq -c '[.links[].image]' out)" = '["top.avhdx","two/mid.avhdx","backup/base.vhdx"]' ]
    done
    # what was changed since does not hide what is said about it
    forge_child mid.avhdx "$G4" "$G1" '.\base.vhdx'
    rm two/mid.avhdx
    for way in --follow --parent=mid.avhdx; do
        vhdxray chain --format=json --parent-dir=. $way top.avhdx
        [ "$status" -eq 2 ]
        jq -e '.reason == "wrong" and .relatives[0].image == "./mid.avhdx" and .advice' out
    done
    # and gives way to what it should be
    forge_child two/mid.avhdx "$G2" "$G1" '.\base.vhdx'
    vhdxray chain --format=json --follow --parent-dir=two --parent-dir=backup top.avhdx
    [ "$status" -eq 0 ]
    vhdxray chain --format=json --follow --parent=backup/base.vhdx --parent=two/mid.avhdx top.avhdx
    [ "$status" -eq 0 ]
    # what is left over is a mistake
    vhdxray chain --parent=mid.avhdx --parent-dir=two --parent-dir=backup top.avhdx
    [ "$status" -eq 1 ]
    [ "$(cat err)" = 'vhdxray: mid.avhdx: is named with --parent, and is the parent of none of these images' ]
}

@test "--parent-dir: what could not be looked at is said" {
    make_chain
    mkdir links dir
    ln -s ../base.vhdx links/base.vhdx
    vhdxray chain --parent-dir=links mid.avhdx
    [ "$status" -eq 1 ]
    words | grep -qF 'no image in the folder of --parent-dir is the one that it names; not looked at: 1 link.'
    needs_strace
    cp base.vhdx dir
    status=0
    strace -f -qq -o calls -P "$PWD/dir/base.vhdx" -e trace=pread64 -e inject=pread64:error=EIO \
        "$VHDXRAY" chain --parent-dir=dir mid.avhdx >out || status=$?
    [ "$status" -eq 1 ]
    words | grep -qF 'no image in the folder of --parent-dir is the one that it names; 1 file could not be read: base.vhdx: cannot be read.'
}

@test "few descriptors: what could not be opened is said, and why" {
    make_chain
    for limit in {4..16}; do
        status=0
        (ulimit -n "$limit" && exec "$VHDXRAY" chain --parent-dir=. top.avhdx) >out 2>&1 || status=$?
        words >>all
        [ "$status" -ne 0 ] || break
        [ "$limit" -lt 16 ]
    done
    grep -q 'could not be read[:,].* Too many open files' all
    refute grep -q 'Bad file' all
}

@test "--parent-dir: of files that are not the parent the headers are read, and once" {
    needs_strace
    make_chain
    mkdir dir
    mv base.vhdx mid.avhdx dir
    forge_child dir/another.avhdx "$G4" "$G1" 'base.vhdx'
    strace -f -qq -o calls -P "$PWD/dir/another.avhdx" -e trace=pread64 \
        "$VHDXRAY" check --parent-dir=dir top.avhdx >out
    [ "$(grep -c ', 65536) *=' calls)" -eq 1 ]
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
    grep -qx "  Parent linkage $G2" out
    # parent_linkage2 does, too; of two that fit the first one
    cp dir/zzz dir/yyy
    rm dir/mid.avhdx
    forge_child top.avhdx "$G3" "$G4" 'mid.avhdx' "key u\"parent_linkage2\" u\"{$G2}\""
    vhdxray chain top.avhdx
    grep -qx "  Parent linkage $G4 or $G2" out
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

@test "read: what changes while it is read is told, also where something could not be read" {
    make_chain
    for way in '--parent-dir=.' '--salvage --parent=mid.avhdx'; do
        # nothing is read on before the pipe is empty
        # shellcheck disable=SC2086 # options
        "$VHDXRAY" read $way top.avhdx 0 16M 2>err | {
            head -c 1 >/dev/null
            touch mid.avhdx
            cat >/dev/null
        }
        grep -q 'mid.avhdx: changed while it was read: what was read mixes two states' err
    done
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
    words | grep -q 'What to do: name the parent with --parent, or a folder that holds it with --parent-dir\.'
    # with the path that was tried, behind all that is said, and what else can be done
    vhdxray read --follow vm/top.avhdx 0 1
    [ "$status" -eq 1 ]
    grep -qxF 'vhdxray: vm/Snapshots/mid.avhdx: the relative_path is ..\base.vhdx' err
    grep -qx 'vhdxray: vm/Snapshots/mid.avhdx: What to do: name the parent with --parent, or .*' err
    vhdxray chain --parent-dir=vm --follow vm/top.avhdx
    [ "$status" -eq 0 ]
}

@test "--follow that leads to another image, and a --parent that is not there" {
    make_chain
    forge_base mid.avhdx "$G4"
    vhdxray chain --follow --parent=missing.vhdx top.avhdx
    [ "$status" -eq 1 ]
    words | grep -qF 'is missing: its relative_path leads to mid.avhdx, which is not the one, and missing.vhdx: No such file or directory.'
    mkdir dir
    vhdxray chain --follow --parent-dir=dir --parent=missing.vhdx top.avhdx
    words | grep -qF 'is the one that it names, and its relative_path leads to mid.avhdx, which is not the one, and missing.vhdx: No such file'
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
            words | grep -q 'The chain has no end: what was found as the parent of the last image is one of those before it\. $'
            words | grep -q 'fatal VHDX-CHN-006: the chain has no end found none in the first [12] links, expected'
            vhdxray export $way $image.vhdx new.raw
            [ "$status" -eq 2 ]
            [ ! -e new.raw ]
            grep -q 'is a differencing image, and its chain has no end: what was found' err
        done
    done
    vhdxray chain --format=json --follow a.vhdx
    valid out
    jq -e '.reason == "circle"' out
    # the last one is in the state of the first, and has no parent
    forge_base same.vhdx "$G3"
    vhdxray chain --format=json --parent=same.vhdx own.vhdx
    [ "$status" -eq 2 ]
    valid out
    jq -e '.complete == false and .reason == "circle" and (.links | length) == 2' out
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
        jq -e '(.links | length) <= 4 and .complete == false and .reason == "circle"
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

@test "info: what the image names as its parent" {
    make_chain
    vhdxray info top.avhdx
    [ "$status" -eq 0 ]
    grep -qx "  Parent linkage $G2" out
    grep -qx '  Relative path  (not opened) mid.avhdx' out
    grep -qxF '  Absolute path  (never opened) \\?\C:\vm\mid.avhdx' out
    vhdxray info --format=json top.avhdx
    valid out
    jq -e '.parent | .linkage == "'"$G2"'" and .linkage2 == null and .matches == null
        and ."relative-path" == {text: "mid.avhdx", units: 9, truncated: false, opened: false}' out
    jq 'del(.parent)' out >changed
    refute valid changed 2>/dev/null
    vhdxray info base.vhdx
    refute grep -q 'linkage\|path' out
    vhdxray info --format=json base.vhdx
    valid out
    jq -e 'has("parent") and .parent == null' out
}

@test "chain -v: notes, too" {
    make_chain
    forge base.vhdx 'create dynamic disk=8M' "set headers.data-write-guid $G1"
    vhdxray chain --follow top.avhdx
    [ "$status" -eq 0 ]
    refute grep -q CHN-005 out
    grep -q 'not shown (--verbose shows ' out
    vhdxray chain -v --follow top.avhdx
    grep -q '^info VHDX-CHN-005' out
    grep -q '^    found 8388608 bytes (8 MiB), expected 16777216 bytes (16 MiB)' out
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
    sed -i '/\.gcda"/d' calls # where coverage is counted
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

@test "nothing is printed into a copy of a parent" {
    make_chain
    mkdir dir
    mv mid.avhdx good
    # one that is taken, and one before it that would be but for its tables
    forge_child dir/0.avhdx "$G2" "$G1" '.\base.vhdx' 'set region.bat.offset 1G'
    cp good dir/1.avhdx
    cp good dir/2.avhdx
    cp base.vhdx dir
    before=$(sha256sum dir/*)
    for file in dir/0.avhdx dir/2.avhdx; do
        for verb in chain check map; do
            status=0
            "$VHDXRAY" $verb --parent-dir=dir top.avhdx >>$file 2>err || status=$?
            [ "$status" -eq 1 ]
            status=0
            "$VHDXRAY" $verb --parent-dir=dir top.avhdx 2>>$file >out || status=$?
            [ "$status" -eq 1 ]
            [ "$before" = "$(sha256sum dir/*)" ]
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
    [ "$(cat err)" = 'vhdxray: base.vhdx: is an image of the chain, none of which is ever written' ]
    [ "$before" = "$(sha256sum ./*hdx)" ]
}
