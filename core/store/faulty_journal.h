// FaultyJournal: a decorator that makes a good journal slow, or refuse writes. For simulation and tests.
#pragma once

#include <deque>

#include "core/base/rng.h"
#include "core/ports/journal.h"

namespace orrery::store {

struct JournalFaults {
  Duration latency;       // of each append
  Duration jitter;        // up to this much more
  uint32_t fail_ppm = 0;  // probability that an append is refused, in a million
  bool full = false;      // every append is refused as on a full disk
  bool any() const { return latency.ns > 0 || jitter.ns > 0 || fail_ppm > 0 || full; }
};

class FaultyJournal final : public ports::Journal, public ports::Target {
 public:
  FaultyJournal(ports::TaskQueue& queue, ports::Journal& inner, Rng rng, JournalFaults faults = {});
  ~FaultyJournal() override;
  // Fences the writer before: what it appended and is not durable yet never will be.
  Result<ports::JournalState> load() override;
  void append(ports::JournalBatch batch, ports::ReplyTo reply) override;
  void compact(uint64_t revision) override { inner_.compact(revision); }
  void on_task(const ports::Task& task) override;

  // May be changed at any time.
  JournalFaults& faults() { return state_.faults; }

  struct Waiting {
    ports::JournalBatch batch;
    ports::ReplyTo reply;
    Instant due;
  };
  struct State {
    JournalFaults faults;
    Rng rng;
    std::deque<Waiting> waiting;  // in order; one task is posted for those due together
    Instant last_due;
    bool failing = false;  // an append failed and its reply was not delivered yet: all later ones fail too
  };
  const State& state() const { return state_; }
  void restore(State state) { state_ = std::move(state); }

 private:
  enum TaskKind : uint32_t { kDue = 1, kFailureTold };
  void write(Waiting next);

  ports::TaskQueue& queue_;
  ports::Journal& inner_;
  ports::TargetId self_;
  State state_;
};

}  // namespace orrery::store
