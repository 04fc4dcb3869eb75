# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The structure of what commands write: the examples of every row run with --json and with --csv.

The output must parse, must not be empty, must have keys of the table with their types, and must be valid
against the schema that `help --schema NAME` shows for the same command.
"""
import csv
import io
import json
import os
import subprocess

import jsonschema

# They end the program, or empty the screen.
NOT_RUN = {"quit", "reboot", "poweroff", "clear"}
# They ask a CPU or the firmware: these examples run on a machine in QEMU.
ON_A_MACHINE = {"bench walk": ["bench walk"], "cpus": ["cpus", "cpus --tlb"], "pt diff": ["pt diff fw own"],
                "stale": ["stale"]}
# A map that did not change, and a machine on which nothing uses vmalloc: they have nothing to show.
OFTEN_EMPTY = {"memmap diff", "vmallocinfo"}


def values(text):
    """All JSON values of an output, one after another."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        found.append(value)
        while at < len(text) and text[at].isspace():
            at += 1
    return found


def examples_of(row):
    return [example.strip() for example in row.get("examples") or [row["name"]]]


def with_flag(examples, flag):
    """The commands `a; b`, each with the flag."""
    return "; ".join(f"{example} {flag}" for example in examples)


def own_values(row, written):
    """What the examples wrote that are of the command itself, not of one that prepares it."""
    name = row["name"].split()
    return [value for example, value in zip(examples_of(row), written) if example.split()[:len(name)] == name]


def is_empty(value):
    return value in ({}, [], None) or isinstance(value, dict) and set(value) <= {"error", "command"}


def wrong_of_keys(value, keys, where=""):
    """Known names whose values have a wrong type."""
    if isinstance(value, list):
        for element in value:
            yield from wrong_of_keys(element, keys, where)
    if not isinstance(value, dict):
        return
    for name, member in value.items():
        if name in keys and member is not None:
            try:
                jsonschema.validate(member, {"type": keys[name]["type"], **{
                    word: keys[name][word] for word in ("pattern", "minimum") if word in keys[name]}})
            except jsonschema.ValidationError as error:
                yield f"{where}{name}: {error.message}"
        yield from wrong_of_keys(member, keys, f"{where}{name}.")


def wrong_of_values(name, own, schema, keys):
    """What is wrong with the values that a command wrote: texts."""
    jsonschema.Draft202012Validator.check_schema(schema)
    for value in own:
        yield from wrong_of_keys(value, keys)
        for error in jsonschema.Draft202012Validator(schema).iter_errors(value):
            yield f"not as its schema says: {error.message[:200]}"
    if all(is_empty(value) for value in own) and name not in OFTEN_EMPTY:
        yield f"nothing but text: {own!r}"


class Host:
    """The host program on a described machine; files that commands write go to `folder`."""

    def __init__(self, program, machine, folder):
        self.command, self.folder = [os.path.abspath(program), "--map", os.path.abspath(machine), "levels=4", "-c"], folder

    def run(self, commands):
        return subprocess.run([*self.command, commands], capture_output=True, text=True, timeout=120,
                              stdin=subprocess.DEVNULL, cwd=self.folder).stdout

    def rows(self):
        """The row of each command, with its examples."""
        for name in sorted({row["name"] for row in values(self.run("help --json"))[0]} - NOT_RUN):
            yield next(row for row in values(self.run(f"help {name} --json"))[0] if row["name"] == name)

    def wrong_of_row(self, row, keys):
        schema = values(self.run(f"help --schema {row['name']}"))[0]
        written = values(self.run(with_flag(examples_of(row), "--json")))
        yield from wrong_of_values(row["name"], own_values(row, written), schema, keys)
        table = self.run(with_flag(examples_of(row), "--csv"))
        if not list(csv.reader(io.StringIO(table), strict=True)) and row["name"] not in OFTEN_EMPTY:
            yield "no CSV"


def check_host(program, machine, folder, only=None):
    """(what, error) for each command that a described machine has; `only`: their names."""
    host = Host(program, machine, folder)
    keys = values(host.run("help --schema"))[0]["$defs"]
    for row in host.rows():
        if row["name"] in ON_A_MACHINE or only and row["name"] not in only:
            continue
        try:
            wrong = list(host.wrong_of_row(row, keys))
        except (ValueError, csv.Error, jsonschema.SchemaError, subprocess.TimeoutExpired) as error:
            wrong = [str(error)[:500]]
        yield f"structure of `{row['name']}`", "\n".join(wrong[:10]) or None


# For a machine in QEMU.
SCRIPT = "help --schema; " + "".join(f"{with_flag(examples, '--json')}; help --schema {name}; "
                                     for name, examples in ON_A_MACHINE.items())


def check_machine(found):
    """(what, error) for each command of SCRIPT; `found` are the values that it wrote."""
    if len(found) != 1 + sum(len(examples) + 1 for examples in ON_A_MACHINE.values()):
        yield "structure", f"{len(found)} values"
        return
    keys = found.pop(0)["$defs"]
    for name, examples in ON_A_MACHINE.items():
        own, schema = found[:len(examples)], found[len(examples)]
        del found[:len(examples) + 1]
        yield f"structure of `{name}`", "\n".join(wrong_of_values(name, own, schema, keys)) or None
