#!/usr/bin/env bats
# `vhdxray map`: where the bytes of the virtual disk lie.

load images.bash

# The map in MAP covers the disk without gaps, and every range of it tells the truth about IMAGE,
# whose content is RAW.
truthful() { # MAP IMAGE RAW
    python3 - "$@" <<'END'
import json
import sys

ranges = json.load(open(sys.argv[1]))
image = open(sys.argv[2], "rb")
raw = open(sys.argv[3], "rb")
at = 0
for r in ranges:
    assert r["start"] == at and r["length"] > 0 and r["depth"] == 0, r
    at += r["length"]
    raw.seek(r["start"])
    content = raw.read(r["length"])
    assert r["data"] != r["zero"], r
    if r["data"]:
        image.seek(r["offset"])
        assert image.read(r["length"]) == content, r
    else:
        assert not any(content) and "offset" not in r, r
assert at == raw.seek(0, 2), at
END
}

@test "the map tells where every byte is" {
    make_images
    vhdxray map --format=json written.vhdx
    [ "$status" -eq 0 ]
    valid out
    truthful out written.vhdx written.raw
    # 3 blocks that may lie side by side, and 3 single ones
    jq -e '[.[] | select(.data) | .length] | add == 6 * 1048576' out
    jq -e 'all(.[]; if .data then .present and .state == "fully-present" else .zero end)' out
}

@test "the form is that of qemu-img" {
    make_images
    qemu-img create -q -f qcow2 other.qcow2 64M
    qemu-io -f qcow2 -c 'write -q -P 1 0 1M' other.qcow2 >io.txt
    qemu-img map --output=json other.qcow2 >theirs
    vhdxray map --format=json written.vhdx
    # the same members in the same order, the same separators
    head -n 1 theirs | sed -E 's/[0-9]+/N/g; s/(true|false)/B/g; s/\}\]?,?$//' >a
    head -n 1 out | sed -E 's/[0-9]+/N/g; s/(true|false)/B/g; s/, "state".*$//' >b
    diff a b
}

@test "text: offsets in hexadecimal, and the state" {
    make_images
    vhdxray map written.vhdx
    [ "$status" -eq 0 ]
    grep -q '^Offset          Length          Mapped to       State$' out
    grep -qE '^0x0 +0x[0-9a-f]+ +0x[0-9a-f]+ +fully-present$' out
    grep -qE ' - +(zero|not-present)$' out
}

@test "a dirty image is mapped as it is after replay" {
    make_dirty
    vhdxray map --format=json written.vhdx
    mv out clean.json
    vhdxray map --format=json dirty.vhdx
    [ "$status" -eq 0 ]
    cmp out clean.json
}

@test "the sample: as QEMU reads it" {
    make_sample
    vhdxray map --format=json sample.vhdx
    [ "$status" -eq 0 ]
    jq -e '[.[] | select(.data) | .length] | add == 18 * 1048576' out
    jq -e '.[-1].start + .[-1].length == 10737418240' out
}

@test "a corrupt image is mapped, and its findings are on standard error" {
    make_images
    cp written.vhdx states.vhdx
    printf '\4\0\0\0\0\0\0\0' | dd of=states.vhdx bs=1 seek=2097152 conv=notrunc status=none
    vhdxray map --format=json states.vhdx
    [ "$status" -eq 2 ]
    valid out
    grep -q 'VHDX-BAT-009' err
    jq -e '.[0] | .state == "reserved-4" and .unreadable == "VHDX-BAT-009"
        and .data == false and .zero == false and .present == false' out
    echo 'not a disk' >notes.txt
    vhdxray map notes.txt
    [ "$status" -eq 2 ]
    [ ! -s out ]
}

@test "blocks whose entries cannot be read have no state" {
    needs_strace
    make_images
    reads=$(strace -qq -P written.vhdx -e trace=pread64 "$VHDXRAY" map written.vhdx \
        2>&1 >/dev/null | grep -c pread64)
    for format in text json; do
        status=0
        strace -qq -o calls -P written.vhdx -e trace=pread64 \
            -e inject=pread64:error=EIO:when="$reads"+ "$VHDXRAY" map --format=$format \
            written.vhdx >out 2>err || status=$?
        [ "$status" -eq 1 ]
        cp out out.$format
    done
    [ "$(tail -n 1 out.text)" = '0x0             0x4000000       -               cannot be read: VHDX-RUN-001' ]
    valid out.json
    jq -e '. == [{start: 0, length: 67108864, depth: 0, present: false, zero: false, data: false,
        state: null, unreadable: "VHDX-RUN-001"}]' out.json
}
