# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Real machines' maps against what Linux concluded on them (the `expect` lines of the files).

What Linux was told beside the firmware's map stands in `note` lines. They are applied by rule: memory
that it reserved or removed before memblock was built becomes reserved, a map given by the user replaces
the firmware's. Differences that remain must be explained one by one in tests/maps-explained.txt
(`file what : reason`), and an explanation that explains nothing fails too.
"""
import glob
import json
import os
import re
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
EXPLAINED = os.path.join(HERE, "maps-explained.txt")
PAGE = 4096
ZONE_ENDS = [("DMA", 1 << 24), ("DMA32", 1 << 32), ("Normal", 1 << 52)]
USER_TYPES = {"usable": "usable", "reserved": "reserved", "ACPI data": "acpi-data", "ACPI NVS": "acpi-nvs"}


def read(path):
    with open(path) as f:
        return f.read().splitlines()


def derived(lines):
    """The file's lines with its notes applied, as a new machine file."""
    users = [re.match(r"note user: \[mem (0x\w+)-(0x\w+)\] (.+)", line) for line in lines]
    users = [user for user in users if user]
    if users:
        out = ["kind e820"] + [
            f"mem {user[1]} {int(user[2], 16) + 1:#x} "
            f"{'pmem' if 'persistent' in user[3] else USER_TYPES.get(user[3], 'reserved')}" for user in users]
        return out + [line for line in lines if line.startswith(("srat", "slit"))]
    out, efi = list(lines), "kind efi" in lines
    for line in lines:
        change = re.match(r"note e820 (update|remove) \[mem (0x\w+)-(0x\w+)\] usable( ==> reserved)?$", line)
        if not change or (change[1] == "update" and not change[4]):
            continue
        start, end = int(change[2], 16), int(change[3], 16) + 1
        if efi:  # descriptors are whole pages: a page that is not all RAM is none
            start, end = start & -PAGE, (end + PAGE - 1) & -PAGE
        out.append(f"mem {start:#x} {end:#x} " + ("Reserved -" if efi else "reserved"))
    return out


def overlap(start, end, low, high):
    return max(0, min(end, high) - max(start, low))


class Ours:
    """What the host program makes of a machine file."""

    def __init__(self, program, path):
        done = subprocess.run([program, "--map", path, "-c", "memblock --json; zones --json; exercise steps=3000"],
                              capture_output=True, text=True, timeout=120)
        self.status, self.error = done.returncode, done.stderr + done.stdout[-500:]
        self.exercised = "exercise passed" in done.stdout
        if self.status:
            return
        decoder, text = json.JSONDecoder(), done.stdout
        memblock, at = decoder.raw_decode(text)
        self.zones, _ = decoder.raw_decode(text[at:].lstrip())
        self.regions = [(int(r["base"], 16), int(r["base"], 16) + r["size"], max(r["nid"], 0))
                        for r in memblock["memory"]]

    def facts(self, nodes):
        """All facts, in the words of `expect` lines; nodes False: as if there were one node."""
        regions = merged([(s, e, n if nodes else 0) for s, e, n in self.regions])
        facts = {"range": {f"{n} {s:#x} {e:#x}" for s, e, n in regions}}
        facts["last-pfn"] = f"{max(e for _, e, _ in regions) // PAGE:#x}"
        facts["memory"] = sum(e - s for s, e, _ in regions) // 1024
        for n in {n for _, _, n in regions}:
            own = [(s, e) for s, e, m in regions if m == n]
            facts[f"node {n}"] = f"{min(s for s, _ in own):#x} {max(e for _, e in own):#x}"
        for zone in self.zones:
            node = zone["node"] if nodes else 0
            key = f"zonepages {node} {zone['name']}"
            facts[key] = facts.get(key, 0) + zone["present"]
            facts[f"totalpages {node}"] = facts.get(f"totalpages {node}", 0) + zone["present"]
        low, high = min(s for s, _, _ in regions), max(e for _, e, _ in regions)
        start = 0
        for name, end in ZONE_ENDS:
            first, last = max(start, low), min(end, high)
            facts[f"zone {name}"] = f"{first:#x} {last:#x}" if first < last else "empty"
            start = end
        return facts


def merged(regions):
    out = []
    for start, end, node in sorted(regions):
        if out and out[-1][1] == start and out[-1][2] == node:
            out[-1] = (out[-1][0], end, node)
        else:
            out.append((start, end, node))
    return out


def expectations(lines, nodes):
    """Facts as Ours.facts() names them. Without nodes, what belongs to several is summed up."""
    facts, ranges = {}, []
    for words in (line.split()[1:] for line in lines if line.startswith("expect ")):
        what, node = words[0], words[1] if len(words) > 1 else ""
        if what == "range":
            ranges.append((int(words[2], 16), int(words[3], 16), int(node) if nodes else 0))
        elif what == "zone":
            facts[f"zone {node}"] = " ".join(words[2:])
        elif what == "node" and nodes and words[2] != "memoryless":
            facts[f"node {node}"] = " ".join(words[2:4])
        elif what in ("totalpages", "zonepages"):
            key = " ".join([what, node if nodes else "0"] + words[2:-1])
            facts[key] = facts.get(key, 0) + int(words[-1])
        elif what == "memory":
            facts["memory"] = int(words[2])
        elif what == "last-pfn":
            facts.setdefault("last-pfn", words[1])
    if ranges:
        facts["range"] = {f"{n} {s:#x} {e:#x}" for s, e, n in merged(ranges)}
    for name in ("Movable", "Device", "HighMem"):
        facts.pop(f"zone {name}", None)
    return facts


def difference(expected, ours):
    if isinstance(expected, set):
        return None if expected == ours else \
            f"only Linux {sorted(expected - ours)[:4]}, only we {sorted(ours - expected)[:4]}"
    return None if expected == ours else f"Linux {expected}, we {ours}"


def compare(program, path, scratch):
    """(facts compared, {what: difference}, error)"""
    lines = read(path)
    out = os.path.join(scratch, os.path.basename(path))
    with open(out, "w") as f:
        f.write("\n".join(derived(lines)) + "\n")
    ours = Ours(program, out)
    if ours.status or not ours.exercised:
        return 0, {}, ours.error
    # Without affinity in the file nobody can know the nodes: then the sums are compared.
    nodes = any(line.startswith("srat") for line in lines) or \
        not any(line.startswith("expect range 1") for line in lines)
    expected, facts = expectations(lines, nodes), ours.facts(nodes)
    wrong = {what: difference(value, facts.get(what)) for what, value in expected.items()}
    return len(expected), {what: text for what, text in wrong.items() if text}, None


def explanations():
    known = {}
    for line in read(EXPLAINED):
        if line and not line.startswith("#"):
            where, reason = line.split(" : ", 1)
            known[where] = reason
    return known


def run(build, folder):
    """Yields (name, error, skipped) for every machine of a folder."""
    program, scratch = os.path.join(build, "host", "tablewalk"), os.path.join(build, "maps")
    files = sorted(glob.glob(os.path.join(folder, "*.map")))
    if not files:
        yield f"maps in {os.path.basename(folder)}", None, f"no machines in {folder}"
        return
    os.makedirs(scratch, exist_ok=True)
    known, facts, explained = explanations(), 0, 0
    for path in files:
        name = os.path.basename(path)
        count, wrong, error = compare(program, path, scratch)
        facts += count
        for what in list(wrong):
            if known.pop(f"{name} {what}", None):
                explained += 1
                del wrong[what]
        text = error or "\n".join(f"{what}: {how}" for what, how in wrong.items())
        yield f"map {name} ({count} facts)", text or None, None
    print(f"      {len(files)} machines, {facts} facts compared with Linux, {explained} differences explained")
    stale = [where for where in known if os.path.exists(os.path.join(folder, where.split()[0]))]
    yield "explained differences still differ", "\n".join(stale) or None, None
