#include "runtime_native/sqlite/sqlite_journal.h"

#include <sqlite3.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "core/api/custom/custom_type.h"
#include "core/api/json.h"
#include "runtime_native/host/loop_driver.h"
#include "runtime_native/sqlite/database.h"
#include "runtime_native/sqlite/file_lock.h"

namespace orrery::sqlite {
namespace {

constexpr int64_t kFormat = 1;
constexpr size_t kGroupBatchesMax = 512;
constexpr int kVacuumPages = 64;  // given back to the file system in one slice
constexpr int64_t kFreePagesKept = 1024;

struct Answer {
  ports::ReplyTo reply;
  ports::JournalAck ack;
};

}  // namespace

// Shared by the journal and the acknowledgements under way, so that none finds it gone.
class SqliteJournal::Writer : public std::enable_shared_from_this<Writer> {
 public:
  struct KeyHash {
    size_t operator()(const Str& key) const { return std::hash<std::string_view>()(key.view()); }
  };

  Writer(JournalOptions options, host::LoopDriver& driver, std::unique_ptr<FileLock> lock)
      : options_(std::move(options)), driver_(driver), lock_(std::move(lock)) {}

  Result<void> open_database();
  Result<ports::JournalState> load();
  void start() {
    thread_ = std::thread([this] { run(); });
  }
  void stop();
  void append(ports::JournalBatch batch, ports::ReplyTo reply);
  void compact(uint64_t revision);
  Figures figures() const {
    std::lock_guard<std::mutex> hold(mutex_);
    return figures_;
  }

 private:
  struct Pending {
    ports::JournalBatch batch;
    ports::ReplyTo reply;
    uint64_t era = 0;
  };
  struct Dead {
    uint64_t at;        // may go once history up to here is dropped
    uint64_t revision;  // the row
    Str key;            // set for the row of a deletion
  };

  void run();
  void commit(std::vector<Pending> group);
  Result<void> write_rows(const std::vector<Pending>& group);
  void remember(const ports::JournalEntry& entry);
  void fold_wal();
  bool compaction_due() const { return !dead_.empty() && dead_.front().at <= compact_to_; }
  Result<void> compact_slice();
  void vacuum_slice();
  void note_dead(Dead dead);
  int64_t pragma(const std::string& name);
  Result<void> set_meta(const char* name, uint64_t value);

  const JournalOptions options_;
  host::LoopDriver& driver_;
  std::unique_ptr<FileLock> lock_;
  std::thread thread_;

  // Loop's thread.
  uint64_t era_ = 0;

  // Both, under mutex_.
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Pending> waiting_;
  uint64_t compact_wanted_ = 0;
  bool stopping_ = false;
  Figures figures_;

  // Writer thread after load().
  std::unique_ptr<Database> db_;
  Statement insert_, drop_;
  std::unordered_map<Str, uint64_t, KeyHash> newest_;  // key -> revision of its newest row
  std::deque<Dead> dead_;
  uint64_t compact_to_ = 0;
  bool vacuum_due_ = false;
  bool failed_ = false;  // era failed_era_ failed with failure_
  uint64_t failed_era_ = 0;
  Error failure_;
  std::vector<uint64_t> undo_;  // rows of failed batches: a failed flush may have left them in the log all the same
};

Result<void> SqliteJournal::Writer::open_database() {
  insert_ = Statement();
  drop_ = Statement();
  db_.reset();
  Result<std::unique_ptr<Database>> opened = Database::open(options_.path, options_.vfs);
  if (!opened) return opened.error();
  db_ = std::move(*opened);
  // One writer and no readers: exclusive locking needs no shared-memory file and fences other programs of SQLite.
  for (const char* sql :
       {"PRAGMA locking_mode=EXCLUSIVE", "PRAGMA auto_vacuum=INCREMENTAL", "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL", "PRAGMA cache_size=-1024", "PRAGMA temp_store=MEMORY",
        "CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE TABLE IF NOT EXISTS log(revision INTEGER PRIMARY KEY, key TEXT NOT NULL, object BLOB)"}) {
    Result<void> done = db_->run(sql);
    if (!done) return done;
  }
  Result<Statement> insert = db_->prepare("INSERT INTO log(revision, key, object) VALUES(?, ?, ?)");
  if (!insert) return insert.error();
  insert_ = std::move(*insert);
  Result<Statement> drop = db_->prepare("DELETE FROM log WHERE revision = ?");
  if (!drop) return drop.error();
  drop_ = std::move(*drop);
  return {};
}

Result<void> SqliteJournal::Writer::set_meta(const char* name, uint64_t value) {
  return db_->run(cat("INSERT OR REPLACE INTO meta(name, value) VALUES('", name, "', ", value, ")"));
}

Result<ports::JournalState> SqliteJournal::Writer::load() {
  ports::JournalState out;
  Result<Statement> meta = db_->prepare("SELECT name, value FROM meta");
  if (!meta) return meta.error();
  int64_t format = 0, epoch = 0;
  while (meta->step() == SQLITE_ROW) {
    std::string name(meta->bytes_at(0));
    if (name == "format") format = meta->int_at(1);
    if (name == "epoch") epoch = meta->int_at(1);
    if (name == "revision") out.revision = static_cast<uint64_t>(meta->int_at(1));
    if (name == "compacted") out.compacted_revision = static_cast<uint64_t>(meta->int_at(1));
  }
  if (format > kFormat) {
    return make_error(Reason::InternalError, cat(options_.path, " was written by a newer orrery (format ", format,
                                                 "); this one reads format ", kFormat));
  }
  Result<Statement> rows = db_->prepare("SELECT revision, key, object FROM log ORDER BY revision DESC");
  if (!rows) return rows.error();
  StrPool pool;
  std::unordered_map<Str, uint64_t, KeyHash> above;  // key -> the row that superseded the one found next
  int rc;
  while ((rc = rows->step()) == SQLITE_ROW) {
    auto revision = static_cast<uint64_t>(rows->int_at(0));
    out.revision = std::max(out.revision, revision);
    ++figures_.rows;
    auto [at, fresh] = above.try_emplace(Str(rows->bytes_at(1)), revision);
    if (!fresh) {
      dead_.push_back({at->second, revision, {}});
      at->second = revision;
      continue;
    }
    newest_[at->first] = revision;
    if (rows->is_null(2)) {
      dead_.push_back({revision, revision, at->first});
      continue;
    }
    Result<api::ObjectPtr> object = api::stored_object(rows->bytes_at(2), pool);
    if (!object) {
      return make_error(Reason::InternalError, cat(options_.path, ": the object ", at->first, " of revision ", revision,
                                                   " can't be read: ", object.error().message));
    }
    ports::JournalEntry entry;
    entry.revision = revision;
    entry.key = at->first;
    entry.object = std::move(*object);
    out.entries.push_back(std::move(entry));
  }
  if (rc != SQLITE_DONE) return db_->error("read");
  std::reverse(out.entries.begin(), out.entries.end());
  std::stable_sort(dead_.begin(), dead_.end(), [](const Dead& a, const Dead& b) { return a.at < b.at; });
  compact_to_ = compact_wanted_ = out.compacted_revision;
  // A new epoch: tells apart what two runs wrote, and proves that the file can be written.
  Result<void> marked = set_meta("format", kFormat);
  if (marked.ok()) marked = set_meta("epoch", static_cast<uint64_t>(epoch + 1));
  if (!marked) return marked.error();
  return out;
}

void SqliteJournal::Writer::append(ports::JournalBatch batch, ports::ReplyTo reply) {
  {
    std::lock_guard<std::mutex> hold(mutex_);
    waiting_.push_back({std::move(batch), reply, era_});
  }
  wake_.notify_one();
}

void SqliteJournal::Writer::compact(uint64_t revision) {
  {
    std::lock_guard<std::mutex> hold(mutex_);
    compact_wanted_ = std::max(compact_wanted_, revision);
  }
  wake_.notify_one();
}

void SqliteJournal::Writer::stop() {
  {
    std::lock_guard<std::mutex> hold(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
  insert_ = Statement();
  drop_ = Statement();
  if (db_) (void)db_->checkpoint_truncate().ok();
  db_.reset();
  lock_.reset();
}

void SqliteJournal::Writer::run() {
  bool compact_failed = false;
  for (;;) {
    std::vector<Pending> group;
    {
      std::unique_lock<std::mutex> hold(mutex_);
      if (compact_wanted_ > compact_to_) {
        compact_to_ = compact_wanted_;
        compact_failed = false;
      }
      bool more = (compaction_due() && !compact_failed) || vacuum_due_;
      if (!more) {
        figures_.idle = waiting_.empty();
        wake_.wait(hold, [this] { return !waiting_.empty() || stopping_ || compact_wanted_ > compact_to_; });
      }
      figures_.idle = false;
      if (waiting_.empty() && stopping_) return;
      while (!waiting_.empty() && group.size() < kGroupBatchesMax) {
        group.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
      }
    }
    if (!group.empty()) {
      commit(std::move(group));
      compact_failed = false;
    } else if (compaction_due() && !compact_failed) {
      compact_failed = !db_ || !compact_slice().ok();  // tried again after the next commit
      if (!compact_failed) fold_wal();
    } else if (vacuum_due_) {
      vacuum_slice();
      if (db_) fold_wal();
    }
  }
}

void SqliteJournal::Writer::commit(std::vector<Pending> group) {
  std::vector<Pending> fresh;
  std::vector<Answer> answers;
  for (Pending& p : group) {
    if (failed_ && p.era == failed_era_) {
      answers.push_back({p.reply, {0, failure_}});
    } else {
      fresh.push_back(std::move(p));
    }
  }
  if (!fresh.empty()) {
    Result<void> written;
    if (!db_) written = open_database();
    if (written.ok()) written = write_rows(fresh);
    if (!written) {
      failed_ = true;
      failed_era_ = fresh.back().era;
      failure_ = written.error();
      insert_ = Statement();
      drop_ = Statement();
      db_.reset();  // after a failed write or flush only a fresh connection is to be trusted
    }
    size_t rows = 0;
    for (const Pending& p : fresh) {
      ports::JournalAck ack;
      if (!written) ack.error = written.error();
      for (const ports::JournalEntry& entry : p.batch) {
        ack.revision = std::max(ack.revision, entry.revision);
        if (written.ok())
          remember(entry), ++rows;
        else
          undo_.push_back(entry.revision);
      }
      answers.push_back({p.reply, std::move(ack)});
    }
    std::lock_guard<std::mutex> hold(mutex_);
    if (written.ok()) {
      ++figures_.commits;
      figures_.batches += fresh.size();
      figures_.rows += rows;
      figures_.wal_pages = db_->wal_pages();
    }
  }
  bool failed = failed_;
  uint64_t failed_era = failed_era_;
  driver_.run_between_turns(
      [self = shared_from_this(), answers = std::move(answers), failed, failed_era](loop::Loop& loop) {
        if (failed && self->era_ == failed_era) ++self->era_;
        for (const Answer& a : answers) loop.reply(a.reply, a.ack);
      });
  if (db_) fold_wal();
}

Result<void> SqliteJournal::Writer::write_rows(const std::vector<Pending>& group) {
  Result<void> begun = db_->run("BEGIN IMMEDIATE");
  if (!begun) return begun;
  for (uint64_t revision : undo_) {
    drop_.bind(1, static_cast<int64_t>(revision)).step();
    drop_.reset();
  }
  std::string bytes;
  for (const Pending& p : group) {
    for (const ports::JournalEntry& entry : p.batch) {
      insert_.bind(1, static_cast<int64_t>(entry.revision)).bind_text(2, entry.key);
      if (entry.object) {
        bytes = api::bytes_to_store(entry.object);
        insert_.bind_blob(3, bytes);
      } else {
        insert_.bind_null(3);
      }
      int rc = insert_.step();
      Result<void> done;
      if (rc != SQLITE_DONE) done = db_->error("write");
      insert_.reset();
      if (!done) {
        (void)db_->run("ROLLBACK").ok();
        return done;
      }
    }
  }
  Result<void> committed = db_->run("COMMIT");
  if (committed.ok())
    undo_.clear();
  else
    (void)db_->run("ROLLBACK").ok();
  return committed;
}

void SqliteJournal::Writer::remember(const ports::JournalEntry& entry) {
  auto [at, fresh] = newest_.try_emplace(entry.key, entry.revision);
  if (!fresh) {
    // Relaxed writes may arrive after a newer one of the same key.
    note_dead({std::max(at->second, entry.revision), std::min(at->second, entry.revision), {}});
    at->second = std::max(at->second, entry.revision);
  }
  if (!entry.object && at->second == entry.revision) note_dead({entry.revision, entry.revision, entry.key});
}

void SqliteJournal::Writer::note_dead(Dead dead) {
  auto after = dead_.end();
  while (after != dead_.begin() && std::prev(after)->at > dead.at) --after;
  dead_.insert(after, std::move(dead));
}

// Keeps the write-ahead log small. A failure here loses nothing: the log is only longer for a while.
void SqliteJournal::Writer::fold_wal() {
  if (db_->wal_pages() <= options_.wal_pages_max) return;
  (void)db_->checkpoint_truncate().ok();
  std::lock_guard<std::mutex> hold(mutex_);
  figures_.wal_pages = db_->wal_pages();
}

Result<void> SqliteJournal::Writer::compact_slice() {
  Result<void> done = db_->run("BEGIN IMMEDIATE");
  if (!done) return done;
  size_t n = 0;
  uint64_t newest = 0;
  for (; done.ok() && n < dead_.size() && static_cast<int>(n) < options_.compact_rows && dead_[n].at <= compact_to_;
       ++n) {
    newest = std::max(newest, dead_[n].at);
    drop_.bind(1, static_cast<int64_t>(dead_[n].revision));
    if (drop_.step() != SQLITE_DONE) done = db_->error("write");
    drop_.reset();
  }
  // The row with the highest revision may be among those dropped, so the height is kept apart.
  if (done.ok()) {
    done = db_->run(cat("INSERT INTO meta(name, value) VALUES('revision', ", newest,
                        ") ON CONFLICT(name) DO UPDATE SET value = max(value, excluded.value)"));
  }
  if (done.ok()) done = set_meta("compacted", compact_to_);
  if (done.ok()) done = db_->run("COMMIT");
  if (!done) {
    (void)db_->run("ROLLBACK").ok();
    return done;
  }
  for (size_t i = 0; i < n; ++i) {
    if (dead_[i].key.empty()) continue;
    auto found = newest_.find(dead_[i].key);
    if (found != newest_.end() && found->second == dead_[i].revision) newest_.erase(found);
  }
  dead_.erase(dead_.begin(), dead_.begin() + static_cast<std::ptrdiff_t>(n));
  vacuum_due_ = true;
  std::lock_guard<std::mutex> hold(mutex_);
  figures_.rows -= n;
  figures_.compacted += n;
  return {};
}

void SqliteJournal::Writer::vacuum_slice() {
  vacuum_due_ = db_ && pragma("freelist_count") > kFreePagesKept &&
                db_->run(cat("PRAGMA incremental_vacuum(", kVacuumPages, ")")).ok();
}

int64_t SqliteJournal::Writer::pragma(const std::string& name) {
  Result<Statement> statement = db_->prepare("PRAGMA " + name);
  return statement.ok() && statement->step() == SQLITE_ROW ? statement->int_at(0) : 0;
}

SqliteJournal::SqliteJournal(std::shared_ptr<Writer> writer) : writer_(std::move(writer)) {}

SqliteJournal::~SqliteJournal() { writer_->stop(); }

Result<std::unique_ptr<SqliteJournal>> SqliteJournal::open(JournalOptions options, host::LoopDriver& driver) {
  Result<std::unique_ptr<FileLock>> lock = FileLock::take(options.path + ".lock");
  if (!lock) return lock.error();
  auto writer = std::make_shared<Writer>(std::move(options), driver, std::move(*lock));
  Result<void> opened = writer->open_database();
  if (!opened) return opened.error();
  return std::unique_ptr<SqliteJournal>(new SqliteJournal(std::move(writer)));
}

Result<ports::JournalState> SqliteJournal::load() {
  Result<ports::JournalState> state = writer_->load();
  if (state.ok()) writer_->start();
  return state;
}

void SqliteJournal::append(ports::JournalBatch batch, ports::ReplyTo reply) {
  writer_->append(std::move(batch), reply);
}

void SqliteJournal::compact(uint64_t revision) { writer_->compact(revision); }

SqliteJournal::Figures SqliteJournal::figures() const { return writer_->figures(); }

}  // namespace orrery::sqlite
