"""Each check must fail on a fault: a small checkout with one fault a case. A case is (check, files, what the message says)."""
import pathlib
import subprocess
import tempfile

import checks

CASES = [
    ("includes", {"core/base/a.h": '#include "core/store/store.h"\n'}, "core/base may not include core/store"),
    ("includes", {"core/controllers/a.h": '#include "core/apiserver/a.h"\n'}, "core/controllers may not include core/apiserver"),
    ("includes", {"runtime_sim/world/a.h": '#include "runtime_native/http/a.h"\n'}, "runtime_sim/world may not include"),
    ("includes", {"playground/views/a.h": '#include "core/store/a.h"\n'}, "playground/views may not include core/store"),
    ("banned_lines", {"core/store/a.cpp": "void f() { std::sort(a, b, by_age); }\n"}, "std::stable_sort"),
    ("banned_lines", {"core/store/a.cpp": "#ifdef NDEBUG\n"}, "let CMake choose"),
    ("banned_lines", {"core/store/a.h": "double balance = 0;\n"}, "no float"),
    ("banned_lines", {"core/loop/task.h": "struct Task { std::function<void()> run; };\n"}, "a queued task is data"),
    ("banned_lines", {"core/client/a.cpp": "f(rng.draw(3), rng.draw(4));\n"}, "one statement a draw"),
    ("banned_lines", {"core/base/a.cpp": "auto t = std::chrono::steady_clock::now();\n"}, "clock port"),
    ("banned_lines", {"playground/viewmodel/a.cpp": "ImGui::Text(s);\n"}, "headless"),
    ("banned_lines", {"playground/views/a.cpp": "#ifdef __EMSCRIPTEN__\n"}, "playground/platform"),
    ("unordered_iteration", {"core/store/a.cpp": "std::unordered_map<int, int> seen;\nfor (auto& e : seen) {}\n"}, "order of seen"),
    ("file_length", {"core/store/a.cpp": "\n" * 601}, "601 lines"),
    ("function_length", {"core/store/a.cpp": "void f() {\n" + "  x();\n" * 100 + "}\n"}, "102 lines in one function"),
    ("white_space", {"core/store/a.cpp": "int a; \n"}, "white space at the end"),
    ("white_space", {"core/store/a.cpp": "int a;"}, "no newline"),
    ("hosts", {"tools/a.sh": "curl https://registry." + "npmjs.org/x\n"}, "names the package host"),
    ("unused_words", {"playground/viewmodel/text/en.yaml": "said: Said\nunsaid: Unsaid\n", "playground/views/a.cpp": "f(Word::said);\n"}, "nothing says unsaid"),
    ("hidden_twins", {"core/store/CMakeLists.txt": "", "core/store/a.cpp": "namespace {\nint size_of(const A& a) {\n}  // namespace\n",
                      "core/store/b.cpp": "namespace {\nint size_of(const A& b) {\n}  // namespace\n"}, "the same name"),
    ("hidden_twins", {"core/store/CMakeLists.txt": "", "core/store/a.cpp": "namespace {\nstruct Part {\n}  // namespace\n",
                      "core/store/sub/b.cpp": "namespace {\nclass Part {\n}  // namespace\n"}, "the same name"),
    ("dead_files", {"core/store/a.cpp": "int a;\n"}, "compiled in no target"),
    ("dead_files", {"core/store/a.h": "int a;\n"}, "included by no file"),
    ("dead_files", {"tools/unused.sh": "true\n"}, "named by no other file"),
    ("scenario_coverage", {"core/controllers/manager.cpp": 'add(std::make_unique<JobController>(), "job");\n',
                           "tests/scenarios/a.yaml": "covers: []\n"}, "no scenario covers controllers/job"),
    ("scenario_coverage", {"tests/scenarios/a.yaml": "covers: [scheduler/NodeFancy]\n"}, "no scheduler of the sources"),
    ("scenario_coverage", {"tests/scenarios/a.yaml": "name: a\n"}, "says not what it covers"),
    ("scenario_coverage", {"runtime_sim/faults/fault.cpp": 'kFaults[] = {\n    {"cut", 2},\n};\n',
                           "tests/scenarios/a.yaml": "covers: [faults/cut]\n"}, "has no such step"),
    ("scenario_coverage", {"runtime_sim/faults/fault.cpp": 'kFaults[] = {\n    {"cut", 2},\n};\n',
                           "tests/scenarios/a.yaml": "covers: []\nsteps:\n  - fault: cut a b\n"}, "add that to its covers"),
    ("symbols", {"core/store/a.cpp": "#include <cstdlib>\nconst char* f() { return std::getenv(\"A\"); }\n"}, "needs getenv"),
    ("symbols", {"core/store/a.cpp": "#include <chrono>\nlong f() { return std::chrono::steady_clock::now().time_since_epoch().count(); }\n"},
     "ask the clock port"),
    ("symbols", {"core/store/a.cpp": "#include <thread>\nvoid f() { std::thread([] {}).join(); }\n"}, "no threads"),
]


def build_archive(root):
    """core/store/a.cpp as build/core/liba.a, as a room would be."""
    folder = root / "build/core"
    folder.mkdir(parents=True)
    subprocess.run(["g++", "-c", "core/store/a.cpp", "-o", "build/core/a.o"], cwd=root, check=True)
    subprocess.run(["ar", "rcs", "liba.a", "a.o"], cwd=folder, check=True)


def run():
    """Yields (name of the case, whether the check found its fault, what it found)."""
    for check, files, expected in CASES:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            subprocess.run(["git", "init", "-q"], cwd=root, check=True)
            (root / ".gitignore").write_text("/build/\n")
            (root / "build").mkdir()
            (root / "build/compile_commands.json").write_text("[]")
            for path, text in files.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text)
            if check == "symbols":
                build_archive(root)
            found = [message for _, _, message in getattr(checks, check)(checks.Tree(root, [root / "build"]))]
            yield f"{check}: {expected}", any(expected in message for message in found), found
