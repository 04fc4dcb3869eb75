#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""`make run`: boots tablewalk in QEMU, for a person at this terminal or for a script.

Variables: MEM CPU SMP NUMA MACHINE FIRMWARE OPTIONS ICOUNT TIMEOUT QEMU_ARGS, and CMD for a run without
a person: standard output is then what the commands print and nothing else. Exit status: 0 all commands
succeeded, 1 one failed, 2 wrong usage, 124 time-out, 125 the machine died.
"""
import argparse
import os
import shlex
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from machine import DIED, TIMED_OUT, Machine  # noqa: E402

USAGE = 2


def from_environment(image):
    env = os.environ
    icount = env.get("ICOUNT", "") not in ("", "0")
    return Machine(image, mem=env.get("MEM") or "2G", cpu=env.get("CPU") or "max",
                   smp=env.get("SMP") or 1, numa=env.get("NUMA") or 1,
                   machine=env.get("MACHINE") or "q35", firmware=env.get("FIRMWARE") or "4m",
                   icount=icount, options=env.get("OPTIONS", ""),
                   extra=shlex.split(env.get("QEMU_ARGS", "")))


def run_script(machine, commands):
    icount = machine.icount
    timeout = float(os.environ.get("TIMEOUT") or (900 if icount else 180))
    machine.start(machine.script_command(commands), stdin=os.open(os.devnull, os.O_RDONLY))
    status = machine.wait(timeout)
    if status == TIMED_OUT:
        print(f"run.py: no end after {timeout:g} s (TIMEOUT= sets the limit)", file=sys.stderr)
    elif status == DIED:
        print("run.py: QEMU ended without a status; the serial line said last:\n"
              + machine.serial_tail(), file=sys.stderr)
    return status


def run_terminal(machine):
    """ConOut and keyboard over the serial line; a window only when asked for."""
    window = os.environ.get("GUI") == "1" and os.environ.get("DISPLAY")
    args = machine.command() + ["-vga", "std", "-serial", "mon:stdio"]
    args += [] if window else ["-display", "none"]
    print("Ctrl-A X ends QEMU, Ctrl-A C is its monitor.", file=sys.stderr)
    machine.start(args)
    machine.process.wait()
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build")
    options = parser.parse_args()
    image = os.path.join(options.build, "BOOTX64.EFI")
    if not os.path.exists(image):
        print(f"run.py: {image} is not there: run make first", file=sys.stderr)
        return USAGE
    try:
        machine = from_environment(image)
    except ValueError as error:
        print(f"run.py: {error}", file=sys.stderr)
        return USAGE
    with machine:
        try:
            commands = os.environ.get("CMD")
            return run_script(machine, commands) if commands else run_terminal(machine)
        except KeyboardInterrupt:
            return 130


if __name__ == "__main__":
    sys.exit(main())
