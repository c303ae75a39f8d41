#!/usr/bin/python3
"""tools/run_tests.py [SUITE...]: what `./dev test` runs once the packages are there. Builds, runs, sums up.

Suites: `unit` and `wasm` are the doctest programs of tests/unit, natively and under Node, counted by test case. Every other
suite is an executable tests/FOLDER/run, a few of them under another name (FOLDERS). The contract of such a script:
  - it runs in the repository's root with everything built, and finds in its environment ORRERY_NATIVE and ORRERY_WASM
    (the build folders), ORRERY_TOOLS (folder with the real kubectl and helm, first in PATH) and, for `docker`, DOCKER_HOST;
  - its last line is "N passed, N failed, N skipped"; what failed or was skipped, and why, stands above it;
  - it exits 0 if nothing failed. It ends everything that it started.
With CI=true a skipped test is a failure: there a missing engine, browser or compiler must not go unnoticed.
"""
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = {"page": ["browser"], "docker": ["docker", "cluster", "lessons_docker"]}  # suites whose folders have another name
ORDER = ["unit", "wasm", "scenarios", "swarm", "parity", "lessons", "conformance", "kubectl", "crash", "docker", "page", "fuzz", "tidy"]
# The first, and those after it, mostly wait for clusters and containers: the second runs meanwhile, and is shown in its turn.
BESIDE = {"parity": "page", "docker": "fuzz"}
BUILDS = {"unit": ["native"], "wasm": ["wasm"], "fuzz": []}  # others need both
RESULT = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$")
DOCTEST = re.compile(r"^\[doctest\] test cases:\s*(\d+)\s*\|\s*(\d+) passed\s*\|\s*(\d+) failed", re.M)


def suites():
    """Suite name -> its scripts, in the order they run."""
    scripts = {script.parent.name: script for script in (ROOT / "tests").glob("*/run") if os.access(script, os.X_OK)}
    scripts.pop("bench", None)  # measures, see `dev bench`
    found = {"unit": [], "wasm": []}
    for name, folders in FOLDERS.items():
        if here := [scripts.pop(folder) for folder in folders if folder in scripts]:
            found[name] = here
    found.update({name: [script] for name, script in scripts.items()})
    return dict(sorted(found.items(), key=lambda item: (ORDER.index(item[0]) if item[0] in ORDER else len(ORDER), item[0])))


def doctest_result(output, exit_failed):
    """(passed, failed) of one doctest program; a program that dies before its summary counts as one failure."""
    summary = DOCTEST.search(output)
    if not summary:
        return 0, 1
    passed, failed = int(summary[2]), int(summary[3])
    return passed, failed if failed or not exit_failed else 1


def run_unit(preset):
    """Runs CTest in a preset's build folder and counts doctest's test cases."""
    with tempfile.NamedTemporaryFile(suffix=".xml") as report:
        subprocess.run(["ctest", "--test-dir", str(ROOT / "build" / preset), "-L", "^unit$", "-j", str(os.cpu_count() or 2),
                        "--output-junit", report.name, "--test-output-size-passed", "10000000",
                        "--test-output-size-failed", "10000000", "--quiet"], stdout=subprocess.DEVNULL)
        cases = xml.etree.ElementTree.parse(report.name).getroot().iter("testcase")
        passed = failed = 0
        for case in cases:
            output = case.findtext("system-out") or ""
            program_passed, program_failed = doctest_result(output, case.get("status") != "run")
            if program_failed:
                print(f"--- {case.get('name')} ({preset})\n{output}")
            passed, failed = passed + program_passed, failed + program_failed
    if passed + failed == 0:
        print(f"no unit tests in build/{preset}")
        failed = 1
    return passed, failed, 0


def run_scripts(scripts, environment):
    results = [run_script(script, environment) for script in scripts]
    return tuple(map(sum, zip(*results)))


def run_script(script, environment):
    """Runs a suite's script, shows its output as it comes, and reads the last line."""
    process = subprocess.Popen([str(script)], cwd=ROOT, env=environment, text=True, errors="replace",
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    last = ""
    for line in process.stdout:
        print(line, end="", flush=True)
        last = line.strip() or last
    code = process.wait()
    if not (result := RESULT.match(last)):
        print(f"{script.relative_to(ROOT)} ended without its closing line (exit status {code})")
        return 0, 1, 0
    passed, failed, skipped = map(int, result.groups())
    return passed, failed if failed or code == 0 else 1, skipped


class PrivateEngine:
    """DOCKER_HOST for the docker suite: the engine that answers, else as root a private one that ends with the suite."""

    def __init__(self, environment):
        self.environment, self.folder = dict(environment), None

    def __enter__(self):
        engine = ROOT / "tests/docker/engine.sh"
        answers = subprocess.run(["docker", "version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
        if not answers and os.geteuid() == 0 and engine.exists():
            self.folder = tempfile.mkdtemp(prefix="orrery-engine-")
            started = subprocess.run([str(engine), "start", self.folder], text=True, stdout=subprocess.PIPE)
            if host := re.search(r"^DOCKER_HOST=(\S+)$", started.stdout, re.M):
                self.environment["DOCKER_HOST"] = host[1]
        return self.environment

    def __exit__(self, *_):
        if self.folder:
            subprocess.run([str(ROOT / "tests/docker/engine.sh"), "stop", self.folder])


def environment():
    """What suite scripts find in their environment; the npm packages are installed here."""
    tools = subprocess.run([str(ROOT / "tools/node_modules.sh")], text=True, stdout=subprocess.PIPE, check=True).stdout.strip()
    return dict(os.environ, ORRERY_NATIVE=str(ROOT / "build/native"), ORRERY_WASM=str(ROOT / "build/wasm"),
                ORRERY_TOOLS=tools, PATH=f"{tools}:{os.environ['PATH']}")


def run_suite(name, scripts, built):
    for preset in BUILDS.get(name, ["native", "wasm"]):
        if preset not in built:
            built[preset] = subprocess.run([str(ROOT / "dev"), "build", preset]).returncode == 0
        if not built[preset]:
            print(f"{name}: build/{preset} could not be built")
            return 0, 1, 0
    if name == "unit":
        return run_unit("native")
    if name == "wasm":
        return run_unit("wasm")
    if name == "docker":
        with PrivateEngine(environment()) as with_engine:
            return run_scripts(scripts, with_engine)
    return run_scripts(scripts, environment() if name != "tidy" else os.environ)


class Meanwhile:
    """A suite that runs beside others, in a process of its own."""

    def __init__(self, name):
        self.output = tempfile.TemporaryFile("w+", errors="replace")
        self.process = subprocess.Popen([sys.executable, __file__, name], stdout=self.output, stderr=subprocess.STDOUT,
                                        start_new_session=True)

    def result(self):
        self.process.wait()
        self.output.seek(0)
        lines = self.output.read().splitlines() or [""]
        summary = RESULT.match(lines[-1])
        print(*lines[1:-1 if summary else None], sep="\n", flush=True)  # without its heading, and the sum that follows its own
        return tuple(map(int, summary.groups())) if summary else (0, 1, 0)

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)  # what it started, too
            self.process.wait()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # unwinds, so that a private engine ends too
    known = suites()
    chosen = sys.argv[1:] or list(known)
    for name in chosen:
        if name not in known:
            sys.exit(f"dev test: no suite '{name}'; there are: {' '.join(known)}")
    built, totals, meanwhile = {}, [0, 0, 0], {}
    try:
        for name in chosen:
            print(f"== {name}", flush=True)
            start = time.monotonic()
            if (other := BESIDE.get(name)) in chosen[chosen.index(name) + 1:]:
                meanwhile[other] = Meanwhile(other)
            if name in meanwhile:
                result = meanwhile[name].result()
            else:
                result = run_suite(name, known[name], built)
                print(f"{name}: {result[0]} passed, {result[1]} failed, {result[2]} skipped ({time.monotonic() - start:.0f} s)", flush=True)
            totals = [total + count for total, count in zip(totals, result)]
    finally:
        for other in meanwhile.values():
            other.stop()
    if os.environ.get("CI") == "true" and totals[2]:
        print(f"CI=true: {totals[2]} skipped tests count as failed")
        totals = [totals[0], totals[1] + totals[2], 0]
    print(f"{totals[0]} passed, {totals[1]} failed, {totals[2]} skipped")
    sys.exit(1 if totals[1] else 0)


main()
