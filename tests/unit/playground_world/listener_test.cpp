// Programs in containers that read what is typed at the page's terminal: exec -it, run -it, attach.
#include <doctest/doctest.h>

#include "playground/app/world/simulated_source.h"
#include "playground/viewmodel/terminal.h"

using namespace orrery;
using viewmodel::Listener;
using viewmodel::ShellOutput;
using viewmodel::Terminal;
using viewmodel::TerminalLine;

namespace {

// The terminal as the page has it, over a world with one node.
struct Typist {
  Typist() {
    lesson::WorldSpec spec;
    spec.seed = 5;
    source = app::open_simulated(spec);
    pass(2);
  }
  void pass(double seconds) {
    for (double passed = 0; passed < seconds; passed += 0.25) {
      source->skip(0.25);
      source->refresh(model);
      for (const ShellOutput& output : source->take_output()) terminal.take(output);
      if (terminal.busy()) terminal.set_listener(source->listener(terminal.running()));
    }
  }
  void line(const std::string& text, double seconds = 4) {
    terminal.editor().set_text(text);
    if (terminal.listener() != Listener::Nobody) {
      source->type(terminal.running(), terminal.answer());
    } else {
      std::uint64_t run = 0;
      const std::string command = terminal.enter(run);
      source->run_line(run, command);
    }
    pass(seconds);
  }
  void key(char control, double seconds = 4) {
    source->type(terminal.running(), std::string(1, control));
    pass(seconds);
  }
  std::string shown() const {
    std::string out;
    for (const TerminalLine& printed : terminal.lines()) out += printed.text + "\n";
    return out;
  }
  bool shows(const std::string& text) const { return shown().find(text) != std::string::npos; }

  std::unique_ptr<app::PageSource> source;
  viewmodel::ClusterModel model;
  Terminal terminal;
};

}  // namespace

TEST_CASE("A shell in a container: prompts, echoes, answers, and ends with its exit code") {
  Typist t;
  t.line("kubectl run web --image=nginx", 12);
  t.line("kubectl exec -it web -- sh");
  REQUIRE(t.terminal.busy());
  CHECK(t.terminal.listener() == Listener::Terminal);
  CHECK(t.terminal.prompt() == "/ # ");
  t.line("hostname");
  CHECK(t.shows("/ # hostname\nweb\n"));
  t.line("sleep 600", 1);
  t.key(3, 1);  // Ctrl-C ends what the shell runs, not the shell
  CHECK(t.shows("^C\n"));
  CHECK(t.terminal.prompt() == "/ # ");
  t.line("exit 3");
  CHECK_FALSE(t.terminal.busy());
  CHECK(t.terminal.listener() == Listener::Nobody);
  CHECK(t.terminal.prompt() == "$ ");
  CHECK(t.terminal.last_status() == 3);
  CHECK(t.shows("command terminated with exit code 3\n"));
}

TEST_CASE("Ctrl-C ends a program that has the terminal to itself; PID 1 of a container ignores it") {
  Typist t;
  t.line("kubectl run web --image=nginx", 12);
  t.line("kubectl exec -it web -- sleep 600");
  REQUIRE(t.terminal.listener() == Listener::Terminal);
  t.key(3);
  CHECK_FALSE(t.terminal.busy());
  CHECK(t.terminal.last_status() == 130);
  CHECK(t.shows("command terminated with exit code 130\n"));
  t.line("kubectl run deaf -it --image=busybox --restart=Never -- sleep 600", 12);
  REQUIRE(t.terminal.listener() == Listener::Terminal);
  const auto before = t.terminal.version();
  t.key(3);
  CHECK(t.terminal.busy());
  CHECK(t.terminal.version() == before);
}

// Words: kubectl pkg/cmd/debug, pkg/cmd/attach
TEST_CASE("kubectl debug -it: a shell beside a pod's containers, in its network") {
  Typist t;
  t.line("kubectl run web --image=nginx", 12);
  t.line("kubectl debug web -it --image=busybox --target=web -c look", 12);
  REQUIRE(t.terminal.listener() == Listener::Terminal);
  CHECK(t.shows("Targeting container \"web\". If you don't see processes from this container it may be because the container runtime "
                "doesn't support this feature.\n"));
  CHECK(t.shows("--profile=legacy is deprecated and will be removed in the future."));
  t.line("");
  CHECK(t.terminal.prompt() == "/ # ");
  t.line("wget -qO- localhost");
  CHECK(t.shows("nginx"));
  t.line("exit", 4);
  CHECK_FALSE(t.terminal.busy());
  CHECK(t.shows("Session ended, the ephemeral container will not be restarted but may be reattached using 'kubectl attach web -c look -i -t' "
                "if it is still running\n"));
  t.line("kubectl get pod web");
  CHECK(t.shows("web    1/1     Running   0"));
  t.line("kubectl debug web --image=nowhere/none -it --profile=general -c lost", 40);
  CHECK(t.terminal.busy());
  CHECK(t.shows("Warning: container lost: "));
}

TEST_CASE("kubectl run -it --rm: a pod to look around from, gone when its shell ends") {
  Typist t;
  t.line("kubectl run tmp --rm -it --image=busybox --restart=Never -- sh", 12);
  REQUIRE(t.terminal.listener() == Listener::Terminal);
  CHECK(t.shows("If you don't see a command prompt, try pressing enter.\n"));
  t.line("");
  CHECK(t.terminal.prompt() == "/ # ");
  t.line("echo $HOSTNAME");
  CHECK(t.shows("/ # echo $HOSTNAME\ntmp\n"));
  t.line("exit 4", 8);
  CHECK_FALSE(t.terminal.busy());
  CHECK(t.terminal.last_status() == 4);
  CHECK(t.shows("pod \"tmp\" deleted from default namespace\n"));
  CHECK(t.shows("pod default/tmp terminated (Error)\n"));
  t.line("kubectl get pods", 40);
  CHECK(t.shows("No resources found in default namespace."));
}

TEST_CASE("kubectl run -i: lines go in, the terminal shows them itself, Ctrl-D ends them") {
  Typist t;
  t.line("kubectl run lines -i --image=busybox --restart=Never -- wc -l", 12);
  REQUIRE(t.terminal.listener() == Listener::Lines);
  t.line("one", 1);
  t.line("two", 1);
  CHECK(t.shows("one\ntwo\n"));
  t.key(4, 8);
  CHECK_FALSE(t.terminal.busy());
  CHECK(t.terminal.last_status() == 0);
  CHECK(t.shows("2\n"));
}

TEST_CASE("kubectl run: one that ends before it can be attached to leaves its log, and what can't be is said") {
  Typist t;
  t.line("kubectl run hello --rm -i --image=busybox --restart=Never -- echo hello", 20);
  CHECK(t.shows("hello\npod \"hello\" deleted from default namespace\n"));
  t.line("kubectl run x --rm --image=busybox");
  CHECK(t.shows("error: --rm should only be used for attached containers\nSee 'kubectl run -h' for help and examples\n"));
  t.line("kubectl run x -t --image=busybox");
  CHECK(t.shows("error: -i/--stdin is required for containers with -t/--tty=true\n"));
  t.line("kubectl run x -i --image=busybox --dry-run=client");
  CHECK(t.shows("error: --dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)\n"));
}

TEST_CASE("What is typed to a program is part of the recording: rewound and run again, it says the same") {
  Typist t;
  t.line("kubectl run web --image=nginx", 12);
  t.line("kubectl exec -it web -- sh");
  t.line("echo noted > /tmp/note");
  t.line("exit", 2);
  const auto then = t.model.clock.now;
  t.pass(60);
  t.model = {};
  t.source->go_to(then);
  t.pass(1);
  t.line("kubectl exec web -- cat /tmp/note");
  CHECK(t.shows("noted\n"));
  CHECK(t.source->recording().find("keys: {line: ") != std::string::npos);
}
