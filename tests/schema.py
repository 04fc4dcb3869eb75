#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""schema.py PROGRAM MAP DIR: JSON Schema of what commands write with --json, a file of each, as `help --schema NAME`
shows it on the machine MAP; keys.json has the names of all fields. Without files of commands that need a real CPU or
the firmware: on a machine `help --schema` shows these too."""
import json
import os
import subprocess
import sys
import tempfile


def main(program, machine, folder):
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:  # for the files that examples write

        def run(command):
            return json.loads(subprocess.run([program, "--map", machine, "-c", command], capture_output=True, text=True,
                                             stdin=subprocess.DEVNULL, cwd=scratch).stdout)

        def write(name, schema):
            with open(os.path.join(folder, name.replace(" ", "-") + ".json"), "w") as file:
                file.write(json.dumps(schema, indent=1) + "\n")

        write("keys", run("help --schema"))
        for name in {row["name"] for row in run("help --json")}:
            schema = run(f"help --schema {name}")
            if set(schema.get("properties", ["a list"])) != {"error", "command"}:
                write(name, schema)


if __name__ == "__main__":
    main(*[os.path.abspath(path) for path in sys.argv[1:]])
