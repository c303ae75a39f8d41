// MemoryJournal: a journal that lives as long as its world; survives a crash of the store above it.
#pragma once

#include "core/base/hash.h"
#include "core/base/indexed_map.h"
#include "core/ports/journal.h"

namespace orrery::store {

class MemoryJournal final : public ports::Journal {
 public:
  explicit MemoryJournal(ports::TaskQueue& queue) : queue_(queue) {}
  Result<ports::JournalState> load() override;
  // Acknowledged in the next turn.
  void append(ports::JournalBatch batch, ports::ReplyTo reply) override;
  void compact(uint64_t revision) override;

  struct State {
    uint64_t revision = 0;
    uint64_t compacted = 0;
    IndexedMap<Str, ports::JournalEntry, StrHash> entries;
  };
  const State& state() const { return state_; }
  void restore(State state) { state_ = std::move(state); }

 private:
  ports::TaskQueue& queue_;
  State state_;
};

}  // namespace orrery::store
