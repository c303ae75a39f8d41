"""Transcripts: what a user types and sees, as data. A file of cases/ is run line by line in a namespace of its own.

    # a comment
    file web.yaml            the next lines that begin with "|" are written to that file
    |kind: Pod
    $ kubectl get pods       a shell command; the lines below it are what it must print (both streams, in order)
    No resources found in <ns> namespace.
    $~ kubectl get pod web   the same, tried again for up to 60 s until it prints that
    ! 1                      it must exit with 1 (without such a line: with 0)
    ...                      any lines, or none

Runs of spaces count as one, those at the ends for nothing. In expected lines <any> is any text, <word> text without spaces, <age> an age such as 5s or
2m3s, <number> digits, <ns> the case's namespace.
"""
import dataclasses
import pathlib
import re
import subprocess
import time

EVENTUALLY_S = 60
COMMAND_S = 90
WORDS = {"<any>": ".*", "<word>": r"\S+", "<age>": r"(\d+[smhdy])+(\d+ms)?", "<number>": r"\d+"}


@dataclasses.dataclass
class Step:
    line: int
    command: str
    eventually: bool
    expected: list
    exit: int = 0


def parse(text):
    """Steps of a transcript; a step whose command is a (name, text) pair writes a file."""
    steps, file = [], None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#"):
            continue
        if line.startswith("file "):
            file = Step(number, (line[5:].strip(), []), False, [])
            steps.append(file)
        elif line.startswith("|") and file:
            file.command[1].append(line[1:])
        elif line.startswith(("$ ", "$~ ")):
            file = None
            steps.append(Step(number, line.split(" ", 1)[1], line.startswith("$~"), []))
        elif re.fullmatch(r"! \d+", line) and steps:
            steps[-1].exit = int(line[2:])
        elif steps and not file:
            steps[-1].expected.append(line)
    for step in steps:
        while step.expected and not step.expected[-1].strip():
            step.expected.pop()
    return steps


def squeeze(line):
    return re.sub(r"[ \t]+", " ", line.strip())


def line_pattern(line, namespace):
    parts = re.split("(" + "|".join(WORDS) + "|<ns>)", squeeze(line))
    return "".join(WORDS.get(p) or re.escape(namespace if p == "<ns>" else p) for p in parts)


def matches(expected, output, namespace):
    """Whether the output is what the expected lines say."""
    pattern = ""
    for line in expected:
        pattern += r"(?:[^\n]*\n)*?" if line.strip() == "..." else line_pattern(line, namespace) + r"\n"
    lines = "".join(squeeze(line) + "\n" for line in output.splitlines())
    return re.fullmatch(pattern, lines) is not None


def run_command(command, folder, environment):
    try:
        done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, text=True, errors="replace",
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=COMMAND_S)
        return done.stdout, done.returncode
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"").decode(errors="replace") + f"(still running after {COMMAND_S} s)", -1


def run_step(step, folder, environment, namespace):
    """None, or what was wrong."""
    end = time.monotonic() + (EVENTUALLY_S if step.eventually else 0)
    while True:
        output, code = run_command(step.command, folder, environment)
        if code == step.exit and matches(step.expected, output, namespace):
            return None
        if time.monotonic() >= end:
            expected = "\n".join("    " + line for line in step.expected)
            printed = "\n".join("    " + line for line in output.splitlines())
            return f"line {step.line}: $ {step.command}\n  expected (exit {step.exit}):\n{expected}\n  printed (exit {code}):\n{printed}"
        time.sleep(0.3)


def run(path, folder, environment, namespace):
    """Runs a transcript file; None, or what was wrong at the first step that failed."""
    for step in parse(pathlib.Path(path).read_text()):
        if isinstance(step.command, tuple):
            name, lines = step.command
            (pathlib.Path(folder) / name).write_text("\n".join(lines) + "\n")
        elif wrong := run_step(step, folder, environment, namespace):
            return wrong
    return None
