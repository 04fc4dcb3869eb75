# SPDX-License-Identifier: BSD-2-Clause-Patent
"""One QEMU machine that boots tablewalk: its command line, its life, what its exit status means.

The program is told what to do through fw_cfg (opt/tablewalk/cmd, out, exit, options), prints through
the debug console (port 0xe9), and says how it went through isa-debug-exit.
"""
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time

OVMF = "/usr/share/OVMF"
FIRMWARE = {
    "4m": (f"{OVMF}/OVMF_CODE_4M.fd", f"{OVMF}/OVMF_VARS_4M.fd"),
    "2m": (f"{OVMF}/OVMF_CODE.fd", f"{OVMF}/OVMF_VARS.fd"),
}
TIMED_OUT, DIED = 124, 125
# isa-debug-exit ends QEMU with (value << 1) | 1, and the program writes 0x10 | its status.
EXIT_STATUS = {((0x10 | status) << 1) | 1: status for status in range(3)}


def parse_size(text):
    """'4G' as bytes."""
    units = {"K": 10, "M": 20, "G": 30, "T": 40}
    return int(text[:-1]) << units[text[-1].upper()] if text[-1].upper() in units else int(text)


def fw_cfg(name, value):
    # QEMU splits options at commas; a doubled one stands for itself.
    return ["-fw_cfg", f"name=opt/tablewalk/{name},string={value.replace(',', ',,')}"]


class Machine:
    """Describes and runs one machine. Keyword arguments are `make run`'s variables in lower case."""

    def __init__(self, image, mem="2G", cpu="qemu64", smp=1, numa=1, machine="q35", firmware="4m",
                 icount=False, options="", extra=()):
        self.image, self.mem, self.cpu, self.smp, self.numa = image, mem, cpu, int(smp), int(numa)
        self.machine, self.firmware, self.icount = machine, firmware, icount
        self.options, self.extra = options, list(extra)
        self.dir = tempfile.mkdtemp(prefix="tablewalk-")
        self.serial_log = os.path.join(self.dir, "serial.log")
        self.process = None

    # ---- command line ------------------------------------------------------------------------

    def _memory(self):
        """RAM that the host need not have: nothing is reserved until it is touched."""
        size = parse_size(self.mem)
        if self.numa == 1:
            return ["-machine", f"{self.machine},memory-backend=ram0", "-m", self.mem,
                    "-object", f"memory-backend-ram,id=ram0,size={size},reserve=off"]
        args = ["-machine", self.machine, "-m", self.mem]
        share = size // self.numa
        for node in range(self.numa):
            first, last = node * self.smp // self.numa, (node + 1) * self.smp // self.numa - 1
            cpus = f",cpus={first}-{last}" if first <= last else ""
            args += ["-object", f"memory-backend-ram,id=ram{node},size={share},reserve=off",
                     "-numa", f"node,nodeid={node},memdev=ram{node}{cpus}"]
        for node in range(self.numa):
            for other in range(self.numa):
                args += ["-numa", f"dist,src={node},dst={other},val={10 if node == other else 20}"]
        return args

    def _firmware(self):
        code, variables = FIRMWARE.get(self.firmware.lower(), (self.firmware, None))
        args = ["-drive", f"if=pflash,format=raw,readonly=on,file={code}"]
        if variables:
            own = os.path.join(self.dir, "vars.fd")
            shutil.copyfile(variables, own)
            args += ["-drive", f"if=pflash,format=raw,file={own}"]
        return args

    def command(self):
        args = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", self.cpu, "-smp", str(self.smp),
                "-nodefaults", "-no-reboot", "-net", "none"]
        args += self._memory() + self._firmware() + ["-kernel", self.image]
        args += ["-qmp", f"unix:{self.dir}/qmp,server=on,wait=off"]
        if self.icount:
            args += ["-icount", "shift=0,sleep=off", "-rtc", "base=2024-01-01,clock=vm"]
        if self.options:
            args += fw_cfg("options", self.options)
        return args + self.extra

    def script_command(self, commands, out="stdio"):
        """For a run without a person: commands in, their output on chardev `out`."""
        return self.command() + [
            "-vga", "none", "-display", "none", "-serial", f"file:{self.serial_log}",
            "-chardev", f"{out},id=out", "-device", "isa-debugcon,iobase=0xe9,chardev=out",
            "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04",
        ] + fw_cfg("cmd", commands) + fw_cfg("out", "debugcon") + fw_cfg("exit", "1")

    # ---- life --------------------------------------------------------------------------------

    def start(self, args, **popen):
        self.process = subprocess.Popen(args, **popen)

    def wait(self, timeout):
        """The program's exit status, TIMED_OUT, or DIED when QEMU ended without one."""
        try:
            return EXIT_STATUS.get(self.process.wait(timeout), DIED)
        except subprocess.TimeoutExpired:
            return TIMED_OUT

    def monitor(self, line):
        """The answer of QEMU's human monitor to one line."""
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(f"{self.dir}/qmp")
            f = s.makefile("rw")
            f.readline()  # greeting
            for request in ({"execute": "qmp_capabilities"},
                            {"execute": "human-monitor-command", "arguments": {"command-line": line}}):
                f.write(json.dumps(request) + "\n")
                f.flush()
                answer = json.loads(f.readline())
                while "event" in answer:
                    answer = json.loads(f.readline())
            return answer["return"]

    def serial_tail(self, lines=15):
        try:
            with open(self.serial_log, errors="replace") as f:
                return "".join(f.readlines()[-lines:])
        except OSError:
            return ""

    def stop(self):
        """Ends our own process only, and takes the temporary folder away."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def run_script(machine, commands, timeout):
    """Runs commands on a machine; (status, output)."""
    start = time.monotonic()
    machine.start(machine.script_command(commands), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    try:
        output, _ = machine.process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired as expired:
        return TIMED_OUT, (expired.stdout or b"").decode(errors="replace")
    status = machine.wait(max(1, timeout - (time.monotonic() - start)))
    return status, output.decode(errors="replace")
