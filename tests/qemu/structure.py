# SPDX-License-Identifier: BSD-2-Clause-Patent
"""What commands write with --json and --csv: for every row, its examples; that it parses, that keys are known and
of their type, that it is valid against the schema of the same command, and that it is not empty."""
import csv
import io
import json
import re
import subprocess

import jsonschema

# Rows that end the program, wait for time to pass, or need what a described machine does not have.
NOT_RUN = {"quit", "reboot", "poweroff"}
# Names that Linux gives, or that tell a format's or a unit's own name: written by emit_counter().
FREE_NAMES = re.compile(r"")
LIMIT = 100


def run(program, machine, commands, *options):
    done = subprocess.run([program, "--map", machine, "-c", commands, *options], capture_output=True, text=True,
                          timeout=120, stdin=subprocess.DEVNULL)
    return done.stdout


def values(text):
    """All JSON values of an output, one after another."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        found.append(value)
        while at < len(text) and text[at].isspace():
            at += 1
    return found


def with_flag(examples, flag):
    """`a; b` with the flag on each."""
    return "; ".join(f"{example} {flag}" for example in examples)


def is_empty(value):
    return value in ({}, [], None) or isinstance(value, dict) and set(value) <= {"error", "command"}


def wrong_of_keys(value, keys, where=""):
    """Known names whose values are of another type."""
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


def check_row(program, machine, row, keys, shown):
    examples = row.get("examples") or [row["name"]]
    written = run(program, machine, with_flag(examples, "--json"), "levels=4")
    schema = values(run(program, machine, f"help --schema {row['name']}", "levels=4"))[0]
    own = [value for example, value in zip(examples, values(written)) if example.split()[0] == row["name"].split()[0]]
    wrong = [error for value in own for error in wrong_of_keys(value, keys)]
    jsonschema.Draft202012Validator.check_schema(schema)
    for value in own:
        error = next(jsonschema.Draft202012Validator(schema).iter_errors(value), None)
        wrong += [f"not as its schema says: {error.message[:200]}"] if error else []
    if all(is_empty(value) for value in own) and row["name"] not in shown:
        wrong.append(f"nothing but text: {own!r}")
    rows = list(csv.reader(io.StringIO(run(program, machine, with_flag(examples, "--csv"), "levels=4")), strict=True))
    wrong += [] if rows or row["name"] in shown else ["no CSV"]
    return "\n".join(wrong[:10]) or None


def check(program, machine, empty_here):
    """(what, error) for each command; `empty_here`: rows that have nothing to show on this machine."""
    keys = values(run(program, machine, "help --schema"))[0]["$defs"]
    names = values(run(program, machine, "help --json"))[0]
    for name in sorted({row["name"] for row in names} - NOT_RUN):
        row = next(r for r in values(run(program, machine, f"help {name} --json"))[0] if r["name"] == name)
        try:
            yield f"structure of `{name}`", check_row(program, machine, row, keys, empty_here)
        except (ValueError, csv.Error, jsonschema.SchemaError, subprocess.TimeoutExpired) as error:
            yield f"structure of `{name}`", str(error)[:500]
