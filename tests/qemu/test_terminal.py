# SPDX-License-Identifier: BSD-2-Clause-Patent
"""`make run` as people use it: time to the first screen, keys, clean standard output, exit statuses."""
import os
import signal
import subprocess
import sys
import time

import pexpect

HERE = os.path.dirname(os.path.abspath(__file__))
FIRST_SCREEN = 15  # seconds, including the firmware
PROMPT = "tablewalk> "


def environment(**variables):
    """Our environment without variables from `make test MEM=...`."""
    own = {name: value for name, value in os.environ.items()
           if name not in ("MEM", "CPU", "SMP", "NUMA", "MACHINE", "FIRMWARE", "OPTIONS", "ICOUNT", "TIMEOUT",
                           "QEMU_ARGS", "CMD", "GUI", "MAKEFLAGS")}
    return {**own, "TERM": "vt100", **variables}


def driver(build):
    return [sys.executable, os.path.join(HERE, "run.py"), "--build", build]


def script(build, **variables):
    return subprocess.run(driver(build), env=environment(**variables), capture_output=True, text=True,
                          timeout=200, stdin=subprocess.DEVNULL)


def kill_machine(build):
    """The exit status when QEMU is killed while a command runs."""
    with subprocess.Popen(driver(build), env=environment(CMD="hold 60", MEM="256M"), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        child.stdout.readline()  # it waits
        with open(f"/proc/{child.pid}/task/{child.pid}/children") as f:
            os.kill(int(f.read().split()[0]), signal.SIGKILL)
        return child.wait(timeout=60)


def check_person(build):
    command = driver(build)
    start = time.monotonic()
    child = pexpect.spawn(command[0], command[1:], env=environment(), dimensions=(24, 80), timeout=60,
                          encoding="ascii", codec_errors="replace")
    try:
        child.expect_exact(PROMPT)
        took = time.monotonic() - start
        yield "the first screen comes in time", None if took < FIRST_SCREEN else f"{took:.1f} s"
        child.send("versio\t\r")
        child.expect_exact("image at")
        yield "keys and completion work", None
        child.expect_exact(PROMPT)
        child.send("\x1b[A\r")  # arrow up
        child.expect_exact("image at")
        yield "history works", None
        child.expect_exact(PROMPT)
        child.send("quit\r")
        time.sleep(0.5)
        child.send("\x01x")
        child.expect(pexpect.EOF)
        child.close()
        yield "Ctrl-A X ends it", None if child.exitstatus == 0 else f"status {child.exitstatus}"
    except (pexpect.TIMEOUT, pexpect.EOF):
        yield "answers", f"last seen: {(child.before or '')[-600:]}"
    finally:
        child.close(force=True)


def check_script(build):
    done = script(build, CMD="version; translate 0x100000; quit", MEM="256M")
    lines = done.stdout.splitlines()
    clean = done.stdout.isprintable() or all(line.isprintable() for line in lines)
    yield "CMD prints what the commands print, alone", None if done.returncode == 0 and clean and \
        lines and lines[0].startswith("tablewalk ") and "0000000000100000 ->" in lines[-1] else repr(done)
    failed = script(build, CMD="walk; version", MEM="256M")
    yield "a failed command gives 1, the next one runs", None if failed.returncode == 1 and \
        "image at" in failed.stdout else repr(failed)
    late = script(build, CMD="hold 60", MEM="256M", TIMEOUT="12")
    yield "a time-out gives 124", None if late.returncode == 124 else repr(late)
    wrong = script(build, CMD="quit", MEM="lots")
    yield "wrong usage gives 2 and is named", None if wrong.returncode == 2 and "lots" in wrong.stderr else \
        repr(wrong)
    left = script(build, CMD="fault; reboot", MEM="256M")
    yield "reboot and poweroff end with the status so far", None if left.returncode == 1 else repr(left)
    status = kill_machine(build)
    yield "a machine that dies gives 125", None if status == 125 else f"status {status}"


def run(build):
    """Yields (name, error or None)."""
    yield from check_person(build)
    yield from check_script(build)
