#!/usr/bin/env bats
# The JSON reports: valid against docs/report.schema.json, exact, and one document a line for
# several images.

load images.bash

setup_file() {
    cat >"$BATS_FILE_TMPDIR/validate.py" <<'END'
"""Validate JSON documents against the schema: one document, or one a line with --lines."""
import json
import sys

import jsonschema

lines = sys.argv[1] == "--lines"
schema = json.load(open(sys.argv[-2]))
jsonschema.Draft7Validator.check_schema(schema)
text = open(sys.argv[-1], encoding="utf-8").read()
for document in text.splitlines() if lines else [text]:
    document = json.loads(document)
    # The document's own definition, too: its errors are readable, those of a choice are not.
    kind = "failure" if "error" in document else document["schema"].split("-")[1]
    for candidate in (schema, {**schema["definitions"][kind], "definitions": schema["definitions"]}):
        errors = [e.message for e in jsonschema.Draft7Validator(candidate).iter_errors(document)]
        if errors:
            sys.exit(f"{document['image']} is no {kind} document: {errors}")
END
}

schema() {
    python3 -c 'import jsonschema' || skip 'python3-jsonschema is not installed'
    python3 "$BATS_FILE_TMPDIR/validate.py" "$@"
}

valid() { # [--lines] FILE
    if [ $# -eq 2 ]; then
        schema --lines "$VHDXRAY_SRC/docs/report.schema.json" "$2"
    else
        schema --one "$VHDXRAY_SRC/docs/report.schema.json" "$1"
    fi
}

# Sound, dynamic and fixed; with warnings; corrupt in the block states, the metadata table, both
# headers, the length; no image at all.
make_images() {
    qemu-img create -q -f vhdx -o block_size=1M sound.vhdx 1G
    qemu-img create -q -f vhdx -o subformat=fixed fixed.vhdx 20M
    cp sound.vhdx warnings.vhdx
    printf '\377' | dd of=warnings.vhdx bs=1 seek=131200 conv=notrunc status=none
    cp sound.vhdx states.vhdx
    for _ in {1..150}; do printf '\4\0\0\0\0\0\0\0'; done |
        dd of=states.vhdx bs=1 seek=2097152 conv=notrunc status=none
    cp sound.vhdx table.vhdx
    dd if=/dev/zero of=table.vhdx bs=64K seek=48 count=1 conv=notrunc status=none
    cp sound.vhdx headers.vhdx
    dd if=/dev/zero of=headers.vhdx bs=64K seek=1 count=2 conv=notrunc status=none
    cp sound.vhdx short.vhdx
    truncate -s 2M short.vhdx
    head -c 2M /dev/zero >zeros.vhdx
    echo 'not a disk' >notes.txt
}

@test "check and info: every kind of image gives a valid document" {
    make_images
    for image in sound fixed warnings states table headers short zeros; do
        for verb in check info; do
            "$VHDXRAY" $verb --format=json $image.vhdx >out || true
            valid out
        done
    done
    "$VHDXRAY" check --format=json notes.txt >out || true
    valid out
}

@test "the schema is strict" {
    make_images
    "$VHDXRAY" check --format=json warnings.vhdx >out || true
    valid out
    for change in '.verdict = "fine"' '.more = 1' 'del(.totals)' '.findings[0].offset = -1' \
        '.findings[0].rule = "HDR-003"' '.findings[0].more = 1' '.facts.type = "thin"' \
        '.schema = "vhdxray-check-2"' '.error = "x"' '.facts.header."log-guid" = "0"'; do
        jq "$change" out >changed
        refute valid changed 2>/dev/null
    done
}

@test "check: verdict, totals and findings agree" {
    make_images
    status=0
    "$VHDXRAY" check --format json warnings.vhdx >out || status=$?
    [ "$status" -eq 3 ]
    jq -e '.verdict == "warnings" and .image == "warnings.vhdx"
        and .totals.warning == 2 and .totals.error == 0
        and .totals.rules == {"VHDX-HDR-003": 1, "VHDX-HDR-005": 1, "VHDX-RGE-012": 2}
        and ([.findings[] | .rule] == ["VHDX-HDR-003", "VHDX-HDR-005", "VHDX-RGE-012",
            "VHDX-RGE-012"])
        and (.findings[0] | .severity == "warning" and .offset == 131076 and .index == 1
            and .object == "header" and .clause == "2.2.2"
            and .message == "header 2 has a wrong checksum and is not used")
        and .skipped == [] and .facts."current-header" == 0' out
    status=0
    "$VHDXRAY" check --format json states.vhdx >out || status=$?
    [ "$status" -eq 2 ]
    jq -e '.verdict == "corrupt" and .totals.rules."VHDX-BAT-009" == 150
        and ([.findings[] | select(.rule == "VHDX-BAT-009") | .index] == [range(100)])
        and .facts.blocks.payload."reserved-4" == 150' out
    "$VHDXRAY" check --format json sound.vhdx >out
    jq -e '.verdict == "sound" and .facts.blocks.payload.zero == 1024' out
}

@test "what is not known is null, and what was skipped is named" {
    make_images
    "$VHDXRAY" check --format json table.vhdx >out || true
    jq -e '.verdict == "corrupt" and .skipped == ["geometry", "blocks"]
        and .facts."virtual-size" == null and .facts.type == null and .facts.blocks == null
        and .facts.log == "clean"' out
    "$VHDXRAY" info --format json notes.txt >out || true
    jq -e '.creator == null and .log == null and .header == null and .regions == null
        and ."file-size" == 11' out
}

@test "info agrees with qemu-img info" {
    make_images
    for image in sound.vhdx fixed.vhdx; do
        "$VHDXRAY" info --format=json $image >ours
        qemu-img info --output=json $image >theirs
        [ "$(jq '."virtual-size"' ours)" = "$(jq '."virtual-size"' theirs)" ]
        [ "$(jq '."block-size"' ours)" = "$(jq '."cluster-size"' theirs)" ]
        [ "$(jq '.log == "dirty"' ours)" = "$(jq '."dirty-flag"' theirs)" ]
    done
    [ "$("$VHDXRAY" info --format=json fixed.vhdx | jq -r .type)" = fixed ]
    [ "$("$VHDXRAY" info --format=json sound.vhdx | jq -r .type)" = dynamic ]
}

@test "several images: one document a line, in order; one that cannot be opened has its own" {
    make_images
    status=0
    "$VHDXRAY" check --format=json sound.vhdx missing notes.txt warnings.vhdx >out 2>err ||
        status=$?
    [ "$status" -eq 2 ]
    [ "$(wc -l <out)" -eq 4 ]
    valid --lines out
    [ "$(jq -r '.image + " " + .verdict' out | tr '\n' ';')" = \
        'sound.vhdx sound;missing incomplete;notes.txt corrupt;warnings.vhdx warnings;' ]
    [ "$(jq -r 'select(.image == "missing") | .error' out)" = 'No such file or directory' ]
    grep -qx 'vhdxray: missing: No such file or directory' err
    "$VHDXRAY" info --format=json missing sound.vhdx >out 2>/dev/null || true
    [ "$(wc -l <out)" -eq 2 ]
    valid --lines out
    "$VHDXRAY" check --format=json missing >out 2>/dev/null || true
    valid out
}

@test "odd names and creators stay valid UTF-8" {
    make_images
    odd=$'a"b\\c\n\e\xff/../'
    mkdir "a\"b\\c"$'\n\e\xff'
    status=0
    "$VHDXRAY" check --format=json "${odd}sound.vhdx" >out || status=$?
    [ "$status" -eq 0 ]
    valid out
    [ "$(jq -r .image out)" = 'a"b\c���/../sound.vhdx' ]
    # A creator of lone surrogates, controls and quotes.
    printf '\0\330"\0\33\0\16 A\0\\\0\0\0' | dd of=sound.vhdx bs=1 seek=8 conv=notrunc status=none
    "$VHDXRAY" info --format=json sound.vhdx >out
    valid out
    [ "$(jq -r .creator out)" = "�\"��A\\" ]
}

@test "numbers beyond 2^53 are exact" {
    make_images
    python3 - <<'END'
import struct


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


image = bytearray(open("sound.vhdx", "rb").read())
for at, number in ((65536, 2**64 - 3), (131072, 2**64 - 2)):
    struct.pack_into("<Q", image, at + 8, number)
    struct.pack_into("<I", image, at + 4, 0)
    struct.pack_into("<I", image, at + 4, crc32c(image[at:at + 4096]))
open("sound.vhdx", "wb").write(image)
END
    "$VHDXRAY" info --format=json sound.vhdx >out
    grep -q '"sequence-number": 18446744073709551614' out
    valid out
}

@test "two runs print the same bytes" {
    make_images
    for image in states.vhdx table.vhdx short.vhdx; do
        "$VHDXRAY" check --format=json $image >one || true
        "$VHDXRAY" check --format=json $image >two || true
        cmp one two
    done
}

@test "the schema knows the names the program uses" {
    names=$(grep -oE '\[VX_(OBJ|PASS)_[A-Z_]+\] = \{?"[a-z -]+"' "$VHDXRAY_SRC/reports/names.c" |
        sed 's/.*"\(.*\)"/\1/')
    [ -n "$names" ]
    while read -r name; do
        jq -e --arg name "$name" '[.. | .enum? // empty | index($name)] | any' \
            "$VHDXRAY_SRC/docs/report.schema.json" >/dev/null
    done <<<"$names"
}
