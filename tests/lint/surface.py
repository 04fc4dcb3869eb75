#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""What a formatter cuts in two and leaves so: banners, one-line comments, declarations. Prints each."""
import glob
import os
import re
import sys

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

BANNER_WIDTH = 96
BANNER = re.compile(r"/\* -{4} \S.*\S -+ \*/")


def line_wrong(line, before, in_comment):
    """What is wrong with a line, given the one before it; None for nothing."""
    if line.startswith("/* ---") and not (BANNER.fullmatch(line) and len(line) == BANNER_WIDTH):
        return f"a banner is `/* ---- title ---- */`, {BANNER_WIDTH} columns wide"
    if line.strip() == "*/" and re.match(r"\s*/\*.*\S", before):
        return "a comment of one line ends on a line of its own: shorten or wrap it"
    if in_comment and re.match(r"\s*\*\w", line):
        return "a sentence was cut here"
    if re.fullmatch(r"\t+(const )?(struct \w+|[us](8|16|32|64)|char|bool|int|size_t)", line):
        return "a declaration was cut after its type: its comment goes above it"
    if re.match(r"\t+\s*\*?\w+; */\*", line) and re.fullmatch(r"\t+[^(=/]*,", before):
        return "a declaration was cut after a comma: one declaration a line"
    return None


def file_wrong(path):
    before, in_comment = "", False
    for number, line in enumerate(open(path).read().split("\n"), 1):
        error = line_wrong(line, before, in_comment)
        if error:
            yield f"{path}:{number}: {error}"
        if "/*" in line or "*/" in line:
            in_comment = line.rfind("/*") > line.rfind("*/")
        before = line


def main():
    files = sorted(path for folder in ("mm", "efi", "arch", "include", "tests")
                   for path in glob.glob(f"{folder}/**/*.[chS]", recursive=True))
    wrong = [error for path in files for error in file_wrong(path)]
    print("\n".join(wrong) or f"{len(files)} files")
    return bool(wrong) or not files


if __name__ == "__main__":
    sys.exit(main())
