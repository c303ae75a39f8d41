"""What tests/tidy forbids, as data. Each message names the fix."""
import re

# --- who may include whom: room -> rooms -------------------------------------------------------------------------------
BASE, API, PORTS, LOOP = "core/base", "core/api", "core/ports", "core/loop"
GROUND = [BASE, API, PORTS, LOOP]
ON_CLIENT = GROUND + ["core/client"]
CORE = "core/"  # a trailing slash: every room below
PLAYGROUND = [BASE, API, PORTS, LOOP, "core/client", "core/kubectl", "playground/"]

MAY_INCLUDE = {
    BASE: [],
    API: [BASE],
    PORTS: [BASE, API],
    LOOP: [BASE, API, PORTS],
    "core/store": GROUND,
    "core/apiserver": GROUND + ["core/store"],
    "core/client": GROUND,
    "core/controllers": ON_CLIENT,
    "core/scheduler": ON_CLIENT,
    "core/kubelet": ON_CLIENT,
    "core/network": ON_CLIENT,
    "core/kubectl": ON_CLIENT,
    "core/cluster": [CORE],
    "runtime_native/daemon": ["core/", "runtime_native/", "runtime_sim/", "playground/", "lessons"],
    "runtime_native/*": ["core/", "runtime_native/"],
    "runtime_sim/*": ["core/", "runtime_sim/"],
    "playground/app": PLAYGROUND + ["core/", "runtime_sim/"],
    "playground/*": PLAYGROUND,
    "web": ["playground/", "lessons"],
    "tests": ["core/", "runtime_native/", "runtime_sim/", "playground/", "tests"],
}
HEADLESS = ["playground/viewmodel/", "playground/commands/", "playground/lesson_engine/"]

# --- lines that may not stand in sources: (folders, pattern, what to do instead) -----------------------------------------
DETERMINISTIC = ("core/", "runtime_sim/")
LINES = [
    (DETERMINISTIC, r"\bstd::sort\s*\([^,;]*,[^,;]*,", "std::sort with a comparator breaks ties differently in each library: use "
     "std::stable_sort, or end the line with `// total order` if no two elements compare equal"),
    (DETERMINISTIC, r"\bstd::hash\b", "std::hash differs between libraries: order by key, or hash with core/base"),
    (DETERMINISTIC, r"\bstd::(nth_element|partial_sort|partial_sort_copy|shuffle|sample)\s*\(", "unstable between libraries: use std::stable_sort or core/base/rng.h"),
    (DETERMINISTIC, r"\bstd::(uniform_\w+|normal_\w+|bernoulli_\w+|discrete_\w+|mt19937\w*|random_device|rand)\b|\brand\(\)",
     "draw from the seeded core/base/rng.h"),
    (DETERMINISTIC, r"\bstd::(pow|exp|exp2|log|log2|log10|sin|cos|tan|fma|cbrt|hypot)\s*\(", "libm differs between machines: integers, or std::sqrt"),
    (DETERMINISTIC, r"^\s*#\s*(if|ifdef|ifndef|elif)\b", "no conditional compilation: let CMake choose the file"),
    (DETERMINISTIC, r"\bthread_local\b|\bvolatile\b", "the loop is single-threaded: no thread_local, no volatile"),
    (DETERMINISTIC, r"\b(rng|random)\w*(\.|->)\w+\([^;]*\b(rng|random)\w*(\.|->)\w+\(",
     "two draws in one expression happen in an order the compiler chooses: one statement a draw"),
    (DETERMINISTIC, r"#include <(thread|mutex|shared_mutex|condition_variable|future|filesystem|fstream|iostream|random|ctime|"
                    r"unistd\.h|time\.h|sys/.*|netinet/.*|pthread\.h)>", "ask the world through core/ports"),
    (("core/",), r"\bstd::chrono::\w*clock\b", "ask the clock port: core/ports"),
    (("core/loop/", "core/ports/"), r"\bstd::function\b", "a queued task is data (target, kind, payload), never a closure"),
    (("core/base/", "core/store/", "core/loop/"), r"^(?!\s*//)[^\"]*\b(float|double)\s+\w+\s*[;=]", "no float in what is stored or hashed: integers or Quantity"),
    (("core/",), r"\bco_(await|yield|return)\b|<(coroutine|format|source_location|expected|ranges|memory_resource)>|\bstd::ranges::",
     "Emscripten 3.1.6's libc++ 13 lacks this: use the C++20 subset of the README"),
    (("core/", "runtime_native/", "runtime_sim/", "playground/"), r"\b(is_simulated|isSimulated)\b", "the world differs only behind ports: pass another port"),
    (("core/", "runtime_native/", "runtime_sim/", "playground/viewmodel/", "playground/commands/", "playground/lesson_engine/",
      "playground/views/", "playground/widgets/", "playground/app/"), r"__EMSCRIPTEN__|\bEM_ASM|\bEM_JS|<emscripten", "only playground/platform knows the platform"),
    (tuple(HEADLESS), r"\bImGui::|\bimgui\.h\b", "runs headless: draw in playground/views or widgets"),
    (("core/", "runtime_native/", "runtime_sim/", "playground/", "tests/"), r"\busing namespace std\b", "name what you use"),
]
LINES = [(folders, re.compile(pattern), fix) for folders, pattern, fix in LINES]

# --- symbols that core's archives may not need: (pattern of the mangled name, the fix) ------------------------------------
SYMBOLS = [
    (r"(clock_gettime|gettimeofday|time|clock|nanosleep|usleep|sleep|localtime\w*|gmtime\w*|mktime|strftime)|_ZNSt6chrono.*3nowEv", "ask the clock port"),
    (r"pthread_\w+|sem_\w+|_ZNSt6thread.*|_ZNSt18condition_variable.*|_ZSt.*call_once.*", "no threads in core"),
    (r"(fopen|fdopen|open|openat|creat|read|write|unlink|rename|mkdir|opendir|stat|fstat|lstat|mmap)(64)?|_ZNSt10filesystem.*|_ZNSt\d+basic_[io]?fstream.*|_ZNSt13basic_filebuf.*",
     "no files in core: ask a port"),
    (r"socket|connect|bind|listen|accept4?|send|recv|sendto|recvfrom|getaddrinfo|poll|select|epoll_\w+", "no sockets in core: ask a port"),
    (r"rand|srand|random|srandom|drand48|getrandom|arc4random\w*|_ZNSt13random_device.*", "draw from the seeded core/base/rng.h"),
    (r"getenv|secure_getenv|setenv|system|popen|fork|execve?|signal|sigaction|exit|_exit", "no process or environment in core: take it by constructor"),
    (r"emscripten_\w+|em_\w+", "only playground/platform knows Emscripten"),
    (r"_ZSt4cout|_ZSt4cerr|_ZSt4clog|puts|printf|putchar", "core prints nothing: return text, or trace on the port"),
]
SYMBOLS = [(re.compile(rf"^({pattern})$"), fix) for pattern, fix in SYMBOLS]

# --- sizes ---------------------------------------------------------------------------------------------------------------
FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 100

# Package hosts, in pieces so that this file passes its own check.
HOSTS = re.compile("|".join(re.escape(a + b) for a, b in [
    ("deb.", "debian.org"), ("security.", "debian.org"), ("snapshot.", "debian.org"), ("ftp.", "debian.org"), ("registry.", "npmjs"),
    ("archive.", "ubuntu"), ("pypi.", "org"), ("files.pythonhosted", ".org"), ("registry-1.", "docker"), ("ghcr.", "io"), ("registry.", "k8s.io/v2")]))

# What tests/scenarios has to cover: (file, kind, the part of it (None: all), what names one).
COVERED = [
    ("core/controllers/manager.cpp", "controllers", None, r'\badd\(std::make_unique<.*, "([a-z-]+)"\);'),
    ("core/scheduler/rule.cpp", "scheduler", r"kReasons\[\] = \{(.*?)\n\};", r'\{k\w+, "(\w+)"'),
    ("core/scheduler/rule.cpp", "scheduler", r"k(?:Filters|Scores)\[\] = \{(.*?)\n\};", r'\{"(\w+)", '),
    ("runtime_sim/faults/fault.cpp", "faults", r"kFaults\[\] = \{(.*?)\n\};", r'\{"([a-z-]+)", '),
]
# Scheduler plugins that are no rule of one node: the file that does their work.
COVERED_FILES = {
    "core/scheduler/queue.cpp": "scheduler/PrioritySort",
    "core/scheduler/scheduler.cpp": "scheduler/SchedulingGates",
    "core/scheduler/preemption.cpp": "scheduler/DefaultPreemption",
}
