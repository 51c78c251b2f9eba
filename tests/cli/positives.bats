#!/usr/bin/env bats
# What is legal opens in QEMU, and holds there what the recipe says: the images of the corpus that
# are sound or only warned about, clean, not differencing, of 512-byte sectors, which is all that
# QEMU reads. VHDXRAY, VHDXFORGE: the programs. VHDXRAY_SRC: the source.

load images.bash

@test "QEMU opens every clean positive and reads what it must hold" {
    "$VHDXFORGE" --recipes="$VHDXRAY_SRC/corpus/recipes" build --all all
    python3 - "$VHDXRAY_SRC/corpus/recipes" <<'END'
import json
import os
import pathlib
import subprocess
import sys

# Legal, and refused by QEMU 7.2 all the same; format.md says why we read them.
REFUSED = {
    "legal/no-log-at-all": "wants a log offset of 1 MiB even without a log",
    "legal/unpublished-items": "does not know the required items of Hyper-V",
    "producers/21-bitmap-in-dynamic": "refuses a present bitmap where none is used",
}
DISK_MOST = 1 << 30  # qemu-img compare takes seconds for each GiB, holes or not

recipes = pathlib.Path(sys.argv[1])
forge = [os.environ["VHDXFORGE"], f"--recipes={recipes}"]
opened = compared = 0
faults = []


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


for expect in sorted(recipes.glob("*/*.expect")):
    name = f"{expect.parent.name}/{expect.stem}"
    lines = expect.read_text().splitlines()
    if expect.parent.name not in ("legal", "producers") or any(l.startswith("raw") for l in lines):
        continue
    if lines[0].split()[1] not in ("sound", "warnings"):
        continue
    image = f"all/{name}.vhdx"
    facts = json.loads(run(os.environ["VHDXRAY"], "info", "--format=json", image).stdout)
    if facts["type"] == "differencing" or facts["logical-sector-size"] != 512:
        continue
    info = run("qemu-img", "info", "-f", "vhdx", image)
    if (info.returncode != 0) != (name in REFUSED):
        faults.append(f"{name}: qemu-img info: {info.stderr.strip() or 'opens'}")
    if info.returncode != 0:
        continue
    opened += 1
    if facts["virtual-size"] > DISK_MOST or run(*forge, "content", name, "want.raw").returncode != 0:
        continue
    same = run("qemu-img", "compare", "-f", "vhdx", "-F", "raw", image, "want.raw")
    if same.returncode != 0:
        faults.append(f"{name}: qemu-img compare: {same.stdout.strip()} {same.stderr.strip()}")
    os.remove("want.raw")
    compared += 1

print("\n".join(faults))
print(f"{opened} images opened, {compared} compared, {len(faults)} faults")
sys.exit(len(faults) > 0 or opened < 60 or compared < 30)
END
}
