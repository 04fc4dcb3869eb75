# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The browser as a person uses it: on the firmware's console over a serial line, in two sizes, with keys
typed there and on the machine's own keyboard (QEMU's sendkey).

A terminal emulator (pyte) has what a person would see. The goldens leave out what depends on the machine:
physical addresses, owners, entries.
"""
import os
import re
import time

import pexpect
import pyte

from machine import Machine

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(HERE, "..", "golden")
KEY_NAMES = {"\r": "ret", "/": "slash", " ": "spc", "?": "shift-slash"}
BOOT, ANSWER = 60, 15  # seconds, at most


class Terminal:
    """A machine with a terminal of this size on its serial line."""

    def __init__(self, image, columns, rows, display):
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.machine = Machine(image, mem="1G", cpu="max", options=f"screen={columns}x{rows} levels=4")
        # With a display too, firmware makes one console of both, in a size that both have.
        command = self.machine.command() + ["-vga", "std" if display else "none", "-display", "none",
                                            "-serial", "mon:stdio"]
        self.child = pexpect.spawn(command[0], command[1:], dimensions=(rows, columns), timeout=5)

    def read(self, seconds):
        """Reads output for this time and puts it on the screen."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                self.stream.feed(self.child.read_nonblocking(4096, timeout=0.1))
            except pexpect.TIMEOUT:
                pass
            except pexpect.EOF:
                return

    def wait_for(self, pattern, seconds=ANSWER):
        """True when a line of the screen matches."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.3)
            if any(re.search(pattern, line) for line in self.screen.display):
                self.read(0.5)  # the rest of the screen
                return True
        return False

    def send(self, text):
        self.child.send(text)

    def press(self, text):
        """Presses keys on the machine's own keyboard."""
        for key in text:
            self.machine.monitor("sendkey " + KEY_NAMES.get(key, key))
            self.read(0.15)

    def close(self):
        self.child.close(force=True)
        self.machine.stop()


def masked(lines):
    """Only what is equal on all such machines: index, address and size of rows, and words of details."""
    kept = []
    for line in lines:
        row = re.match(r"[> ]\[ *\d+\] [0-9a-f]{16} ", line)
        line = line[:24].rstrip() if row else re.sub(r"\b[0-9a-f]{5,16}\b", "ADDRESS", line.rstrip())
        kept.append(re.sub(r" {20,}", " ... ", line))
    return "\n".join(kept).rstrip() + "\n"


def compare(name, lines):
    path = os.path.join(GOLDEN, f"console-{name}.txt")
    got = masked(lines)
    if os.environ.get("GOLDEN") == "write":
        with open(path, "w") as f:
            f.write(got)
    with open(path) as f:
        want = f.read()
    return None if got == want else f"expected:\n{want}\ngot:\n{got}"


def check_slabtop(term, act, what):
    """Checks slabtop's head, the largest cache on top, another order by a key, and leaving."""
    act("slabtop\r")
    seen = term.wait_for(r"sorted by objects") and \
        re.match(r" Active / Total Objects \(% used\)    : \d+ / \d+ \(\d+\.\d%\)", term.screen.display[0]) and \
        re.match(r" *\d+ +\d+ +\d+% +\d+\.\d\dK ", term.screen.display[7])
    yield what, None if seen else "\n".join(term.screen.display)
    act("n")
    seen = term.wait_for(r"sorted by name") and "dma-kmalloc-128" in term.screen.display[7]
    yield f"{what}: sorted by a key", None if seen else "\n".join(term.screen.display)
    act("q")
    yield f"{what}: q leads back to the prompt", None if term.wait_for(r"tablewalk>") \
        else "\n".join(term.screen.display)


def check_size(image, columns, rows, by_keyboard):
    size = f"{columns}x{rows}"
    term = Terminal(image, columns, rows, by_keyboard)
    act = term.press if by_keyboard else term.send
    how = "the keyboard" if by_keyboard else "the serial line"
    try:
        if not term.wait_for(r"tablewalk> $", BOOT) and not term.wait_for(r"tablewalk>", 5):
            yield f"browse {size}: a prompt", "\n".join(term.screen.display)
            return
        act("browse own\r")
        seen = term.wait_for(r"^ own.*x86-64, 4 levels")
        yield f"browse {size} by {how}: the top table", compare(f"top-{size}", term.screen.display) if seen \
            else "\n".join(term.screen.display)
        act("gffff888000100000\r")
        seen = term.wait_for(r"> pte PT\[256\]")
        yield f"browse {size} by {how}: an address", compare(f"pte-{size}", term.screen.display) if seen \
            else "\n".join(term.screen.display)
        act("h")
        act("l")
        act("?")
        seen = term.wait_for(r"down into the table")
        yield f"browse {size} by {how}: help", compare(f"help-{size}", term.screen.display) if seen \
            else "\n".join(term.screen.display)
        act("q")
        act("q")
        yield f"browse {size} by {how}: q leads back to the prompt", None if term.wait_for(r"tablewalk>") \
            else "\n".join(term.screen.display)
        yield from check_slabtop(term, act, f"slabtop {size} by {how}")
    finally:
        term.close()


def run(build):
    """Yields (name, error or None)."""
    image = os.path.join(build, "BOOTX64.EFI")
    yield from check_size(image, 80, 24, True)
    yield from check_size(image, 80, 31, False)
