#!/usr/bin/env bats
# vhdxforge, and the corpus it builds through the program: verdict, exit status and totals of
# every image, and of every link of a chain. VHDXRAY, VHDXFORGE: the programs. VHDXRAY_SRC: the source.

load images

# Run vhdxforge; its standard output goes to `out`, its messages to `err`.
forge() {
    status=0
    "$VHDXFORGE" --recipes="$VHDXRAY_SRC/corpus/recipes" "$@" >out 2>err || status=$?
}

sample='hdr/version-2'

# A recipe of our own below `mine`.
recipe() { # TEXT...
    mkdir -p mine/own
    printf '%s\n' "$@" >mine/own/image.recipe
}

@test "help, and command lines that are wrong" {
    forge --help
    [ "$status" -eq 0 ]
    grep -q '^Usage: vhdxforge' out
    grep -q 'Exit status: 0 done, 1 .* 2 ' out
    for words in '' 'frobnicate' 'build one' 'build --all' 'chain one' 'list x' 'show' 'show --pattern x' \
        'content one' 'sum' 'sum --all x' 'mutate a b' 'mutate --seed x a b' 'pack a' \
        'pack --all' 'pack --most=5 a b' 'pack --all --most=x a' 'unpack a' 'words x' '--colour'; do
        # shellcheck disable=SC2086 # words
        forge $words
        [ "$status" -eq 2 ]
        grep -q vhdxforge err
        [ ! -s out ]
    done
}

@test "list names every recipe and its title" {
    forge list
    [ "$status" -eq 0 ]
    [ "$(wc -l <out)" -eq "$(find "$VHDXRAY_SRC/corpus/recipes" -name '*.recipe' | wc -l)" ]
    title=$(sed -n 's/^title //p' "$VHDXRAY_SRC/corpus/recipes/$sample.recipe")
    grep -qE "^$sample +$title\$" out
}

@test "build makes an image, and another one only by force" {
    forge build "$sample" image.vhdx
    [ "$status" -eq 0 ]
    [ "$(head -c 8 image.vhdx)" = vhdxfile ]
    echo mine >image.vhdx
    forge build "$sample" image.vhdx
    [ "$status" -eq 1 ]
    grep -q 'image.vhdx: exists: --force replaces it' err
    [ "$(cat image.vhdx)" = mine ]
    forge build --force "$sample" image.vhdx
    [ "$status" -eq 0 ]
    [ "$(head -c 8 image.vhdx)" = vhdxfile ]
}

@test "what cannot be built or read is named" {
    forge build no/such image.vhdx
    [ "$status" -eq 1 ]
    grep -q 'no/such.recipe: there is no such recipe' err
    forge build "$sample" no/such/folder.vhdx
    [ "$status" -eq 1 ]
    grep -q 'no/such/folder.vhdx: No such file' err
    forge sum no-such-file
    [ "$status" -eq 1 ]
    grep -q 'no-such-file' err
    [ ! -e image.vhdx ]
}

@test "what is there stays until its successor is complete" {
    forge build "$sample" image.vhdx
    cp image.vhdx before.vhdx
    ln -s image.vhdx link.vhdx
    mv err names # so that the list has it
    find . | sort >names
    for name in image.vhdx link.vhdx new.vhdx; do
        status=0
        (
            ulimit -f 2048 # KiB, less than an image has
            exec "$VHDXFORGE" --recipes="$VHDXRAY_SRC/corpus/recipes" build --force "$sample" $name
        ) 2>err || status=$?
        [ "$status" -eq 1 ]
        grep -q "$name: File too large" err
        cmp image.vhdx before.vhdx
        [ -L link.vhdx ]
        rm err
        find . | sort | diff names -
    done
    # Not the file system, but the user wants no files as long as that.
    status=0
    (
        ulimit -f 2048
        exec "$VHDXFORGE" --recipes="$VHDXRAY_SRC/corpus/recipes" build --all all
    ) 2>err || status=$?
    [ "$status" -eq 1 ]
    refute grep -q skipped err
    # An image over the one that it was made from.
    forge mutate --seed 1 --force image.vhdx image.vhdx
    [ "$status" -eq 0 ]
    forge mutate --seed 1 before.vhdx after.vhdx
    cmp image.vhdx after.vhdx
}

@test "images go to files and to standard output, and nowhere else" {
    forge build "$sample" image.vhdx
    forge build "$sample" -
    [ "$status" -eq 0 ]
    cmp out image.vhdx
    mkfifo pipe
    mkdir folder
    for name in pipe folder folder/ ''; do
        status=0
        timeout 60 "$VHDXFORGE" --recipes="$VHDXRAY_SRC/corpus/recipes" build --force "$sample" \
            "$name" 2>err || status=$?
        [ "$status" -eq 1 ]
        grep -q "^vhdxforge: $name: " err
    done
    [ -p pipe ]
    [ -d folder ]
    forge build --all --force image.vhdx
    [ "$status" -eq 1 ]
    [ "$(wc -l <err)" -eq 1 ]
    grep -q '^vhdxforge: image.vhdx: ' err
}

@test "a recipe that cannot be read says why" {
    recipe 'title sound' 'create dynamic'
    cp -r mine/own/image.recipe mine/own/long.recipe
    head -c 1048577 /dev/zero | tr '\0' '\n' >>mine/own/long.recipe
    mkdir mine/own/folder.recipe
    forge --recipes=mine build own/long image.vhdx
    [ "$status" -eq 1 ]
    grep -q 'own/long.recipe: File too large' err
    forge --recipes=mine build own/folder image.vhdx
    [ "$status" -eq 1 ]
    grep -q 'own/folder.recipe: Is a directory' err
    mkfifo mine/own/pipe.recipe
    status=0
    timeout 60 "$VHDXFORGE" --recipes=mine build own/pipe image.vhdx 2>err || status=$?
    [ "$status" -eq 1 ]
    grep -q 'own/pipe.recipe: Operation not supported' err
    [ ! -e image.vhdx ]
    forge --recipes=mine list
    [ "$status" -eq 1 ]
    [ "$(cat out)" = "$(printf '%-48s %s' own/image sound)" ]
    [ "$(wc -l <err)" -eq 3 ]
}

@test "an error in a recipe names file and line" {
    recipe 'title wrong' '' 'create dynamic' 'set header.1.colour 5'
    forge --recipes=mine build own/image image.vhdx
    [ "$status" -eq 1 ]
    [ "$(cat err)" = \
        'vhdxforge: mine/own/image.recipe:4: this place has no such field: header.1.colour' ]
    [ ! -e image.vhdx ]
}

@test "show prints recipe and expectation, or a pattern" {
    forge show "$sample"
    [ "$status" -eq 0 ]
    grep -q '^title' out
    grep -q '^check' out
    forge show --pattern 0x04030201
    [ "$status" -eq 0 ]
    [ "$(wc -c <out)" -eq 4096 ]
    [ "$(head -c 4 out | od -An -tx1)" = ' 01 02 03 04' ]
    [ "$(tail -c 4 out | od -An -tx1)" = ' 01 02 03 04' ]
}

@test "a chain lies where each child looks for its parent" {
    forge chain chn/five links
    [ "$status" -eq 0 ]
    [ "$(echo links/*)" = "links/base.vhdx links/child.vhdx links/five.vhdx links/four.vhdx links/three.vhdx" ]
    forge content chn/five want.raw
    vhdxray export --follow links/five.vhdx got.raw
    [ "$status" -eq 0 ]
    cmp got.raw want.raw
    forge chain chn/three links
    [ "$status" -eq 1 ]
    grep -q '^vhdxforge: links/three.vhdx: ' err
    forge chain chn/into-a-circle circle
    [ "$status" -eq 0 ]
    [ "$(echo circle/*)" = "circle/circle-of-two-b.vhdx circle/circle-of-two.vhdx circle/into-a-circle.vhdx" ]
    forge chain no/such links
    [ "$status" -eq 1 ]
    grep -q 'no/such.recipe: there is no such recipe' err
}

@test "content is what the image yields" {
    recipe 'title written' 'create dynamic' 'write 1M-512 3M+1K pattern=5' 'discard 2M 1M zero' \
        'write 16M-512 512 pattern=9' 'commit'
    forge --recipes=mine build own/image image.vhdx
    [ "$status" -eq 0 ]
    forge --recipes=mine content own/image want.raw
    [ "$status" -eq 0 ]
    vhdxray export image.vhdx got.raw
    [ "$status" -eq 0 ]
    cmp want.raw got.raw
    forge content "$sample" other.raw
    [ "$status" -eq 1 ]
    grep -q 'does not say what the disk holds' err
}

@test "sum is SHA-256 of the packed form, of recipes and of files alike" {
    recipe 'title not a whole number of blocks' 'create dynamic' 'size 4M+5' 'bytes 4M+1 "end"'
    forge --recipes=mine build own/image image.vhdx
    forge --recipes=mine sum own/image image.vhdx
    [ "$status" -eq 0 ]
    python3 - image.vhdx >want <<'END'
import hashlib
import sys

data = open(sys.argv[1], "rb").read()
digest = hashlib.sha256(len(data).to_bytes(8, "little"))
for at in range(0, len(data), 4096):
    block = data[at : at + 4096].ljust(4096, b"\0")
    if any(block):
        digest.update(at.to_bytes(8, "little") + block)
print(digest.hexdigest() + "  own/image")
print(digest.hexdigest() + "  image.vhdx")
END
    diff out want
}

@test "every image is the one of the manifest" {
    forge sum --all
    [ "$status" -eq 0 ]
    diff "$VHDXRAY_SRC/corpus/MANIFEST" out
}

@test "mutate damages a copy, the same for the same seed" {
    forge build "$sample" image.vhdx
    cp image.vhdx before.vhdx
    for seed in 1 2 3 4; do
        forge mutate --seed "$seed" image.vhdx "$seed.vhdx"
        [ "$status" -eq 0 ]
        refute cmp -s image.vhdx "$seed.vhdx"
    done
    cmp image.vhdx before.vhdx
    refute cmp -s 1.vhdx 2.vhdx
    forge mutate --seed 1 image.vhdx again.vhdx
    cmp 1.vhdx again.vhdx
    forge mutate --seed 2 image.vhdx again.vhdx
    [ "$status" -eq 1 ]
    cmp 1.vhdx again.vhdx
    forge mutate --seed 1 missing.vhdx new.vhdx
    [ "$status" -eq 1 ]
    [ ! -e new.vhdx ]
}

@test "mutate takes images of any size that end in any way" {
    : >empty
    printf abc >short
    truncate -s 4097 hole
    truncate -s 1T large
    { head -c 5000 /dev/zero; printf x; } >odd
    for name in empty short hole large odd; do
        size=$(stat -c %s $name)
        for seed in 1 2 3; do
            timeout 60 "$VHDXFORGE" mutate --force --seed $seed $name out.vhdx
        done
        [ "$(stat -c %s $name)" -eq "$size" ]
    done
    [ "$(tail -c 1 odd)" = x ]
}

@test "pack and unpack are each other's inverse" {
    recipe 'title larger than the disk' 'create dynamic disk=64T' 'size 4T+5' 'bytes 4T+1 "end"'
    forge --recipes=mine build own/image image.vhdx
    forge --recipes=mine pack own/image recipe.packed
    [ "$status" -eq 0 ]
    forge pack image.vhdx file.packed
    [ "$status" -eq 0 ]
    cmp recipe.packed file.packed
    [ "$(wc -c <file.packed)" -lt 65536 ]
    sha256sum <file.packed | cut -c 1-64 >want
    forge sum image.vhdx
    [ "$(cut -c 1-64 out)" = "$(cat want)" ]
    forge unpack file.packed again.vhdx
    [ "$status" -eq 0 ]
    cmp -n 8388608 image.vhdx again.vhdx
    [ "$(stat -c %s again.vhdx)" -eq $((4 << 40 | 5)) ]
    [ "$(du -k again.vhdx | cut -f 1)" -lt 1024 ]
    forge sum again.vhdx
    [ "$(cut -c 1-64 out)" = "$(cat want)" ]
}

@test "what is no packed image is not unpacked, and nothing is replaced without force" {
    forge build "$sample" image.vhdx
    forge pack "$sample" image.packed
    echo mine >other
    for bad in image.vhdx /dev/null missing; do
        forge unpack "$bad" new.vhdx
        [ "$status" -eq 1 ]
        grep -q "$bad: " err
        [ ! -e new.vhdx ]
    done
    head -c 5000 image.packed >cut.packed
    forge unpack cut.packed new.vhdx
    [ "$status" -eq 1 ]
    forge unpack image.packed other
    [ "$status" -eq 1 ]
    forge pack image.vhdx other
    [ "$status" -eq 1 ]
    [ "$(cat other)" = mine ]
    forge unpack --force image.packed other
    [ "$status" -eq 0 ]
    cmp other image.vhdx
    forge pack --force image.vhdx - >/dev/null
    [ "$status" -eq 0 ]
    cmp out image.packed
}

@test "pack --all makes seeds of all recipes, or of the short ones" {
    mkdir -p mine/own
    printf '%s\n' 'title short' 'create dynamic' >mine/own/short.recipe
    printf '%s\n' 'title long' 'create dynamic' 'size 9M' 'fill 8M 1M 7' >mine/own/long.recipe
    forge --recipes=mine pack --all --most=64K few
    [ "$status" -eq 0 ]
    [ "$(cd few && find . -type f)" = ./own/short.packed ]
    forge --recipes=mine pack --all many
    [ "$status" -eq 0 ]
    [ "$(find many -type f | wc -l)" -eq 2 ]
    forge unpack many/own/long.packed long.vhdx
    forge --recipes=mine sum own/long long.vhdx
    [ "$(cut -c 1-64 out | uniq | wc -l)" -eq 1 ]
}

@test "the dictionary for fuzzers is what words prints" {
    forge words
    [ "$status" -eq 0 ]
    diff "$VHDXRAY_SRC/fuzz/vhdx.dict" out
    refute grep -vqE '^#|^[a-z0-9_]+="(\\x[0-9a-f]{2})+"$' out
}

# What the program says of the images below `all` and what is expected, both from the recipes. alone:
# of each by itself; chains: of each link, where the recipe names a parent, all of them by --parent.
judge() { # alone|chains LEAST
    python3 - "$1" "$2" "$VHDXRAY" all "$VHDXRAY_SRC/corpus/recipes" <<'END'
import collections
import json
import pathlib
import subprocess
import sys

way, least, program = sys.argv[1], int(sys.argv[2]), sys.argv[3]
images, recipes = pathlib.Path(sys.argv[4]), pathlib.Path(sys.argv[5])
SEVERITIES = ("info", "warning", "error", "fatal")
KEPT = 100  # so many findings of a rule are kept; of what severity the others were no expectation knows
ENDS = {"VHDX-CHN-001", "VHDX-CHN-006", "VHDX-LSS-002"}  # behind that parent nothing is looked for
VERDICTS = {"sound": 0, "warnings": 3, "incomplete": 1, "corrupt": 2}  # the worst last, its exit status


def expected(name):
    """The parts of an expectation: verdict, totals of each rule and of each severity; exit status."""
    parts, rest = {}, {}
    for line in (recipes / f"{name}.expect").read_text().splitlines():
        words = line.split("#")[0].split()
        if not words:
            continue
        if words[0] in ("check", "raw", "chain"):
            part = parts[words[0]] = words[1], collections.Counter(), collections.Counter()
            rest[words[0]] = words[2:]
        elif words[0] != "reads":
            part[1]["VHDX-" + words[0]] += int(words[2], 0)
            part[2][words[1]] += int(words[2], 0)
    return parts, int(rest["check"][0])


def said(document):
    """The same part of a document, or of a link of it."""
    totals = document["totals"]
    return document["verdict"], totals["rules"], {s: totals[s] for s in SEVERITIES if totals[s]}


def known(part):
    """What can be compared of a part."""
    return part if max(part[1].values(), default=0) <= KEPT else part[:2]


def run(*arguments):
    done = subprocess.run([program, *arguments], capture_output=True, check=False)
    return json.loads(done.stdout), done.returncode


def lineage(name):
    """The recipe, its parent, and so on; a circle ends with the one that comes again."""
    names = [name]
    while names[-1] not in names[:-1]:
        lines = (recipes / f"{names[-1]}.recipe").read_text().splitlines()
        parents = [line.split()[1] for line in lines if line.startswith("parent ")]
        if not parents:
            break
        names += parents
    return names


def links_expected(names):
    """The part of each link of a chain: as far as parents are what they should be, but one more."""
    links = []
    for at, name in enumerate(names):
        parts = expected(name)[0]
        verdict, rules, severities = parts["check"]
        if at + 1 == len(names) or (links and ENDS & links[-1][1].keys()):
            # Its own parent, if it has one, is not looked for.
            severities["info"] -= rules.pop("VHDX-RUN-006", 0)
            return [*links, (verdict, rules, +severities)]
        verdict, rules, severities = parts["chain"]
        if at + 2 == len(names) and names[-1] in names[:-1] and "VHDX-CHN-006" not in rules:
            # An expectation of a whole circle's images says it of none: it is said of the last one.
            verdict = "corrupt"
            rules["VHDX-CHN-006"] += 1
            severities["fatal"] += 1
        links.append((verdict, rules, severities))
    raise AssertionError(names)


def judge_alone(name):
    parts, status = expected(name)
    got, exit_status = run("check", "--format=json", images / f"{name}.vhdx")
    return (known(parts["check"]), status), (known(said(got)), exit_status)


def judge_chain(name):
    names = lineage(name)
    got, exit_status = run("chain", "--format=json", *(f"--parent={images / parent}.vhdx" for parent in names[1:]),
                           images / f"{name}.vhdx")
    want = links_expected(names)
    worst = max((link[0] for link in want), key=list(VERDICTS).index)
    return ((worst, VERDICTS[worst], [known(link) for link in want]),
            (got["verdict"], exit_status, [known(said(link)) for link in got["links"]]))


judged = skipped = faults = 0
for path in sorted(recipes.glob("*/*.expect")):
    name = str(path.relative_to(recipes).with_suffix(""))
    names = lineage(name)
    if way == "chains" and len(names) == 1:
        continue
    if not all((images / f"{link}.vhdx").exists() for link in names):
        skipped += 1  # the file system has no files of that length, which vhdxforge said
        continue
    want, found = (judge_chain if way == "chains" else judge_alone)(name)
    if want != found:
        print(f"{name}: wanted {want}, found {found}")
        faults += 1
    judged += 1
print(f"{judged} {way}, {skipped} skipped, {faults} faults")
sys.exit(faults != 0 or judged < least)
END
}

@test "every image of the corpus gets its verdict, exit status and totals, and so does each link of a chain" {
    forge build --all all
    [ "$status" -eq 0 ]
    [ "$(du -sk all | cut -f 1)" -lt 1048576 ]
    judge alone 200
    judge chains 60
}
