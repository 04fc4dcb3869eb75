#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause-Patent
"""Names in the output of views: each that efi/ emits is in a table of keys in efi/emit, and each key there is used.

A name is followed through functions that take it as an argument. Lists and objects are of the types
EMIT_LIST and EMIT_OBJECT, fields of the others. emit_counter() has Linux's own names, which are not
looked at.
"""
import glob
import os
import re
import sys

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

KEYS = ("efi/emit/key_numbers.c", "efi/emit/key_words.c")

# What efi/ passes as a name that is no literal: the keys that it can be, as a regular expression.
RUN_TIME = {
    ("efi/cmd/machine/firmware.c", "key"): "has_.*",
    ("efi/cmd/machine/memblock.c", "type->name"): "memory|reserved",     # memblock's two types
    ("efi/cmd/page/buddyviews.c", "migratetype_name(type)"): "",   # Linux's names
}

# Which arguments of which functions are names or templates.
EMIT = {
    "emit_object": {1: "EMIT_OBJECT"}, "emit_list": {1: "EMIT_LIST"},
    "emit_table": {1: "EMIT_LIST", 2: "template"}, "emit_field": {1: "field"},
    "emit_field_value": {1: "field"}, "emit_put": {1: "template"}, "emit_row": {1: "template"},
}

STRING = r'"(?:\\.|[^"\\])*"'


class Source:
    """A file of C without its comments: its functions, the calls in them, its texts with a name."""

    def __init__(self, path):
        self.path = path
        self.text = re.sub(STRING + r"|'(?:\\.|[^'\\])*'|/\*.*?\*/|//[^\n]*",
                           lambda m: m[0] if m[0][0] in "\"'" else "\n" * m[0].count("\n"),
                           open(path).read(), flags=re.S)
        self.functions = [(m.start(), m[2], [parameter_name(p) for p in split_arguments(m[3] + ")")],
                           m[1].startswith("static")) for m in re.finditer(
            r"^([a-z][^\n;{}()]*?)\b(\w+)\(([^;{}]*?)\)\n\{", self.text, re.M)]
        self.texts = {m[1]: unquote(m[2]) for m in re.finditer(
            rf"(?:#define |static const char )(\w+)(?:\[\] =)?((?:[\s\\]*{STRING})+)", self.text)}

    def line(self, position):
        return f"{self.path}:{self.text.count(chr(10), 0, position) + 1}"

    def function_at(self, position):
        """(name, parameters, is static) of the function around a position."""
        before = [f for f in self.functions if f[0] < position]
        return before[-1][1:] if before else ("", [], True)

    def calls(self, names):
        """(position, function, arguments) of the calls; definitions begin in the first column."""
        for m in re.finditer(r"\b(" + "|".join(names) + r")\(", self.text):
            if self.text[self.text.rfind("\n", 0, m.start()) + 1].isspace():
                yield m.start(), m[1], split_arguments(self.text[m.end():])


def unquote(literals):
    return "".join(s[1:-1] for s in re.findall(STRING, literals))


def split_arguments(text):
    arguments, depth = [""], 1
    for m in re.finditer(STRING + r"|'(?:\\.|[^'\\])*'|.", text, re.S):
        token = m[0]
        depth += (token in "([{") - (token in ")]}")
        if not depth:
            break
        if token == "," and depth == 1:
            arguments.append("")
        else:
            arguments[-1] += token
    return [a.strip() for a in arguments]


def parameter_name(parameter):
    m = re.search(r"\(\*(\w+)\)|(\w+)\s*(?:\[.*)?$", parameter, re.S)
    return m and (m[1] or m[2])


def strings_in(expression, texts):
    """The texts that an expression can be: those that stand side by side are one."""
    found, joined = [], False
    for token in re.findall(STRING + r"|\w+|[^\s\w]", expression):
        text = unquote(token) if token[0] == '"' else texts.get(token)
        if text is not None:
            found[-1:] = [found[-1] + text] if joined else found[-1:] + [text]
        joined = text is not None
    return found


def fields_of(template):
    fields = re.findall(r"\{\{|\{([^=?:~!}]*)", template)
    return [name for name in fields if name]


class Names:
    def __init__(self, sources):
        self.sources = sources
        self.used, self.wrong = [], []  # used: (place, name, what it must be)
        self.takes = {(None, name): arguments for name, arguments in EMIT.items()}
        self.seen, self.run_time = set(), set()

    def look(self, source, position, expression, what):
        """One argument that is a name or a template: literals, or what the caller was given."""
        function, parameters, is_static = source.function_at(position)
        strings = strings_in(expression, source.texts)
        if strings:
            names = [n for s in strings for n in fields_of(s)] if what == "template" else strings
            kind = "field" if what == "template" else what
            self.used += [(source.line(position), name, kind) for name in names]
        elif expression in parameters:
            place = (source.path if is_static else None, function)
            self.takes.setdefault(place, {})[parameters.index(expression)] = what
        elif (source.path, expression) in RUN_TIME:
            pattern = RUN_TIME[source.path, expression]
            self.run_time.add((source.path, expression))
            self.used += [(source.line(position), key, what) for key in read_keys()
                          if re.fullmatch(pattern, key)]
        elif expression != "NULL":
            self.wrong.append(f"{source.line(position)}: `{expression}` is no literal")

    def follow(self):
        """Looks at all calls, and again at those of functions that turn out to take a name."""
        before = None
        while before != len(self.seen):
            before = len(self.seen)
            for source in self.sources:
                for position, function, arguments in source.calls({f for _, f in self.takes}):
                    takes = self.takes.get((source.path, function)) or self.takes.get((None, function))
                    for number, what in list((takes or {}).items()):
                        if (source.path, position, number) not in self.seen:
                            self.seen.add((source.path, position, number))
                            self.look(source, position, arguments[number], what)


def rows_of(path):
    return re.findall(r'^\t\{"(\w+)", (EMIT_\w+),', open(path).read(), re.M)


def read_keys():
    return dict(row for path in KEYS for row in rows_of(path))


def wrong_order(path):
    rows = rows_of(path)
    return {f"{path}: {after} must come before {before}"
            for (before, _), (after, _) in zip(rows, rows[1:]) if before >= after}


def main():
    keys = read_keys()
    paths = sorted(p for p in glob.glob("efi/**/*.[ch]", recursive=True) if not p.startswith("efi/emit/"))
    names = Names([Source(path) for path in paths])
    names.follow()
    wrong = set(names.wrong).union(*map(wrong_order, KEYS))
    for place, name, what in names.used:
        kind = keys.get(name)
        if not kind:
            wrong.add(f"{place}: {name} is in no table of keys")
        elif what != (kind if kind in ("EMIT_LIST", "EMIT_OBJECT") else "field"):
            wrong.add(f"{place}: {name} is {kind}, but emitted as {what}")
    wrong |= {f"{key} is a key, and not used" for key in keys.keys() - {name for _, name, _ in names.used}}
    wrong |= {f"{path}: `{expression}` is no name any more"
              for path, expression in RUN_TIME.keys() - names.run_time}
    print("\n".join(sorted(wrong)) or f"{len(keys)} keys, {len(names.used)} uses")
    return bool(wrong) or not names.used


if __name__ == "__main__":
    sys.exit(main())
