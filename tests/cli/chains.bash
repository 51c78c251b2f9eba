# shellcheck shell=bash
# Chains of images for the tests of the verbs that follow them. VHDXFORGE: the program.

G1=11111111-0000-4000-8000-000000000001
G2=22222222-0000-4000-8000-000000000002
G3=33333333-0000-4000-8000-000000000003
# shellcheck disable=SC2034 # for the tests
G4=44444444-0000-4000-8000-000000000004

# FILE from the lines of a recipe.
forge() { # FILE LINE...
    local file=$1
    shift
    mkdir -p "$BATS_TEST_TMPDIR/.recipes/own" "$(dirname "$file")"
    printf '%s\n' 'title An image of a chain.' "$@" >"$BATS_TEST_TMPDIR/.recipes/own/image.recipe"
    "$VHDXFORGE" --recipes="$BATS_TEST_TMPDIR/.recipes" build --force own/image "$file"
}

# An image without a parent, its first three blocks 0x11.
forge_base() { # FILE GUID [LINE]...
    local file=$1 guid=$2
    shift 2
    forge "$file" 'create dynamic' "set headers.data-write-guid $guid" \
        'block 0 present at=4M times=3' 'fill 4M 3M 0x11' 'size 7M' "$@"
}

# The image GUID that is made of the image OF, by that PATH; its second block is 0x22.
forge_child() { # FILE GUID OF PATH [LINE]...
    local file=$1 guid=$2 of=$3 path=$4
    shift 4
    forge "$file" 'create differencing' "set headers.data-write-guid $guid" 'locator' \
        "key u\"parent_linkage\" u\"{$of}\"" "key u\"relative_path\" u\"$path\"" \
        'block 1 present at=4M' 'fill 4M 1M 0x22' 'size 6M' "$@"
}

# base.vhdx, mid.avhdx made of it, and top.avhdx made of that, of whose third block every other
# sector is its own.
make_chain() {
    forge_base base.vhdx "$G1"
    forge_child mid.avhdx "$G2" "$G1" '.\base.vhdx' \
        'key u"volume_path" u"\\?\Volume{26a21bda-a627-11d7-9931-806e6f6e6963}\vm\base.vhdx"'
    forge_child top.avhdx "$G3" "$G2" 'mid.avhdx' \
        'key u"absolute_win32_path" u"\\?\C:\vm\mid.avhdx"' 'block 1 not-present' \
        'block 2 partial at=4M' 'fill 4M 1M 0x33' 'bitmap 0 present at=5M' 'fill 5M+512 256 0xaa'
}

# What top.avhdx holds.
make_model() { # FILE
    python3 - "$1" <<'END'
import sys

MIB = 1 << 20
disk = bytearray(16 * MIB)
disk[0:3 * MIB] = b"\x11" * (3 * MIB)
disk[MIB:2 * MIB] = b"\x22" * MIB
for sector in range(1, 2048, 2):
    at = 2 * MIB + sector * 512
    disk[at:at + 512] = b"\x33" * 512
open(sys.argv[1], "wb").write(disk)
END
}
