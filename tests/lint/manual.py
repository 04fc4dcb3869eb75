#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""The manual and the README: as wide as a console, and true to the program.

manual.py PROGRAM [--write]     checks, or first writes what is generated: the list of commands (from the
                                program) and the list of options (from esp/tablewalk/tablewalk.cfg)
"""
import glob
import json
import os
import re
import subprocess
import sys

MANUAL = "esp/tablewalk/manual"
CONFIG = "esp/tablewalk/tablewalk.cfg"
MACHINE = "tests/data/maps/plain-4g.map"
PROGRAM_OPTIONS, PROGRAM_TOPICS = "efi/parse/options.c", "efi/shell/help_topic.c"
WIDTH = 79  # the last column of a console stays free
README_LINES, README_WIDTH = 200, 120
CONFIG_BYTES = 4096  # the program reads no more
NAME_WIDTH = 19


def read(path):
    with open(path) as f:
        return f.read()


def topic_of(path):
    return os.path.splitext(os.path.basename(path))[0]


# ---- what is generated ---------------------------------------------------------------------------


def wrap(text, width):
    """Lines cut at blanks; a word that is longer than a line also after a `|`."""
    lines = [""]
    for word in text.split():
        glue = " " if lines[-1] else ""
        for piece in [word] if len(word) <= width else re.findall(r"[^|]+\|?", word):
            if len(lines[-1] + glue + piece) > width:
                lines.append("")
                glue = ""
            lines[-1] += glue + piece
            glue = ""
    return lines


def command_lines(row):
    """The name in a column of its own; arguments and help beside it."""
    beside = [line for text in (row["args"], row["help"]) if text for line in wrap(text, WIDTH - NAME_WIDTH)]
    return [f"{name:{NAME_WIDTH}}{line}" for name, line in zip([row["name"]] + [""] * len(beside), beside)]


def commands(rows):
    families = list(dict.fromkeys(row["family"] for row in rows))
    blocks = ["\n".join([f"[{family}]"] + [line for row in rows if row["family"] == family
                                           for line in command_lines(row)]) for family in families]
    return "\n\n".join(blocks) + "\n"


def config_options():
    """[(lines such as "levels=auto", meaning)] of the file's paragraphs; the first is about the file itself."""
    for paragraph in read(CONFIG).strip().split("\n\n")[1:]:
        lines = paragraph.split("\n")
        yield ([line[1:] for line in lines if not line.startswith("# ")],
               " ".join(line[2:] for line in lines if line.startswith("# ")))


def options():
    def block(names, meaning):
        return "\n".join(names + ["    " + line for line in wrap(meaning, WIDTH - 4)])
    return "\n\n".join(block(*option) for option in config_options()) + "\n"


def generated(rows):
    """(file, heading after which everything is generated, what)"""
    return ((f"{MANUAL}/commands.txt", "All commands\n------------\n", commands(rows)),
            (f"{MANUAL}/options.txt", "All options\n-----------\n", options()))


def write(rows):
    for path, heading, text in generated(rows):
        head = read(path).split(heading)[0]
        with open(path, "w") as f:
            f.write(head + heading + text)


def wrong_generated(program, rows):
    for path, heading, text in generated(rows):
        if read(path).split(heading)[1:] != [text]:
            yield f"{path}: not what it is generated from; tests/lint/manual.py {program} --write mends it"


# ---- what is written by hand ---------------------------------------------------------------------


def wrong_readme(topics):
    text = read("README.md")
    lines = text.split("\n")[:-1]
    if len(lines) > README_LINES:
        yield f"README.md: {len(lines)} lines, at most {README_LINES}"
    for number, line in enumerate(lines, 1):
        if len(line) > README_WIDTH:
            yield f"README.md:{number}: {len(line)} columns, at most {README_WIDTH}"
    for topic in sorted(topics - set(re.findall(MANUAL + r"/(\w+)\.txt", text))):
        yield f"README.md: does not point to {MANUAL}/{topic}.txt"


def wrong_form(path):
    lines = read(path).split("\n")
    if path.startswith(MANUAL) and not re.fullmatch(rf"{topic_of(path)} - \S.*", lines[0]):
        yield f"{path}:1: the first line is `{topic_of(path)} - what it is about`"
    for number, line in enumerate(lines, 1):
        if len(line) > WIDTH:
            yield f"{path}:{number}: {len(line)} columns, at most {WIDTH}"
        if re.search(r"[^ -~]| $", line):
            yield f"{path}:{number}: only printable ASCII, no tab, no blank at the end"


def wrong_names(path, topics, rows):
    """`help NAME`, manual/NAME.txt: is there such a topic, or such a command?"""
    text = read(path)
    names = {row["name"].split()[0] for row in rows}
    for name in re.findall(r"`help ([a-z][a-z-]*)", text):
        if name not in topics and name not in names:
            yield f"{path}: `help {name}`: neither a topic of the manual nor a command"
    for name in re.findall(r"manual/([a-z]+)\.txt", text):
        if name not in topics:
            yield f"{path}: there is no {MANUAL}/{name}.txt"


def quoted(path, array):
    """The texts in a C file's array."""
    found = re.search(rf"\b{array}(\[\])? = {{(.*?)}};", read(path), re.S)
    return set(re.findall(r'"([^"]+)"', found[2])) if found else set()


def wrong_sets(topics):
    here = {name.split("=")[0] for names, _ in config_options() for name in names}
    program = quoted(PROGRAM_OPTIONS, "known")
    if here != program:
        yield f"{CONFIG} and {PROGRAM_OPTIONS} differ in: {', '.join(sorted(here ^ program))}"
    if os.path.getsize(CONFIG) >= CONFIG_BYTES:
        yield f"{CONFIG}: the program reads less than {CONFIG_BYTES} bytes of it"
    if topics != quoted(PROGRAM_TOPICS, "topics"):
        yield f"{MANUAL} and {PROGRAM_TOPICS} differ in: {', '.join(sorted(topics ^ quoted(PROGRAM_TOPICS, 'topics')))}"


def wrong(program, rows):
    pages = sorted(glob.glob(f"{MANUAL}/*.txt"))
    topics = {topic_of(path) for path in pages}
    yield from wrong_generated(program, rows)
    yield from wrong_readme(topics)
    for path in pages + [CONFIG]:
        yield from wrong_form(path)
    for path in pages + [CONFIG, "README.md", "CONTRIBUTING.md"] + glob.glob("*/README.md"):
        yield from wrong_names(path, topics, rows)
    yield from wrong_sets(topics)


def main():
    program = os.path.abspath(sys.argv[1])
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    rows = json.loads(subprocess.check_output([program, "--map", MACHINE, "-c", "help --json"], text=True))
    if "--write" in sys.argv:
        write(rows)
    errors = list(wrong(os.path.relpath(program), rows))
    print("\n".join(errors) or f"{len(rows)} commands")
    return bool(errors) or not rows


if __name__ == "__main__":
    sys.exit(main())
