#!/usr/bin/env bats
# `make fuzz-kit`: the template harness with commands made up here, and the library for AFL++ as AFL++
# calls it. VHDXFORGE: the program. FUZZ_KIT: the folder. FUZZ_TEMPLATE: the harness with a main.

load images.bash

sample() {
    "$VHDXFORGE" --recipes="$VHDXRAY_SRC/corpus/recipes" build legal/live-write-again image.vhdx
    "$VHDXFORGE" pack image.vhdx image.packed
}

harness() { # COMMAND INPUT
    status=0
    VHDX_VERBOSE=1 VHDX_COMMAND=$1 "$FUZZ_TEMPLATE" "$2" >out 2>&1 || status=$?
}

@test "a command is shown the image, packed or not" {
    sample
    for input in image.vhdx image.packed; do
        harness "cmp {} $PWD/image.vhdx" "$input"
        [ "$status" -eq 0 ]
        [ "$(cat out)" = '1 inputs' ]
    done
    # shellcheck disable=SC2016 # of the script
    printf '#!/bin/sh\ncmp -s "$1" %s || kill -SEGV $$\n' "$PWD/image.vhdx" >reader
    chmod +x reader
    harness './reader {}' image.packed
    [ "$status" -eq 0 ]
    truncate -s +1M image.vhdx
    harness './reader {}' image.packed
    [ "$status" -ne 0 ]
    grep -q 'the command does not crash' out
}

@test "without a command, or with one that is not there, the harness says so" {
    sample
    for command in '' ' ' 'true' 'cmp file={} image.vhdx'; do
        harness "$command" image.packed
        [ "$status" -eq 2 ]
        grep -q '^usage: .* as {}, the image' out
        grep -qF "VHDX_COMMAND is '$command'" out
    done
    harness './missing {}' image.packed
    [ "$status" -ne 0 ]
    grep -q 'there is such a command' out
}

@test "a harness without inputs says how it is called" {
    run "$FUZZ_TEMPLATE"
    [ "$status" -eq 2 ]
    [[ "$output" == 'usage: HARNESS FILE|FOLDER...'* ]]
}

@test "the library mutates and seals as AFL++ calls it" {
    sample
    python3 - "$FUZZ_KIT/libvhdxfix.so" image.packed <<'END'
import ctypes
import sys

library = ctypes.CDLL(sys.argv[1])
image = open(sys.argv[2], "rb").read()
pointer, size = ctypes.c_void_p, ctypes.c_size_t
library.afl_custom_init.restype = pointer
library.afl_custom_init.argtypes = [pointer, ctypes.c_uint]
library.afl_custom_fuzz.restype = size
library.afl_custom_fuzz.argtypes = [pointer, pointer, size, ctypes.POINTER(pointer), pointer, size, size]
library.afl_custom_post_process.restype = size
library.afl_custom_post_process.argtypes = [pointer, pointer, size, ctypes.POINTER(pointer)]
library.afl_custom_deinit.argtypes = [pointer]


def crc(data):
    register = 0xFFFFFFFF
    for byte in data[:4] + bytes(4) + data[8:]:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0x82F63B78 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


def header_is_sealed(form):
    for at in range(8, len(form), 4104):
        if int.from_bytes(form[at : at + 8], "little") == 0x10000:
            block = form[at + 8 : at + 4104]
            return crc(block) == int.from_bytes(block[4:8], "little")
    return False


def run(seed):
    state, out, mutants = library.afl_custom_init(None, seed), pointer(), []
    for _ in range(40):
        length = library.afl_custom_fuzz(state, image, len(image), ctypes.byref(out), image,
                                         len(image), 65672)
        assert length <= 65672
        mutant = ctypes.string_at(out, length)
        length = library.afl_custom_post_process(state, mutant, length, ctypes.byref(out))
        mutants.append(ctypes.string_at(out, length))
    # What AFL++ does by itself may break any of it.
    for broken in (b"", b"x", image[:5000], b"\xff" * 9000, image[1:]):
        length = library.afl_custom_post_process(state, broken, len(broken), ctypes.byref(out))
        assert length == 0 or out.value
    library.afl_custom_deinit(state)
    return mutants


first = run(1)
assert first == run(1) and first != run(2)
assert len(set(first)) > 20
sealed = sum(header_is_sealed(mutant) for mutant in first)
assert 25 < sealed, sealed
END
}
