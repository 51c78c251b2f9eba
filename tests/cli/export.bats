#!/usr/bin/env bats
# `vhdxray export` and `vhdxray read`: the virtual disk, byte for byte; and what they write to.

load images.bash

@test "content and allocated space are those of qemu-img convert" {
    make_images
    qemu-img create -q -f vhdx -o subformat=fixed fixed.vhdx 20M
    qemu-io -f vhdx -c 'write -q -P 9 5M 1M' fixed.vhdx >io.txt
    qemu-img create -q -f vhdx -o block_size=32M big.vhdx 100M
    qemu-io -f vhdx -c 'write -q -P 7 33M 12345' big.vhdx >io.txt
    for image in fresh written fixed big; do
        qemu-img convert -f vhdx -O raw $image.vhdx want.raw
        vhdxray export $image.vhdx $image.out
        [ "$status" -eq 0 ]
        [ ! -s out ]
        [ ! -s err ]
        cmp $image.out want.raw
        [ "$(stat -c %s $image.out)" -eq "$(stat -c %s want.raw)" ]
        [ "$(stat -c %b $image.out)" -le "$(stat -c %b want.raw)" ]
        vhdxray export $image.vhdx -
        [ "$status" -eq 0 ]
        cmp out want.raw
    done
    [ "$(stat -c %b fresh.out)" -eq 0 ]
}

@test "a dirty image gives what it holds after replay" {
    make_dirty 2
    vhdxray export dirty.vhdx dirty.raw
    [ "$status" -eq 0 ]
    cmp dirty.raw written.raw
}

@test "data that the log holds is read from the log" {
    make_images
    vhdxray map --format=json written.vhdx
    block=$(jq '.[] | select(.start <= 1048576 and .start + .length > 1048576)
        | .offset + 1048576 - .start' out)
    make_dirty 3 $((block + 8192))
    refute cmp -s -n 4096 -i $((block + 8192)):$((1048576 + 8192)) dirty.vhdx written.raw
    vhdxray export dirty.vhdx dirty.raw
    [ "$status" -eq 0 ]
    cmp dirty.raw written.raw
    vhdxray read dirty.vhdx $((1048576 + 8192 + 4000)) 5000
    [ "$status" -eq 0 ]
    cmp -n 5000 -i 0:$((1048576 + 8192 + 4000)) out written.raw
    vhdxray check --format=json dirty.vhdx
    jq -e '.totals.rules["VHDX-LGD-011"] == 1' out
}

@test "the sample: what QEMU's repair and convert yield, byte for byte" {
    make_sample
    before=$(sha256sum sample.vhdx)
    vhdxray export sample.vhdx sample.out
    [ "$status" -eq 0 ]
    cmp sample.out sample.raw
    [ "$(stat -c %b sample.out)" -le "$(stat -c %b sample.raw)" ]
    [ "$before" = "$(sha256sum sample.vhdx)" ]
}

@test "read: any range, any spelling of it" {
    make_images
    for range in '0 1' '0 64M' '10M 512' '10485759 514' '0xa00000 0x200' '67108863 1' '0 0' \
        '3145000 2000' '64M 0'; do
        read -r offset length <<<"$range"
        vhdxray read written.vhdx "$offset" "$length"
        [ "$status" -eq 0 ]
        python3 - "$offset" "$length" <<'END'
import sys

def number(text):
    if text.endswith("M"):
        return int(text[:-1]) << 20
    return int(text, 0)

offset, length = (number(a) for a in sys.argv[1:])
assert open("out", "rb").read() == open("written.raw", "rb").read()[offset:offset + length]
END
    done
    for range in '0 67108865' '64M 1' '67108864 1' '1T 1' '18446744073709551615 1' \
        '1 18446744073709551615'; do
        read -r offset length <<<"$range"
        vhdxray read written.vhdx "$offset" "$length"
        [ "$status" -eq 1 ]
        [ ! -s out ]
        grep -q 'the range is not inside the virtual disk of 67108864 bytes (64 MiB)' err
    done
    for number in '' x -1 1x 1kk 0x 18446744073709551616 16E 1.5M ' 1'; do
        vhdxray read written.vhdx -- "$number" 1
        [ "$status" -eq 1 ]
        [ ! -s out ]
        grep -q 'not a number of bytes' err
    done
}

@test "a corrupt image is refused, with its findings" {
    make_corrupt
    for verb in 'export corrupt.vhdx new.raw' 'export corrupt.vhdx -' 'read corrupt.vhdx 0 1'; do
        # shellcheck disable=SC2086 # words
        vhdxray $verb
        [ "$status" -eq 2 ]
        [ ! -s out ]
        grep -q '^corrupt.vhdx: corrupt: ' err
        grep -q '^error VHDX-BAT-' err
        [ "$(tail -n 1 err)" = \
            'vhdxray: corrupt.vhdx: nothing was written: --salvage writes what can be read' ]
        [ ! -e new.raw ]
    done
}

@test "--salvage exports what can be read, and lists what cannot" {
    make_images
    cp written.vhdx states.vhdx
    # blocks 1 and 2, side by side, in a reserved state; block 10 beyond the end of the file
    printf '\4\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0' |
        dd of=states.vhdx bs=1 seek=$((2097152 + 8)) conv=notrunc status=none
    printf '\6\0\0\0\0\1\0\0' |
        dd of=states.vhdx bs=1 seek=$((2097152 + 80)) conv=notrunc status=none
    cp written.raw want.raw
    dd if=/dev/zero of=want.raw bs=1M seek=1 count=2 conv=notrunc status=none
    dd if=/dev/zero of=want.raw bs=1M seek=10 count=1 conv=notrunc status=none
    vhdxray export --salvage states.vhdx states.raw
    [ "$status" -eq 2 ]
    cmp states.raw want.raw
    grep -q 'cannot be read: virtual offset 1048576, 2097152 bytes (2 MiB): VHDX-BAT-009' err
    grep -q 'cannot be read: virtual offset 10485760, 1048576 bytes (1 MiB): VHDX-BAT-017' err
    [ "$(grep -c 'cannot be read:' err)" -eq 2 ]
    vhdxray export --salvage states.vhdx -
    [ "$status" -eq 2 ]
    cmp out want.raw
    # a sound image is salvaged without a word
    vhdxray export --salvage written.vhdx sound.raw
    [ "$status" -eq 0 ]
    [ ! -s err ]
    cmp sound.raw written.raw
    # a log that was left out makes the disk an old one, and that is no success
    make_dirty 3
    vhdxray export --memory=1 dirty.vhdx old.raw
    [ "$status" -eq 1 ]
    [ ! -e old.raw ]
    vhdxray export --memory=1 --salvage dirty.vhdx old.raw
    [ "$status" -eq 1 ]
    grep -q 'the log was not replayed' err
    [ -e old.raw ]
    # and what has no table at all is not
    echo 'not a disk' >notes.txt
    for salvage in '' --salvage; do
        vhdxray export $salvage notes.txt notes.raw
        [ "$status" -eq 2 ]
        [ "$(tail -n 1 err)" = \
            'vhdxray: notes.txt: nothing was written: where the blocks are is not known' ]
        [ ! -e notes.raw ]
    done
}

@test "--salvage without a current header: whether a log is pending is not known, and said" {
    make_dirty
    for header in 65536 131072; do
        dd if=/dev/zero of=dirty.vhdx bs=1 seek=$header count=16 conv=notrunc status=none
    done
    vhdxray export --salvage dirty.vhdx disk.raw
    [ "$status" -eq 2 ]
    grep -q '^vhdxray: dirty.vhdx: .*whether a log is pending is not known' err
    vhdxray read --salvage dirty.vhdx 0 16
    grep -q 'whether a log is pending is not known' err
    vhdxray map dirty.vhdx
    [ "$status" -eq 2 ]
    grep -q 'whether a log is pending is not known' err
    for verb in log replay; do
        vhdxray $verb dirty.vhdx
        [ "$status" -eq 2 ]
        grep -q 'There is no current header: whether a log is pending' out
    done
    # a clean image that is corrupt has no log to speak of
    make_corrupt
    vhdxray export --salvage corrupt.vhdx other.raw
    refute grep -q 'log' err
}

@test "--salvage: sectors that cannot be read" {
    needs_strace
    make_images
    vhdxray map --format=json written.vhdx
    reads=$(strace -qq -P written.vhdx -e trace=pread64 "$VHDXRAY" read written.vhdx 20M 4k \
        2>&1 >/dev/null | grep -c pread64)
    strace -qq -o calls -P written.vhdx -e trace=pread64 \
        -e inject=pread64:error=EIO:when="$reads"+ "$VHDXRAY" export --salvage written.vhdx \
        lost.raw >out 2>err && status=0 || status=$?
    [ "$status" -eq 2 ]
    grep -q 'cannot be read: virtual offset .*VHDX-RUN-001' err
    # without --salvage a read error is the end, and nothing is left
    strace -qq -o calls -P written.vhdx -e trace=pread64 \
        -e inject=pread64:error=EIO:when="$reads"+ "$VHDXRAY" export written.vhdx new.raw \
        >out 2>err && status=0 || status=$?
    [ "$status" -ne 0 ]
    [ ! -e new.raw ]
    [ -z "$(find . -name '.vhdxray-*')" ]
}

@test "OUT is never the image" {
    make_images
    ln written.vhdx hard.vhdx
    ln -s written.vhdx soft.vhdx
    mkdir sub
    ln -s ../soft.vhdx sub/softer.vhdx
    before=$(sha256sum written.vhdx; stat -c '%Y %i' written.vhdx)
    for name in written.vhdx ./written.vhdx sub/../written.vhdx hard.vhdx soft.vhdx \
        sub/softer.vhdx "$PWD/written.vhdx"; do
        for force in '' --force; do
            vhdxray export $force written.vhdx "$name"
            [ "$status" -eq 1 ]
            [ "$(cat err)" = "vhdxray: $name: is the image itself, which is never written" ]
        done
    done
    status=0
    # shellcheck disable=SC2094 # that is the test
    "$VHDXRAY" export written.vhdx - >>written.vhdx 2>err || status=$?
    [ "$status" -eq 1 ]
    grep -q 'is the image itself' err
    status=0
    "$VHDXRAY" read written.vhdx 0 512 1<>written.vhdx 2>err || status=$?
    [ "$status" -eq 1 ]
    [ "$before" = "$(sha256sum written.vhdx; stat -c '%Y %i' written.vhdx)" ]
}

@test "what is there stays, unless --force" {
    make_images
    echo precious >there.raw
    ln -s nowhere dangling
    ln -s there.raw link
    mkdir folder
    mkfifo pipe
    for name in there.raw dangling link; do
        vhdxray export written.vhdx $name
        [ "$status" -eq 1 ]
        [ "$(cat err)" = "vhdxray: $name: exists: --force replaces it" ]
    done
    [ "$(cat there.raw)" = precious ]
    for force in '' --force; do
        vhdxray export $force written.vhdx folder
        [ "$status" -eq 1 ]
        grep -q 'is a directory' err
        vhdxray export $force written.vhdx pipe
        [ "$status" -eq 1 ]
        vhdxray export $force written.vhdx /dev/full
        [ "$status" -eq 1 ]
        vhdxray export $force written.vhdx missing/new.raw
        [ "$status" -eq 1 ]
        grep -q 'No such file' err
        vhdxray export $force written.vhdx ''
        [ "$status" -eq 1 ]
    done
    vhdxray export --force written.vhdx link
    [ "$status" -eq 0 ]
    [ ! -L link ]
    [ "$(cat there.raw)" = precious ]
    vhdxray export --force written.vhdx there.raw
    [ "$status" -eq 0 ]
    cmp there.raw written.raw
}

@test "a new file has the mode any new file gets" {
    make_images
    (umask 027 && "$VHDXRAY" export written.vhdx a.raw)
    [ "$(stat -c %a a.raw)" = 640 ]
    (umask 077 && "$VHDXRAY" replay -o b.vhdx written.vhdx)
    [ "$(stat -c %a b.vhdx)" = 600 ]
}

@test "lost output is an error and leaves nothing" {
    make_images
    status=0
    "$VHDXRAY" export written.vhdx - >/dev/full 2>err || status=$?
    [ "$status" -eq 1 ]
    grep -q 'standard output: No space left on device' err
    status=0
    "$VHDXRAY" export written.vhdx - 2>err >&- || status=$?
    [ "$status" -eq 1 ]
    # a reader that goes away
    { "$VHDXRAY" export written.vhdx - 2>err || echo $? >code; } | head -c 1 >out
    [ "$(cat code)" -eq 1 ]
    grep -q 'Broken pipe' err
    # a limit on the size of files
    status=0
    (ulimit -f 1024 && "$VHDXRAY" export written.vhdx new.raw 2>err) || status=$?
    [ "$status" -eq 1 ]
    grep -q 'File too large' err
    [ ! -e new.raw ]
    [ -z "$(find . -name '.vhdxray-*')" ]
    for verb in 'export written.vhdx -' 'read written.vhdx 0 64M'; do
        status=0
        # shellcheck disable=SC2086 # words
        (ulimit -f 1024 && "$VHDXRAY" $verb >new.raw 2>err) || status=$?
        [ "$status" -eq 1 ]
        grep -q 'standard output: File too large' err
    done
}

@test "a full disk: message, status 1, nothing left" {
    make_images
    mkdir small
    unshare -m true 2>/dev/null || skip "mount namespaces need root here"
    # shellcheck disable=SC2016 # expanded in there
    unshare -m sh -c 'mount -t tmpfs -o size=1M none small || exit 77
        "$VHDXRAY" export written.vhdx small/new.raw 2>err; echo $? >code
        "$VHDXRAY" replay -o small/new.vhdx written.vhdx 2>err2; echo $? >code2
        find small -mindepth 1 >left' || skip "no tmpfs here"
    [ "$(cat code)" -eq 1 ]
    [ "$(cat code2)" -eq 1 ]
    grep -q 'small/new.raw: No space left on device' err
    grep -q 'small/new.vhdx: No space left on device' err2
    [ ! -s left ]
}

@test "a signal leaves nothing, and is died of" {
    needs_strace
    make_images
    mkdir target
    for signal in HUP INT TERM QUIT XCPU USR1 USR2 ALRM PROF VTALRM IO PWR; do
        # raised by the write that follows the first one
        status=0
        bash -c 'ulimit -c 0; trap - HUP INT TERM QUIT; exec strace -qq -o calls -e trace=pwrite64 \
            -e inject=pwrite64:signal='$signal':when=2 "$VHDXRAY" export written.vhdx \
            target/new.raw' 2>err || status=$?
        echo "$signal: $status"
        [ "$status" -eq $((128 + $(kill -l $signal))) ]
        [ -z "$(find target -mindepth 1)" ]
    done
}

@test "the image is opened for reading only, and nothing but OUT is created" {
    needs_strace
    make_dirty
    writing='O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND'
    for verb in $(verbs); do
        looks "$verb" dirty.vhdx >>lines
    done
    # the only ones that write
    printf '%s\n' 'export dirty.vhdx new.raw' 'replay -o new.vhdx dirty.vhdx' >>lines
    while read -ra line; do
        echo "${line[*]}"
        rm -f new.raw new.vhdx
        strace -f -qq -y -o calls -e trace=%file,%desc "$VHDXRAY" "${line[@]}" </dev/null >out \
            2>err || true
        [ "${line[0]}" = explain ] || grep -q 'openat.*"dirty.vhdx"' calls
        # every open that could write is that of the temporary file
        opened=$(grep -cE "open.*($writing)" calls || true)
        case ${line[*]} in
        *new*)
            [ "$opened" -eq 1 ]
            grep -E "open.*($writing)" calls | grep -q '"\.vhdxray-[0-9a-f]*\.tmp", .*O_EXCL'
            grep -q 'renameat2(.*"\.vhdxray-[0-9a-f]*\.tmp".*"new\.' calls
            ;;
        *)
            [ "$opened" -eq 0 ]
            refute grep -qE '^[0-9]+ +(rename|unlink|link|truncate|ftruncate|chmod|fchmod)' calls
            ;;
        esac
        # nothing is ever written to the image's descriptor
        refute grep -E '(write|pwrite64|writev|ftruncate|fallocate|fchmod|fchown|fsetxattr|futimens|utimensat)\([0-9]+<[^>]*dirty\.vhdx>' calls
    done <lines
}

@test "blocks are shared where the file system can" {
    make_images
    unshare -m true 2>/dev/null || skip "mount namespaces need root here"
    command -v mkfs.xfs >/dev/null || command -v mkfs.btrfs >/dev/null ||
        skip "neither mkfs.xfs nor mkfs.btrfs is installed"
    mkdir cow
    truncate -s 512M cow.img
    if command -v mkfs.btrfs >/dev/null; then mkfs.btrfs -q cow.img; else mkfs.xfs -q cow.img; fi
    # shellcheck disable=SC2016 # expanded in there
    unshare -m sh -c 'mount -o loop cow.img cow || exit 77
        cp written.vhdx cow/
        strace -qq -e trace=ioctl,pwrite64 "$VHDXRAY" export cow/written.vhdx cow/new.raw 2>calls
        cmp cow/new.raw written.raw && cp calls shared' || skip "no loop devices here"
    grep -q 'FICLONERANGE.*= 0' shared
}

@test "a block device: only with --force, only if it is large enough, never the image's" {
    make_images
    truncate -s 80M disk.img
    truncate -s 10M small.img
    big=$(losetup -f --show disk.img 2>err) || skip "no loop devices here"
    small=$(losetup -f --show small.img)
    own=$(losetup -f --show written.vhdx)
    tr '\0' '\377' </dev/zero | dd of="$big" bs=1M count=80 iflag=fullblock status=none
    vhdxray export written.vhdx "$big" && first=$status
    vhdxray export --force written.vhdx "$small" && second=$status
    cp err small.err
    vhdxray export --force written.vhdx "$own" && third=$status
    cp err own.err
    vhdxray export --force written.vhdx "$big" && fourth=$status
    # the same image by its other name, and standard output that leads to it
    before=$(sha256sum <written.vhdx)
    vhdxray export --force "$own" written.vhdx && fifth=$status
    cp err behind.err
    "$VHDXRAY" export "$own" - 1<>written.vhdx 2>>behind.err || true
    "$VHDXRAY" export written.vhdx - 1<>"$own" 2>ahead.err || true
    "$VHDXRAY" export "$own" - 1<>"$big" 2>both.err || true
    losetup -d "$big" "$small" "$own"
    [ "$first $second $third $fourth $fifth" = '1 1 1 0 1' ]
    grep -q 'is too small' small.err
    grep -q 'holds the image itself' own.err
    [ "$before" = "$(sha256sum <written.vhdx)" ]
    [ "$(grep -c 'is the image itself' behind.err)" -eq 2 ]
    grep -q 'holds the image itself' ahead.err
    grep -q 'whether they overlap cannot be told' both.err
    cmp -n 67108864 disk.img written.raw
}
