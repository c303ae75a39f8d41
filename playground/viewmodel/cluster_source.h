// Where the page gets its cluster from: the simulated world in the tab, or a live server.
// The page calls it between frames, from one thread; nothing here blocks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "playground/viewmodel/cluster_model.h"
#include "playground/viewmodel/placement.h"
#include "playground/viewmodel/usage.h"

namespace orrery::viewmodel {

// What a command line printed since it was last asked.
struct ShellOutput {
  std::uint64_t run = 0;  // as given to run_line
  std::string text;       // UTF-8, lines end in '\n'
  bool error = false;     // standard error
  bool finished = false;  // the last of this run
  int exit_status = 0;
  ObjectRef editing;      // `kubectl edit` of it: its editor is to open
};

// Who reads what is typed while a command runs: nobody, a program that reads lines, or one at a terminal, which echoes them.
enum class Listener { Nobody, Lines, Terminal };

enum class TextForm { Yaml, Describe, Logs };

struct ObjectText {
  ObjectRef ref;
  TextForm form = TextForm::Yaml;
  std::string text;
  std::string error;
  bool arrived = false;
};

class ClusterSource {
 public:
  virtual ~ClusterSource() = default;

  // Lets `real_seconds` of the user's time pass; `to_next_act`: no further than to the next thing that the cluster does, and
  // the rest is forgotten. A live cluster ignores it.
  virtual void advance(double real_seconds, bool to_next_act) = 0;
  // Brings `model` up to the present. True when anything but the clock changed.
  virtual bool refresh(ClusterModel& model) = 0;
  // One frame's share of that, for a big cluster: at most `traces` more of the messages, oldest first, and no objects unless
  // asked for. True when anything but the clock changed.
  virtual bool refresh_share(ClusterModel& model, bool objects, std::size_t traces) { return (void)traces, objects && refresh(model); }

  virtual void set_paused(bool paused) = 0;
  virtual void set_speed(double speed) = 0;
  // Runs up to the next thing that happens, then stays paused.
  virtual void step() = 0;

  // Shows the cluster as it was at `at`, paused. Doing something there begins a new branch; the old one is kept. A live
  // cluster ignores it.
  virtual void go_to(Nanos at) = 0;
  // Goes to the latest moment of the branch kept at that index; the present one is kept in its place.
  virtual void open_branch(std::size_t index) = 0;
  // What was done since the start, as a file that replays it; empty on a live cluster.
  virtual std::string recording() const = 0;
  // The branches that were left, oldest first, each as such a file.
  virtual std::vector<std::string> branches() const { return {}; }

  // Starts a command line such as "kubectl get pods". Its output comes through take_output.
  virtual void run_line(std::uint64_t run, const std::string& line) = 0;
  virtual void interrupt(std::uint64_t run) = 0;
  virtual Listener listener(std::uint64_t run) const { return (void)run, Listener::Nobody; }
  // Types to the program that listens: a line with its break, or a control character, of which kEndOfInput ends what it reads.
  static constexpr char kInterrupt = 3, kEndOfInput = 4;
  virtual void type(std::uint64_t run, const std::string& text) { (void)run, (void)text; }
  virtual std::vector<ShellOutput> take_output() = 0;
  // Whole words that could stand at the end of `line` instead of its last word, sorted.
  virtual std::vector<std::string> complete(const std::string& line) = 0;

  // Puts a manifest among the user's files as `stem`.yaml, or under another name while an older one has other text. Returns
  // that name; empty: this source takes none.
  virtual std::string keep_file(const std::string& stem, const std::string& text) { return (void)stem, (void)text, ""; }

  // Asks for an object's text; it comes through take_texts.
  virtual void request_text(const ObjectRef& ref, TextForm form) = 0;
  virtual std::vector<ObjectText> take_texts() = 0;

  // Asks what it uses, or what every pod and node uses (empty kind); the answer comes through take_usage, for every pod and
  // node in two parts. Of an earlier question no answer comes any more.
  virtual void request_usage(const ObjectRef& ref) { (void)ref; }
  virtual std::vector<UsageReply> take_usage() { return {}; }

  // Every rule of the scheduler on every node for that pod, as it decided; not known on a live cluster.
  virtual Placement placement(const ObjectRef& pod) = 0;

  // How long nothing will happen if the user does nothing, in real seconds; 0: something moves already.
  virtual double quiet_for() const = 0;
};

}  // namespace orrery::viewmodel
