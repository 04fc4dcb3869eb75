# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Our objects on the yardstick, each figure compared with the best of the C library's malloc, jemalloc, tcmalloc
and mimalloc in the same run; hot pairs also with a bare free list, which never frees a page.
"""
from rows import row
from yardstick import measure

ROUNDS = 9
OURS, RANDOM, FLOOR = "object-ours", "object-ours+RANDOM", "object-freelist"
OTHERS = {f"object-{name}": name for name in ("glibc", "jemalloc", "tcmalloc", "mimalloc")}
TIMES = {"S1_16": "S1 hot pair, 16 bytes", "S1_64": "S1 hot pair, 64 bytes", "S1_256": "S1 hot pair, 256 bytes",
         "S1_1024": "S1 hot pair, 1024 bytes", "S2lifo": "S2 10,000 and back, LIFO",
         "S2fifo": "S2 10,000 and back, FIFO", "S2rand": "S2 10,000 and back, random", "S3": "S3 mixed sizes",
         "S4_64": "S4 freed by another CPU, 64", "S4_256": "S4 freed by another CPU, 256",
         "S6pair.2t": "S6 pair on two CPUs", "S6batch.2t": "S6 batch on two CPUs"}
THREADS = [("S6pair", "S6 pair, two threads to one"), ("S6batch", "S6 batch, two threads to one")]
FLOOR_TIMES, THREAD_TIMES = 1.5, 1.1
OVERHEAD, KEPT = 0.6, 1  # bytes of a live 64-byte object; MiB of 61, so a few slabs may stay


def best_row(found, name, unit, value, goal=None):
    """A row: our figure and the best of the others with its name, which is also the goal if none is given."""
    best = min(OTHERS, key=lambda program: value(found[program]))
    reference = value(found[best])
    return row(f"{name} ({OTHERS[best]})", unit, value(found[OURS]), reference, reference if goal is None else goal)


def rows(build):
    workloads = list(dict.fromkeys(figure.split(".")[0] for figure in TIMES)) + ["S5"]
    found = measure(build, (FLOOR, OURS, RANDOM, *OTHERS), workloads, ROUNDS)
    for figure, name in TIMES.items():
        yield best_row(found, name, "ns", lambda f, figure=figure: f[figure])
        if figure.startswith("S1"):
            floor = found[FLOOR][figure]
            yield row(f"{name} (floor: free list)", "ns", found[OURS][figure], floor, FLOOR_TIMES * floor)
    for figure, name in THREADS:
        yield best_row(found, name, "times", lambda f, figure=figure: f[f"{figure}.2t"] / f[f"{figure}.1t"],
                       THREAD_TIMES)
    yield best_row(found, "S5 overhead of a million of 64", "bytes", lambda f: f["S5.overhead_B"], OVERHEAD)
    yield best_row(found, "S5 kept when all are freed", "MiB", lambda f: f["S5.kept_after_free_MiB"], KEPT)
    for figure, name in TIMES.items():
        yield row(f"{name}, random order (plain)", "ns", found[RANDOM][figure], found[OURS][figure])
    yield row("S5 struct pages that came to life", "KiB", found[OURS]["S5.struct_pages_KiB"])
