#!/usr/bin/env bats
# `--at=K`: the image as it is after the first K entries of its log. The oracle is a copy into which
# they were written by hand, read by qemu-img.

load images.bash

# dirty.vhdx: 4 GiB, three entries in its log, each with 512 entries of the table. In the table
# itself there are zeros, and one entry of the second sector that is wrong. state-K.vhdx: what it is
# after K entries, clean.
make_states() {
    qemu-img create -q -f vhdx -o block_size=1M fresh.vhdx 4G
    cp fresh.vhdx written.vhdx
    qemu-io -f vhdx -c 'write -q -P 1 0 3M' -c 'write -q -P 2 600M 64k' -c 'write -q -P 3 1200M 4k' \
        written.vhdx >io.txt
    make_dirty 3
    printf '\6\0\0\0\0\0\0\0' |
        dd of=dirty.vhdx bs=1 seek=$((2097152 + 4096)) conv=notrunc status=none
    for k in 0 1 2 3; do
        cp dirty.vhdx "state-$k.vhdx"
        dd if=written.vhdx of="state-$k.vhdx" bs=64k skip=1 seek=1 count=2 conv=notrunc status=none
        dd if=written.vhdx of="state-$k.vhdx" bs=4k skip=512 seek=512 count="$k" conv=notrunc \
            status=none
    done
}

@test "log: verdict, findings and changes are those of the state, at every K" {
    make_states
    for k in 0 1 2 3; do
        vhdxray check --format=json "state-$k.vhdx"
        cp out check
        expected=$status
        vhdxray log --at="$k" --format=json dirty.vhdx
        [ "$status" -eq "$expected" ]
        valid out
        jq -e --argjson k "$k" --slurpfile check check '.state.entries == $k
            and .["pending-log"].entries == 3
            and .state.verdict == $check[0].verdict
            and ([.state.findings[] | select(.severity != "info") | .rule]
                 == [$check[0].findings[] | select(.severity != "info") | .rule])
            and .state["change-totals"]["bat-entry"] == 512 * $k
            and .state["bytes-changed"] + .state["bytes-same"] == 4096 * $k
            and .state["old-size"] == .state["new-size"]' out
    done
    [ "$expected" -eq 0 ]
    vhdxray log --at 1 --format=json dirty.vhdx
    [ "$status" -eq 2 ]
    jq -e '.state.totals.rules["VHDX-BAT-012"] == 1 and .totals.error == 0' out
}

@test "log: without entries it is the image as it lies, with all of them the image after replay" {
    make_states
    vhdxray check --format=json dirty.vhdx
    cp out check
    vhdxray log --at=0 --format=json dirty.vhdx
    jq -e --slurpfile check check '.state.verdict == $check[0].unreplayed.verdict
        and .state.totals.error == $check[0].unreplayed.totals.error' out
    vhdxray log --at=3 --format=json dirty.vhdx
    jq -e --slurpfile check check '
        .state.totals.rules == ($check[0].totals.rules | del(.["VHDX-HDR-012"]))' out
    vhdxray log --format=json dirty.vhdx
    jq -e '.state == null' out
}

@test "log: the listing numbers the entries, the text tells the state" {
    make_states
    vhdxray log --format=json dirty.vhdx
    valid out
    jq -e '[.entries[] | select(.active) | .number] == [1, 2, 3]
        and all(.entries[] | select(.active | not); .number == null)' out
    vhdxray log dirty.vhdx
    [ "$status" -eq 3 ]
    [ "$(grep -cE '^  0x[0-9a-f]* *active *entry [123], sequence 100[012], ' out)" -eq 3 ]
    refute grep -q '^After them' out
    vhdxray log --at=1 dirty.vhdx
    [ "$status" -eq 2 ]
    grep -q '^The first 1 of 3 entries change:$' out
    grep -q '^  Changes *512 BAT entries$' out
    grep -q '^After them: dirty.vhdx: corrupt: ' out
    grep -q '^error VHDX-BAT-012: ' out
    [ "$(wc -L <out)" -le 100 ]
    vhdxray log --at 2 dirty.vhdx
    [ "$status" -eq 0 ]
    grep -q '^The first 2 of 3 entries change:$' out
    grep -q '^After them: dirty.vhdx: sound$' out
}

@test "map, read and export see the disk as of then" {
    make_states
    before=$(sha256sum dirty.vhdx)
    for k in 2 3; do
        qemu-img convert -f vhdx -O raw "state-$k.vhdx" state.raw
        vhdxray map --format=json "state-$k.vhdx"
        cp out map
        vhdxray map --at="$k" --format=json dirty.vhdx
        [ "$status" -eq 0 ]
        cmp out map
        vhdxray read --at="$k" dirty.vhdx 1200M 1M
        [ "$status" -eq 0 ]
        cmp out <(tail -c +$((1200 * 1048576 + 1)) state.raw | head -c 1M)
        vhdxray export --at="$k" --force dirty.vhdx new.raw
        [ "$status" -eq 0 ]
        qemu-img compare -f raw -F raw new.raw state.raw
    done
    vhdxray read --at=1 dirty.vhdx 1200M 4k
    [ "$status" -eq 2 ]
    grep -q 'VHDX-BAT-012' err
    # a corrupt state has a map, too
    vhdxray map --at=0 dirty.vhdx
    [ "$status" -eq 2 ]
    grep -q 'VHDX-BAT-012' err
    [ -s out ]
    [ "$before" = "$(sha256sum dirty.vhdx)" ]
}

@test "more entries than there are: a usage error that says the range" {
    make_states
    for verb in log map; do
        vhdxray $verb --at=4 dirty.vhdx
        [ "$status" -eq 1 ]
        [ ! -s out ]
        [ "$(head -n 1 err)" = "vhdxray: the log has 3 entries to apply: --at takes 0 to 3, not '4'" ]
        vhdxray $verb --at=1 written.vhdx
        [ "$status" -eq 1 ]
        [ ! -s out ]
        [ "$(head -n 1 err)" = "vhdxray: the log is clean: --at takes 0 only, not '1'" ]
    done
    vhdxray read --at=4 dirty.vhdx 0 512
    [ "$status" -eq 1 ]
    [ ! -s out ]
    vhdxray export --at=4 dirty.vhdx new.raw
    [ "$status" -eq 1 ]
    [ ! -e new.raw ]
    for odd in '' x -1 18446744073709551615 18446744073709551616; do
        vhdxray log --at="$odd" dirty.vhdx
        [ "$status" -eq 1 ]
        [ "$(head -n 1 err)" = "vhdxray: --at takes a number of log entries, not '$odd'" ]
    done
    vhdxray check --at=1 dirty.vhdx
    [ "$status" -eq 1 ]
    grep -q "unknown option '--at'" err
}

@test "a clean log, and one without an active sequence, say so" {
    make_states
    vhdxray log --at=0 written.vhdx
    [ "$status" -eq 0 ]
    grep -q 'The log is clean: this is the image as it lies' out
    grep -q '^written.vhdx: sound$' out
    vhdxray log --at=0 --format=json written.vhdx
    valid out
    jq -e '.state.verdict == "sound" and .state.entries == 0' out
    # every entry torn
    for at in 0 2 4; do
        printf '\377' | dd of=dirty.vhdx bs=1 seek=$((1048576 + at * 4096 + 5000)) conv=notrunc \
            status=none
    done
    for k in 0 2; do
        vhdxray log --at=$k dirty.vhdx
        [ "$status" -eq 2 ]
        grep -q 'The log holds no active sequence: there is no state on the way' out
        grep -q 'VHDX-SEQ-005' out
        vhdxray log --at=$k --format=json dirty.vhdx
        [ "$status" -eq 2 ]
        valid out
        jq -e '.active == null and .state.verdict == "corrupt"
            and .state["bytes-changed"] == 0' out
    done
    vhdxray read --at=2 dirty.vhdx 0 512
    [ "$status" -eq 2 ]
    grep -q 'VHDX-SEQ-005' err
    echo 'not a disk' >notes.txt
    vhdxray log --at=0 notes.txt
    [ "$status" -eq 2 ]
    grep -q 'not a VHDX image' out
    vhdxray log --at=0 --format=json missing.vhdx
    [ "$status" -eq 1 ]
    valid out
    [ "$(wc -l <err)" -eq 1 ]
}

@test "the last good state of a log that cannot be replayed" {
    make_states
    # the third entry writes into the header: nothing of the log may be applied
    python3 <<'END'
import struct
import sys


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


with open("dirty.vhdx", "r+b") as f:
    f.seek((1 << 20) + 4 * 4096)
    entry = bytearray(f.read(8192))
    assert entry[:4] == b"loge"
    struct.pack_into("<Q", entry, 64 + 16, 65536)
    struct.pack_into("<I", entry, 4, 0)
    struct.pack_into("<I", entry, 4, crc32c(entry))
    f.seek((1 << 20) + 4 * 4096)
    f.write(entry)
END
    vhdxray log dirty.vhdx
    [ "$status" -eq 2 ]
    grep -q 'VHDX-LGD-009' out
    vhdxray log --at=3 dirty.vhdx
    [ "$status" -eq 2 ]
    grep -q 'These entries cannot be applied' out
    vhdxray log --at=2 --format=json dirty.vhdx
    [ "$status" -eq 0 ]
    valid out
    jq -e '.log == "invalid" and .totals.rules["VHDX-LGD-009"] == 1
        and .state.verdict == "sound" and .state["change-totals"]["bat-entry"] == 1024' out
    vhdxray read --at=2 dirty.vhdx 600M 64k
    [ "$status" -eq 0 ]
    cmp out <(head -c 64k /dev/zero | tr '\0' '\2')
    vhdxray read dirty.vhdx 600M 64k
    [ "$status" -eq 2 ]
}

@test "log: a read that fails is made good by another one, or the state is not called sound" {
    needs_strace
    make_states
    strace -qq -o calls -P dirty.vhdx -e trace=pread64 "$VHDXRAY" log --at=2 dirty.vhdx >good 2>err
    reads=$(grep -c pread64 calls)
    [ "$reads" -ge 20 ]
    for n in $(seq 1 "$reads"); do
        status=0
        strace -qq -o calls -P dirty.vhdx -e trace=pread64 -e inject=pread64:error=EIO:when="$n" \
            "$VHDXRAY" log --at=2 dirty.vhdx >out 2>err || status=$?
        echo "read $n of $reads: exit $status"
        grep -q 'EIO.*INJECTED' calls
        [ "$status" -ne 0 ] || cmp out good
    done
}
