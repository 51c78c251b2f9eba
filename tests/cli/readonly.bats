#!/usr/bin/env bats
# The image is never written: what the program opens, what a read-only mount allows, what faults
# below it lead to. VHDXRAY: the program.

load images.bash

setup() {
    [ -x "$VHDXRAY" ]
    cd "$BATS_TEST_TMPDIR" || return
    qemu-img create -q -f vhdx -o block_size=1M image.vhdx 1G
    qemu-io -f vhdx -c 'write -P 5 0 9M' image.vhdx >io.txt
}

WRITING='O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND'

# Run the program under strace; whatever opens or changes files goes to `calls`.
trace() {
    status=0
    strace -f -qq -o calls -e trace=open,openat,openat2,creat,truncate,ftruncate,rename,renameat,renameat2,unlink,unlinkat,link,linkat,symlink,symlinkat,mkdir,mkdirat,chmod,fchmod,fchmodat,chown,fchown,fchownat,utimensat,setxattr,fsetxattr,pwrite64,pwritev,writev,fallocate,copy_file_range,sendfile,ioctl,mknod,mknodat \
        "$VHDXRAY" "$@" >out 2>err || status=$?
}

@test "no verb opens a file for writing or changes one" {
    command -v strace >/dev/null || skip "strace is missing"
    [ "$(verbs | wc -l)" -ge 8 ]
    for verb in $(verbs); do
        looks "$verb" image.vhdx >looks.txt
        while read -ra line; do
            echo "${line[*]}"
            trace "${line[@]}" </dev/null
            [ "$status" -eq 0 ]
            [ "$verb" = explain ] || grep -q 'image.vhdx' calls
            [ "$(grep -cE "$WRITING" calls)" -eq 0 ]
            [ "$(grep -vcE '^[0-9]+ +(open|openat|openat2|ioctl)\(|^[0-9]+ \+\+\+' calls)" -eq 0 ]
        done <looks.txt
    done
}

@test "bytes and times of an image stay as they are" {
    touch -d '2001-02-03 04:05:06' image.vhdx
    before=$(sha256sum image.vhdx; stat -c '%Y %Z %s %b' image.vhdx)
    for verb in $(verbs); do
        looks "$verb" image.vhdx >looks.txt
        while read -ra line; do
            "$VHDXRAY" "${line[@]}" </dev/null >out
        done <looks.txt
    done
    [ "$before" = "$(sha256sum image.vhdx; stat -c '%Y %Z %s %b' image.vhdx)" ]
}

# shellcheck disable=SC2094 # that is what it is about
@test "nothing is printed into the image, and nothing is done then" {
    make_dirty
    ln dirty.vhdx hard.vhdx
    ln -s dirty.vhdx soft.vhdx
    before=$(sha256sum dirty.vhdx)
    for verb in $(verbs); do
        looks "$verb" dirty.vhdx >looks.txt
        { # and usage errors
            echo "$verb --frobnicate dirty.vhdx"
            echo "$verb dirty.vhdx dirty.vhdx dirty.vhdx dirty.vhdx"
        } >>looks.txt
        sed -i '/dirty.vhdx/!d' looks.txt
        while read -ra line; do
            for name in dirty.vhdx hard.vhdx soft.vhdx; do
                echo "${line[*]}, $name"
                status=0
                "$VHDXRAY" "${line[@]}" >>$name 2>err </dev/null || status=$?
                [ "$status" -eq 1 ]
                [ "$(cat err)" = 'vhdxray: standard output: is the image itself, which is never written' ]
                status=0
                "$VHDXRAY" "${line[@]}" 2>>$name >out </dev/null || status=$?
                [ "$status" -eq 1 ]
                [ "$(cat out)" = 'vhdxray: standard error: is the image itself, which is never written' ]
                status=0
                "$VHDXRAY" "${line[@]}" 1<>$name 2>&1 </dev/null || status=$?
                [ "$status" -eq 1 ]
                [ "$before" = "$(sha256sum dirty.vhdx)" ]
            done
        done <looks.txt
    done
    "$VHDXRAY" dirty.vhdx 2>>dirty.vhdx >out || true
    status=0
    "$VHDXRAY" check image.vhdx dirty.vhdx >>dirty.vhdx 2>err || status=$?
    [ "$status" -eq 1 ]
    [ "$before" = "$(sha256sum dirty.vhdx)" ]
    # elsewhere a report may be appended
    "$VHDXRAY" check image.vhdx >>report.txt
    "$VHDXRAY" check image.vhdx >>report.txt
    [ "$(grep -c '^image.vhdx: sound' report.txt)" -eq 2 ]
}

@test "nothing is printed into the image through a loop device" {
    loop=$(losetup -f --show image.vhdx 2>err) || skip "no loop devices here"
    before=$(sha256sum <image.vhdx)
    "$VHDXRAY" check image.vhdx 1<>"$loop" 2>ahead.err && first=0 || first=$?
    "$VHDXRAY" check "$loop" 1<>image.vhdx 2>behind.err && second=0 || second=$?
    "$VHDXRAY" check "$loop" 1<>"$loop" 2>self.err && third=0 || third=$?
    losetup -d "$loop"
    [ "$first $second $third" = '1 1 1' ]
    grep -q 'holds the image itself' ahead.err
    grep -q 'is the image itself' behind.err
    grep -q 'is the image itself' self.err
    [ "$before" = "$(sha256sum <image.vhdx)" ]
}

@test "an image on a read-only mount is checked like any other" {
    mkdir mount
    cp image.vhdx mount/
    unshare -m true 2>/dev/null || skip "mount namespaces need root here"
    # shellcheck disable=SC2016  # the inner shell has the variable from its environment
    unshare -m sh -c 'mount --bind mount mount && mount -o remount,ro,bind mount &&
        ! touch mount/x 2>/dev/null && "$VHDXRAY" check mount/image.vhdx' >out
    grep -q 'sound' out
}

@test "a read error at any read is reported, and never called sound" {
    command -v strace >/dev/null || skip "strace is missing"
    strace -qq -o calls -P image.vhdx -e trace=pread64 "$VHDXRAY" check image.vhdx >out
    reads=$(grep -c pread64 calls)
    [ "$reads" -ge 5 ]
    for n in $(seq 1 "$reads"); do
        status=0
        strace -qq -o calls -P image.vhdx -e trace=pread64 -e inject=pread64:error=EIO:when="$n" \
            "$VHDXRAY" check --format=json image.vhdx >report.json 2>err || status=$?
        echo "read $n of $reads: exit $status"
        [ "$status" -eq 1 ]
        jq -e '.verdict == "incomplete" and any(.findings[]; .rule == "VHDX-RUN-001")' report.json
    done
}

@test "short and interrupted reads change nothing" {
    command -v strace >/dev/null || skip "strace is missing"
    for fault in error=EINTR:when=1+2 retval=100:when=2; do
        status=0
        strace -qq -o calls -P image.vhdx -e trace=pread64 -e inject=pread64:$fault \
            "$VHDXRAY" check image.vhdx >out 2>err || status=$?
        echo "$fault: exit $status"
        case $fault in
        # strace only claims that 100 bytes were read: the buffer holds none of them
        retval*) [ "$status" -ne 139 ] ;;
        *) [ "$status" -eq 0 ] ;;
        esac
    done
}

@test "an image that grows or is replaced while it is read is not called sound" {
    command -v strace >/dev/null || skip "strace is missing"
    # the fourth read waits; once the third is done the file is open, and is touched meanwhile
    strace -qq -o calls -P image.vhdx -e trace=pread64 \
        -e inject=pread64:delay_enter=2000000:when=4 "$VHDXRAY" check --format=json image.vhdx \
        >report.json &
    for _ in $(seq 200); do
        [ "$(grep -c pread64 calls)" -ge 3 ] && break
        sleep 0.05
    done
    touch -d '2030-01-01' image.vhdx
    status=0
    wait $! || status=$?
    [ "$status" -eq 1 ]
    jq -e '.verdict == "incomplete" and any(.findings[]; .rule == "VHDX-RUN-002")' report.json
}
