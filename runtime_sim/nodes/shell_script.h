// The compiled form of a shell script: instructions with jumps instead of nested structure, so that a running shell's
// place in it is one number.
#pragma once

#include <string>
#include <vector>

#include "runtime_sim/nodes/shell.h"

namespace orrery::sim {

struct ShellRedirect {
  int fd = 1;            // 0 input, 1 output, 2 errors
  bool append = false;
  bool to_stdout = false;  // 2>&1
  std::string word;
};

struct ShellCommand {
  std::vector<std::pair<std::string, std::string>> assignments;
  std::vector<std::string> words;      // with quotes and $ still in them
  std::vector<ShellRedirect> redirects;
};

struct ShellInstruction {
  enum class Op : uint8_t { Run, Jump, JumpIfOk, JumpIfFail, Negate, ForBegin, ForNext, ForEnd, SetOk } op = Op::Run;
  std::vector<ShellCommand> pipeline;  // Run
  uint32_t target = 0;                 // jumps; ForNext: where to go when there are no more words
  std::string variable;                // ForNext
  std::vector<std::string> words;      // ForBegin
};

struct ShellScript {
  std::vector<ShellInstruction> code;
};

// Expansion: $NAME ${NAME:-word} $? $(command) $((sum)), quotes removed; unquoted results split at blanks.
class ShellExpander {
 public:
  ShellExpander(ShellState& shell, ShellHost& host) : shell_(shell), host_(host) {}
  std::vector<std::string> words(const std::vector<std::string>& raw);
  std::string one(const std::string& raw);

 private:
  void expand(const std::string& raw, std::vector<std::string>& out, bool split);
  std::string dollar(const std::string& raw, size_t& i);
  std::string variable(const std::string& name);
  int64_t sum(const std::string& text);
  ShellState& shell_;
  ShellHost& host_;
};

struct CommandIo {
  std::string input;       // what the pipe or a redirect brought
  bool has_input = false;
  std::string output;      // channel 1
  std::string errors;      // channel 2
};

// Runs one everyday command to its end. Commands that must wait fill `wait` instead. Returns the exit status.
int run_command(const std::vector<std::string>& argv, ShellState& shell, ShellHost& host, CommandIo& io, ShellWait& wait);

// `tar cf - FILE...` and `tar xf - [-C DIR]`, what kubectl cp runs: ustar, files only, never compressed.
int run_tar(const std::vector<std::string>& argv, const ShellState& shell, ShellHost& host, CommandIo& io);

// id, whoami, ps, stat and sysctl: who the container runs as, and what it was given.
int run_identity(const std::vector<std::string>& argv, const ShellState& shell, ShellHost& host, CommandIo& io);
// "-rw-r--r--" of a file.
std::string mode_text(int32_t mode);

// The files and directories that a pattern with * ? [ ] names, sorted, written as the pattern is; empty: none.
// `active` tells which characters of it are no letters but part of the pattern.
std::vector<std::string> match_files(const std::string& pattern, const std::vector<bool>& active, const ShellState& shell, ShellHost& host);

// "a/../b" seen from cwd -> "/x/b".
std::string absolute(std::string_view path, std::string_view cwd);

// Runs a script whose commands can't wait, for $(...); output is what it printed.
std::string run_captured(const std::string& script, ShellState& shell, ShellHost& host);

}  // namespace orrery::sim
