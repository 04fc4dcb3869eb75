# SPDX-License-Identifier: BSD-2-Clause-Patent
"""One QEMU machine that boots tablewalk: its command line, running it, the meaning of its exit status.

The program gets its commands through fw_cfg (opt/tablewalk/cmd, out, exit, options), prints through the
debug console (port 0xe9), which is our pipe, and returns its status through isa-debug-exit.
"""
import json
import os
import re
import select
import shutil
import socket
import subprocess
import tempfile
import time

OVMF = "/usr/share/OVMF"
# Code, and its first variables. secboot has no keys enrolled: it is in setup mode.
FIRMWARE = {
    "4m": (f"{OVMF}/OVMF_CODE_4M.fd", f"{OVMF}/OVMF_VARS_4M.fd"),
    "2m": (f"{OVMF}/OVMF_CODE.fd", f"{OVMF}/OVMF_VARS.fd"),
    "secboot": (f"{OVMF}/OVMF_CODE_4M.secboot.fd", f"{OVMF}/OVMF_VARS_4M.fd"),
}
TIMED_OUT, DIED = 124, 125
# isa-debug-exit ends QEMU with (value << 1) | 1, and the program writes 0x10 | its status.
EXIT_STATUS = {((0x10 | status) << 1) | 1: status for status in range(3)}
UNITS = {"K": 10, "M": 20, "G": 30, "T": 40}
# A program that writes all memory of a sparse machine would use up the host's memory.
KEEP_FREE = 1 << 30


def parse_size(text: str) -> int:
    """'4G' as bytes; a bare number is in MiB, as for QEMU's -m."""
    match = re.fullmatch(r"(\d+)([KMGT]?)", text.upper())
    if not match:
        raise ValueError(f"{text!r} is not a size such as 512M or 4G")
    return int(match[1]) << UNITS[match[2] or "M"]


def fw_cfg(name: str, value: str) -> list[str]:
    # QEMU splits options at commas; two commas mean one.
    return ["-fw_cfg", f"name=opt/tablewalk/{name},string={value.replace(',', ',,')}"]


def available_memory() -> int:
    """Bytes of memory that the host still has."""
    with open("/proc/meminfo") as f:
        return int(re.search(r"MemAvailable:\s+(\d+)", f.read())[1]) << 10


class Machine:
    """Describes and runs one machine. Keyword arguments are `make run`'s variables in lower case."""

    def __init__(self, image, mem="2G", cpu="qemu64", smp=1, numa=1, machine="q35", firmware="4m",
                 icount=False, options="", extra=()):
        self.image, self.mem, self.cpu, self.smp, self.numa = image, mem, cpu, int(smp), int(numa)
        self.size, self.machine, self.firmware, self.icount = parse_size(mem), machine, firmware, icount
        self.options, self.extra = options, list(extra)
        if self.smp < 1 or not 1 <= self.numa <= 64:
            raise ValueError(f"{self.smp} CPUs in {self.numa} nodes")
        if machine not in ("q35", "pc"):
            raise ValueError(f"MACHINE={machine}: q35 or pc")
        self.dir = tempfile.mkdtemp(prefix="tablewalk-")
        self.serial_log = os.path.join(self.dir, "serial.log")
        self.process = None
        self.output = bytearray()  # all output from the debug console
        self.ended = ""  # why we ended it, if we did

    # ---- command line ------------------------------------------------------------------------

    def _memory(self):
        """RAM that the host need not have: memory is allocated at the first access."""
        machine = self.machine + (",smm=on" if self.firmware.lower() == "secboot" else "")
        size = ["-m", f"{self.size >> 20}M"]
        if self.numa == 1:
            return ["-machine", f"{machine},memory-backend=ram0", *size,
                    "-object", f"memory-backend-ram,id=ram0,size={self.size},reserve=off"]
        args = ["-machine", machine, *size]
        # Shares of whole MiB; the last node gets the rest.
        share = (self.size // self.numa) >> 20 << 20
        for node in range(self.numa):
            ram = share if node < self.numa - 1 else self.size - share * (self.numa - 1)
            first, last = node * self.smp // self.numa, (node + 1) * self.smp // self.numa - 1
            cpus = f",cpus={first}-{last}" if first <= last else ""
            args += ["-object", f"memory-backend-ram,id=ram{node},size={ram},reserve=off",
                     "-numa", f"node,nodeid={node},memdev=ram{node}{cpus}"]
        for node in range(self.numa):
            for other in range(self.numa):
                args += ["-numa", f"dist,src={node},dst={other},val={10 if node == other else 20}"]
        return args

    def _firmware(self):
        """The firmware's code, and a copy of its variables, which this run may change."""
        code, variables = FIRMWARE.get(self.firmware.lower(), (self.firmware, None))
        if not os.path.exists(code):
            raise ValueError(f"FIRMWARE={self.firmware}: no such file; or one of {', '.join(FIRMWARE)}")
        args = ["-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={code}"]
        beside = re.sub(r"(\.\w+)?\.fd$", ".fd", code.replace("_CODE", "_VARS"))
        if not variables and "_CODE" in code and os.path.exists(beside):
            variables = beside
        if variables:
            own = os.path.join(self.dir, "vars.fd")
            shutil.copyfile(variables, own)
            args += ["-drive", f"if=pflash,unit=1,format=raw,file={own}"]
        if self.firmware.lower() == "secboot":
            args += ["-global", "driver=cfi.pflash01,property=secure,value=on"]
        return args

    def command(self):
        args = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", self.cpu, "-smp", str(self.smp),
                "-nodefaults", "-no-reboot"]
        args += self._memory() + self._firmware()
        args += ["-qmp", f"unix:{self.dir}/qmp,server=on,wait=off"]
        if self.image:  # without one, the machine boots from what `extra` adds
            args += ["-kernel", self.image]
        if self.icount:
            args += ["-icount", "shift=0,sleep=off", "-rtc", "base=2024-01-01,clock=vm"]
        if self.options:
            args += fw_cfg("options", self.options)
        return args + self.extra

    def script_command(self, commands):
        """Sets the commands of a run without a person; their output goes to standard output."""
        return self.command() + [
            "-vga", "none", "-display", "none", "-serial", f"file:{self.serial_log}",
            "-chardev", "stdio,id=out,signal=off", "-device", "isa-debugcon,iobase=0xe9,chardev=out",
            "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04",
        ] + fw_cfg("cmd", commands) + fw_cfg("out", "debugcon") + fw_cfg("exit", "1")

    # ---- running -----------------------------------------------------------------------------

    def start(self, args, **popen):
        """Starts QEMU. It ends with us, and is the first to be killed if the host runs out of memory."""
        guard = ["setpriv", "--pdeathsig", "TERM", "choom", "-n", "1000", "--"]
        self.process = subprocess.Popen(guard + args, **popen)

    def start_script(self, commands):
        self.start(self.script_command(commands), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)

    def read(self, seconds: float) -> bytes:
        """Output of the program, as soon as there is some; b"" if none comes within this time, or at its end."""
        pipe = self.process.stdout
        if not select.select([pipe], [], [], max(0, seconds))[0]:
            return b""
        chunk = os.read(pipe.fileno(), 1 << 16)
        self.output += chunk
        if not chunk:
            self.process.wait()
        return chunk

    def run(self, timeout: float, echo=None, until=None):
        """
        Lets the program run to its end, or until `until` says so of the output so far; `echo` gets
        the output as it comes. Returns the program's status, TIMED_OUT, DIED, or None for `until`.
        """
        end = time.monotonic() + timeout
        while self.process.poll() is None:
            chunk = self.read(min(0.5, end - time.monotonic()))
            if echo and chunk:
                echo(chunk)
            if until and until(self.output):
                return None
            self._watch_memory()
            if time.monotonic() > end and self.process.poll() is None:
                self.ended = f"no end after {timeout:g} s"
                self._end()
                return TIMED_OUT
        while chunk := self.read(0.1):
            if echo:
                echo(chunk)
        return EXIT_STATUS.get(self.process.returncode, DIED)

    def _watch_memory(self):
        if not self.ended and available_memory() < KEEP_FREE:
            self.ended = "the machine wrote more memory than the host has"
            self._end()

    def _end(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def why(self) -> str:
        """The reason of DIED or TIMED_OUT."""
        text = self.ended or f"QEMU ended with status {self.process.returncode}, none of the program's"
        return f"{text}; the serial line said last:\n{self.serial_tail()}"

    def monitor(self, line: str) -> str:
        """The answer of QEMU's human monitor to one line."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(60)
            s.connect(f"{self.dir}/qmp")
            f = s.makefile("rw")
            f.readline()  # greeting
            answer = {}
            for request in ({"execute": "qmp_capabilities"},
                            {"execute": "human-monitor-command", "arguments": {"command-line": line}}):
                f.write(json.dumps(request) + "\n")
                f.flush()
                answer = json.loads(f.readline())
                while "event" in answer:
                    answer = json.loads(f.readline())
            return answer["return"]

    def serial_tail(self, lines=15) -> str:
        """The end of the serial log, without escape sequences."""
        try:
            with open(self.serial_log, errors="replace") as f:
                text = re.sub(r"\x1b\[[0-9;=?]*[A-Za-z]", "", f.read())
                return "\n".join(line for line in text.splitlines()[-lines:] if line.strip())
        except OSError:
            return ""

    def stop(self):
        """Ends only our own process, and removes the temporary folder."""
        if self.process and self.process.poll() is None:
            self._end()
        if self.process and self.process.stdout:
            self.process.stdout.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
