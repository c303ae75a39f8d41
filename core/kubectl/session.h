// A running command, and what commands see of the world (Context).
#pragma once

#include <map>
#include <memory>
#include <optional>

#include <nlohmann/json_fwd.hpp>

#include "core/api/kinds.h"
#include "core/kubectl/args.h"
#include "core/kubectl/kubectl.h"

namespace orrery::kubectl {

enum class StreamKind : uint8_t { None, Logs, WatchTable, WatchUntil, Exec, Attach, Capture };

// Handles the parts of a stream: returns true when the command is to run again (its condition may hold now).
// Session::kept of a WatchUntil whose stream has ended.
inline constexpr const char* kStreamEnded = "ended";

struct Session {
  uint64_t id = 0;
  std::vector<std::string> argv;
  std::string input;
  ports::ReplyTo to;
  struct Call {
    uint64_t token = 0, api = 0;
    bool done = false;
    ports::ApiReply reply;
    std::string streamed;             // parts of a streamed answer so far
    uint64_t timer = 0;               // a sleep
    std::shared_ptr<const void> read; // what a command made of the reply; see Context::once
  };
  std::vector<Call> calls;            // in the order in which the command makes them
  size_t printed[3] = {0, 0, 0};      // bytes already printed, by channel
  // The stream that is open, if any
  StreamKind stream = StreamKind::None;
  uint64_t stream_token = 0, stream_call = 0;
  std::string buffer;                 // an incomplete line of it
  std::string kept;                   // command's own memory while streaming (column widths, last state)
  std::optional<int> stream_exit;     // it ended
  std::optional<Error> stream_error;
  bool tty = false, takes_input = false;  // of the exec or attach that is open
  std::optional<int> attached;        // an attach has ended; see Context::attach
  bool editing = false, edited = false;
  std::string edit_text;
  bool asked_for_definitions = false;
  std::shared_ptr<const void> manifests;  // of -f, read once (resources.h)
  // What the command has done with its first items; see Context::item.
  struct Item {
    std::string text[3];
    size_t calls = 0;                 // made up to its end
    bool failed = false;
  };
  std::vector<Item> items;
  // What a loop that asks again and again has said and waited; by the number of its first call. See Poll.
  struct Asked {
    std::string text[3];
    Duration waited;
  };
  std::map<size_t, Asked> asked;
  // What ran in a container for the command itself (Context::capture), in their order; the last one may be open.
  struct Captured {
    std::string output, errors;
    std::optional<int> exit;
  };
  std::vector<Captured> captured;
};

enum class Step : uint8_t { Done, Failed, Wait };

class Context {
 public:
  Context(Kubectl& kubectl, Session& session, const Args& args) : k_(kubectl), s_(session), args(args) {}

  // The answer of this command's next call, or null: return Step::Wait then.
  const ports::ApiReply* call(ports::ApiRequest request);
  const ports::ApiReply* get(const std::string& path, const char* accept = "application/json");
  const ports::ApiReply* send(const char* method, const std::string& path, const std::string& body,
                              const char* content_type = "application/json");
  // False: return Step::Wait.
  bool sleep(Duration wait);
  // In all loops of this command (Poll).
  Duration waited() const;
  // Of the calls from that one on nothing is known any more; the next call is that one.
  void forget_calls(size_t from);
  // What `make` makes of the latest answer, made once: a long list would be read anew with every answer that follows.
  template <class T, class Make>
  const T& once(Make&& make) {
    std::shared_ptr<const void>& read = s_.calls[next_call_ - 1].read;
    if (!read) read = std::make_shared<const T>(make());
    return *static_cast<const T*>(read.get());
  }
  // Opens a stream once; its parts are printed or handed to watch handlers.
  void stream(StreamKind kind, ports::ApiRequest request);
  // Reads a container's streams to the user, and the user's keys to it; false until it has ended: return Step::Wait then.
  bool attach(ports::ApiRequest request, bool tty, bool input);
  // Runs an exec whose output the command reads, `input` being all that it gets; null until it has ended: return Step::Wait then.
  const Session::Captured* capture(ports::ApiRequest request, std::string_view input);
  // Hands text to the user's editor once; false until it is edited.
  bool edit(const std::string& text, std::string& edited);

  // A command runs anew with every answer. Of a long list of items each is worked on until it is done, then only its
  // output is repeated:  for (...) { if (c.item()) continue; ...; c.item_done(failed); }
  bool item();
  void item_done(bool failed);
  bool any_item_failed() const;

  void out(std::string_view text) { text_[1] += text; }
  void err(std::string_view text) { text_[2] += text; }
  // Prints "Error from server (NotFound): ..." or "error: ..." and fails.
  Step fail(const Error& error);
  Step fail(std::string_view message);           // "error: <message>"
  Step usage(std::string_view message);          // "error: <message>\nSee 'kubectl X -h' for help and examples"

  // All kinds: built in, then those of the definitions that were asked for.
  std::vector<const api::KindInfo*> kinds() const;
  void note_unknown_kind() { unknown_kind_ = true; }
  bool unknown_kind() const { return unknown_kind_; }

  Str ns() const;                                // -n, or the context's
  bool all_namespaces() const;
  FileSource& files() { return k_.files_; }
  const Options& options() const { return k_.options_; }
  Options& mutable_options() { return k_.options_; }
  WallTime now() const { return k_.clock_.now(); }
  Session& session() { return s_; }
  const std::string& text(int channel) const { return text_[channel]; }

 private:
  friend class Poll;
  Kubectl& k_;
  Session& s_;
  size_t next_call_ = 0, next_item_ = 0, next_capture_ = 0;
  size_t item_text_[3] = {0, 0, 0};              // where the present item's output begins
  bool unknown_kind_ = false;
  std::string text_[3];

 public:
  const Args& args;
};

// A loop that asks until the answer is right. Earlier answers are forgotten, only what was said because of them is kept: a
// command runs anew with every answer, and thousands of them would be read again each time.
//   for (Poll poll(c);;) { r = c.get(...); if (!r) return Step::Wait; if (...) break; if (!poll.again(kWait)) return Step::Wait; }
class Poll {
 public:
  explicit Poll(Context& c);
  Duration waited() const;
  // False: return Step::Wait.
  bool again(Duration wait);

 private:
  Context& c_;
  size_t first_call_, begin_[3] = {0, 0, 0};
};

using CommandFn = Step (*)(Context&);

struct Command {
  const char* name;          // "get", "rollout undo", "create namespace|ns"
  CommandFn run;
  const char* usage;         // one line
  const char* flags;         // "o:output= A:all-namespaces l:selector= ..." : short:long, '=' takes a value
};
// A command's word without the other names that it has: "namespace|ns" is called "namespace".
std::string name_of(const std::string& word);
bool is_called(const std::string& word, const std::string& typed);
// "create namespace" of "create namespace|ns".
std::string full_name(const Command& command);
// How many words name a group of commands: 1 of "rollout nonsense", 2 of "create secret x".
size_t group_words(const std::vector<std::string>& words);
const Command* find_command(const std::vector<std::string>& words, size_t& used);
const std::vector<Command>& all_commands();

}  // namespace orrery::kubectl
