# Frames, circles and the deepest chain in the call graphs gcc writes (-fcallgraph-info=su).
# A frame that gcc calls (dynamic,bounded) moves, but never beyond the size it states.
# Variables: frame_limit, chain_limit (bytes). Faults go to standard output; the deepest
# chain goes to descriptor 3.

# The text of a field: title: "..."
function field(name,    at) {
    at = index($0, name ": \"")
    if (at == 0) return ""
    at = substr($0, at + length(name) + 3)
    return substr(at, 1, index(at, "\"") - 1)
}

function plain(title) {
    sub(/^.*:/, "", title)
    return title
}

/^node:/ && /bytes \(/ {
    title = field("title")
    match($0, /[0-9]+ bytes \([a-z,]+\)/)
    usage = substr($0, RSTART, RLENGTH)
    frame[title] = usage + 0
    if (usage ~ /\(dynamic\)/) print plain(title) " has a frame of unknown size"
    if (frame[title] > frame_limit) print plain(title) " uses " frame[title] " bytes of stack"
}

/^edge:/ {
    from[++edges] = field("sourcename")
    to[edges] = field("targetname")
}

# A chain without circles has fewer calls than there are functions, so the longest ones are
# known after that many rounds; whatever still grows then goes round in a circle.
END {
    for (title in frame) {
        depth[title] = frame[title]
        functions++
    }
    for (round = 0; round <= functions; round++) {
        grew = 0
        for (e = 1; e <= edges; e++) {
            if (!(from[e] in frame) || !(to[e] in frame)) continue
            if (frame[from[e]] + depth[to[e]] <= depth[from[e]]) continue
            depth[from[e]] = frame[from[e]] + depth[to[e]]
            next_of[from[e]] = to[e]
            grew = 1
        }
        if (!grew) break
    }
    if (grew) {
        # Some growing function lies on a circle: follow the chain long enough to be on it.
        for (title in next_of) {
            at = title
            for (i = 0; i < functions && at in next_of; i++) at = next_of[at]
            if (i == functions) {
                print plain(at) " calls itself, by way of " plain(next_of[at])
                exit
            }
        }
    }
    for (title in depth) if (depth[title] > depth[worst]) worst = title
    if (worst == "") exit
    chain = plain(worst)
    for (at = worst; at in next_of; at = next_of[at]) chain = chain " > " plain(next_of[at])
    if (depth[worst] > chain_limit) print plain(worst) " needs " depth[worst] " bytes: " chain
    else print "deepest chain " depth[worst] " of " chain_limit " bytes: " chain >"/dev/fd/3"
}
