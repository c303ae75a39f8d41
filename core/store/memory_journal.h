// MemoryJournal: a journal that lives as long as its world; survives a crash of the store above it.
#pragma once

#include <unordered_map>

#include "core/base/hash.h"
#include "core/ports/journal.h"

namespace orrery::store {

class MemoryJournal final : public ports::Journal {
 public:
  explicit MemoryJournal(ports::TaskQueue& queue) : queue_(queue) {}
  Result<ports::JournalState> load() override;
  // Acknowledged in the next turn.
  void append(ports::JournalBatch batch, ports::ReplyTo reply) override;
  void compact(uint64_t revision) override;

  // Walked by load() alone, which puts them in order of revision: no two are equal.
  using Entries = std::unordered_map<Str, ports::JournalEntry, StrHash, std::equal_to<>>;
  struct State {
    uint64_t revision = 0;
    uint64_t compacted = 0;
    Entries entries;  // by key
  };
  const State& state() const { return state_; }
  void restore(State state) { state_ = std::move(state); }

 private:
  ports::TaskQueue& queue_;
  State state_;
};

}  // namespace orrery::store
