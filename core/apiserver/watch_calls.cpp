// Watches: what is sent, when, and how much. Source: apiserver pkg/storage/cacher, pkg/endpoints/handlers/watch.go.
#include <algorithm>

#include "core/api/json.h"
#include "core/apiserver/apiserver.h"
#include "core/apiserver/codec.h"
#include "core/apiserver/errors.h"
#include "core/apiserver/present.h"

namespace orrery::apiserver {

using ports::ApiReply;
using ports::WatchEvent;
using ports::WatchType;

namespace {

constexpr uint32_t kEventsATask = 500;  // events handed out in one task
constexpr size_t kLinesMax = 4096;      // kept for other watchers
constexpr uint32_t kEventCost = 1;      // of an object's event, in units of the stream window

// An object whose state or whose former state fits: what became of it as this watcher sees it.
bool seen_as(const WatchCall& w, const store::Change& c, WatchType& type, api::ObjectPtr& object) {
  const KindInfo& kind = *w.call.info.kind;
  object = c.object;
  bool all = w.selection.everything();
  if (c.op == store::Op::Deleted) {
    type = WatchType::Deleted;
    return all || w.selection.matches(kind, c.previous);
  }
  bool now = all || w.selection.matches(kind, c.object);
  bool before = c.previous && (all || w.selection.matches(kind, c.previous));
  if (!now && !before) return false;
  type = now ? (before ? WatchType::Modified : WatchType::Added) : WatchType::Deleted;
  if (!now) {  // it left: its last fitting state, at this revision
    api::MutableObject last(c.previous);
    last.meta().resourceVersion = c.object.meta().resourceVersion;
    object = std::move(last).freeze();
  }
  return true;
}

api::ObjectPtr bookmark_object(const KindInfo& kind, uint64_t revision, bool initial_end) {
  api::MutableObject o(*kind.type);
  o.meta().resourceVersion = Str(cat(revision));
  if (initial_end) o.meta().annotations.set("k8s.io/initial-events-end", "true");
  return std::move(o).freeze();
}

using WatchLines = ApiServer::WatchLines;

// Gathers what one task sends to one watcher.
class Parcel {
 public:
  // `lines`: where lines that other watchers of the same objects send too are kept; null: nothing is kept.
  Parcel(WatchCall& w, WallTime now, WatchLines* lines = nullptr) : w_(w), now_(now), lines_(lines) {
    reply_.part = ApiReply::Part::Data;
    reply_.call = w.call.id;
  }
  void add(WatchType type, const api::ObjectPtr& object, uint64_t revision, bool initial_end = false) {
    if (w_.call.request->want_object) {
      WatchEvent e;
      e.type = type;
      e.object = object;
      e.revision = revision;
      e.initial_end = initial_end;
      reply_.events.push_back(std::move(e));
      w_.unconsumed += kEventCost;
    } else {
      size_t before = body_.size();
      if (lines_ && w_.call.accept.as == Accept::As::Object) {
        ApiServer::WatchLine& line = (*lines_)[{object.data(), static_cast<uint8_t>(type)}];
        if (!line.object) {
          std::string text;
          add_line(type, object, text);
          line = {object, Str(text)};
        }
        body_ += line.text.view();
      } else {
        add_line(type, object, body_);
      }
      w_.unconsumed += body_.size() - before;
    }
    w_.sent_revision = std::max(w_.sent_revision, revision);
  }
  bool full() const { return w_.unconsumed >= ports::kStreamWindow; }
  void send(loop::Loop& loop) {
    if (reply_.events.empty() && body_.empty()) return;
    reply_.body = Str(body_);
    loop.reply(w_.call.reply, std::move(reply_));
  }

 private:
  void add_line(WatchType type, const api::ObjectPtr& object, std::string& out) {
    out += cat("{\"type\":\"", ports::watch_type_text(type), "\",\"object\":");
    present_object(w_.call, object, now_, !w_.table_head_sent, out);
    w_.table_head_sent = true;
    out += "}\n";
  }

  WatchCall& w_;
  WallTime now_;
  WatchLines* lines_;
  ApiReply reply_;
  std::string body_;
};

}  // namespace

bool ApiServer::watch(CallRecord& call) {
  const RequestInfo& info = call.info;
  const KindInfo& kind = *info.kind;
  const Query& q = call.query;
  Query checked = q;
  checked.watch = true;
  if (auto bad = check_list_query(checked); !bad.ok()) return refuse(call, bad.error()), true;
  auto selection = read_selection(kind, q.label_selector, q.field_selector);
  if (!selection.ok()) return refuse(call, selection.error()), true;

  WatchCall w;
  store::WatchSpec spec;
  spec.table = registry_.table(kind);
  spec.ns = kind.namespaced ? info.ns : Str();
  if (const Str* name = selection->required("metadata.name"); name && (!kind.namespaced || !spec.ns.empty()))
    spec.name = *name;
  if (!info.name.empty() && info.resource != "namespaces") spec.name = info.name;
  if (const Str* node = selection->required("spec.nodeName"); node && kind.kind == "Pod") spec.index = *node;

  // No resourceVersion, or 0: begin with what there is. N: what came after N. sendInitialEvents: asked for.
  bool initial = q.send_initial_events ? *q.send_initial_events : q.revision == 0;
  uint64_t from = initial ? store_.revision() : q.revision == 0 ? store_.revision() : q.revision;
  if (initial && q.revision > store_.revision()) {
    Error e =
        make_error(Reason::Timeout, cat("Too large resource version: ", q.revision, ", current: ", store_.revision()));
    e.causes.push_back({"ResourceVersionTooLarge", "Too large resource version", ""});
    e.retry_after_s = 1;
    return refuse(call, std::move(e)), true;
  }
  std::vector<store::ChangePtr> backlog;
  bool found = store_.watch(call.id, spec, from, backlog);
  w.selection = std::move(*selection);
  w.call = std::move(call);
  w.sent_revision = from;
  if (initial) {
    std::vector<std::pair<Str, store::Item>> items;
    store::ListSpec list;
    list.table = spec.table;
    list.ns = spec.ns;
    list.index = spec.index;
    store_.list(list, 0, items);
    bool all = w.selection.everything();
    for (auto& entry : items)
      if ((spec.name.empty() || entry.second.object.meta().name == spec.name) &&
          (all || w.selection.matches(kind, entry.second.object)))
        w.initial.push_back(entry.second.object);
    w.initial_revision = store_.revision();
    w.initial_bookmark = q.send_initial_events.value_or(false) && q.bookmarks;
  }
  w.queue.assign(backlog.begin(), backlog.end());

  ApiReply head;
  head.part = ApiReply::Part::Head;
  head.call = w.call.id;
  head.content_type = Str(content_type_of(w.call.accept));
  head.warnings = w.call.warnings;
  loop_.reply(w.call.reply, std::move(head));
  uint64_t id = w.call.id;
  if (!found) {
    const store::Table& t = store_.at(spec.table);
    Error e = expired(cat("too old resource version: ", from, " (", t.compacted, ")"));
    state_.watches[id] = std::move(w);
    return end_watch(id, &e), true;
  }
  if (q.timeout_s > 0) w.timeout_task = loop_.post_after(seconds(q.timeout_s), self_, kTimeout, id);
  if (q.bookmarks) w.bookmark_task = loop_.post_after(options_.bookmark_period, self_, kBookmark, id);
  WatchCall& placed = state_.watches[id] = std::move(w);
  uint32_t budget = kEventsATask;
  drain_one(placed, budget, nullptr);
  if (placed.dirty && !state_.drain_posted) {
    state_.drain_posted = true;
    loop_.post(self_, kDrain);
  }
  return true;
}

void ApiServer::mark_dirty(WatchCall& w) {
  if (w.dirty) return;
  w.dirty = true;
  state_.dirty.push_back(w.call.id);
}

void ApiServer::on_change(uint64_t id, const store::ChangePtr& change) {
  if (id == kDefinitionsWatch) return definition_changed(change->key);
  auto it = state_.watches.find(id);
  if (it == state_.watches.end()) return;
  if (it->second.queue.size() >= options_.watch_queue_max) return end_watch(id, nullptr);
  it->second.queue.push_back(change);
  mark_dirty(it->second);
}

// Hands out events in slices, each watcher in its turn.
void ApiServer::drain() {
  uint32_t budget = kEventsATask;
  size_t rounds = state_.dirty.size();
  WatchLines* lines = rounds > 1 || !lines_.empty() ? &lines_ : nullptr;
  if (lines_.size() > kLinesMax) lines_.clear();
  while (!state_.dirty.empty() && budget > 0 && rounds-- > 0) {
    uint64_t id = state_.dirty.front();
    state_.dirty.pop_front();
    auto it = state_.watches.find(id);
    if (it == state_.watches.end()) continue;
    it->second.dirty = false;
    drain_one(it->second, budget, lines);
  }
  if (state_.dirty.empty()) lines_.clear();
  if (!state_.dirty.empty() && !state_.drain_posted) {
    state_.drain_posted = true;
    loop_.post(self_, kDrain);
  }
}

void ApiServer::drain_one(WatchCall& w, uint32_t& budget, WatchLines* lines) {
  Parcel parcel(w, clock_.now(), lines);
  while (budget > 0 && !parcel.full() && !w.initial.empty()) {
    api::ObjectPtr object = from_storage(*w.call.info.kind, w.initial.front());
    w.initial.pop_front();
    parcel.add(WatchType::Added, object, 0);
    --budget;
  }
  if (w.initial.empty() && w.initial_bookmark && budget > 0 && !parcel.full()) {
    w.initial_bookmark = false;
    api::ObjectPtr mark = bookmark_object(*w.call.info.kind, w.initial_revision, true);
    parcel.add(WatchType::Bookmark, mark, w.initial_revision, true);
    --budget;
  }
  while (budget > 0 && !parcel.full() && w.initial.empty() && !w.queue.empty()) {
    store::ChangePtr change = std::move(w.queue.front());
    w.queue.pop_front();
    --budget;
    WatchType type;
    api::ObjectPtr object;
    if (!seen_as(w, *change, type, object)) continue;
    object = from_storage(*w.call.info.kind, object);
    parcel.add(type, object, change->revision);
    if (trace_) trace_event(w, type, object, *change);
  }
  parcel.send(loop_);
  bool more = !w.initial.empty() || w.initial_bookmark || !w.queue.empty();
  if (more && !parcel.full()) mark_dirty(w);
}

void ApiServer::bookmark(uint64_t id) {
  auto it = state_.watches.find(id);
  if (it == state_.watches.end()) return;
  WatchCall& w = it->second;
  w.bookmark_task = loop_.post_after(options_.bookmark_period, self_, kBookmark, id);
  if (!w.queue.empty() || !w.initial.empty() || w.initial_bookmark) return;  // behind: real events say more
  Parcel parcel(w, clock_.now());
  parcel.add(WatchType::Bookmark, bookmark_object(*w.call.info.kind, store_.revision(), false), store_.revision());
  parcel.send(loop_);
}

// Tells the watcher why (410 Expired), or only that it ends.
void ApiServer::end_watch(uint64_t id, const Error* error) {
  auto it = state_.watches.find(id);
  if (it == state_.watches.end()) return;
  WatchCall& w = it->second;
  store_.unwatch(id);
  if (w.timeout_task) loop_.cancel(w.timeout_task);
  if (w.bookmark_task) loop_.cancel(w.bookmark_task);
  if (error) {
    ApiReply r;
    r.part = ApiReply::Part::Data;
    r.call = id;
    if (w.call.request->want_object) {
      WatchEvent e;
      e.type = WatchType::Error;
      e.error = *error;
      r.events.push_back(std::move(e));
    } else {
      r.body = Str(cat("{\"type\":\"ERROR\",\"object\":", status_json(*error), "}\n"));
    }
    loop_.reply(w.call.reply, std::move(r));
  }
  ApiReply end;
  end.part = ApiReply::Part::End;
  end.call = id;
  loop_.reply(w.call.reply, std::move(end));
  state_.watches.erase(it);
}

}  // namespace orrery::apiserver
