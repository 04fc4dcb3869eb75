#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""`make run`: boots tablewalk in QEMU, for a person at this terminal or for a script.

Variables: MEM CPU SMP NUMA MACHINE FIRMWARE OPTIONS ICOUNT TIMEOUT QEMU_ARGS GUI, and CMD for a run
without a person: then standard output has only the output of the commands. Exit status: 0 all commands
succeeded, 1 one failed, 2 wrong usage, 124 time-out, 125 the machine died, 130 interrupted.
"""
import argparse
import os
import shlex
import signal
import sys
import termios

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from machine import DIED, TIMED_OUT, Machine  # noqa: E402

USAGE, INTERRUPTED = 2, 130
TIMEOUT, TIMEOUT_ICOUNT = 120, 900  # with one instruction per tick it is much slower


def from_environment(image: str) -> Machine:
    env = os.environ
    return Machine(image, mem=env.get("MEM") or "2G", cpu=env.get("CPU") or "max",
                   smp=env.get("SMP") or env.get("NUMA") or 1, numa=env.get("NUMA") or 1,
                   machine=env.get("MACHINE") or "q35", firmware=env.get("FIRMWARE") or "4m",
                   icount=env.get("ICOUNT", "") not in ("", "0"), options=env.get("OPTIONS", ""),
                   extra=shlex.split(env.get("QEMU_ARGS", "")))


def write_out(chunk: bytes) -> None:
    sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()


def run_script(machine: Machine, commands: str, timeout: float) -> int:
    machine.start_script(commands)
    status = machine.run(timeout, write_out)
    if status == TIMED_OUT:
        print(f"run.py: no end after {timeout:g} s (TIMEOUT= sets the limit); the serial line said last:\n"
              + machine.serial_tail(), file=sys.stderr)
    elif status == DIED:
        print(f"run.py: {machine.why()}", file=sys.stderr)
    return status


def run_terminal(machine: Machine) -> int:
    """Console and keyboard over the serial line; a window only on request."""
    window = os.environ.get("GUI") == "1" and os.environ.get("DISPLAY")
    display = ["-vga", "std"] + ([] if window else ["-display", "none"])
    settings = termios.tcgetattr(sys.stdin) if sys.stdin.isatty() else None
    if sys.stdout.isatty() and "screen=" not in machine.options:  # the firmware does not know the size
        size = os.get_terminal_size(sys.stdout.fileno())
        machine.options = f"screen={size.columns}x{size.lines} {machine.options}".strip()
    print("Booting. Ctrl-A X ends QEMU, Ctrl-A C is its monitor.", file=sys.stderr)
    try:
        machine.start(machine.command() + display + ["-serial", "mon:stdio"])
        return 0 if machine.process.wait() == 0 else DIED
    finally:
        if settings:  # QEMU sets raw mode, and cannot restore the terminal when it is killed
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, settings)


def run(image: str) -> int:
    timeout = float(os.environ.get("TIMEOUT") or 0)
    with from_environment(image) as machine:
        commands = os.environ.get("CMD")
        if not commands:
            return run_terminal(machine)
        return run_script(machine, commands, timeout or (TIMEOUT_ICOUNT if machine.icount else TIMEOUT))


def interrupted(*_):
    raise KeyboardInterrupt


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--build", default="build", help="where BOOTX64.EFI is")
    image = os.path.join(parser.parse_args().build, "BOOTX64.EFI")
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, interrupted)
    if not os.path.exists(image):
        print(f"run.py: {image} is not there: run make first", file=sys.stderr)
        return USAGE
    try:
        return run(image)
    except ValueError as error:
        print(f"run.py: {error}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has closed it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE


if __name__ == "__main__":
    sys.exit(main())
