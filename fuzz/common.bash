# shellcheck shell=bash
# What the scripts of this folder have in common: they source it, and it takes them to the root of
# the tree.
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

# What AFL++ asks for it sets itself.
SANITIZE=detect_leaks=1:allocator_may_return_null=1

# End with the line of the script's head that says how it is called.
usage() {
    sed -n 's/^#   \(fuzz\/.* -w .*\)/usage: \1/p' "fuzz/$(basename "$0")" >&2
    exit 2
}

# End unless VALUE is a number from 1.
whole() { # WHAT VALUE
    [[ $2 =~ ^[1-9][0-9]*$ ]] || { echo "$1: a whole number from 1 is wanted, not '$2'" >&2 && exit 2; }
}

# A column of fuzz/targets; 1 is the name.
column() { # NAME COLUMN
    awk -v name="$1" -v column="$2" '$1 == name { print $column }' fuzz/targets | grep . ||
        { echo "fuzz/targets has no row for $1" >&2; echo 0; }
}

# Where a harness begins, besides its corpus: its regressions, and its seeds, which are made below
# WORK if need be, by the vhdxforge beside PROGRAMS.
seeds_of() { # PROGRAMS WORK NAME
    echo "fuzz/regressions/$3"
    case $3 in
    fuzz_recipe_text) echo corpus/recipes ;;
    fuzz_packed | fuzz_fixup)
        if [ ! -d "$2/packed-seeds" ]; then
            "$(dirname "$1")/vhdxforge" pack --all "--most=$(column fuzz_packed 2)" "$2/packed-$BASHPID" >&2
            mv -T "$2/packed-$BASHPID" "$2/packed-seeds" || rm -r "$2/packed-$BASHPID"
        fi
        echo "$2/packed-seeds"
        ;;
    esac
}

# The inputs in some folders, under their digests, into another folder; not those that are too long.
gather() { # NAME TO FROM...
    local name=$1 to=$2 digest file

    shift 2
    mkdir -p "$to"
    find "$@" -type f ! -name '*.txt' ! -name '.*' ! -path '*/.state/*' -size +0 \
        -size "-$(($(column "$name" 2) + 1))c" -print0 | xargs -0 -r sha1sum |
        while read -r digest file; do
            [ -e "$to/$digest" ] || cp "$file" "$to/$digest"
        done
}

# Numbers of the planted faults of a harness.
plants_of() { # NAME
    grep -oE 'fuzz_planted\([0-9]+' "fuzz/$1.c" | tr -dc '0-9\n' | sort -un
}

# Run libFuzzer. What it says goes to FOLDER/log, its seconds of CPU to FOLDER/cpu, what breaks the
# program to FOUND. CORPUS is read and added to; OPTIONs may name more of them to read.
libfuzzer() { # PROGRAM NAME FOLDER FOUND CORPUS OPTION...
    local program=$1 name=$2 folder=$3 found=$4 corpus=$5 TIMEFORMAT='%U %S' seeds more=()

    shift 5
    mkdir -p "$folder" "$found" "$corpus"
    mapfile -t seeds < <(seeds_of "$(dirname "$program")" "$(dirname "$folder")" "$name")
    [ "$(column "$name" 6)" = - ] || more+=("-dict=fuzz/$(column "$name" 6)")
    { time ASAN_OPTIONS=$SANITIZE "$program" -timeout=30 -rss_limit_mb=2048 \
        -print_final_stats=1 "-max_len=$(column "$name" 2)" "-artifact_prefix=$found/" \
        "${more[@]}" "$corpus" "${seeds[@]}" "$@" >"$folder/log" 2>&1; } 2>"$folder/cpu"
}

# Executions in a log of libFuzzer: of its final statistics, or of its last line of progress.
executed() { # LOG
    sed -n 's/^stat::number_of_executed_units: *//p; s/^#\([0-9]*\)\t.*/\1/p' "$1" | tail -1 |
        grep . || echo 0
}

# The last count of edges in it.
edges() { # LOG
    sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$1" | tail -1 | grep . || echo 0
}

# Inputs that broke the program: a crash, a leak, a timeout, too much memory. A slow one is none.
broken() { # FOUND
    find "$1" -type f ! -name 'slow-unit-*' ! -name 'README*' 2>/dev/null | LC_ALL=C sort
}

seconds_of_cpu() { # FOLDER, where libfuzzer() or afl() ran
    awk '{ t += $1 + $2 } END { printf "%.1f\n", t }' "$1/cpu"
}

# A short digest of a harness as an engine runs it: of its program without what debuggers want, which
# is the same wherever it was built, and of its dictionary. With another one the counting begins anew.
state_of() { # PROGRAMS NAME
    local bare dictionary

    bare=$(mktemp) || exit 1
    dictionary=$(column "$2" 6)
    objcopy -S -R .note.gnu.build-id "$1/$2" "$bare" || echo >"$bare"
    [ "$dictionary" = - ] || cat "fuzz/$dictionary" >>"$bare"
    sha256sum <"$bare" | cut -c 1-12
    rm "$bare"
}
