#!/usr/bin/env bats
# What the writer of the corpus makes, read by somebody else: qemu-img. Clean images as they are;
# dirty ones on a copy that qemu-img repairs, with logs of a kind that it handles right.
# VHDXFORGE, VHDXRAY: the programs. VHDXRAY_SRC: the source.

load images

needs_qemu() {
    command -v qemu-img >/dev/null || skip "qemu-img is missing"
}

# Run vhdxforge over recipes of our own; it must succeed.
forge() {
    "$VHDXFORGE" --recipes=mine "$@"
}

# Build image.vhdx and want.raw of a disk that is made and written in this way.
build() { # COMMAND...
    mkdir -p mine/own
    printf '%s\n' 'title written' "$@" >mine/own/image.recipe
    forge build --force own/image image.vhdx
    forge content --force own/image want.raw
}

# What the disk goes through: new blocks, in place, over boundaries, parts of sectors, discards.
life=('write 1M-512 3M+1K pattern=5' 'write 1M 4K pattern=200' 'write 2M+100 700 pattern=300'
    'discard 2M 1M zero' 'write 2M+5K 512 pattern=400' 'commit' 'discard 3M 1M unmapped'
    'write 12M-1K 1K pattern=500')

expect_read_by_qemu() { # IMAGE
    qemu-img info -f vhdx "$1" >info.txt
    qemu-img check -q -f vhdx "$1"
    qemu-img compare -q -f vhdx -F raw "$1" want.raw
    qemu-img convert -f vhdx -O raw "$1" got.raw
    cmp got.raw want.raw
}

kinds=('dynamic disk=12M' 'fixed disk=12M' 'fixed disk=12M state=present'
    'dynamic disk=12M block=2M log=2M' 'dynamic disk=12M block=1M state=zero'
    'dynamic disk=12M state=present')

# Blocks of 2 MiB are not discarded by halves.
life_of() { # KIND
    case $1 in
    *block=2M*) printf '%s\n' "${life[@]}" | sed 's/discard 3M 1M/discard 4M 2M/; s/discard 2M 1M/discard 2M 2M/' ;;
    *) printf '%s\n' "${life[@]}" ;;
    esac
}

@test "a clean image reads the same by qemu-img" {
    needs_qemu
    for kind in "${kinds[@]}"; do
        mapfile -t steps < <(life_of "$kind")
        build "create $kind" "${steps[@]}" 'apply'
        vhdxray check image.vhdx
        [ "$status" -eq 0 ]
        expect_read_by_qemu image.vhdx
    done
}

@test "a dirty image reads the same once qemu-img has repaired it" {
    needs_qemu
    for kind in "${kinds[@]}"; do
        mapfile -t steps < <(life_of "$kind")
        build "create $kind" "${steps[@]}"
        vhdxray check image.vhdx
        [ "$status" -eq 3 ]
        grep -q HDR-012 out # a log is pending
        vhdxray export image.vhdx ours.raw --force
        [ "$status" -eq 0 ]
        cmp ours.raw want.raw
        cp image.vhdx repaired.vhdx
        qemu-img check -q -r all -f vhdx repaired.vhdx
        expect_read_by_qemu repaired.vhdx
    done
}

@test "sessions follow each other, and logs that were applied in between" {
    needs_qemu
    build 'create dynamic disk=12M' "${life[@]}" 'apply' 'write 5M 9K pattern=600' 'apply' \
        'discard 5M 1M zero' 'write 5M+4K 512 pattern=700' 'write 7M 1M pattern=800'
    cp image.vhdx repaired.vhdx
    qemu-img check -q -r all -f vhdx repaired.vhdx
    expect_read_by_qemu repaired.vhdx
    vhdxray check repaired.vhdx
    [ "$status" -eq 0 ]
}
