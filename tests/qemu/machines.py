# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The machines on which the whole program is tested: every value of the table appears at least once.

`levels` is the number of levels that our page tables must have; `check` names the checks in
test_machines.py if they are not the usual ones; `structure` adds those of structure.py. The others
are `make run`'s variables.
"""

# (start_pfn, spanned, present) of each populated zone in Linux 6.1's /proc/zoneinfo on the same machine.
LINUX_DMA = (1, 4095, 3757)
LINUX_4G = {"0 DMA": LINUX_DMA, "0 DMA32": (4096, 1044480, 518880), "0 Normal": (1048576, 524288, 524288)}
LINUX_512M = {"0 DMA": LINUX_DMA, "0 DMA32": (4096, 126708, 125664)}
LINUX_NUMA2 = {"0 DMA": LINUX_DMA, "0 DMA32": (4096, 519916, 518872), "1 Normal": (1048576, 524288, 524288)}

MACHINES = [
    {"name": "q35-256M", "mem": "256M", "cpu": "max,-la57", "levels": 4},
    {"name": "q35-512M-no-acpi", "mem": "512M", "cpu": "max", "levels": 5, "linux": LINUX_512M,
     "extra": ["-no-acpi"]},
    {"name": "q35-4G-la57", "mem": "4G", "cpu": "max", "levels": 5, "linux": LINUX_4G},
    {"name": "q35-64G-sparse", "mem": "64G", "cpu": "max", "levels": 5},
    {"name": "q35-no-1g", "mem": "4G", "cpu": "max,-pdpe1gb", "levels": 5},
    {"name": "q35-no-nx", "mem": "1G", "cpu": "max,-nx,-la57", "levels": 4},
    {"name": "q35-plain-cpu", "mem": "1G", "cpu": "qemu64", "levels": 4},
    {"name": "q35-4G-levels-4", "mem": "4G", "cpu": "max", "smp": 4, "numa": 2, "options": "levels=4 lockdep",
     "levels": 4},
    {"name": "q35-flat", "mem": "1G", "cpu": "max", "options": "memmodel=flat", "levels": 5},
    {"name": "q35-2-cpus-2-nodes", "mem": "4G", "cpu": "max", "smp": 2, "numa": 2, "levels": 5,
     "options": "lockdep", "linux": LINUX_NUMA2, "structure": True},
    {"name": "q35-4-cpus", "mem": "2G", "cpu": "max", "smp": 4, "levels": 5},
    {"name": "pc-2G", "mem": "2G", "cpu": "max", "machine": "pc", "firmware": "2m", "levels": 5},
    {"name": "q35-secboot-setup", "mem": "1G", "cpu": "max", "firmware": "secboot", "smp": 2,
     "levels": 5},
    {"name": "wrong-input", "mem": "256M", "cpu": "max", "options": "nonsense=1 levels=7",
     "check": "wrong input"},
    {"name": "faults", "mem": "512M", "cpu": "max", "check": "faults"},
    {"name": "smp-faults", "mem": "512M", "cpu": "max,-la57", "smp": 2, "check": "smp faults"},
    {"name": "nosmp", "mem": "256M", "cpu": "max", "smp": 2, "options": "nosmp", "check": "nosmp"},
    {"name": "pressure", "mem": "1G", "cpu": "max", "smp": 2, "numa": 2, "options": "lockdep", "check": "pressure"},
    {"name": "too-little", "mem": "256M", "cpu": "max", "options": "claim=1M", "check": "too little"},
    {"name": "explorer-4-levels", "mem": "1G", "cpu": "max", "options": "levels=4", "levels": 4,
     "sweep": 800000, "check": "explorer"},
    {"name": "explorer-5-levels", "mem": "1G", "cpu": "max", "levels": 5, "sweep": 7000000,
     "check": "explorer"},
    {"name": "explorer-plain-cpu", "mem": "512M", "cpu": "qemu64", "levels": 4, "sweep": 100000,
     "check": "explorer"},
    {"name": "usb-stick", "mem": "1G", "cpu": "max", "check": "stick"},
]
