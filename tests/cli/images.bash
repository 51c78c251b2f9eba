# shellcheck shell=bash
# Images for the tests of the verbs that read them. VHDXRAY: the program. VHDXRAY_SRC: the source.

setup() {
    [ -x "$VHDXRAY" ]
    [ -d "$VHDXRAY_SRC" ]
    cd "$BATS_TEST_TMPDIR" || return
}

# Run the program; its standard output goes to `out`, its messages to `err`. What it was called with
# first, mostly a verb, stays in `called`.
# shellcheck disable=SC2034 # for the test that called
vhdxray() {
    status=0
    called=${1-}
    "$VHDXRAY" "$@" >out 2>err || status=$?
}

# The verbs, as `vhdxray --help` lists them.
verbs() {
    "$VHDXRAY" --help | sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p'
}

# Command lines of a verb that only look at an image, one a line. Every verb has some: one that is
# not named here fails the tests that go through all of them.
looks() { # VERB IMAGE
    case $1 in
    check | info | replay | map) printf '%s\n' "$1 $2" "$1 --format=json $2" ;;
    log) printf '%s\n' "log $2" "log --format=json $2" "log --at=0 $2" ;;
    chain) printf '%s\n' "chain $2" "chain --format=json --follow --parent-dir=. $2" ;;
    export) echo "export $2 -" ;;
    read) echo "read $2 0 1M" ;;
    explain) echo 'explain HDR-003' ;;
    *) return 1 ;;
    esac
}

# For tests that trace the program. What looks for leaks would have to trace it, too.
needs_strace() {
    command -v strace >/dev/null || skip "strace is missing"
    export ASAN_OPTIONS=detect_leaks=0
}

# Fails when the command succeeds: a bare `!` would not stop a test.
refute() {
    if "$@"; then
        return 1
    fi
}

# fresh.vhdx; written.vhdx, with its content in written.raw.
make_images() {
    qemu-img create -q -f vhdx -o block_size=1M fresh.vhdx 64M
    cp fresh.vhdx written.vhdx
    qemu-io -f vhdx -c 'write -q -P 1 0 3M' -c 'write -q -P 2 10M 512' \
        -c 'write -q -P 3 20M 4k' -c 'write -q -P 4 67108352 512' written.vhdx >io.txt
    qemu-img convert -f vhdx -O raw written.vhdx written.raw
}

# dirty.vhdx: written.vhdx with its table in the log only.
make_dirty() { # [ENTRIES]
    [ -e written.vhdx ] || make_images
    cp written.vhdx dirty.vhdx
    python3 "$VHDXRAY_SRC/tests/cli/dirty_image.py" dirty.vhdx "$@"
}

# corrupt.vhdx: two blocks in one place.
make_corrupt() {
    [ -e written.vhdx ] || make_images
    cp written.vhdx corrupt.vhdx
    dd if=written.vhdx of=corrupt.vhdx bs=8 skip=262144 seek=262145 count=1 conv=notrunc status=none
}

# FILE: a dirty image of QEMU's own tests.
unpack_sample() { # FILE
    local folder=${VHDXRAY_SAMPLES:-$VHDXRAY_SRC/../shared/samples}
    local packed=$folder/iotest-dirtylog-10G-4M.vhdx.bz2

    [ -e "$packed" ] || skip "the sample $(basename "$packed") is not here"
    bzcat "$packed" >"$1"
}

# sample.vhdx: that image; sample.raw: what QEMU makes of it.
make_sample() {
    unpack_sample sample.vhdx
    cp sample.vhdx repaired.vhdx
    qemu-img check -q -r all repaired.vhdx >repair.txt || true
    qemu-img convert -f vhdx -O raw repaired.vhdx sample.raw
}

# Is FILE a document (or an array) of the schema?
valid() { # FILE
    python3 -c 'import jsonschema' || skip 'python3-jsonschema is not installed'
    python3 - "$VHDXRAY_SRC/docs/report.schema.json" "$1" <<'END'
import json
import sys

import jsonschema

schema, document = (json.load(open(name, encoding="utf-8")) for name in sys.argv[1:])
jsonschema.Draft7Validator(schema).validate(document)
END
}

# Nothing but the files named is in the current folder, dot files included.
only() { # FILE...
    diff <(printf '%s\n' "$@" | LC_ALL=C sort) <(find . -mindepth 1 -printf '%P\n' | LC_ALL=C sort)
}
