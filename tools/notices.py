#!/usr/bin/python3
"""tools/notices.py OUT IMGUI_SOURCE: writes the notices file - who holds the copyright of every library and font that
Orrery's builds contain, under which licence, and each licence's text once. Read from the installed packages' own
copyright files, so what is printed is true of what was linked. A package that is not installed is named without its
text, with a warning; an installed one whose licence is not found is an error."""
import pathlib
import re
import sys
import textwrap

DOC = pathlib.Path("/usr/share/doc")

# name, contained in, package, the "Files:" stanza (its first pattern), licence id when the stanza names several
COMPONENTS = [
    ("SDL 2", "program and page", "libsdl2-dev", "*", "zlib/libpng"),
    ("yaml-cpp", "program and page", "libyaml-cpp-dev", "*", ""),
    ("nlohmann/json", "program and page", "nlohmann-json3-dev", "*", ""),
    ("CLI11", "program", "libcli11-dev", "*", ""),
    ("Boost", "program", "libboost1.81-dev", "*", ""),
    ("fmt", "program", "libfmt-dev", "*", "Expat with embedded exception"),
    ("OpenSSL", "program", "libssl-dev", "*", ""),
    ("SQLite", "program", "libsqlite3-dev", "*", ""),
    ("zlib", "program", "zlib1g-dev", "*", ""),
    ("mimalloc", "program", "libmimalloc-dev", "*", ""),
    ("Emscripten runtime", "page", "emscripten", "*", "Expat"),
    ("musl", "page", "emscripten", "system/lib/libc/musl/*", ""),
    ("libc++", "page", "emscripten", "system/lib/libcxx/*", ""),
    ("libc++abi", "page", "emscripten", "system/lib/libcxxabi/*", ""),
    ("compiler-rt", "page", "emscripten", "system/lib/compiler-rt/*", ""),
    ("dlmalloc", "page", "emscripten", "system/lib/dlmalloc.c", ""),
    ("Noto Sans CJK KR (cut)", "program and page", "fonts-noto-cjk", "*", ""),
    ("NanumGothicCoding (cut, renamed)", "program and page", "fonts-nanum", "*", ""),
    ("DejaVu Sans (cut, renamed)", "program and page", "fonts-dejavu-core", "*", ""),
]


def stanzas(package):
    """The paragraphs of a package's machine-readable copyright file, as dictionaries."""
    text = (DOC / package / "copyright").read_text(errors="replace")
    for block in re.split(r"\n\s*\n", text):
        fields, key = {}, None
        for line in block.split("\n"):
            if match := re.match(r"([A-Za-z-]+):\s?(.*)", line):
                key = match[1]
                fields[key] = match[2]
            elif key:
                fields[key] += "\n" + line
        yield fields


def body(licence_field):
    """A License field's text without its first line, the format's dots and indents undone."""
    lines = textwrap.dedent("\n".join(licence_field.split("\n")[1:])).split("\n")
    return "\n".join("" if line.strip() == "." else line.rstrip() for line in lines).strip()


def describe(package, files, licence):
    """(copyright lines, licence id, licence text) of the stanza for files."""
    if not (DOC / package / "copyright").exists():
        print(f"notices: WARNING: {package} is not installed, its licence is not listed", file=sys.stderr)
        return ["its authors"], "see its project", "Not installed where these notices were made."
    all_stanzas = list(stanzas(package))
    stanza = next(s for s in all_stanzas if s.get("Files", "").split()[:1] == [files])
    licence = licence or stanza["License"].split("\n")[0].strip()
    text = body(stanza["License"])
    for s in all_stanzas:
        if "Files" not in s and s.get("License", "").split("\n")[0].strip() == licence:
            text = text or body(s["License"])
    if not text and licence.startswith("BSL-1.0"):  # Boost's file gives the text in one of its other stanzas
        text = next(body(s["License"]) for s in all_stanzas if s.get("License", "").startswith("BSL-1.0\n"))
    if not text:
        sys.exit(f"notices: no text of licence {licence!r} in the copyright file of {package}")
    holders = [line.strip() for line in stanza["Copyright"].split("\n") if line.strip()]
    return holders, licence, text


def main():
    out, imgui = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    imgui_licence = (imgui / "LICENSE.txt").read_text().strip().split("\n")
    entries = [("Dear ImGui, with stb_rect_pack, stb_textedit, stb_truetype", "program and page",
                [imgui_licence[2].strip()], "MIT", "\n".join(imgui_licence[4:]).strip())]
    entries += [(name, where, *describe(package, files, licence)) for name, where, package, files, licence in COMPONENTS]

    numbers, text_of = {}, []
    for *_, licence, text in entries:
        words = " ".join(text.split())
        if words not in numbers:
            text_of.append((licence, text))
            numbers[words] = len(text_of)
    lines = ["Orrery is licensed under the Apache License 2.0. Its builds contain:", ""]
    for name, where, holders, licence, text in entries:
        lines.append(f"{name} ({where}): {licence}, text {numbers[' '.join(text.split())]}")
        lines += textwrap.wrap("Copyright " + "; ".join(re.sub(r"^Copyright:? *(\(c\))?", "", h) for h in holders), 110,
                               initial_indent="    ", subsequent_indent="    ")
    for number, (licence, text) in enumerate(text_of, 1):
        lines += ["", "-" * 80, f"Text {number}: {licence}", "", text]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("\n".join(lines) + "\n")


main()
