# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Rows of the table: {name, unit, ours, reference, goal}. None: no value."""

MORE = ("million entries/s", "%", "of 256", "times 4 KiB pages")  # with these units more is better


def row(name, unit, ours, reference=None, goal=None):
    return {"name": name, "unit": unit, "ours": ours, "reference": reference, "goal": goal}


def met(row):
    """Is the goal reached? None: there is no goal."""
    if row["goal"] is None:
        return None
    return row["ours"] >= row["goal"] if row["unit"] in MORE else row["ours"] <= row["goal"]
