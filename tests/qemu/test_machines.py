# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Whole machines: one boot of each, with several checks.

While the program waits on its own page tables, QEMU's monitor lists the CPU's translations (`info tlb`);
they must be equal, line by line, to the output of `pt dump own --format tlb`.
"""
import glob
import json
import os
import re
import subprocess
import traceback

import structure
from boot import HOLD, Boot, compare
from explorer import check_explorer
from machine import parse_size
from machines import MACHINES
from results import in_order

SCRIPT = ("zones --json; memmap --json; pt stats --json; exercise --json; pt dump own --format tlb; "
          f"walk 0x100000; hold {HOLD}; zones --json; ")
# All CPUs; fewer steps, as virtual CPUs wait for each other if there are fewer real ones.
SCRIPT_SMP = "cpus --json; exercise --cpus all steps=1000 --json; cpus --tlb --json; "
WRONG = ("nosuchcommand; walk zzz; walk 0x800000000000000; hexdump 0xfffffffffffff000; pt dump 5-4; "
         "zones; quit")
CR4_LA57 = 1 << 12


def json_values(output):
    """The JSON values in an output with other text."""
    decoder, at, values = json.JSONDecoder(), 0, []
    while at < len(output):
        line_end = output.find("\n", at)
        if output[at] in "[{":
            try:
                value, at = decoder.raw_decode(output, at)
                values.append(value)
                continue
            except ValueError:
                pass
        at = line_end + 1 if line_end >= 0 else len(output)
    return values


def check_machine(row, image):
    """Yields (what, error text or None) for one machine."""
    smp = SCRIPT_SMP if row.get("smp", 1) > 1 else "cpus --json; "
    boot = Boot(row, image, SCRIPT + smp + (structure.SCRIPT if row.get("structure") else "") + "quit").run()
    values = json_values(boot.output)
    yield "ends with status 0", None if boot.status == 0 else boot.why
    if len(values) < 5:
        yield "views are JSON", f"{len(values)} values in the output: {boot.output[-800:]}"
        return
    exercise = values[3]
    yield "exercise passes", None if exercise["result"] == "passed" else str(exercise)
    own = next((t for t in values[2] if t["tables"] == "own"), {})
    yield "zones add up", zones_wrong(values[0], values[1])
    yield "nodes and RAM are the machine's", machine_wrong(row, values[0], values[1])
    if "linux" in row:
        yield "zones are Linux's", linux_wrong(row["linux"], values[0])
    yield f"{row['levels']} levels", levels_wrong(row, own, boot.registers)
    yield "no page is writable and executable", wx_wrong(row, own)
    yield "1 GiB pages where the CPU has them", gigabyte_wrong(row, boot)
    yield "the CPU has our root", None if root_in_registers(own, boot.registers) else \
        boot.registers[-900:] or "no registers"
    yield "`pt dump` agrees with QEMU's `info tlb`", compare(boot.output, "".join(boot.tlbs))
    taken = exercise["memmap_pages"] + exercise["table_pages"]
    lost = free_of(values[0]) - free_of(values[4]) - taken
    # The exercise counts empty slabs as free memory: it shrinks all caches first.
    yield "no page is lost", None if -64 <= lost <= 0 else f"{lost} pages"
    nr_smp = smp.count("--json")
    yield from smp_checks(row, values[5:5 + nr_smp], own)
    if row.get("structure"):
        yield from structure.check_machine(values[5 + nr_smp:])


def smp_checks(row, values, own):
    """Every CPU of QEMU uses our tables, works with the others, and keeps no stale translation."""
    smp = row.get("smp", 1)
    cpus = [(cpu["came"], cpu["cr3"], cpu["levels"]) for cpu in values[0]] if values else []
    yield "all CPUs are in our world", None if cpus == [(True, own["root"], row["levels"])] * smp else \
        f"{cpus}, expected {smp}"
    if smp == 1 or len(values) < 3:
        yield from [("all CPUs have their checks", str(values))] if smp > 1 else []
        return
    yield "all CPUs exercise at once", None if values[1]["result"] == "passed" and values[1]["nr_cpus"] == smp and \
        values[1]["swaps"] > 0 else str(values[1])
    tlb = values[2]
    yield "no CPU keeps a stale translation", None if tlb["disagreements"] == 0 and tlb["rounds"] == 1000 and \
        tlb["nr_cpus"] == smp and tlb["faults"] == smp - 1 else str(tlb)


def levels_wrong(row, own, registers):
    """The levels are as requested, in our output and in CR4."""
    cr4 = re.search(r"CR4=([0-9a-f]+)", registers)
    in_cr4 = 5 if cr4 and int(cr4[1], 16) & CR4_LA57 else 4
    if own.get("levels") == in_cr4 == row["levels"]:
        return None
    return f"we say {own.get('levels')}, CR4 says {cr4[1] if cr4 else 'nothing'}"


def machine_wrong(row, zones, memmap):
    """The machine's number of nodes, and its RAM but for the firmware's part."""
    nodes = {zone["node"] for zone in zones if zone["present"]}
    if len(nodes) != row.get("numa", 1):
        return f"nodes {sorted(nodes)}, expected {row.get('numa', 1)}"
    size, present = parse_size(row["mem"]) >> 12, sum(zone["present"] for zone in zones)
    return None if size - (64 << 8) <= present <= size else f"{present} pages of {size} are present"


def linux_wrong(linux, zones):
    """Start, spanned and present pages are equal to Linux's on the same machine."""
    ours = {f"{z['node']} {z['name']}": (int(z["start_pfn"], 16), z["spanned"], z["present"]) for z in zones
            if z["present"]}
    return None if ours == linux else f"Linux {linux}, we {ours}"


def gigabyte_wrong(row, boot):
    """The direct map of memory above 4 GiB has 1 GiB pages if and only if the CPU supports them."""
    stats = json_values(boot.output)[2]
    own = next(t for t in stats if t["tables"] == "own")
    leaves = next(level["nr_mappings"] for level in own["per_level"] if level["level"] == "PDPTE")
    can = "max" in row["cpu"] and "-pdpe1gb" not in row["cpu"]
    if not can:
        return f"{leaves} mappings of 1 GiB" if leaves else None
    return "none" if parse_size(row["mem"]) >= 4 << 30 and not leaves and row.get("numa", 1) == 1 else None


def free_of(zones):
    return sum(zone["free"] + zone["listed"] for zone in zones)


def wx_wrong(row, own):
    if "-nx" in row["cpu"]:
        return None  # without NX all readable memory is executable
    return None if own.get("writable_executable") == 0 else f"{own.get('writable_executable')} pages"


def zones_wrong(zones, memmap):
    """Present pages are the RAM of the firmware's map without page 0 and [640K, 1M)."""
    ram = {"LoaderCode", "LoaderData", "BS_Code", "BS_Data", "Available"}
    pages = 0
    for desc in memmap:
        start, end = int(desc["start"], 16) >> 12, (int(desc["end"], 16) + 1) >> 12
        if desc["type"] in ram:
            pages += end - max(start, 1)
    present = sum(zone["present"] for zone in zones)
    for zone in zones:
        if not zone["free"] <= zone["managed"] <= zone["present"] <= zone["spanned"]:
            return f"zone out of order: {zone}"
    return None if present == pages else f"{present} pages present, {pages} in the map"


def root_in_registers(own, registers):
    return f"CR3={int(own.get('root', '0'), 16):016x}" in registers


def check_wrong_input(row, image):
    """Bad commands fail and are named; the other commands run."""
    boot = Boot(row, image, WRONG).run()
    yield "a failed command gives status 1", None if boot.status == 1 else boot.why
    for text in ("nosuchcommand", "not an address", "not canonical", "beyond 52 bits", "Normal",
                 "unknown option 'nonsense'", "levels=7"):
        yield f"says `{text}`", None if text in boot.output else boot.output[-600:] or "no output"


def check_smp_faults(row, image):
    """A CPU that fails, or does not return, is named and goes back to the firmware; the program goes on."""
    script = ("fault pf --cpu 1; fault assert --cpu 1; fault spin --cpu 1; fault stack --cpu 1; "
              "exercise --cpus all steps=500; quit")
    boot = Boot(row, image, script).run()
    yield "are failures", None if boot.status == 1 else boot.why
    for text in ("CPU 1: exception 14", "CPU 1: efi/cmd/program/trying.c", "CPU 1: did not come back in time",
                 "exercise passed"):
        yield f"says `{text}`", None if text in boot.output else boot.output[-900:] or "no output"


def check_nosmp(row, image):
    """With nosmp the other CPUs are not used."""
    boot = Boot(row, image, "cpus --tlb; exercise --cpus all steps=100; quit").run()
    for text in ("nosmp: the other CPUs stay with the firmware", "exercise passed"):
        yield f"says `{text}`", None if text in boot.output else boot.output[-900:] or "no output"


FAULTS = {"pf": "#PF page fault", "gp": "#GP general protection", "ud": "#UD invalid opcode",
          "de": "#DE divide error", "stack": "write of a non-present page",
          "assert": "assertion failed"}


def check_faults(row, image):
    """Every exception is reported with its walk, and the next command runs; at the end all is restored."""
    script = "; ".join(f"fault {kind}" for kind in FAULTS) + "; exercise; slabdebug plant all --json; exercise; quit"
    boot = Boot(row, image, script).run()
    yield "are failures", None if boot.status == 1 else boot.why
    for kind, text in FAULTS.items():
        yield f"{kind} is reported", None if text in boot.output else boot.output[-600:]
    yield "walk of CR2", None if "walk of 0000000000000000: not present" in boot.output else boot.output[:900]
    yield "memory is sound after them", None if boot.output.count("exercise passed") == 2 else boot.output[-600:]
    yield from planted_checks(json_values(boot.output))


def planted_checks(values):
    """Each planted bug in a cache is found; its callers are different addresses in our image."""
    done = next((v for v in values if isinstance(v, dict) and "planted" in v), None)
    if not done:
        yield "bugs are planted", str(values)[-600:]
        return
    yield "planted bugs are found", None if done["nr_found"] == done["planted"] == 9 else str(done)[-900:]
    double = next(plant["reports"][0] for plant in done["plants"] if plant["plant"] == "double")
    callers = [double[key]["by"] for key in ("allocated", "freed")] + [double["found_by"]]
    yield "both callers are named", None if len(set(callers)) == 2 and \
        all(re.fullmatch(r"tablewalk\+0x[0-9a-f]+", by) for by in callers) else str(callers)


def check_pressure(row, image):
    """All memory is taken: a cache is reclaimed, the views show it, and all memory is free again."""
    boot = Boot(row, image, "exercise pressure --json; shrinkers --json; vmstat --json; shrinkers drop --json; "
                "exercise --json; quit").run()
    yield "ends with status 0", None if boot.status == 0 else boot.why
    values = json_values(boot.output)
    if len(values) < 5:
        yield "views are JSON", f"{len(values)} values in the output: {boot.output[-800:]}"
        return
    pressure, shrinkers, vmstat, drop, exercise = values[:5]
    yield "a cache becomes memory", None if pressure["result"] == "passed" and pressure["calls"] and \
        pressure["scanned"] >= pressure["nr_objects"] > pressure["cache_pages"] > 0 else str(pressure)
    scanned = sum(s["scanned"] for s in shrinkers["shrinkers"]) + pressure["scanned"]
    yield "counters agree", None if vmstat["slabs_scanned"] == scanned and shrinkers["stalls"] == \
        sum(vmstat[name] for name in vmstat if name.startswith("allocstall")) > 0 else f"{shrinkers} {vmstat}"
    yield "nothing is left to drop", None if drop["dropped"] < 64 else str(drop)
    yield "the allocators are sound after it", None if exercise["result"] == "passed" else str(exercise)


def check_too_little(row, image):
    """With very little memory the views of the firmware still work, and the message says what is needed."""
    boot = Boot(row, image, "memmap --e820; zones; quit").run()
    yield "gives status 2", None if boot.status == 2 else boot.why
    for text in ("KiB are needed", "BIOS-e820", "zones: the memory management did not start"):
        yield f"says `{text}`", None if text in boot.output else boot.output[-600:] or "no output"


def manual_missing(stick):
    """None if each page of the manual on the stick is equal to that in esp/."""
    pages = sorted(glob.glob(os.path.join(MANUAL, "*.txt")))
    for page in pages:
        name = f"::/tablewalk/manual/{os.path.basename(page)}"
        copy = subprocess.run(["mtype", "-i", f"{stick}@@1M", name], capture_output=True, text=True)
        if copy.stdout != open(page).read():
            return f"{name}: {copy.stderr or 'differs'}"
    return None if pages else f"{MANUAL}: no pages"


def check_stick(row, image):
    """`make image`'s stick boots without help, and has the report afterwards."""
    build = os.path.dirname(os.path.abspath(image))
    made = subprocess.run([STICK, build], capture_output=True, text=True)
    stick = os.path.join(build, "tablewalk.img")
    if made.returncode:
        yield "is made", made.stderr
        return
    yield "has the manual", manual_missing(stick)
    row = dict(row, extra=["-device", "qemu-xhci", "-drive", f"if=none,id=stick,format=raw,file={stick}",
                           "-device", "usb-storage,drive=stick"])
    boot = Boot(row, None, "report; save boot1; quit").run()
    yield "boots by itself", None if boot.status == 0 else boot.why + boot.output[-600:]
    listed = subprocess.run(["mtype", "-i", f"{stick}@@1M", "::/tablewalk/report.txt"], capture_output=True,
                            text=True)
    yield "has the report", None if "==== zones" in listed.stdout else listed.stderr + listed.stdout[-300:]
    boot = Boot(row, None, "load boot1; pt diff fw boot1; memmap diff found boot1; quit").run()
    yield "another boot compares with what this one saved", None if boot.status == 0 and \
        "fw and boot1 translate alike" in boot.output else boot.why + boot.output[-600:]


CHECKS = {"machine": check_machine, "wrong input": check_wrong_input, "stick": check_stick,
          "faults": check_faults, "smp faults": check_smp_faults, "nosmp": check_nosmp, "too little": check_too_little,
          "pressure": check_pressure, "explorer": check_explorer}
STICK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "image.sh")
MANUAL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "esp", "tablewalk", "manual")


def check_logged(row, image, log_dir):
    """[(name, error or None)] of a row; output of failures is in the row's log."""
    path = os.path.join(log_dir, row["name"] + ".log")
    if os.path.exists(path):
        os.remove(path)
    found = []
    try:
        found += CHECKS[row.get("check", "machine")](row, image)
    except Exception:  # an exception in a check is a failure; the other rows go on
        found.append(("can be checked", traceback.format_exc()))
    for what, error in found:
        if error:
            with open(path, "a") as f:
                f.write(f"{what}: {error}\n")
    return [(f"{row['name']}: {what}", error) for what, error in found]


def run(image, log_dir):
    """Yields (name, error or None) for all machines; several at once."""
    os.makedirs(log_dir, exist_ok=True)
    for found in in_order(lambda row: check_logged(row, image, log_dir), MACHINES):
        yield from found
