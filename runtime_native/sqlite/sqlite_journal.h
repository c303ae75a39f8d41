// SqliteJournal: the journal as one append-only table in one SQLite file (WAL, synchronous=FULL).
//
// Threads: load, append and compact are called on the loop's thread; a writer thread encodes, commits and compacts.
// Batches that wait are committed together with one flush to disk. Acknowledgements come back between turns.
//
// Invariants:
//  1. A batch is committed whole or not at all, and batches in the order of append.
//  2. After a failure every batch appended before the failure's reply was delivered fails too (its era); the next one
//     tries again with a fresh connection, so a disk that has room again works again without a restart.
//  3. Per key the newest row stays; an older row goes once compact() passed the row that superseded it; the row of a
//     deletion goes once compact() passed it.
#pragma once

#include <memory>
#include <string>

#include "core/ports/journal.h"

namespace orrery::host {
class LoopDriver;
}

namespace orrery::sqlite {

struct JournalOptions {
  std::string path;           // "STATE/journal.db"; its folder exists
  std::string vfs;            // SQLite file layer, "" for its own (tests put faults there)
  int wal_pages_max = 1000;   // write-ahead log is folded into the file above it
  int compact_rows = 256;     // rows dropped in one slice
};

class SqliteJournal final : public ports::Journal {
 public:
  // Takes the fence and opens or makes the file. Conflict when another process has it; otherwise a sentence about the file.
  static Result<std::unique_ptr<SqliteJournal>> open(JournalOptions options, host::LoopDriver& driver);
  // Commits what waits, folds the log into the file, lets go of the fence.
  ~SqliteJournal() override;

  Result<ports::JournalState> load() override;
  void append(ports::JournalBatch batch, ports::ReplyTo reply) override;
  void compact(uint64_t revision) override;

  struct Figures {
    uint64_t commits = 0;
    uint64_t batches = 0;
    uint64_t rows = 0;       // in the table now
    uint64_t compacted = 0;  // rows dropped
    int wal_pages = 0;
    bool idle = false;       // nothing to write, to drop or to give back
  };
  Figures figures() const;

 private:
  class Writer;
  explicit SqliteJournal(std::shared_ptr<Writer> writer);
  std::shared_ptr<Writer> writer_;
};

}  // namespace orrery::sqlite
