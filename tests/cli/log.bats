#!/usr/bin/env bats
# `vhdxray log`: every entry, every run, which is active, and why the others are not.

load images.bash

@test "a fresh image: the log is empty" {
    make_images
    vhdxray log fresh.vhdx
    [ "$status" -eq 0 ]
    grep -q 'The log is empty' out
    vhdxray log --format=json fresh.vhdx
    valid out
    jq -e '.log == "clean" and .entries == [] and .runs == [] and .active == null' out
}

@test "a clean image with old entries: they are shown and do not count" {
    make_images
    vhdxray log written.vhdx
    [ "$status" -eq 0 ]
    grep -q 'whatever entries lie in it do not count' out
    grep -q '0x0 .*stale' out
    vhdxray log --format=json written.vhdx
    valid out
    jq -e '.log == "clean" and .active == null and (.entries | length > 0)
        and all(.entries[]; .active == false and .reason != null)' out
}

@test "a pending log: the active sequence, from tail to head" {
    make_dirty 3
    vhdxray log --format=json dirty.vhdx
    [ "$status" -eq 3 ]
    valid out
    jq -e '.log == "dirty"
        and .active == {"tail-offset": 0, "head-offset": 16384, "first-sequence": 1000,
                        "last-sequence": 1002, "entries": 3}
        and ([.entries[] | select(.active)] | length == 3
             and all(.valid and .reason == null and .rule == null))
        and ([.runs[] | select(.active)] | length == 1)' out
    vhdxray log dirty.vhdx
    [ "$(grep -c '^  0x[0-9a-f]* *active .*sequence 100[012], 8192 bytes' out)" -eq 3 ]
    grep -q '^  0x0 *active *3 entries, sequence 1000 to 1002' out
}

@test "foreign entries around the active ones: each has its reason" {
    make_dirty
    vhdxray log --format=json dirty.vhdx
    jq -e '[.entries[] | select(.active | not)] | length > 0
        and all(.rule == "VHDX-LGE-013" and (.reason | test("another LogGuid")))' out
}

@test "a torn entry: named, and the log holds no valid sequence" {
    make_dirty
    printf '\377' | dd of=dirty.vhdx bs=1 seek=$((1048576 + 5000)) conv=notrunc status=none
    vhdxray log --format=json dirty.vhdx
    [ "$status" -eq 2 ]
    valid out
    jq -e '.log == "invalid" and .active == null and .entries[0].rule == "VHDX-LGE-003"
        and .totals.rules["VHDX-SEQ-005"] == 1' out
    vhdxray log dirty.vhdx
    [ "$status" -eq 2 ]
    grep -q 'VHDX-LGE-003: the log entry at 0x0 has a wrong checksum' out
    grep -q 'it cannot be replayed' out
    # nothing is said about an image after replay: there is none
    vhdxray check dirty.vhdx
    tr '\n' ' ' <out | grep -q 'as it is, because its log was not replayed\. To a reader that ignores'
    vhdxray replay dirty.vhdx
    [ "$status" -eq 2 ]
    refute grep -q 'With the log replayed' out
    grep -q '^dirty.vhdx: corrupt: ' out
}

@test "the sample: one entry counts, six of older sessions do not" {
    make_sample
    vhdxray log --format=json sample.vhdx
    [ "$status" -eq 3 ]
    valid out
    jq -e '(.entries | length == 7) and ([.entries[] | select(.valid)] | length == 1)
        and .active == {"tail-offset": 49152, "head-offset": 49152, "first-sequence": 7,
                        "last-sequence": 7, "entries": 1}' out
    vhdxray check --format=json sample.vhdx
    [ "$status" -eq 3 ]
    jq -e '.verdict == "warnings" and .totals.rules["VHDX-HDR-012"] == 1
        and .totals.warning == 1 and .unreplayed.verdict == "sound"' out
}

@test "check: the verdict is that after replay, the other is told next to it" {
    make_dirty
    # without its log the image is another one: a block in the header section
    printf '\6\0\0\0\0\0\0\0' | dd of=dirty.vhdx bs=1 seek=2097152 conv=notrunc status=none
    vhdxray check --format=json dirty.vhdx
    [ "$status" -eq 3 ]
    valid out
    jq -e '.verdict == "warnings" and .unreplayed.verdict == "corrupt"
        and .facts.log == "dirty" and .facts["pending-log"].entries == 1' out
    vhdxray check dirty.vhdx
    tr '\n' ' ' <out | grep -qE 'as it will be once the log has been replayed\. To a reader that ignores the log it is corrupt: [0-9]+ errors'
    vhdxray info --format=json dirty.vhdx
    [ "$status" -eq 3 ]
    valid out
}

@test "too little memory: incomplete, with the need stated" {
    make_dirty 3
    vhdxray check --memory=1 --format=json dirty.vhdx
    [ "$status" -eq 1 ]
    jq -e '.verdict == "incomplete" and .totals.rules["VHDX-RUN-007"] == 1' out
    # not that there is nothing to change, nor that this is the map after replay
    vhdxray replay --memory=1 dirty.vhdx
    [ "$status" -eq 1 ]
    grep -q 'could not replay the log: what it would change is not known' out
    refute grep -q 'nothing would be changed' out
    vhdxray map --memory=1 dirty.vhdx
    [ "$status" -eq 1 ]
    grep -q 'dirty.vhdx: the log was not replayed: what it holds is missing here' err
    vhdxray check --memory=64k dirty.vhdx
    [ "$status" -eq 3 ]
    vhdxray check --memory=lots dirty.vhdx
    [ "$status" -eq 1 ]
    grep -q -- "--memory takes a size such as 512M, not 'lots'" err
}

@test "what could be read once and not again is said to be missing" {
    needs_strace
    make_dirty 3
    # Data far behind the entries, for what is read in one go is not read again.
    printf x | dd of=dirty.vhdx bs=1 seek=$((3 << 19)) conv=notrunc status=none
    for verb in log map replay; do
        strace -qq -o calls -e trace=pread64 "$VHDXRAY" $verb dirty.vhdx >out 2>err || true
        last=$(grep -c pread64 calls)
        status=0
        strace -qq -o calls -e trace=pread64 -e inject=pread64:error=EIO:when="$last"+ \
            "$VHDXRAY" $verb dirty.vhdx >out 2>err || status=$?
        grep -q 'EIO.*INJECTED' calls
        [ "$status" -eq 1 ]
        grep -q 'could not be read completely' err
        # nor is a change while that is read missed
        : >calls
        strace -qq -o calls -e trace=pread64 -e inject=pread64:delay_exit=2000000:when="$last" \
            "$VHDXRAY" $verb dirty.vhdx >out 2>err &
        until [ "$(grep -c pread64 calls)" -ge $((last - 1)) ]; do sleep 0.1; done
        touch dirty.vhdx
        status=0
        wait $! || status=$?
        [ "$status" -eq 1 ]
        grep -q 'changed while it was read' err
    done
}

@test "what is no VHDX, and what cannot be opened" {
    echo 'not a disk' >notes.txt
    vhdxray log notes.txt
    [ "$status" -eq 2 ]
    grep -q 'not a VHDX image' out
    vhdxray log --format=json missing.vhdx
    [ "$status" -eq 1 ]
    valid out
    jq -e '.schema == "vhdxray-log-1" and (.error | test("No such file"))' out
    vhdxray log
    [ "$status" -eq 1 ]
}
