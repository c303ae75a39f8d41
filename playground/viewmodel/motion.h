// What moves on the map: trace records played back one causal chain at a time, slower than they happened.
// A chain's next hops wait for those they follow from. More than kMaxFlying at once, or kMaxWaiting waiting, merge into
// counted streams.
// Heartbeats never show. Time here is the user's real time.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "playground/viewmodel/cluster_model.h"

namespace orrery::viewmodel {

// Between pods, or to the cluster's DNS: what runs in the cluster, not the cluster's own work.
bool is_traffic(const std::string& from, const std::string& to);

struct Dot {
  Trace trace;
  double progress = 0;  // 0 at trace.from, 1 at trace.to
};

// Many records over the same arrow, shown as one line with a number.
struct Stream {
  std::string from, to;
  int count = 0;
  double left_s = 0;
};

class Motion {
 public:
  static constexpr std::size_t kMaxWaiting = 48;   // a chain or two
  static constexpr std::size_t kMaxFlying = 12;
  static constexpr double kHopSeconds = 0.55;
  static constexpr double kStreamSeconds = 1.5;
  static constexpr double kRestSeconds = 0.35;  // between two chains

  // Takes the records that are newer than those seen before.
  void observe(const std::vector<Trace>& traces);
  void advance(double seconds);
  // With reduced motion nothing flies: hops are counted as arrived at once.
  void set_still(bool still) { still_ = still; }
  void reset();

  // Something of the cluster's own work is on its way or waits for its turn. Traffic between pods is none of it.
  bool works() const;
  bool moving() const { return !flying_.empty() || !waiting_.empty() || !streams_.empty() || !glow_.empty(); }
  const std::vector<Dot>& flying() const { return flying_; }
  const std::vector<Stream>& streams() const { return streams_; }
  // The hop that explains the present moment, nullptr when nothing flies.
  const Trace* current() const { return flying_.empty() ? nullptr : &flying_.front().trace; }
  // How strongly a place is lit because a dot has just arrived there, 0..1.
  double glow(const std::string& place) const;
  // The strongest glow of the places whose name begins so.
  double glow_within(const std::string& beginning) const;

 private:
  void count(const Trace& trace);
  void merge();
  void launch();
  std::uint64_t root_of(const Trace& trace) const;
  bool ready(const Trace& trace) const;

  std::uint64_t seen_ = 0;
  std::map<std::uint64_t, std::uint64_t> roots_;  // seq -> root of its chain, of the last kMaxTraces
  std::deque<Trace> waiting_;
  std::vector<Dot> flying_;
  std::vector<Stream> streams_;
  std::map<std::string, double> glow_;
  std::uint64_t chain_ = 0;
  double rest_ = 0;
  bool still_ = false;
};

}  // namespace orrery::viewmodel
