// Keeps the newest trace records and hashes all of them.
#pragma once

#include <deque>

#include "core/ports/trace.h"

namespace orrery::sim {

class TraceLog final : public ports::TraceSink {
 public:
  explicit TraceLog(size_t max) : max_(max) {}
  uint64_t emit(ports::TraceRecord record) override;

  // Records with an id above `after`, oldest first (those still kept).
  const std::deque<ports::TraceRecord>& records() const { return state_.records; }
  uint64_t last_id() const { return state_.next - 1; }
  uint64_t hash() const { return state_.hash; }

  struct State {
    uint64_t next = 1;
    uint64_t hash = 14695981039346656037ull;
    std::deque<ports::TraceRecord> records;
  };
  const State& state() const { return state_; }
  void restore(State state) { state_ = std::move(state); }

 private:
  size_t max_;
  State state_;
};

}  // namespace orrery::sim
