#!/usr/bin/env bats
# Memory and work are bounded by what is really there. VHDXRAY, VHDXFORGE: the programs.
# VHDXRAY_SRC: the source.

load images.bash
load chains.bash

# Peak resident memory of a command in KiB, its exit status in `status`.
peak() {
    python3 -c '
import os, sys
pid = os.fork()
if pid == 0:
    os.dup2(os.open("out", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
    os.execv(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(pid, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss)' "$@" >peak.txt
    read -r status kib <peak.txt
    echo "exit $status, $kib KiB"
}

@test "64 TiB with 1 MiB blocks and a sparse BAT: 16 MiB of memory, holes are not read" {
    qemu-img create -q -f vhdx -o block_size=1M,block_state_zero=off image.vhdx 64T
    # qemu-img wrote the 513 MiB table; dig the hole a frugal writer would have left
    fallocate -d image.vhdx
    peak "$VHDXRAY" check --format=json image.vhdx
    [ "$status" -eq 0 ]
    [ "$kib" -le 16384 ]
    jq -e '.["bytes-read"] < 4194304' out
}

@test "64 TiB with a fully written BAT: 16 MiB of memory" {
    qemu-img create -q -f vhdx -o block_size=1M image.vhdx 64T
    peak "$VHDXRAY" check --format=json image.vhdx
    [ "$status" -eq 0 ]
    [ "$kib" -le 16384 ]
}

@test "little address space and a small stack suffice" {
    qemu-img create -q -f vhdx image.vhdx 1G
    (ulimit -v 65536; ulimit -s 256; "$VHDXRAY" check image.vhdx >out)
    grep -q sound out
}

@test "a log that makes the file grow: memory follows the size after replay" {
    make_images
    # 64 blocks spread over 2 TiB, backwards
    python3 -c 'import struct
with open("written.vhdx", "r+b") as f:
    f.seek(2 << 20)
    f.write(b"".join(struct.pack("<Q", ((64 - i) << 35) - (1 << 20) | 6) for i in range(64)))'
    make_dirty 1 - - $((2 << 40))
    [ "$(stat -c %s dirty.vhdx)" -lt $((64 << 20)) ]
    peak "$VHDXRAY" check --format=json dirty.vhdx
    [ "$status" -eq 3 ]
    [ "$kib" -le 16384 ]
    jq -e '.verdict == "warnings" and .totals.rules["VHDX-RUN-005"] == null' out
    # and no more is asked for by a size that only a number states
    make_dirty 1 - - $((1 << 62))
    peak "$VHDXRAY" check --format=json dirty.vhdx
    [ "$status" -eq 3 ]
    [ "$kib" -le 16384 ]
}

@test "a parent that was found, but takes too much memory, is not said to be changed" {
    make_chain
    forge_base other.vhdx "$G4"
    truncate -s 1T base.vhdx
    for way in '' --parent=base.vhdx; do
        status=0
        # shellcheck disable=SC2086 # an option
        (ulimit -v 1048576; "$VHDXRAY" chain --format=json --memory=4G $way --parent-dir=. mid.avhdx >out) || status=$?
        [ "$status" -eq 1 ]
        jq -e '.reason == "unreadable" and .relatives == []
            and (.ending | endswith("base.vhdx: there is not enough memory."))' out
        refute grep -q 'write to none' out
    done
}
