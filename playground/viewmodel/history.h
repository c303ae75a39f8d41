// What happened to each pod, as far as the page has seen it, and the same as sentences.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "playground/viewmodel/cluster_model.h"
#include "playground/viewmodel/words.h"

namespace orrery::viewmodel {

enum class Tone { Idle, Waiting, Good, Bad, Done, Unknown };  // Unknown: nobody has said for a while

// From `at` on, `lane` (phase, a condition's type, a container's name) is in this state.
struct Mark {
  Nanos at = 0;
  std::string lane;
  Tone tone = Tone::Idle;
  std::string label;
};

struct PodHistory {
  std::string ns, name;
  bool gone = false;
  Nanos gone_at = 0;
  std::vector<std::string> lanes;  // in the order to draw them
  std::vector<Mark> marks;         // by time within a lane
};

struct FeedLine {
  Nanos at = 0;
  Word sentence{};
  std::vector<std::string> names;  // for {0}, {1}, ...
  Tone tone = Tone::Idle;
  ObjectRef about;
};

class History {
 public:
  static constexpr std::size_t kMaxFeed = 200;
  static constexpr std::size_t kMaxGone = 50;

  // Compares with what was seen last.
  void observe(const ClusterModel& model);
  void reset() { *this = History(); }
  // The cluster was taken back to the moment that `model` shows: what came later is forgotten.
  void rewind(const ClusterModel& model);

  const PodHistory* of(const std::string& uid) const;
  const std::vector<FeedLine>& feed() const { return feed_; }

 private:
  void take_pods(const ClusterModel& model);
  void pod_changed(const Pod* before, const Pod& now, Nanos at);
  void pod_gone(const Pod& pod, Nanos at);
  void say(Nanos at, Word sentence, std::vector<std::string> names, Tone tone, const Pod& pod);
  void mark(PodHistory& history, Nanos at, const std::string& lane, Tone tone, const std::string& label);

  bool started_ = false;
  SharedList<Pod> last_;
  std::map<std::string, bool> node_ready_;
  std::map<std::string, PodHistory> pods_;
  std::vector<std::string> gone_;  // oldest first
  std::vector<FeedLine> feed_;
};

Tone tone_of(const Pod& pod);
Tone tone_of(const Container& container);

}  // namespace orrery::viewmodel
