"""The checks of tests/tidy. Each takes a Tree and yields (path, line, message); no findings is a pass."""
import json
import pathlib
import re
import subprocess

import rules

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
SOURCES = (".cpp", ".h", ".py", ".sh", ".js", ".mjs", ".css", ".html", ".cmake")
CPP = (".cpp", ".h")


class Tree:
    """The files of a checkout: those that git knows, or new ones that it does not ignore."""

    def __init__(self, root, build_folders=()):
        self.root, self.build_folders, self.texts = root, list(build_folders), {}
        listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                                cwd=root, stdout=subprocess.PIPE, check=True).stdout.decode().split("\0")
        for path in filter(None, listed):
            data = (root / path).read_bytes() if (root / path).is_file() else b"\0"
            if b"\0" not in data:
                self.texts[path] = data.decode("utf-8", "replace")

    def lines(self, suffixes, folders=("",)):
        for path, text in self.texts.items():
            if path.endswith(suffixes) and path.startswith(tuple(folders)):
                for number, line in enumerate(text.split("\n"), 1):
                    yield path, number, line


def room_of(path):
    parts = path.split("/")
    if parts[0] in ("core", "runtime_native", "runtime_sim", "playground") and len(parts) > 2:
        return "/".join(parts[:2])
    return parts[0]



def includes(tree):
    """Include direction: the arrows of the design."""
    for path, number, line in tree.lines(CPP):
        room, match = room_of(path), INCLUDE.match(line)
        if not match or room_of(match[1]) == room or "/" not in match[1]:
            continue
        target = room_of(match[1])
        allowed = rules.MAY_INCLUDE.get(room, rules.MAY_INCLUDE.get(room.split("/")[0] + "/*"))
        if allowed is None:
            yield path, number, f"no rule for room {room}: add it to tests/tidy/rules.py"
        elif target != "embed" and not any(target == a or (a.endswith("/") and match[1].startswith(a)) for a in allowed):
            yield path, number, f"{room} may not include {target}; it may: {', '.join(allowed) or 'nothing'}"


def banned_lines(tree):
    """Patterns that break determinism, portability or the rooms' walls."""
    for path, number, line in tree.lines(CPP, ("core/", "runtime_native/", "runtime_sim/", "playground/", "tests/")):
        if line.lstrip().startswith("//") or path.endswith("main.cpp"):  # a program's main() may print and read files
            continue
        code = line.split(" // ")[0]
        for folders, pattern, fix in rules.LINES:
            if path.startswith(folders) and pattern.search(code) and "// total order" not in line:
                yield path, number, fix


def unordered_iteration(tree):
    """Iterating an unordered container, whose order differs between libraries."""
    declared = re.compile(r"\bstd::unordered_(?:map|set)<.*>\s+(\w+)\s*[;{=]")
    alias = re.compile(r"\busing (\w+) = std::unordered_(?:map|set)<")
    texts = {path: text for path, text in tree.texts.items() if path.startswith(rules.DETERMINISTIC) and path.endswith(CPP)}
    for path, text in texts.items():
        near = text + texts.get(re.sub(r"\.cpp$", ".h", path), "")
        of_alias = [re.findall(rf"\b{a}(?:<.*>)?\s+(\w+)\s*[;{{=]", near) for a in alias.findall(near)]
        for name in set(declared.findall(near)).union(*of_alias):
            walk = re.compile(rf"for\s*\([^;]*:\s*(\w+[.])?{name}\s*\)|\b{name}\.begin\(\)")
            for number, line in enumerate(text.split("\n"), 1):
                if walk.search(line) and "// sorted" not in line:
                    yield path, number, f"the order of {name} differs between libraries: use std::map or base::Map, or sort (and say // sorted ...)"


def file_length(tree):
    """Files with more than one subject."""
    for path, text in tree.texts.items():
        if path.endswith(SOURCES) and (lines := text.count("\n")) > rules.FILE_LINES_MAX:
            yield path, lines, f"{lines} lines, at most {rules.FILE_LINES_MAX}: split it by subject"


def function_length(tree):
    """Functions that do not fit a screen or two."""
    for path, text in tree.texts.items():
        start = None
        for number, line in enumerate(text.split("\n") if path.endswith(".cpp") else [], 1):
            if re.match(r"^[A-Za-z].*[({,]$|^[A-Za-z].*\)\s*(const)?\s*\{$", line) and not line.startswith("namespace") and start is None:
                start = number
            elif re.match(r"^\}", line):
                if start and number - start + 1 > rules.FUNCTION_LINES_MAX and not line.startswith("};"):
                    yield path, start, f"{number - start + 1} lines in one function, at most {rules.FUNCTION_LINES_MAX}: name its parts"
                start = None
            elif line.startswith("namespace"):
                start = None


def white_space(tree):
    """Trailing blanks, tabs, missing final newlines, merge marks."""
    for path, number, line in tree.lines(SOURCES + (".md", ".yaml", ".json", ".txt", "dev", "run")):
        if line != line.rstrip():
            yield path, number, "white space at the end of the line: remove it"
        if "\t" in line and path.endswith(CPP):
            yield path, number, "a tab: use spaces, or \\t in a literal"
        if re.match(r"^(<{7}|>{7}) ", line):
            yield path, number, "a merge conflict mark"
    for path, text in tree.texts.items():
        if text and not text.endswith("\n") and path.endswith(SOURCES + (".md", ".yaml", ".tsv")):
            yield path, text.count("\n") + 1, "no newline at the end of the file: add one"


def hosts(tree):
    """Names of package hosts: packages come through the machine's own clients and settings."""
    for path, number, line in tree.lines(("",)):
        if match := rules.HOSTS.search(line):
            yield path, number, f"names the package host {match[0]}: leave the choice to the machine's own settings"
        if path == "package-lock.json" and '"resolved"' in line:
            yield path, number, "a resolved address: npm's option omit-lockfile-registry-resolved leaves it out"


def batch(source):
    """The files that a compiled source stands for: itself, or those that a batch of a room's files includes."""
    if "/Unity/unity_" not in source or not pathlib.Path(source).exists():
        return {source}
    return set(re.findall(r'#include "(.*)"', pathlib.Path(source).read_text()))


NAMED = [re.compile(pattern) for pattern in (
    r"(?:template.*>\s*)?((?:struct|class|enum class|enum) )(\w+)",
    r"(using )(\w+) = ",
    r"(?:(?:static|inline|constexpr|const|constinit) )+[\w:<>,&*\s]+?[ &*]()(\w+)(?:\[\w*\])*(?: =|\{|;)",
    r"(?:(?:static|inline|constexpr) )*[\w:<>,&*\s]+?[ &*]()(\w+\([^{]*)")]


def hidden_names(path, text):
    """(line, namespace and name, declaration) of what a file's anonymous namespaces declare."""
    inside, outer = False, ""
    for number, line in enumerate(text.split("\n"), 1):
        if re.match(r"namespace \{|\}  // namespace$", line):
            inside = line[0] == "n"
        elif match := re.match(r"namespace (\w[\w:]*) \{", line):
            outer = match[1]
        elif inside and re.match(r"[A-Za-z]", line):
            for extra in re.findall(r", (\w+) = ", line.split(";")[0]) if line.startswith("const") and "(" not in line else []:
                yield number, f"{outer}::{extra}", line
            for match in filter(None, (pattern.match(line) for pattern in NAMED)):
                name = match[2].split("(")[0]
                yield number, f"{outer}::{name}", match[0].strip()
                break


def hidden_twins(tree):
    """One name twice in a room's anonymous namespaces: its files are compiled in batches."""
    rooms = {path.rsplit("/", 1)[0] for path in tree.texts if path.endswith("/CMakeLists.txt")}
    seen = {}
    for path, text in sorted(tree.texts.items()):
        if not path.endswith(".cpp") or path.startswith("tests/") and not path.startswith("tests/unit/"):  # compiled one by one
            continue
        room = path.rsplit("/", 1)[0]
        while room not in rooms and "/" in room and not room.endswith(("/native", "/web")):
            room = room.rsplit("/", 1)[0]
        for number, name, declared in hidden_names(path, text):
            other, before = seen.setdefault((room, name), (path, declared))
            if other != path and not (declared == before and declared.startswith("using ")):
                yield path, number, f"{other} has the same name: give one of them a name that says more, or share it ({declared})"


def dead_files(tree):
    """C++ files in no target, headers that nobody includes, scripts that nobody names."""
    compiled = set()
    for folder in tree.build_folders:
        commands = json.loads((folder / "compile_commands.json").read_text())
        for command in commands:
            compiled |= batch(command["file"])
    everything = "\n".join(tree.texts.values())
    included = set(re.findall(r'#\s*include\s+[<"]([^">]+)[">]', everything))
    included_names = {name.split("/")[-1] for name in included}
    for path in tree.texts:
        name = path.split("/")[-1]
        if path.endswith(".cpp") and str(tree.root / path) not in compiled and not path.startswith("tests/fuzz/"):
            yield path, 1, "compiled in no target: add it to its room, or delete it"
        elif path.endswith(".h") and path not in included and name not in included_names and name not in everything:
            yield path, 1, "included by no file: use it, or delete it"
        elif path.endswith((".py", ".sh", ".mjs", ".js", ".cmake")):
            stem = name.rsplit(".", 1)[0]
            others = [text for other, text in tree.texts.items() if other != path]
            folder = path.split("/")[-2] if "/" in path else ""
            read_by_folder = any(re.search(rf"[\"'/]{folder}[\"'/]", text) for other, text in tree.texts.items()
                                 if path.startswith(other.rsplit("/", 1)[0] + "/" + folder + "/"))
            if not read_by_folder and not any(name in text or re.search(rf"\bimport {stem}\b|\bfrom {stem} import", text) for text in others):
                yield path, 1, "named by no other file: use it, or delete it"


def symbols(tree):
    """What core's archives need from outside: no clock, thread, file, socket, random number, environment."""
    for folder in tree.build_folders:
        for archive in sorted((folder / "core").rglob("*.a")):
            listed = subprocess.run(["nm", "--undefined-only", "-f", "posix", str(archive)],
                                    stdout=subprocess.PIPE, text=True, check=True).stdout
            member = ""
            for line in listed.split("\n"):
                if line.endswith("]:") or line.endswith(".o:"):
                    member = re.sub(r"^.*\[(.*)\]:$", r"\1", line)
                for pattern, fix in rules.SYMBOLS:
                    if line and pattern.match(line.split(" ")[0].split("@")[0]):
                        yield f"{archive.name}({member})", 0, f"needs {line.split(' ')[0]}: {fix}"
        break  # one compiler's archives are enough: the sources are the same


def names_to_cover(tree):
    """What the sources say there is: controllers, scheduler plugins and faults, each with where it stands."""
    for path, kind, block, pattern in rules.COVERED:
        text = tree.texts.get(path, "")
        for part in re.findall(block, text, re.S) if block else [text]:
            for name in re.findall(pattern, part):
                yield f"{kind}/{name}", path
    for path, name in rules.COVERED_FILES.items():
        if path in tree.texts:
            yield name, path


def unused_words(tree):
    """Each text of the page in use."""
    path = "playground/viewmodel/text/en.yaml"
    used = set()
    for _, _, line in tree.lines(CPP):
        used.update(re.findall(r"\bWord::(\w+)", line))
    for number, line in enumerate(tree.texts.get(path, "").split("\n"), 1):
        key = re.match(r"([a-z]\w*):", line)
        if key and key[1] not in used:
            yield path, number, f"nothing says {key[1]}: take it out of both tables, or use it"


def scenario_coverage(tree):
    """Each controller, scheduler plugin and fault in a scenario's `covers`."""
    known, covered = dict(names_to_cover(tree)), set()
    for path, text in sorted(tree.texts.items()):
        if not path.startswith("tests/scenarios/") or not path.endswith(".yaml"):
            continue
        line = text[:text.find("covers:")].count("\n") + 1
        listed = re.search(r"^covers: \[([^\]]*)\]$", text, re.M)
        if not listed:
            yield path, 1, "says not what it covers: add a line such as covers: [controllers/job, scheduler/NodePorts, faults/cut]"
            continue
        names = listed[1].replace(",", " ").split()
        acts = {f"faults/{name}" for name in re.findall(r"^ +- fault: ([a-z-]+)", text, re.M)}
        for name in names:
            if name not in known:
                yield path, line, f"covers {name}, which is no {name.split('/')[0]} of the sources"
            elif name.startswith("faults/") and name not in acts:
                yield path, line, f"covers {name}, and has no such step"
        for name in sorted(acts - set(names)):
            yield path, line, f"has a step of {name}: add that to its covers"
        covered |= set(names)
    for name, path in sorted(known.items()):
        if name not in covered:
            yield path, 1, f"no scenario covers {name}: write one in tests/scenarios, from Kubernetes' documents, and list it in covers"


ALL = [scenario_coverage, unused_words, includes, banned_lines, unordered_iteration, file_length, function_length, white_space, hosts, hidden_twins,
       dead_files, symbols]
