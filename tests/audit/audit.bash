# shellcheck shell=bash
# What the audits have in common; each one sources this file first.
#
# An audit defines
#   audit          look at the source tree in the current directory: a line on standard output
#                  for every fault, at most one line on descriptor 3 saying what was measured
#   plant_FAULT    write a fault into the empty tree in the current directory, and print the
#                  words (a regular expression) with which the audit must answer
# and ends with `main NEEDED-TOOLS...`. It passes when the project's tree has no fault and
# every planted fault is seen: a gate that cannot fail proves nothing.

SRC=$(cd "$(dirname "$0")/../.." && pwd)
SELF=$SRC/tests/audit/$(basename "$0")
CLANG=clang
for version in 19 20 21 18 17 16 15 14; do
    if command -v "clang-$version" >/dev/null; then
        CLANG=clang-$version
        break
    fi
done
export CLANG
scratch=${scratch-} # a folder of its own, made by main
unset MAKEFLAGS MFLAGS MAKELEVEL CC CFLAGS SAN WERROR COVERAGE

# Files of the given folders that match a pattern; a folder may not exist.
files() { # PATTERN FOLDER...
    local pattern=$1
    shift
    { find "$@" -type f -name "$pattern" 2>/dev/null || true; } | LC_ALL=C sort
}

# The project's own rules, flags included, over the current tree: make TARGET VARIABLES...
build() {
    make -s -f "$SRC/Makefile" "$@"
}

# Compile folders, bare of hardening, into one relocatable object; nothing comes of nothing.
# Clang may turn a memcmp into bcmp, which the Makefile forbids in the same way.
merge() { # OUT COMPILER OPTIMISATION FOLDER...
    local out=$1 cc=$2 level=$3 file parts=()
    shift 3
    for file in $(files '*.c' "$@"); do
        parts+=("$out.${#parts[@]}.o")
        "$cc" -std=c11 -I. "$level" -fno-pie -fno-stack-protector -U_FORTIFY_SOURCE \
            -fno-builtin-bcmp -c -o "${parts[-1]}" "$file"
    done
    [ ${#parts[@]} -eq 0 ] || "$cc" -nostdlib -r -o "$out" "${parts[@]}"
}

main() { # TOOL...
    local tool faults status=0 plant tree expected said

    if [ "${audit_here-}" ]; then
        set -euo pipefail
        audit
        exit
    fi
    for tool in "$@"; do
        if ! command -v "$tool" >/dev/null; then
            echo "$tool is not installed"
            exit 77
        fi
    done

    scratch=$(mktemp -d)
    export scratch audit_here=1
    trap 'rm -rf "$scratch"' EXIT

    faults=$(cd "$SRC" && "$SELF" 3>"$scratch/measured" 2>&1) || status=$?
    if [ "$status" -ne 0 ] || [ -n "$faults" ]; then
        printf '%s\n' "${faults:-ended with status $status}"
        exit 1
    fi
    for plant in $(compgen -A function plant_); do
        tree=$scratch/$plant
        mkdir -p "$tree"/{parser,replay,reports,cli,tests}
        expected=$(cd "$tree" && "$plant")
        said=$(cd "$tree" && "$SELF" 3>/dev/null 2>&1)
        if ! grep -qE -- "$expected" <<<"$said"; then
            printf 'blind to its planted fault: %s\n%s\n' "${plant#plant_}" "$said"
            exit 1
        fi
    done
    cat "$scratch/measured"
}
