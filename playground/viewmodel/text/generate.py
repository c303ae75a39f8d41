#!/usr/bin/env python3
"""generate.py OUT_DIR en.yaml ko.yaml: writes words_gen.h (enum Word) and words_gen.cpp (the texts of both languages).

A table is `key: text` a line, `#` a comment, text in double quotes with JSON's escapes where it needs them.
Fails when a key lacks a language or their {0} {1} differ.
"""
import json
import re
import sys
from pathlib import Path


def read(path):
    table = {}
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = re.fullmatch(r"([a-z][a-z0-9_]*): (.+)", line)
        if not match:
            sys.exit(f"{path}:{number}: expected `key: text`")
        key, text = match.groups()
        if key in table:
            sys.exit(f"{path}:{number}: {key} stands twice")
        table[key] = json.loads(text) if text.startswith('"') else text
    return table


def main():
    out, paths = Path(sys.argv[1]), sys.argv[2:]
    english, korean = map(read, paths)
    for key in sorted(english.keys() ^ korean.keys()):
        sys.exit(f"{paths[key in english]}: {key} is missing")
    for key in english:
        if set(re.findall(r"\{\d\}", english[key])) != set(re.findall(r"\{\d\}", korean[key])):
            sys.exit(f"{paths[1]}: {key} has other {{}} than English")
    out.mkdir(parents=True, exist_ok=True)
    names = "".join(f"  {key},\n" for key in english)
    (out / "words_gen.h").write_text(f"#pragma once\nnamespace orrery::viewmodel {{\nenum class Word {{\n{names}  kCount\n}};\n}}\n")
    rows = "".join(f"    {{{json.dumps(english[k], ensure_ascii=False)}, {json.dumps(korean[k], ensure_ascii=False)}}},\n"
                   for k in english)
    (out / "words_gen.cpp").write_text(
        '#include "playground/viewmodel/words.h"\n\nnamespace orrery::viewmodel {\n'
        f"extern const char* const kWords[int(Word::kCount)][2] = {{\n{rows}}};\n}}\n", encoding="utf-8")


main()
