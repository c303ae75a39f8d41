#include "core/store/memory_journal.h"

#include <algorithm>

namespace orrery::store {

Result<ports::JournalState> MemoryJournal::load() {
  ports::JournalState out;
  out.revision = state_.revision;
  out.compacted_revision = state_.compacted;
  for (const auto& entry : state_.entries) out.entries.push_back(entry.second);  // sorted below
  std::stable_sort(out.entries.begin(), out.entries.end(),  // sorted: no two revisions are equal
                   [](const ports::JournalEntry& a, const ports::JournalEntry& b) { return a.revision < b.revision; });
  return out;
}

void MemoryJournal::append(ports::JournalBatch batch, ports::ReplyTo reply) {
  ports::JournalAck ack;
  for (const ports::JournalEntry& e : batch) {
    ack.revision = std::max(ack.revision, e.revision);
    if (e.object)
      state_.entries[e.key] = e;
    else if (auto known = state_.entries.find(e.key); known != state_.entries.end())
      state_.entries.erase(known);
  }
  state_.revision = std::max(state_.revision, ack.revision);
  queue_.reply(reply, std::move(ack));
}

void MemoryJournal::compact(uint64_t revision) { state_.compacted = std::max(state_.compacted, revision); }

}  // namespace orrery::store
