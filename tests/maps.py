# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Every machine file loads, starts and survives the exercise in the host program, within its time; and so does
its page allocator as a machine that another one invents (`whatif`).

What Linux concluded on the real ones is compared by tests/unit/boot/test_maps.c.
"""
import glob
import os
import shutil
import subprocess
import tempfile

from results import Skipped, in_order

TIMEOUT = 60
SCRIPT = "memblock; zones; pt stats; exercise steps=5000; whatif m"


def wrong(program, path):
    """None, or what went wrong with this machine."""
    with tempfile.TemporaryDirectory() as stick:  # where `whatif m` finds it
        os.mkdir(os.path.join(stick, "tablewalk"))
        shutil.copy(path, os.path.join(stick, "tablewalk", "m.map"))
        try:
            done = subprocess.run([os.path.abspath(program), "--map", os.path.abspath(path), "-c", SCRIPT],
                                  capture_output=True, text=True, timeout=TIMEOUT, stdin=subprocess.DEVNULL, cwd=stick)
        except subprocess.TimeoutExpired:
            return f"no end after {TIMEOUT} s"
    if done.returncode or "exercise passed" not in done.stdout or "all memory came back" not in done.stdout[-200:]:
        return f"status {done.returncode}\n{done.stderr}{done.stdout[-500:]}"
    return None


def run(build, folder):
    """Yields (name, error) for every machine of a folder."""
    program = os.path.join(build, "host", "tablewalk")
    files = [path for path in sorted(glob.glob(os.path.join(folder, "**", "*.map"), recursive=True))
             if "/partial/" not in path]  # pieces of machines, without RAM to start in
    if not files:
        yield f"machines in {os.path.basename(folder)}", Skipped(f"none in {folder}")
    for path, error in zip(files, in_order(lambda path: wrong(program, path), files)):
        yield f"machine {os.path.basename(path)}", error
