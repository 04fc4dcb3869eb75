# SPDX-License-Identifier: BSD-2-Clause-Patent
"""What tests are to whoever runs them: pairs (name, error), collected and counted.

The error is None when all is well, a text when not, and a Skipped with the reason when nothing was tried.
"""
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from xml.sax.saxutils import quoteattr


class Skipped(str):
    """The reason why a test was not tried, in the place of its error."""


class Results:
    def __init__(self):
        self.cases = []

    def add(self, name, error=None):
        self.cases.append((name, error))
        if isinstance(error, Skipped):
            print(f"skip  {name}: {error}")
        elif error:
            print(f"FAIL  {name}\n      " + error.strip().replace("\n", "\n      "))
        else:
            print(f"ok    {name}")
        sys.stdout.flush()

    def count(self):
        """Passed, failed, skipped."""
        skipped = sum(isinstance(error, Skipped) for _, error in self.cases)
        failed = sum(bool(error) for _, error in self.cases) - skipped
        return len(self.cases) - failed - skipped, failed, skipped

    def write_junit(self, path):
        _, failed, skipped = self.count()
        lines = [f'<testsuite name="tablewalk" tests="{len(self.cases)}" failures="{failed}" '
                 f'skipped="{skipped}">']
        for name, error in self.cases:
            kind = "skipped" if isinstance(error, Skipped) else "failure"
            body = f"<{kind} message={quoteattr(error)}/>" if error else ""
            lines.append(f"<testcase name={quoteattr(name)}>{body}</testcase>")
        with open(path, "w") as f:
            f.write("\n".join(lines) + "\n</testsuite>\n")


def in_order(work, items):
    """work(item) of each, in order; as many at once as make may have jobs, or as there are CPUs."""
    jobs = re.search(r"(?:^| )-j(\d+)", os.environ.get("MAKEFLAGS", ""))
    with ThreadPoolExecutor(int(jobs[1]) if jobs else os.cpu_count()) as pool:
        yield from pool.map(work, items)
