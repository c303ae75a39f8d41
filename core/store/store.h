// Store: revisioned objects over a journal.
//
// All kinds share one sequence of revisions. Writes validate against the pending head; the writes of one turn of the
// loop are one group commit (Journal::append). Reads, watches and Listener::on_commit see only what is durable. A
// failed append discards everything pending: Listener::on_discard. Tables marked relaxed skip the wait while nothing
// else is in flight; they reach the journal within kRelaxedDelay.
//
// Revisions are never reused after a crash: a relaxed write is shown before it is durable only while its revision is at
// most kReserve above the last durable one, and a restart continues kReserve above what the journal holds.
#pragma once

#include <string_view>

#include "core/loop/loop.h"
#include "core/ports/journal.h"
#include "core/store/table.h"

namespace orrery::store {

using TableId = uint32_t;

struct Options {
  uint32_t history_max = 4096;        // changes kept a table
  Duration history_age = minutes(5);  // older ones go as new ones come
};
constexpr uint64_t kReserve = 1000;
constexpr Duration kRelaxedDelay = millis(500);

// What a watch is narrowed to; the first of name, index, ns that is set counts.
struct WatchSpec {
  TableId table = 0;
  Str ns;
  Str name;                  // with ns unless the resource is cluster-scoped
  std::optional<Str> index;  // value of the table's index ("" is a value: pods without a node)
};

// Where a list at some revision starts and ends.
struct ListSpec {
  TableId table = 0;
  Str ns;                    // "": all
  std::optional<Str> index;  // only at the current revision
  uint64_t revision = 0;     // 0: current
  Str after;                 // keys after this one
};

class Listener {
 public:
  virtual ~Listener() = default;
  // A durable change that concerns this watch, in order of revision.
  virtual void on_change(uint64_t watch, const ChangePtr& change) = 0;
  // Everything up to this revision is durable and was handed to the watches.
  virtual void on_commit(uint64_t revision) = 0;
  // All pending writes are gone.
  virtual void on_discard(const Error& error) = 0;
};

class Store final : public ports::Target, public loop::TurnEnd {
 public:
  Store(loop::Loop& loop, ports::Journal& journal, Options options = {});
  ~Store() override;
  // REQUIRES: before the first write. The listener outlives the store's use.
  void set_listener(Listener& listener) { listener_ = &listener; }
  // Reads the journal. Call once, after the tables with an index or relaxed were declared.
  Result<void> load();
  // The process died: all that is not in the journal is gone, watches too. load() brings the rest back. Answers to
  // appends of this life are ignored from now on.
  void crash();

  // The table of a resource ("pods", "apps/deployments"); made at first use.
  TableId table(std::string_view resource);
  void declare(std::string_view resource, bool relaxed, IndexFn index_of);
  const Table& at(TableId id) const { return state_.tables[id]; }

  uint64_t revision() const { return state_.durable; }    // newest durable
  uint64_t head_revision() const { return state_.head; }  // newest given out

  enum class Outcome : uint8_t { Ok, Exists, Missing, Conflict };
  struct Written {
    Outcome outcome = Outcome::Ok;
    uint64_t revision = 0;
    api::ObjectPtr object;  // as stored, with its resourceVersion
  };
  // `expected`: revision that the head must have; 0: any. `cause`: trace id kept with the change.
  Written create(TableId table, const Str& key, api::MutableObject object, uint64_t cause = 0);
  Written update(TableId table, const Str& key, api::MutableObject object, uint64_t expected, uint64_t cause = 0);
  Written remove(TableId table, const Str& key, uint64_t expected, uint64_t cause = 0);

  const Item* get(TableId table, std::string_view key) const { return state_.tables[table].find(key); }
  const Item* head(TableId table, std::string_view key) const { return state_.tables[table].find_head(key); }
  // True when the key has a write that is not durable yet: an answer that depends on it waits.
  bool is_pending(TableId table, std::string_view key) const { return state_.tables[table].pending.count(key) > 0; }

  // Appends items in order of key until `limit` (0: none) were taken. False when the revision was compacted.
  // `rest`: how many more there are.
  bool list(const ListSpec& spec, uint32_t limit, std::vector<std::pair<Str, Item>>& out,
            uint64_t* rest = nullptr) const;

  // Starts watch `id` (chosen by the caller, unique). Changes after `from` that were already made are returned in
  // `backlog`; later ones reach the listener. False when `from` was compacted.
  bool watch(uint64_t id, const WatchSpec& spec, uint64_t from, std::vector<ChangePtr>& backlog);
  void unwatch(uint64_t id);

  void on_task(const ports::Task& task) override;
  void on_turn_end() override;

  struct Write {
    TableId table = 0;
    Str key;
    Item item;  // null object: delete
    uint64_t cause = 0;
    bool applied = false;  // relaxed, shown already
  };
  struct Batch {
    uint64_t number = 0;
    std::vector<Write> writes;
  };
  // What a copy of a world copies.
  struct State {
    std::vector<Table> tables;
    std::map<std::string, TableId, std::less<>> ids;
    std::map<uint64_t, WatchSpec> watches;
    uint64_t head = 0, durable = 0;
    uint64_t journaled = 0;      // newest revision known to be in the journal
    uint64_t compacted = 0;      // handed to Journal::compact
    std::vector<Write> turn;     // this turn's writes
    std::vector<Write> relaxed;  // shown, not yet handed to the journal
    std::deque<Batch> in_flight;
    uint64_t next_batch = 1;
    bool flush_posted = false;
  };
  const State& state() const { return state_; }
  void restore(State state) { state_ = std::move(state); }

 private:
  enum TaskKind : uint32_t { kAck = 1, kFlush = 2, kTurn = 3 };
  Written write(TableId table, const Str& key, api::MutableObject* object, uint64_t cause);
  void apply(const Write& write);
  void dispatch(Table& table, const ChangePtr& change);
  void trim(Table& table);
  void send(std::vector<Write> writes);
  void flush();
  void acknowledge(const ports::JournalAck& ack, uint64_t batch);
  void discard(const Error& error);
  WatchIds& ids_of(const WatchSpec& spec);

  loop::Loop& loop_;
  ports::Journal& journal_;
  Options options_;
  Listener* listener_ = nullptr;
  ports::TargetId self_ = 0;
  uint64_t ended_ = 0;  // watches that ended so far: dispatch() looks whether one did meanwhile
  State state_;
};

}  // namespace orrery::store
