#!/usr/bin/python3
"""tools/embed.py FILE SYMBOL BASE: writes BASE.h and BASE.cpp, which hold FILE's bytes as orrery::embedded::SYMBOL."""
import pathlib
import sys

ESCAPES = {ord("\\"): "\\\\", ord('"'): '\\"', ord("\n"): "\\n", ord("?"): "\\?"}


def literal(line):
    return '"' + "".join(ESCAPES.get(b) or (chr(b) if 32 <= b < 127 else f"\\{b:03o}") for b in line) + '"'


def main():
    source, symbol, base = sys.argv[1:]
    data = pathlib.Path(source).read_bytes()
    lines = [data[i:i + 96] for i in range(0, len(data), 96)] or [b""]
    pathlib.Path(base).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(base + ".h").write_text(
        "#pragma once\n#include <string_view>\n\n"
        f"namespace orrery::embedded {{\nextern const std::string_view {symbol};\n}}\n")
    pathlib.Path(base + ".cpp").write_text(
        f'#include "embed/{symbol}.h"\n\nnamespace orrery::embedded {{\n'
        f"static const char bytes[] =\n" + "\n".join(literal(line) for line in lines) + ";\n"
        f"const std::string_view {symbol}(bytes, {len(data)});\n}}  // namespace orrery::embedded\n")


main()
