#include "core/store/store.h"

#include <algorithm>

#include "core/base/text.h"

namespace orrery::store {

Store::Store(loop::Loop& loop, ports::Journal& journal, Options options)
    : loop_(loop), journal_(journal), options_(options), self_(loop.attach(*this)) {
  loop_.at_turn_end(*this);
}

Store::~Store() {
  loop_.remove_turn_end(*this);
  loop_.detach(self_);
}

TableId Store::table(std::string_view resource) {
  auto it = state_.ids.find(resource);
  if (it != state_.ids.end()) return it->second;
  auto id = static_cast<TableId>(state_.tables.size());
  state_.tables.emplace_back();
  state_.tables.back().resource = std::string(resource);
  state_.tables.back().compacted = state_.durable;
  state_.ids.emplace(resource, id);
  return id;
}

void Store::declare(std::string_view resource, bool relaxed, IndexFn index_of) {
  Table& t = state_.tables[table(resource)];
  t.relaxed = relaxed;
  t.index_of = index_of;
}

Result<void> Store::load() {
  Result<ports::JournalState> loaded = journal_.load();
  if (!loaded.ok()) return loaded.error();
  for (const ports::JournalEntry& e : loaded->entries) {
    // "/pods/default/web", "/apps/deployments/default/web": a declared one-segment resource, else two segments.
    std::string_view rest = e.key.view().substr(1);
    size_t cut = rest.find('/');
    if (cut == std::string_view::npos) continue;
    if (state_.ids.find(rest.substr(0, cut)) == state_.ids.end()) {
      size_t second = rest.find('/', cut + 1);
      if (second != std::string_view::npos) cut = second;
    }
    Table& t = state_.tables[table(rest.substr(0, cut))];
    Str key(rest.substr(cut + 1));
    if (t.index_of) t.index[t.index_of(e.object)].insert(key);
    t.items[key] = Item{e.object, e.revision};
  }
  state_.journaled = loaded->revision;
  uint64_t start = std::max(loaded->revision, loaded->reserved_revision);
  if (start > 0) start = std::max(start, loaded->revision + kReserve);
  state_.head = state_.durable = start;
  for (Table& t : state_.tables) t.compacted = start;
  return {};
}

void Store::crash() {
  for (Table& t : state_.tables) {
    Table empty;
    empty.resource = std::move(t.resource);
    empty.relaxed = t.relaxed;
    empty.index_of = t.index_of;
    t = std::move(empty);
  }
  State next;
  next.tables = std::move(state_.tables);
  next.ids = std::move(state_.ids);
  next.next_batch = state_.next_batch;
  state_ = std::move(next);
}

Store::Written Store::create(TableId table, const Str& key, api::MutableObject object, uint64_t cause) {
  if (state_.tables[table].find_head(key)) return {Outcome::Exists, 0, nullptr};
  return write(table, key, &object, cause);
}

Store::Written Store::update(TableId table, const Str& key, api::MutableObject object, uint64_t expected,
                             uint64_t cause) {
  const Item* head = state_.tables[table].find_head(key);
  if (!head) return {Outcome::Missing, 0, nullptr};
  if (expected && head->revision != expected) return {Outcome::Conflict, 0, nullptr};
  return write(table, key, &object, cause);
}

Store::Written Store::remove(TableId table, const Str& key, uint64_t expected, uint64_t cause) {
  const Item* head = state_.tables[table].find_head(key);
  if (!head) return {Outcome::Missing, 0, nullptr};
  if (expected && head->revision != expected) return {Outcome::Conflict, 0, nullptr};
  return write(table, key, nullptr, cause);
}

Store::Written Store::write(TableId table, const Str& key, api::MutableObject* object, uint64_t cause) {
  Write w;
  w.table = table;
  w.key = key;
  w.cause = cause;
  w.item.revision = ++state_.head;
  if (object) {
    object->meta().resourceVersion = Str(std::to_string(w.item.revision));
    w.item.object = std::move(*object).freeze();
  }
  // A write made between turns (by a person, a test) needs one to end.
  if (state_.turn.empty()) loop_.post(self_, kTurn);
  state_.tables[table].pending[key] = w.item;
  Written out{Outcome::Ok, w.item.revision, w.item.object};
  state_.turn.push_back(std::move(w));
  return out;
}

void Store::apply(const Write& w) {
  Table& t = state_.tables[w.table];
  auto pending = t.pending.find(w.key);
  if (pending != t.pending.end() && pending->second.revision == w.item.revision) t.pending.erase(pending);

  auto change = std::make_shared<Change>();
  change->revision = w.item.revision;
  change->key = w.key;
  change->cause = w.cause;
  change->at = loop_.now();
  change->object = w.item.object;
  auto it = t.items.find(w.key);
  if (it != t.items.end()) change->previous = it->second.object;
  if (w.item.object) {
    change->op = change->previous ? Op::Updated : Op::Created;
    if (it != t.items.end())
      it->second = w.item;
    else
      t.items[w.key] = w.item;
  } else {
    change->op = Op::Deleted;
    if (change->previous) {
      api::MutableObject last(change->previous);
      last.meta().resourceVersion = Str(std::to_string(w.item.revision));
      change->object = std::move(last).freeze();
      t.items.erase(it);
    }
  }
  if (t.index_of) {
    const Str* before = change->previous ? &t.index_of(change->previous) : nullptr;
    const Str* after = w.item.object ? &t.index_of(w.item.object) : nullptr;
    if (!before || !after || *before != *after) {
      if (before) {
        auto values = t.index.find(before->view());
        if (values != t.index.end() && values->second.erase(w.key) && values->second.empty()) t.index.erase(values);
      }
      if (after) t.index[*after].insert(w.key);
    }
  }
  state_.durable = std::max(state_.durable, w.item.revision);
  if (!change->object) return;  // created and deleted within one lost step: nobody saw it
  ChangePtr shared = std::move(change);
  t.history.push_back(shared);
  trim(t);
  dispatch(t, shared);
}

void Store::trim(Table& t) {
  Instant oldest = loop_.now() - options_.history_age;
  while (!t.history.empty() && (t.history.size() > options_.history_max || t.history.front()->at < oldest)) {
    t.compacted = t.history.front()->revision;
    t.history.pop_front();
  }
}

void Store::on_turn_end() {
  if (state_.turn.empty()) return;
  std::vector<Write> writes = std::move(state_.turn);
  state_.turn.clear();
  bool wait = !state_.in_flight.empty() || state_.head > state_.journaled + kReserve;
  for (const Write& w : writes) wait = wait || !state_.tables[w.table].relaxed;
  if (wait) return send(std::move(writes));
  for (Write& w : writes) {
    apply(w);
    w.applied = true;
    state_.relaxed.push_back(std::move(w));
  }
  if (!state_.flush_posted) {
    state_.flush_posted = true;
    loop_.post_after(kRelaxedDelay, self_, kFlush);
  }
  if (listener_) listener_->on_commit(state_.durable);
}

void Store::flush() {
  state_.flush_posted = false;
  if (!state_.relaxed.empty()) send({});
}

// One group commit: relaxed writes shown earlier (the newest of each key), then the given ones.
void Store::send(std::vector<Write> writes) {
  Batch batch;
  batch.number = state_.next_batch++;
  std::map<std::pair<TableId, Str>, uint64_t> newest;
  for (const Write& w : state_.relaxed) newest[{w.table, w.key}] = w.item.revision;
  for (Write& w : state_.relaxed)
    if (newest[{w.table, w.key}] == w.item.revision) batch.writes.push_back(std::move(w));
  state_.relaxed.clear();
  for (Write& w : writes) batch.writes.push_back(std::move(w));
  ports::JournalBatch entries;
  entries.reserve(batch.writes.size());
  for (const Write& w : batch.writes) {
    const Table& t = state_.tables[w.table];
    entries.push_back({w.item.revision, t.full_key(w.key), w.item.object, t.relaxed});
  }
  uint64_t number = batch.number;
  state_.in_flight.push_back(std::move(batch));
  journal_.append(std::move(entries), {self_, kAck, number});
}

void Store::on_task(const ports::Task& task) {
  if (task.kind == kFlush) return flush();
  if (task.kind == kAck) acknowledge(task.as<ports::JournalAck>(), task.arg);
}

void Store::acknowledge(const ports::JournalAck& ack, uint64_t number) {
  if (state_.in_flight.empty() || state_.in_flight.front().number > number) return;  // discarded before
  if (ack.error) return discard(*ack.error);
  while (!state_.in_flight.empty() && state_.in_flight.front().number <= number) {
    Batch batch = std::move(state_.in_flight.front());
    state_.in_flight.pop_front();
    for (const Write& w : batch.writes) {
      state_.journaled = std::max(state_.journaled, w.item.revision);
      if (!w.applied) apply(w);
    }
  }
  if (state_.journaled >= state_.compacted + 2 * kReserve) {
    state_.compacted = state_.journaled - kReserve;
    journal_.compact(state_.compacted);
  }
  if (listener_) listener_->on_commit(state_.durable);
}

void Store::discard(const Error& error) {
  // What was shown already stays and is tried again; all else never happened. Its revisions are not used again.
  for (Batch& batch : state_.in_flight)
    for (Write& w : batch.writes)
      if (w.applied) state_.relaxed.push_back(std::move(w));
  state_.in_flight.clear();
  state_.turn.clear();
  for (Table& t : state_.tables) t.pending.clear();
  std::stable_sort(state_.relaxed.begin(), state_.relaxed.end(),
                   [](const Write& a, const Write& b) { return a.item.revision < b.item.revision; });
  if (!state_.relaxed.empty() && !state_.flush_posted) {
    state_.flush_posted = true;
    loop_.post_after(kRelaxedDelay, self_, kFlush);
  }
  if (listener_) listener_->on_discard(error);
}

}  // namespace orrery::store
