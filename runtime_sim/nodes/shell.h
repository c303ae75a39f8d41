// The shell of simulated containers: `sh` with variables, pipes, loops and the everyday commands. A script is compiled
// once to a list of instructions; a running shell is plain data (position, variables, what it waits for), so it can be
// paused, copied and replayed. Waiting is the caller's business: step() says what for.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/list.h"
#include "core/base/time.h"

namespace orrery::sim {

struct ShellScript;   // compiled, immutable

struct ShellState {
  std::shared_ptr<const ShellScript> script;
  uint32_t pc = 0;
  Map<Str> vars;
  std::vector<std::vector<std::string>> loops;  // remaining words of the open `for` loops, innermost last
  int32_t status = 0;
  Str cwd = "/";
  std::string pending_input;    // stdin that has arrived
  bool input_open = false;
  bool interactive = false;     // reads commands from stdin and prompts
  std::string typed;            // the line being typed at a terminal
  bool reads_commands = false;  // `sh` without a script
  bool prompt_due = false;
  bool slept = false;           // the wait of the command at pc is over
};

// Whom a process runs as.
struct ShellUser {
  int64_t uid = 0, gid = 0;
  List<int64_t> groups;         // supplementary ones, rising, without `gid`
};

// What a step needs of its container. Text written by commands goes to write(); files are the container's.
class ShellHost {
 public:
  virtual ~ShellHost() = default;
  virtual void write(uint8_t channel, std::string_view text) = 0;
  virtual Map<Str>& files() = 0;
  virtual bool writable(std::string_view path) = 0;
  virtual Str hostname() = 0;
  virtual WallTime wall_now() = 0;
  // "PID   USER     COMMAND" lines of the processes that this container sees
  virtual std::vector<std::pair<int, std::string>> processes() = 0;
  virtual bool kill(int pid, int signal) = 0;
  virtual void listen(int32_t port, std::string body) = 0;   // busybox httpd / nc -l
  virtual List<Str> lookup(const std::string& name, Str* full) = 0;
  // False: a question to the DNS server times out.
  virtual bool dns_answers() { return true; }
  // The names that lead from `name` to the one that has addresses (CNAME), both included; empty: no such name.
  virtual List<Str> aliases(const std::string&) { return {}; }
  virtual Str pod_ip() = 0;
  virtual ShellUser user() { return {}; }
  virtual int32_t mode(std::string_view) { return 0644; }  // permission bits of a file
};

struct ShellWait {
  enum class For : uint8_t { Nothing, Time, Network, Input, Exit } what = For::Nothing;
  Duration time;                // Time
  Str host, path = "/", method = "GET", body, tool;  // Network
  int32_t port = 80;
  Duration timeout;
  bool quiet = false, head = false;
  Str output_file;              // wget -O FILE; "" or "-": stdout
  int32_t exit_code = 0;        // Exit
};

// The `why` of a wget whose own time-out (-T) ended it.
constexpr const char* kDownloadTimedOut = "download timed out";

struct NetResult {
  bool ok = false;
  int32_t status = 0;
  Str body, why, address;
  Duration took;
};

// Null and a message when the text isn't a script ("sh: syntax error: unexpected ...").
std::shared_ptr<const ShellScript> compile_script(std::string_view text, std::string& error);

// True when the container has such a program.
bool is_command(std::string_view name);

// Prepares a command line (argv) to run: `sh -c SCRIPT`, or any command by itself.
// Empty and `error` set when it can't be run.
std::optional<ShellState> start_command(const List<Str>& argv, const Map<Str>& env, bool input_open, std::string& error);

// Ctrl-C at its terminal: what it runs ends with status 130, and it prompts again. False: no terminal's shell.
bool interrupt(ShellState& shell, ShellHost& host);

// Runs until it must wait or ends. `net` is the answer to a Network wait. At most kShellSteps instructions a call.
ShellWait step(ShellState& shell, ShellHost& host, const NetResult* net = nullptr);
constexpr uint32_t kShellSteps = 10'000;      // then it yields for kShellSlice
constexpr Duration kShellSlice = millis(10);

}  // namespace orrery::sim
