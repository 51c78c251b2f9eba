#!/usr/bin/env bats
# What the README shows is what comes out: its commands are repeated, section by section, and what
# they print is compared line by line. Not repeated is what does not begin with "$ ": how to build.
# VHDXRAY, VHDXFORGE: the programs. VHDXRAY_SRC: the source. Some of it takes qemu-img and jq.

load images.bash

# The programs by their names, as whoever installed them calls them.
install_programs() {
    mkdir programs work
    ln -s "$VHDXRAY" programs/vhdxray
    printf '#!/bin/sh\nexec "%s" --recipes="%s/corpus/recipes" "$@"\n' "$VHDXFORGE" "$VHDXRAY_SRC" \
        >programs/vhdxforge
    chmod +x programs/vhdxforge
    PATH=$PWD/programs:$PATH
    cd work || return
}

# Repeat the blocks of these sections. EXACTLY: line by line as printed, but for "..." in the
# README, which is any number of lines; LIKE: but also for what qemu-img makes different each time.
repeat() { # EXACTLY|LIKE README SECTION...
    python3 - "$@" <<'END'
import re
import subprocess
import sys

way, readme, sections = sys.argv[1], sys.argv[2], sys.argv[3:]
VARIES = [
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "GUID"),
    (r"sequence number \d{6,}", "sequence number N"),
    (r"QEMU v\d+\.\d+\.\d+", "QEMU vN"),
    (r"found 0x[0-9a-f]{1,8}, expected 0x[0-9a-f]{1,8}$", "found CHECKSUM, expected CHECKSUM"),
]


def blocks(text):
    """The commands of each block, each with the lines that it is said to print."""
    section, block = None, None
    for line in text.splitlines():
        if line.startswith("```"):
            if block:
                yield section, block
            block = [] if block is None else None
        elif block is None and line.startswith("#"):
            section = line.lstrip("# ")
        elif block is not None and line.startswith("$ "):
            block.append((line[2:], []))
        elif block:
            block[-1][1].append(line)


def run(block):
    """What each command prints, all in one shell, where $? is that of the one before."""
    script = "".join(f"{command}\n_s=$?; echo @@@; (exit $_s)\n" for command, _ in block)
    done = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding="utf-8", check=False)
    return [text.splitlines() for text in done.stdout.split("@@@\n")[:-1]]


def same(line):
    for pattern, name in VARIES if way == "LIKE" else []:
        line = re.sub(pattern, name, line)
    return line


def pattern_of(lines):
    return "".join(r"(.*\n)*?" if l == "..." else re.escape(same(l) + "\n") for l in lines)


faults = 0
repeated = dict.fromkeys(sections, 0)
for section, block in blocks(open(readme, encoding="utf-8").read()):
    if section not in sections:
        continue
    printed = run(block)
    assert len(printed) == len(block), block
    for (command, want), got in zip(block, printed):
        repeated[section] += 1
        if not re.fullmatch(pattern_of(want), "".join(same(line) + "\n" for line in got)):
            print(f"$ {command}", "--- the README:", *want, "--- printed:", *got, sep="\n")
            faults += 1
print(f"commands repeated: {repeated}, faults: {faults}")
sys.exit(faults != 0 or 0 in repeated.values())
END
}

@test "a chain of checkpoints" {
    install_programs
    repeat EXACTLY "$VHDXRAY_SRC/README.md" 'A chain of checkpoints'
    vhdxforge content chn/disk-2 - | cmp - vm/disk.raw
}

@test "an image of QEMU's, damaged, dirty, and the list of them all" {
    install_programs
    repeat LIKE "$VHDXRAY_SRC/README.md" 'What it looks like'
    unpack_sample dirty.vhdx
    repeat LIKE "$VHDXRAY_SRC/README.md" 'A dirty image' 'And the rest'
}

@test "every section with commands is repeated above" {
    [ "$(awk '/^```/ { inside = !inside } !inside && /^#/ { sub(/^#+ /, ""); section = $0 }
        inside && /^\$ / { print section }' "$VHDXRAY_SRC/README.md" | uniq)" = 'What it looks like
A dirty image
A chain of checkpoints
And the rest' ]
}

@test "a README that is wrong is found out" {
    install_programs
    printf '%s\n' '# Right' '```' '$ printf "a\nb\nc\n"; false' a ... c '$ echo $?' 1 '```' >right
    repeat EXACTLY right Right
    refute repeat EXACTLY right Right Left
    sed s/^1/0/ right >wrong
    refute repeat EXACTLY wrong Right
    sed s/^c/d/ right >wrong
    refute repeat EXACTLY wrong Right
    sed '/^\.\.\./d' right >wrong
    refute repeat EXACTLY wrong Right
    sed 's/^c/&\nmore/' right >wrong
    refute repeat EXACTLY wrong Right
    printf '%s\n' '# Right' '```' '$ echo 11111111-2222-3333-4444-555555555555' \
        '11111111-2222-3333-4444-666666666666' '```' >varies
    repeat LIKE varies Right
    refute repeat EXACTLY varies Right
}
