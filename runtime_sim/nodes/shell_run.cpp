#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "runtime_sim/nodes/shell_script.h"

namespace orrery::sim {

namespace {

using Op = ShellInstruction::Op;
constexpr uint32_t kCaptureDepthSteps = 1000;

bool name_char(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

}  // namespace

std::string ShellExpander::variable(const std::string& name) {
  if (name == "?") return std::to_string(shell_.status);
  if (name == "$") return "1";
  if (name == "#") return "0";
  return shell_.vars.get(name).str();
}

// + - * / % with parentheses and variables, left to right by precedence.
int64_t ShellExpander::sum(const std::string& text) {
  size_t i = 0;
  auto blank = [&] { while (i < text.size() && text[i] == ' ') ++i; };
  struct Eval {
    ShellExpander& e;
    const std::string& t;
    size_t& i;
    void blank() { while (i < t.size() && t[i] == ' ') ++i; }
    int64_t atom() {
      blank();
      if (i < t.size() && t[i] == '(') {
        ++i;
        int64_t v = add();
        blank();
        if (i < t.size() && t[i] == ')') ++i;
        return v;
      }
      if (i < t.size() && t[i] == '-') return ++i, -atom();
      std::string word;
      while (i < t.size() && (name_char(t[i]) || t[i] == '$')) word += t[i++];
      if (!word.empty() && word[0] == '$') word = word.substr(1);
      int64_t v = 0;
      if (parse_int64(word, v)) return v;
      parse_int64(e.variable(word), v);
      return v;
    }
    int64_t mul() {
      int64_t v = atom();
      for (blank(); i < t.size() && (t[i] == '*' || t[i] == '/' || t[i] == '%'); blank()) {
        char op = t[i++];
        int64_t r = atom();
        if (op == '*') v = static_cast<int64_t>(static_cast<uint64_t>(v) * static_cast<uint64_t>(r));
        else if (r == 0 || r == -1) v = r == 0 ? 0 : op == '/' ? -v : 0;
        else v = op == '/' ? v / r : v % r;
      }
      return v;
    }
    int64_t add() {
      int64_t v = mul();
      for (blank(); i < t.size() && (t[i] == '+' || t[i] == '-'); blank()) {
        char op = t[i++];
        int64_t r = mul();
        v = static_cast<int64_t>(op == '+' ? static_cast<uint64_t>(v) + static_cast<uint64_t>(r)
                                           : static_cast<uint64_t>(v) - static_cast<uint64_t>(r));
      }
      return v;
    }
  };
  blank();
  return Eval{*this, text, i}.add();
}

// raw[i] is '$'; leaves i behind what was read.
std::string ShellExpander::dollar(const std::string& raw, size_t& i) {
  size_t n = raw.size();
  if (i + 1 >= n) return ++i, "$";
  char c = raw[i + 1];
  if (c == '(') {
    int depth = 0;
    size_t end = i + 1;
    for (; end < n; ++end) {
      if (raw[end] == '(') ++depth;
      if (raw[end] == ')' && --depth == 0) break;
    }
    std::string inner = raw.substr(i + 2, end - i - 2);
    i = end + 1;
    if (starts_with(inner, "(") && ends_with(inner, ")")) return std::to_string(sum(inner.substr(1, inner.size() - 2)));
    std::string out = run_captured(inner, shell_, host_);
    while (!out.empty() && out.back() == '\n') out.pop_back();
    return out;
  }
  if (c == '{') {
    size_t end = raw.find('}', i);
    if (end == std::string::npos) return ++i, "$";
    std::string inner = raw.substr(i + 2, end - i - 2);
    i = end + 1;
    size_t colon = inner.find(":-");
    if (colon == std::string::npos) return variable(inner);
    std::string value = variable(inner.substr(0, colon));
    return value.empty() ? one(inner.substr(colon + 2)) : value;
  }
  if (c == '?' || c == '$' || c == '#') return i += 2, variable(std::string(1, c));
  size_t end = i + 1;
  while (end < n && name_char(raw[end])) ++end;
  if (end == i + 1) return ++i, "$";
  std::string name = raw.substr(i + 1, end - i - 1);
  i = end;
  return variable(name);
}

void ShellExpander::expand(const std::string& raw, std::vector<std::string>& out, bool split_words) {
  std::string word;
  std::vector<bool> active;  // which characters of the word may be part of a file name pattern
  bool any = false, pattern = false;
  char quote = 0;
  auto add = [&](char c, bool quoted) {
    word += c;
    active.push_back(!quoted);
    pattern = pattern || (!quoted && (c == '*' || c == '?' || c == '['));
  };
  auto finish = [&] {
    std::vector<std::string> files = pattern && split_words ? match_files(word, active, shell_, host_) : std::vector<std::string>{};
    if (files.empty()) files.push_back(word);  // a pattern that names nothing stays as it is
    out.insert(out.end(), files.begin(), files.end());
    word.clear();
    active.clear();
    any = pattern = false;
  };
  for (size_t i = 0; i < raw.size();) {
    char c = raw[i];
    if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
      any = true;
      ++i;
    } else if (quote && c == quote) {
      quote = 0;
      ++i;
    } else if (c == '\\' && quote != '\'' && i + 1 < raw.size()) {
      char next = raw[i + 1];
      if (quote == '"' && next != '"' && next != '\\' && next != '$' && next != '`') add(c, true);
      add(next, true);
      any = true;
      i += 2;
    } else if (c == '$' && quote != '\'') {
      std::string value = dollar(raw, i);
      if (quote || !split_words) {
        for (char v : value) add(v, true);
        any = any || quote || !value.empty();
        continue;
      }
      for (char v : value) {
        if (v == ' ' || v == '\n' || v == '\t') {
          if (any) finish();
        } else {
          add(v, false);
          any = true;
        }
      }
    } else {
      add(c, quote != 0);
      any = true;
      ++i;
    }
  }
  if (any || !split_words) finish();
}

std::vector<std::string> ShellExpander::words(const std::vector<std::string>& raw) {
  std::vector<std::string> out;
  for (const std::string& r : raw) expand(r, out, true);
  return out;
}

std::string ShellExpander::one(const std::string& raw) {
  std::vector<std::string> out;
  expand(raw, out, false);
  return out.empty() ? std::string() : out[0];
}

std::string run_captured(const std::string& text, ShellState& shell, ShellHost& host) {
  std::string error;
  ShellState inner = shell;
  inner.script = compile_script(text, error);
  inner.pc = 0;
  inner.loops.clear();
  inner.interactive = false;
  if (!inner.script) return {};
  struct Capture final : ShellHost {
    ShellHost& h;
    std::string out;
    explicit Capture(ShellHost& host) : h(host) {}
    void write(uint8_t channel, std::string_view t) override { channel == 1 ? void(out += t) : h.write(channel, t); }
    Map<Str>& files() override { return h.files(); }
    bool writable(std::string_view p) override { return h.writable(p); }
    Str hostname() override { return h.hostname(); }
    WallTime wall_now() override { return h.wall_now(); }
    std::vector<std::pair<int, std::string>> processes() override { return h.processes(); }
    bool kill(int p, int s) override { return h.kill(p, s); }
    void listen(int32_t p, std::string b) override { h.listen(p, std::move(b)); }
    List<Str> lookup(const std::string& n, Str* f) override { return h.lookup(n, f); }
    bool dns_answers() override { return h.dns_answers(); }
    List<Str> aliases(const std::string& n) override { return h.aliases(n); }
    Str pod_ip() override { return h.pod_ip(); }
    ShellUser user() override { return h.user(); }
    int32_t mode(std::string_view p) override { return h.mode(p); }
  } capture(host);
  for (uint32_t i = 0; i < kCaptureDepthSteps; ++i)
    if (step(inner, capture).what != ShellWait::For::Nothing) break;  // waiting inside $( ) isn't simulated
  shell.status = inner.status;
  return capture.out;
}

namespace {

// Applies redirects after a command ran; the output left in `io` goes on to the pipe or the terminal.
void redirect(const ShellCommand& c, ShellExpander& expander, ShellState& shell, ShellHost& host, CommandIo& io, int& status) {
  for (const ShellRedirect& r : c.redirects) {
    if (r.fd == 0) continue;
    std::string& from = r.fd == 2 ? io.errors : io.output;
    if (r.to_stdout) {
      io.output += io.errors;
      io.errors.clear();
      continue;
    }
    if (r.word.empty()) {  // >&2
      io.errors += io.output;
      io.output.clear();
      continue;
    }
    std::string path = absolute(expander.one(r.word), shell.cwd);
    std::string text = std::move(from);
    from.clear();
    if (path == "/dev/null") continue;
    if (path == "/dev/stdout" || path == "/dev/stderr" || path == "/proc/1/fd/1") {
      (path == "/dev/stderr" ? io.errors : io.output) += text;
      continue;
    }
    if (!host.writable(path)) {
      io.errors += cat("sh: can't create ", path, ": Read-only file system\n");
      status = 1;
      continue;
    }
    Str old = r.append ? host.files().get(path) : Str();
    host.files().set(path, cat(old, text));
  }
}

// A command that reads what is typed at it, for want of a file: `cat`, `tar x`.
bool reads_stdin(const ShellCommand& c) {
  constexpr std::string_view kReaders[] = {"base64", "cat", "sort", "tar", "uniq", "wc"};
  auto bare = [](const std::string& word) {  // without quotes; nothing is expanded, which could have effects
    return word.size() > 1 && word.front() == '\'' && word.back() == '\'' ? word.substr(1, word.size() - 2) : word;
  };
  if (c.words.empty()) return false;
  std::string name = bare(c.words[0]);
  bool reader = std::find(std::begin(kReaders), std::end(kReaders), name) != std::end(kReaders);
  for (const ShellRedirect& r : c.redirects) reader &= r.fd != 0;
  if (!reader) return false;
  for (size_t i = 1; i < c.words.size(); ++i) {
    std::string word = bare(c.words[i]);
    if (name == "tar" && i == 1) return word.find_first_of("xt") != std::string::npos;
    if (word == "-" || word.empty() || word[0] != '-') return word == "-";
  }
  return true;
}

bool load_input(const ShellCommand& c, ShellExpander& expander, ShellState& shell, ShellHost& host, CommandIo& io) {
  for (const ShellRedirect& r : c.redirects) {
    if (r.fd != 0) continue;
    std::string path = absolute(expander.one(r.word), shell.cwd);
    const Str* text = host.files().find(path);
    if (!text) {
      io.errors += cat("sh: can't open ", r.word, ": no such file\n");
      return false;
    }
    io.input = text->str();
    io.has_input = true;
  }
  return true;
}

// Runs a pipeline. A command that waits may only be its first; its answer then feeds the rest.
bool run_pipeline(const ShellInstruction& in, ShellState& shell, ShellHost& host, const NetResult* net, ShellWait& wait) {
  ShellExpander expander(shell, host);
  std::string pipe;
  int status = 0;
  if (!shell.reads_commands && reads_stdin(in.pipeline[0])) {
    if (shell.input_open) {  // it gets all of it at once
      wait.what = ShellWait::For::Input;
      return false;
    }
    pipe = std::exchange(shell.pending_input, {});
  }
  for (size_t k = 0; k < in.pipeline.size(); ++k) {
    const ShellCommand& c = in.pipeline[k];
    CommandIo io;
    io.input = std::move(pipe);
    io.has_input = k > 0;
    if (k == 0 && net) {
      std::vector<std::string> argv = expander.words(c.words);
      ShellWait unused;
      run_command(argv, shell, host, io, unused);  // parses the options again
      io.output.clear();
      io.errors.clear();
      bool head = unused.head;
      std::string file = unused.output_file.str();
      bool http_error = net->ok && net->status >= 400;
      if (!net->ok) {
        status = 1;
        if (unused.tool == "wget")
          io.errors = net->why.view().find("bad address") != std::string::npos
                          ? cat("wget: bad address '", unused.host, "'\n")
                      : net->why == kDownloadTimedOut
                          ? cat("wget: ", net->why, "\n")
                          : cat("wget: can't connect to remote host (", net->address.empty() ? unused.host : net->address, "): ", net->why, "\n");
        else if (unused.tool == "curl") {
          status = net->why.view().find("bad address") != std::string::npos ? 6 : net->why == "Connection timed out" ? 28 : 7;
          io.errors = status == 6 ? cat("curl: (6) Could not resolve host: ", unused.host, "\n")
                      : status == 28 ? cat("curl: (28) Connection timed out\n")
                                     : cat("curl: (7) Failed to connect to ", unused.host, " port ", unused.port, " after 0 ms: Could not connect to server\n");
        }
      } else if (unused.tool == "wget" && http_error) {
        status = 1;
        io.errors = cat("wget: server returned error: HTTP/1.1 ", net->status, net->status == 404 ? " Not Found" : net->status == 503 ? " Service Unavailable" : "", "\n");
      } else if (unused.tool != "nc") {
        std::string text = head ? cat("HTTP/1.1 ", net->status, " OK\r\n") : net->body.str();
        if (file.empty() || file == "-") {
          if (!(unused.tool == "wget" && file.empty())) io.output = text;
          else host.files().set(absolute("index.html", shell.cwd), text);
        } else if (file != "/dev/null") {
          host.files().set(absolute(file, shell.cwd), text);
        }
      } else if (!unused.quiet) {
        io.errors = cat(unused.host, " (", net->address, ") open\n");
      }
    } else {
      if (!load_input(c, expander, shell, host, io)) {
        host.write(2, io.errors);
        shell.status = 1;
        return true;
      }
      std::vector<std::string> argv = expander.words(c.words);
      if (argv.empty()) {
        for (const auto& [name, value] : c.assignments) shell.vars.set(name, expander.one(value));
        status = shell.status = 0;
      } else {
        Map<Str> saved = shell.vars;
        for (const auto& [name, value] : c.assignments) shell.vars.set(name, expander.one(value));
        status = run_command(argv, shell, host, io, wait);
        if (!c.assignments.empty()) shell.vars = saved;
        if (wait.what != ShellWait::For::Nothing) {
          if (k == 0 || wait.what == ShellWait::For::Exit) return false;
          io.errors += cat("sh: ", argv[0], " inside a pipe isn't simulated\n");
          wait = {};
          status = 1;
        }
      }
    }
    redirect(c, expander, shell, host, io, status);
    if (!io.errors.empty()) host.write(2, io.errors);
    if (k + 1 < in.pipeline.size()) pipe = std::move(io.output);
    else if (!io.output.empty()) host.write(1, io.output);
  }
  shell.status = status;
  return true;
}

// A terminal session: echoes what is typed, hands over whole lines. False: more input is needed.
bool next_line(ShellState& shell, ShellHost& host, std::string& line, bool& end) {
  if (!shell.interactive) {
    size_t nl = shell.pending_input.find('\n');
    if (nl == std::string::npos && shell.input_open) return false;
    end = nl == std::string::npos && shell.pending_input.empty();
    line = shell.pending_input.substr(0, nl);
    shell.pending_input.erase(0, nl == std::string::npos ? nl : nl + 1);
    return true;
  }
  for (size_t i = 0; i < shell.pending_input.size(); ++i) {
    char c = shell.pending_input[i];
    if (c == '\r' || c == '\n') {
      host.write(1, "\r\n");
      line = std::move(shell.typed);
      shell.typed.clear();
      shell.pending_input.erase(0, i + 1);
      return true;
    }
    if (c == 4 && shell.typed.empty()) {
      end = true;
      return true;
    }
    if (c == 3) {
      shell.typed.clear();
      host.write(1, "^C\r\n/ # ");
    } else if (c == 127 || c == 8) {
      if (!shell.typed.empty()) {
        shell.typed.pop_back();
        host.write(1, "\b \b");
      }
    } else {
      shell.typed += c;
      host.write(1, std::string_view(&c, 1));
    }
  }
  shell.pending_input.clear();
  end = !shell.input_open;
  return end;
}

}  // namespace

std::optional<ShellState> start_command(const List<Str>& argv, const Map<Str>& env, bool input_open, std::string& error) {
  ShellState s;
  s.vars = env;
  s.input_open = input_open;
  if (!s.vars.contains("PATH")) s.vars.set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  if (argv.empty()) {
    error = "no command specified";
    return std::nullopt;
  }
  std::string_view name = argv[0];
  if (size_t slash = name.rfind('/'); slash != std::string_view::npos) name = name.substr(slash + 1);
  if (!is_command(name)) {
    error = argv[0].view().find('/') != std::string_view::npos
                ? cat("exec: ", quoted(argv[0]), ": stat ", argv[0], ": no such file or directory")
                : cat("exec: ", quoted(argv[0]), ": executable file not found in $PATH");
    return std::nullopt;
  }
  if (name == "sh" || name == "bash" || name == "ash") {
    uint32_t i = 1;
    while (i < argv.size() && argv[i] != "-c" && starts_with(argv[i], "-")) ++i;
    if (i + 1 < argv.size() && argv[i] == "-c") {
      std::string syntax;
      s.script = compile_script(argv[i + 1], syntax);
      if (!s.script) s.script = compile_script(cat("echo ", "'", replace_all(syntax, "'", ""), "' >&2; exit 2"), error);
    } else {
      s.interactive = true;  // commands come from standard input
      s.reads_commands = true;
      s.prompt_due = true;
    }
    return s;
  }
  auto script = std::make_shared<ShellScript>();
  script->code.emplace_back();
  ShellCommand c;
  for (const Str& a : argv) c.words.push_back(cat("'", replace_all(a.str(), "'", "'\\''"), "'"));
  c.words[0] = std::string(name);
  script->code[0].pipeline.push_back(std::move(c));
  s.script = std::move(script);
  return s;
}

bool interrupt(ShellState& shell, ShellHost& host) {
  if (!shell.interactive || !shell.reads_commands) return false;
  host.write(1, "^C\r\n");
  shell.script = nullptr;
  shell.pc = 0;
  shell.loops.clear();
  shell.slept = false;
  shell.status = 130;
  shell.prompt_due = true;
  return true;
}

ShellWait step(ShellState& shell, ShellHost& host, const NetResult* net) {
  for (uint32_t steps = 0;; ++steps) {
    ShellWait wait;
    if (!shell.script || shell.pc >= shell.script->code.size()) {
      if (!shell.reads_commands) {
        wait.what = ShellWait::For::Exit;
        wait.exit_code = shell.status;
        return wait;
      }
      if (shell.prompt_due && shell.interactive) host.write(1, "/ # ");
      shell.prompt_due = false;
      std::string line, error;
      bool end = false;
      if (!next_line(shell, host, line, end)) {
        wait.what = ShellWait::For::Input;
        return wait;
      }
      if (end) {
        wait.what = ShellWait::For::Exit;
        wait.exit_code = shell.status;
        return wait;
      }
      shell.prompt_due = true;
      shell.pc = 0;
      shell.script = compile_script(line, error);
      if (!error.empty()) {
        host.write(2, error + "\n");
        shell.status = 2;
      }
      continue;
    }
    if (steps >= kShellSteps) {
      wait.what = ShellWait::For::Time;
      wait.time = kShellSlice;
      return wait;
    }
    const ShellInstruction& in = shell.script->code[shell.pc];
    switch (in.op) {
      case Op::Run: {
        if (shell.slept) {  // the wait of this very command is over
          shell.slept = false;
          shell.status = 0;
          ++shell.pc;
          break;
        }
        const NetResult* answer = net;
        net = nullptr;
        bool done = run_pipeline(in, shell, host, answer, wait);
        if (!done) {
          if (wait.what == ShellWait::For::Time) shell.slept = true;
          return wait;
        }
        ++shell.pc;
        break;
      }
      case Op::Jump: shell.pc = in.target; break;
      case Op::JumpIfOk: shell.pc = shell.status == 0 ? in.target : shell.pc + 1; break;
      case Op::JumpIfFail: shell.pc = shell.status != 0 ? in.target : shell.pc + 1; break;
      case Op::Negate:
        shell.status = shell.status == 0 ? 1 : 0;
        ++shell.pc;
        break;
      case Op::SetOk:
        shell.status = 0;
        ++shell.pc;
        break;
      case Op::ForBegin: {
        std::vector<std::string> words = ShellExpander(shell, host).words(in.words);
        shell.loops.emplace_back(words.rbegin(), words.rend());
        ++shell.pc;
        break;
      }
      case Op::ForNext:
        if (shell.loops.back().empty()) {
          shell.pc = in.target;
        } else {
          shell.vars.set(in.variable, shell.loops.back().back());
          shell.loops.back().pop_back();
          ++shell.pc;
        }
        break;
      case Op::ForEnd:
        shell.loops.pop_back();
        ++shell.pc;
        break;
    }
  }
}

}  // namespace orrery::sim
