# Lines of C that match a pattern, without regard to comments and strings.
# From the environment: pattern, why.

FNR == 1 { in_comment = 0 }

{
    code = ""
    rest = $0
    while (rest != "") {
        if (in_comment) {
            at = index(rest, "*/")
            rest = at ? substr(rest, at + 2) : ""
            in_comment = !at
        } else if (!match(rest, /\/\*|\/\/|"|'/)) {
            code = code rest
            rest = ""
        } else {
            mark = substr(rest, RSTART, RLENGTH)
            code = code substr(rest, 1, RSTART - 1)
            rest = substr(rest, RSTART + RLENGTH)
            if (mark == "/*") {
                in_comment = 1
            } else if (mark == "//") {
                rest = ""
            } else {
                # To the end of the literal; escapes first.
                while (rest != "" && substr(rest, 1, 1) != mark) {
                    rest = substr(rest, substr(rest, 1, 1) == "\\" ? 3 : 2)
                }
                rest = substr(rest, 2)
                code = code mark mark
            }
        }
    }
    if (code ~ ENVIRON["pattern"]) print FILENAME ":" FNR ": " ENVIRON["why"]
}
