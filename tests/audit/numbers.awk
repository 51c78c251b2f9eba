#!/usr/bin/awk -f
# Sizes, as a report: where a number and clarity disagree, clarity wins, so nothing fails here.
# A function begins with `{` in the first column and ends with `}` there.

function measure() {
    if (file == "") return
    files++
    total += lines
    if (lines > (file ~ /\.h$/ ? 200 : 500)) note("file", file, lines)
}

function note(what, where, size) {
    printf "note: %s %s has %d lines\n", what, where, size
}

FNR == 1 { measure(); file = FILENAME }
{ lines = FNR }
/^[a-z].*\(/ { name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
/^{/ { start = FNR }
/^}/ && start {
    functions++
    if (FNR - start - 1 > 40) note("function", FILENAME ": " name, FNR - start - 1)
    start = 0
}
length($0) > 100 { printf "note: %s:%d is longer than 100 columns\n", FILENAME, FNR }
END {
    measure()
    printf "note: %d files, %d lines, %d functions\n", files, total, functions
}
