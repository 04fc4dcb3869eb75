# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Our page frames on the yardstick, each figure compared with a lower bound of the same run: `lifo`, a bare stack
of frames, or `null`, the workload alone.
"""
from rows import row
from yardstick import measure

ROUNDS = 5
PROGRAMS = ("page-null", "page-lifo", "page-ours")
# Workload, and its figures: (figure, unit, lower bound, goal as a multiple of that bound).
TIMES = [("P1", "P1", "page-lifo", 2.0), ("P2lifo", "P2lifo", "page-lifo", 3.5), ("P2fifo", "P2fifo", "page-lifo", 3.5),
         ("P2rand", "P2rand", "page-lifo", 4.5), ("P3", "P3", "page-null", 4.0), ("P4u50", "P4u50", "page-null", 3.5),
         ("P4u90", "P4u90", "page-null", 3.5), ("P5", "P5fill", "page-lifo", 1.8), ("P5", "P5free", "page-lifo", 3.0)]
NAMES = {"P1": "P1 hot pair", "P2lifo": "P2 1,024 and back, LIFO", "P2fifo": "P2 1,024 and back, FIFO",
         "P2rand": "P2 1,024 and back, random", "P3": "P3 hot pair of 2 MiB", "P4u50": "P4 random orders, 50 % in use",
         "P4u90": "P4 random orders, 90 % in use", "P5fill": "P5 fill of a heap", "P5free": "P5 random free of a full heap"}
# Figures that are not times: (workload, figure, name, unit, goal).
VALUES = [("P5", "P5.order10_of_256", "P5 4 MiB blocks whole again", "of 256", 256),
          ("P6", "P6.huge%_at90", "P6 2 MiB frames to be had at 90 %", "%", 64.8),
          ("P6", "P6.huge%_half4K", "P6 with half of the 4 KiB left", "%", 20.3),
          ("P6", "P6.huge%_5pc4K", "P6 with 5 % of the 4 KiB left", "%", 12.9)]
THREADS = [("P7pair", "P7 pair, two threads to one", 1.1), ("P7batch", "P7 batch, two threads to one", 1.5)]


def rows(build):
    workloads = list(dict.fromkeys([t[0] for t in TIMES] + ["P6", "P7pair", "P7batch", "P9_1T"]))
    found = measure(build, PROGRAMS, workloads, ROUNDS)
    ours = found["page-ours"]
    for _, figure, floor, times in TIMES:
        reference = found[floor][figure]
        yield row(f"{NAMES[figure]} (floor: {floor[5:]})", "ns", ours[figure], reference, times * reference)
    for _, figure, name, unit, goal in VALUES:
        yield row(name, unit, ours[figure], None, goal)
    yield row("P6 requests of 2 MiB that failed", "requests", ours["P6.2M_failed"], None, 0)
    for figure, name, goal in THREADS:
        yield row(name, "times", ours[f"{figure}.2t"] / ours[f"{figure}.1t"], 1, goal)
    yield row("P9 ready with 1 TiB of frames", "us", ours["P9_1T.init_us"], 16000, 60)
