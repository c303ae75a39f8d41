#include "core/client/event_recorder.h"

#include <algorithm>
#include <vector>

#include "core/api/kinds.h"
#include "core/base/rng.h"

namespace orrery::client {
namespace {

using api::core_v1::Event;

constexpr int kTriesMax = 12;  // client-go's maxTriesPerEvent

// Drops the half that was used longest ago when there are too many: cheap on average, bounded always.
template <class M>
void bound(M& entries) {
  if (entries.size() <= EventRecorder::kEntriesMax) return;
  std::vector<uint64_t> used;
  for (const auto& entry : entries) used.push_back(entry.second.used);
  std::nth_element(used.begin(), used.begin() + used.size() / 2, used.end());  // total order
  uint64_t median = used[used.size() / 2];
  for (auto it = entries.begin(); it != entries.end();) it = it->second.used < median ? entries.erase(it) : std::next(it);
}

std::string hex(uint64_t n) {
  std::string out;
  for (; n; n >>= 4) out += "0123456789abcdef"[n & 15];
  std::reverse(out.begin(), out.end());
  return out.empty() ? "0" : out;
}

// What the recorder says; the rest is the server's.
Event own_part(const Event& event) {
  Event out = event;
  out.metadata = {};
  out.metadata.namespace_ = event.metadata.namespace_;
  out.metadata.name = event.metadata.name;
  return out;
}

const api::KindInfo& events() { return api::kind<Event>(); }

}  // namespace

EventTarget event_target(const api::ObjectPtr& object, Str field_path) {
  const api::KindInfo* kind = api::kind_of(object.type());
  ORRERY_CHECK(kind != nullptr, "the object's kind is served");
  const api::meta_v1::ObjectMeta& meta = object.meta();
  return {kind->api_version(), kind->kind, key_of(meta), meta.uid, meta.resourceVersion, std::move(field_path)};
}

EventRecorder::EventRecorder(Client& client, ports::TaskQueue& queue, const ports::Clock& clock, Str component,
                             Str host)
    : client_(&client),
      queue_(&queue),
      clock_(&clock),
      component_(std::move(component)),
      host_(std::move(host)),
      id_(queue.attach(*this)) {}

EventRecorder::~EventRecorder() { queue_->detach(id_); }

void EventRecorder::clear() {
  uint64_t next = state_.next_token;
  state_ = State{};
  state_.next_token = next;
}

// Names are the object's plus the time in nanoseconds, as client-go's. In virtual time many events share an instant, so
// a recorder never uses one twice, and recorders differ by their source.
Str EventRecorder::unique_name(const Str& object, WallTime now) {
  int64_t ns = now.ns + fnv1a32(cat(component_, "/", host_)) % 1'000'000;
  if (ns <= state_.last_name_ns) ns = state_.last_name_ns + 1;
  state_.last_name_ns = ns;
  return cat_str(object, ".", hex(static_cast<uint64_t>(ns)));
}

EventRecorder::Mark EventRecorder::object_mark(const EventTarget& about) {
  return Mark().with(about.kind).with(about.key.ns).with(about.key.name).with(about.uid).with(about.api_version);
}

bool EventRecorder::take_token(const Mark& object, WallTime now) {
  Tokens& tokens = state_.tokens[object];
  tokens.used = ++state_.uses;
  if (!tokens.refilled) tokens.refilled = now;
  int64_t gained = (now - tokens.refilled).ns / kRefill.ns;
  if (gained > 0) {
    tokens.left = static_cast<int>(std::min<int64_t>(kBurst, tokens.left + gained));
    tokens.refilled = tokens.refilled + kRefill * gained;
  }
  bool granted = tokens.left > 0;
  if (granted) --tokens.left;
  bound(state_.tokens);
  return granted;
}

void EventRecorder::record(const EventTarget& about, Str type, Str reason, Str message) {
  WallTime now = clock_->now();
  Mark object = object_mark(about);

  // Similar events: all but the message the same.
  Mark alike = object.with(about.field_path).with(type).with(reason);
  Similar& similar = state_.similar[alike];
  if (!similar.last.is_set() || now - similar.last > kSimilarWithin) similar.messages.clear();
  similar.last = now;
  similar.used = ++state_.uses;
  similar.messages.insert(message);
  bool combined = similar.messages.size() >= kSimilarMax;
  if (combined) {
    message = cat("(combined from similar events): ", message);
    while (similar.messages.size() > kSimilarMax) similar.messages.erase(similar.messages.begin());
  }
  bound(state_.similar);

  Mark key = combined ? alike : alike.with(message);
  auto known = state_.known.find(key);
  bool create = known == state_.known.end();
  Event event = create ? Event{} : own_part(*known->second.event.as<Event>());
  if (create) {
    event.metadata.namespace_ = about.key.ns.empty() ? Str("default") : about.key.ns;
    event.metadata.name = unique_name(about.key.name, now);
    event.involvedObject.kind = about.kind;
    event.involvedObject.namespace_ = about.key.ns;
    event.involvedObject.name = about.key.name;
    event.involvedObject.uid = about.uid;
    event.involvedObject.apiVersion = about.api_version;
    event.involvedObject.fieldPath = about.field_path;
    event.reason = std::move(reason);
    event.type = std::move(type);
    event.source.component = component_;
    event.source.host = host_;
    event.reportingComponent = component_;
    event.reportingInstance = host_;
    event.firstTimestamp = now;
  }
  event.involvedObject.resourceVersion = about.resource_version;
  event.message = std::move(message);
  event.lastTimestamp = now;
  event.count = create ? 1 : event.count + 1;
  Known& entry = state_.known[key];
  entry.event = api::make_object(std::move(event));
  entry.used = ++state_.uses;
  bound(state_.known);
  if (!take_token(object, now)) return;
  send(key, create, 0);
}

void EventRecorder::send(const Mark& key, bool create, int tries) {
  auto known = state_.known.find(key);
  if (known == state_.known.end()) return;
  uint64_t token = state_.next_token++;
  state_.sent.emplace(token, Sent{key, create, tries});
  ports::ReplyTo to{id_, 0, token};
  if (create)
    client_->create(events(), known->second.event, to);
  else
    client_->update(events(), known->second.event, to);
}

void EventRecorder::on_task(const ports::Task& task) {
  auto it = state_.sent.find(task.arg);
  if (it == state_.sent.end()) return;
  Sent sent = it->second;
  state_.sent.erase(it);
  const auto& reply = task.as<ports::ApiReply>();
  auto known = state_.known.find(sent.known);
  if (known == state_.known.end()) return;
  if (!reply.error) {  // one object for both, unless the event came once more meanwhile
    const auto* stored = reply.object.as<Event>();
    const Event& said = *known->second.event.as<Event>();
    if (stored && stored->metadata.name == said.metadata.name && stored->count == said.count) known->second.event = reply.object;
    return;
  }
  if (sent.tries + 1 >= kTriesMax) return;
  switch (reply.error->reason) {
    case Reason::NotFound:  // it expired, or was never made; its namespace may be gone too, then the next try ends it
      if (sent.created) return;
      known->second.event = api::make_object(own_part(*known->second.event.as<Event>()));
      send(sent.known, true, sent.tries + 1);
      return;
    case Reason::AlreadyExists: {
      Event event = own_part(*known->second.event.as<Event>());
      event.metadata.name = unique_name(event.involvedObject.name, clock_->now());
      known->second.event = api::make_object(std::move(event));
      send(sent.known, true, sent.tries + 1);
      return;
    }
    default:
      return;  // as client-go: what the server refuses is dropped; a server that is away loses events
  }
}

}  // namespace orrery::client
