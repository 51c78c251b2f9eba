#!/usr/bin/env bats
# Real images, made by qemu-img and written by qemu-io: none may raise more than real writers are
# known to cause, and `info` agrees with `qemu-img info`. VHDXRAY: the program.

setup() {
    [ -x "$VHDXRAY" ]
    command -v qemu-img >/dev/null || skip "qemu-img is missing: install qemu-utils"
    cd "$BATS_TEST_TMPDIR" || return
}

# check IMAGE EXPECTED-STATUS: the verdict, and that every finding is what docs/format.md allows.
check() {
    status=0
    "$VHDXRAY" check --format=json "$1" >report.json || status=$?
    echo "check $1: exit $status, expected $2"
    jq -r '.findings[] | "\(.rule) \(.severity)"' report.json
    [ "$status" -eq "$2" ]
    jq -e 'all(.findings[]; . as $f |
        ["VHDX-RGE-012 info", "VHDX-BAT-020 info", "VHDX-LAY-009 info", "VHDX-BAT-017 warning"]
        | index("\($f.rule) \($f.severity)") != null)' report.json
}

# info IMAGE: size, block size and dirty flag as qemu-img states them.
info() {
    "$VHDXRAY" info --format=json "$1" >ours.json || [ $? -eq 3 ]
    qemu-img info --output=json "$1" >theirs.json
    jq -e --slurpfile q theirs.json '
        .["virtual-size"] == $q[0]["virtual-size"] and
        (.["block-size"] == ($q[0]["cluster-size"] // .["block-size"])) and
        (.log == "dirty") == ($q[0]["dirty-flag"] // false)' ours.json
}

# make OPTIONS SIZE EXPECTED-STATUS: fresh, then after writes.
make_and_check() {
    rm -f image.vhdx
    qemu-img create -q -f vhdx -o "$1" image.vhdx "$2"
    echo "options $1, size $2"
    check image.vhdx "$3"
    info image.vhdx
    qemu-io -f vhdx -c 'write -P 5 0 1M' -c 'write -P 6 3M 2M' -c 'write -z 4M 64K' image.vhdx >io.txt
    check image.vhdx "$3"
    info image.vhdx
}

@test "dynamic images of every block size" {
    for mib in 1 2 4 8 16 32 64 128 256; do
        make_and_check "subformat=dynamic,block_size=${mib}M" 1G 0
    done
}

@test "dynamic images with other states, logs and odd sizes" {
    make_and_check block_state_zero=off 1G 0
    make_and_check log_size=16M 1G 0
    make_and_check log_size=1M,block_size=1M 5G 0
    make_and_check block_size=8M $((100 * 1048576 + 512)) 0
    make_and_check block_size=1M 64T 0
}

@test "fixed images, whose last block may reach beyond the file" {
    make_and_check subformat=fixed 64M 0
    make_and_check subformat=fixed,block_state_zero=off 64M 0
    make_and_check subformat=fixed,block_size=32M $((100 * 1048576 + 512)) 0
    make_and_check subformat=fixed,block_size=32M,block_state_zero=off $((100 * 1048576 + 512)) 3
}

@test "two entries with the same offset, a cut image and a text file" {
    qemu-img create -q -f vhdx -o block_size=1M image.vhdx 64M
    qemu-io -f vhdx -c 'write -P 5 3M 5M' image.vhdx >io.txt
    cp image.vhdx twin.vhdx
    dd if=image.vhdx of=twin.vhdx bs=8 skip=$((0x200018 / 8)) seek=$((0x200020 / 8)) count=1 \
        conv=notrunc status=none
    status=0
    "$VHDXRAY" check --format=json twin.vhdx >report.json || status=$?
    [ "$status" -eq 2 ]
    jq -e 'any(.findings[]; .rule == "VHDX-BAT-016" and .index == 4 and .offset == 2097184)' \
        report.json

    truncate -s -1M image.vhdx
    status=0
    "$VHDXRAY" check --format=json image.vhdx >report.json || status=$?
    [ "$status" -eq 2 ]
    jq -e 'any(.findings[]; .rule == "VHDX-BAT-017" and .severity == "error")' report.json

    echo 'no image' >notes.txt
    status=0
    "$VHDXRAY" check notes.txt >report.txt || status=$?
    [ "$status" -eq 2 ]
    grep -q 'not a VHDX image' report.txt
}
