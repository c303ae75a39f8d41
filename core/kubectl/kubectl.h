// kubectl as text in, text out, over any ports::ApiHandler: the playground's terminal, lessons and `orrery kubectl`.
//
// A session is one command line. Commands are written straight through, and run again from their start each time an
// answer arrives: calls that were answered before return at once from the session's log, output that was already
// printed is skipped. So a command holds no callback and no thread, and a session is plain data. What streams (watches,
// logs, exec) is handled part by part once the command has asked for it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/api/custom/custom_type.h"
#include "core/ports/api.h"
#include "core/ports/clock.h"

namespace orrery::kubectl {

// Manifest files of the user: the playground's own, a folder natively.
class FileSource {
 public:
  virtual ~FileSource() = default;
  virtual bool read(std::string_view path, std::string& text) = 0;
  virtual bool write(std::string_view path, std::string_view text) = 0;
  // Files directly in a folder, sorted; empty when it is none.
  virtual std::vector<std::string> list(std::string_view folder) = 0;
};

// Output of a session, as it comes.
struct Output {
  uint64_t session = 0;
  uint8_t channel = 1;     // 1 standard output, 2 standard error
  Str text;
  bool end = false;        // the command ended with `exit_code`
  int exit_code = 0;
  // `kubectl edit`: the text to edit; answer with input(). The user sees it in an editor, not in the terminal.
  bool edit = false;
};

struct Options {
  ports::Identity identity;
  Str ns = "default";      // of the current context
  Str context = "orrery";
  Str server = "https://127.0.0.1:6443";
};

// Who reads what the user types while a command runs: nobody, a program that reads lines, or one that has a terminal and
// echoes what it gets.
enum class Keys : uint8_t { None, Lines, Terminal };

struct Session;
class Context;  // core/kubectl/session.h

class Kubectl final : public ports::Target {
 public:
  // Output arrives at `to` as tasks with an Output payload.
  Kubectl(ports::TaskQueue& queue, ports::ApiHandler& api, const ports::Clock& clock, FileSource& files, Options options);
  ~Kubectl() override;

  // argv without "kubectl" itself; `input` is standard input (for -f -). Returns the session's id.
  uint64_t run(std::vector<std::string> argv, std::string input, ports::ReplyTo to);
  // Keys typed while exec -it or attach runs, or the edited text after an edit.
  void input(uint64_t session, std::string_view bytes);
  Keys keys(uint64_t session) const;
  // input() for whom keys() says; Ctrl-D (4) ends what a program without a terminal reads.
  void type(uint64_t session, std::string_view text);
  void close_input(uint64_t session);
  void resize(uint64_t session, uint16_t width, uint16_t height);
  // Ctrl-C: ends the session with exit code 130.
  void interrupt(uint64_t session);
  bool running(uint64_t session) const { return sessions_.count(session) > 0; }
  Options& options() { return options_; }
  // Becomes what `other` is in another world: its commands go on there. What they print goes to the same targets.
  void copy_from(const Kubectl& other);
  ports::TargetId target() const { return id_; }
  std::vector<uint64_t> sessions() const;
  // Output arrives there from now on.
  void redirect(uint64_t session, ports::ReplyTo to);

  void on_task(const ports::Task& task) override;

 private:
  friend class Context;
  enum TaskKind : uint32_t { kRun = 1, kReply, kWake };
  void execute(Session& s);
  void no_command(Session& s);
  bool learn_kinds(Context& context, Session& s);
  void print(Session& s, uint8_t channel, std::string_view text);
  void finish(Session& s, int exit_code);

  ports::TaskQueue& queue_;
  ports::ApiHandler& api_;
  const ports::Clock& clock_;
  FileSource& files_;
  Options options_;
  ports::TargetId id_;
  std::map<uint64_t, std::unique_ptr<Session>> sessions_;
  std::map<uint64_t, std::pair<uint64_t, size_t>> tokens_;  // token -> session, call number
  uint64_t next_session_ = 1, next_token_ = 1;
  std::vector<std::shared_ptr<const api::CustomType>> custom_;  // of the definitions asked for last
};

// Splits a command line as a shell does (quotes, backslashes). Sets `error` for an open quote.
std::vector<std::string> split_line(std::string_view line, std::string& error);

// What can stand next on that line: commands, kinds, names are asked of the server elsewhere.
std::vector<std::string> complete_words(const std::vector<std::string>& words);

}  // namespace orrery::kubectl
