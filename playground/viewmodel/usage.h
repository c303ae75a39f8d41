// What pods and nodes used over the last minutes, as metrics.k8s.io told it. Nothing here is measured or guessed by the
// page.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "playground/viewmodel/cluster_model.h"

namespace orrery::viewmodel {

constexpr Nanos kUsagePeriod = 15 * kSecond;   // as metrics-server reads the kubelets (its --metric-resolution)
constexpr Nanos kUsageSpan = 300 * kSecond;    // that a plot shows
constexpr Nanos kUsageGap = 4 * kUsagePeriod;  // points further apart aren't joined: nobody measured between them
constexpr std::size_t kUsagePodsMax = 300;     // of a bigger cluster only what is looked at is asked for

struct UsagePoint {
  Nanos at = 0;                // of the measurement
  std::int64_t cpu_milli = 0;  // thousandths of a core
  std::int64_t memory = 0;     // bytes of the working set
  friend bool operator==(const UsagePoint&, const UsagePoint&) = default;
};

enum class UsageAnswer {
  None,      // not yet
  Measured,  // what is missing from it wasn't measured
  NoApi,     // the cluster serves no metrics.k8s.io
  Refused,   // the API said why
};

struct UsageReply {
  ObjectRef asked;  // no name: every one of its kind; no kind either: every pod and node
  UsageAnswer answer = UsageAnswer::None;
  std::string error;
  std::vector<std::pair<ObjectRef, UsagePoint>> points;
};

class UsageHistory {
 public:
  static constexpr std::size_t kPointsMax = 64;     // of one object
  static constexpr std::size_t kObjectsMax = 1024;  // the one that was measured longest ago goes first

  void observe(const UsageReply& reply);
  void reset() { *this = UsageHistory(); }
  // The cluster was taken back to `now`: what was measured later is forgotten.
  void rewind(Nanos now);

  // Oldest first; nullptr: never measured.
  const std::deque<UsagePoint>* of(const ObjectRef& ref) const;
  // The last answer about it.
  UsageAnswer answer(const ObjectRef& ref) const;
  const std::string& error(const ObjectRef& ref) const;  // of that answer
  std::uint64_t version() const { return version_; }  // grows with every answer

 private:
  using Key = std::tuple<std::string, std::string, std::string>;
  struct Answer {
    ObjectRef asked;
    UsageAnswer answer = UsageAnswer::None;
    std::string error;
  };
  void take(const ObjectRef& ref, const UsagePoint& point);
  const Answer* about(const ObjectRef& ref) const;

  std::map<Key, std::deque<UsagePoint>> points_;
  std::map<std::string, Answer> answers_;  // the last one about each kind: pods and nodes are two resources of the API
  std::uint64_t version_ = 0;
};

}  // namespace orrery::viewmodel
