// The journal: a fenced, single-writer log of revisioned changes beneath the store. Memory, SQLite, etcd.
#pragma once

#include <vector>

#include "core/api/object.h"
#include "core/base/result.h"
#include "core/ports/task.h"

namespace orrery::ports {

struct JournalEntry {
  uint64_t revision = 0;   // one global sequence for all kinds
  Str key;                 // "/pods/default/web-1": resource (with group unless core), namespace if any, name
  api::ObjectPtr object;   // null: the key is deleted
  bool relaxed = false;    // may be acknowledged before it is durable (Leases, Events)
};

// One turn's writes: all durable, or none.
using JournalBatch = List<JournalEntry>;

// Payload of the reply to append(). `error` unset: durable up to and including `revision`.
struct JournalAck {
  uint64_t revision = 0;
  std::optional<Error> error;  // ServiceUnavailable / InternalError, in words for the user (disk full, read only, fenced)
};

// What load() found, applied in order of revision; at most one entry a key (the newest), deletions left out.
struct JournalState {
  uint64_t revision = 0;           // the newest that was ever acknowledged
  uint64_t compacted_revision = 0; // history up to here is gone: watches from before get 410
  uint64_t reserved_revision = 0;  // revisions up to here may have been seen by clients: continue above it
  std::vector<JournalEntry> entries;
};

class Journal {
 public:
  virtual ~Journal() = default;
  // Reads everything; called once before the first append. Blocking.
  virtual Result<JournalState> load() = 0;
  // Appends a batch; batches become durable in order. After a failed append all later ones fail too until the failed
  // reply was delivered (the store then discards its pending suffix); the next append tries again.
  virtual void append(JournalBatch batch, ReplyTo reply) = 0;
  // Drops history up to that revision, in small slices, in the background.
  virtual void compact(uint64_t revision) = 0;
};

}  // namespace orrery::ports
