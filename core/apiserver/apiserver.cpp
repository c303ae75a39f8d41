#include "core/apiserver/apiserver.h"

#include <algorithm>

#include "core/apiserver/codec.h"

namespace orrery::apiserver {

using ports::ApiReply;

ApiServer::ApiServer(loop::Loop& loop, ports::Journal& journal, const ports::Clock& clock, Rng rng,
                     ports::TraceSink* trace, ports::NodeLink* nodes, Options options)
    : loop_(loop),
      clock_(clock),
      trace_(trace),
      nodes_(nodes),
      options_(std::move(options)),
      self_(loop.attach(*this)),
      store_(loop, journal, options_.store),
      registry_((declare_tables(store_), store_), rng.child("registry"), options_.registry) {
  store_.set_listener(*this);
}

ApiServer::~ApiServer() { loop_.detach(self_); }

Result<void> ApiServer::start() {
  auto loaded = store_.load();
  if (!loaded.ok()) return loaded.error();
  state_.started = true;
  bootstrap();
  state_.bootstrapped = store_.head_revision();
  watch_definitions();
  return {};
}

void ApiServer::crash() {
  if (nodes_)
    for (auto& [id, call] : state_.node_calls) nodes_->cancel(call.stream);
  State next;
  next.next_call = state_.next_call;  // parts that are still under way belong to nobody
  state_ = std::move(next);
  Registry::State registry;
  registry.rng = registry_.state().rng;
  registry_.restore(std::move(registry));
  decisions_ = {};
  lines_.clear();
  store_.crash();
}

void ApiServer::restore(Snapshot s) {
  state_ = std::move(s.own);
  registry_.restore(std::move(s.registry));
  store_.restore(std::move(s.store));
  // Calls hold the pool of the server that took them.
  const auto own = [this](CallRecord& call) {
    if (call.texts) call.texts = &texts_;
  };
  for (CallRecord& call : state_.held) own(call);
  for (Waiting& waiting : state_.waiting) own(waiting.call);
  for (auto& [id, watch] : state_.watches) own(watch.call);
  for (auto& [id, list] : state_.lists) own(list.call);
  for (auto& [id, node_call] : state_.node_calls) own(node_call.call);
  for (auto& [id, call] : state_.retrying) own(call);
}

uint64_t ApiServer::call(ports::ApiRequestPtr request, ports::ReplyTo to) {
  CallRecord call;
  call.id = state_.next_call++;
  call.request = std::move(request);
  call.reply = to;
  uint64_t id = call.id;
  run(std::move(call));
  return id;
}

// Until the roles are there nobody could do anything.
void ApiServer::run_held() {
  for (CallRecord& call : std::exchange(state_.held, {})) run(std::move(call));
}

void ApiServer::run(CallRecord call) {
  if (state_.started && store_.revision() < state_.bootstrapped) return state_.held.push_back(std::move(call));
  Answer a = handle(call);
  if (!a.later) answer(std::move(call), std::move(a));
}

void ApiServer::answer(CallRecord call, Answer answer) {
  trace_write(call, answer);
  if (answer.after <= store_.revision()) return reply(call, answer);
  uint64_t after = answer.after;
  auto at = state_.waiting.end();
  while (at != state_.waiting.begin() && std::prev(at)->answer.after > after) --at;
  state_.waiting.insert(at, Waiting{std::move(call), std::move(answer)});
}

void ApiServer::reply(const CallRecord& call, Answer& a) {
  ApiReply r;
  r.part = ApiReply::Part::Whole;
  r.call = call.id;
  r.status = a.status;
  r.warnings = call.warnings;
  r.content_type = a.content_type;
  r.headers = a.headers;
  if (a.error) {
    r.error = a.error;
    if (a.error->retry_after_s) r.headers.set("retry-after", Str(cat(a.error->retry_after_s)));
    if (a.error->reason == Reason::Unauthorized) r.headers.set("www-authenticate", "Bearer realm=\"kubernetes\"");
  }
  if (!a.body.empty()) {
    r.body = a.body;
  } else if (call.request->want_object) {
    r.object = a.object;
  } else if (a.error) {
    Accept accept = call.accept;
    r.body = Str(finish_json(status_json(*a.error), accept));
    r.content_type = Str(content_type_of(accept));
  } else if (a.object) {
    std::string json;
    write_object(a.object, json);
    r.body = Str(finish_json(std::move(json), call.accept));
    r.content_type = Str(content_type_of(call.accept));
  }
  loop_.reply(call.reply, std::move(r));
}

void ApiServer::on_commit(uint64_t revision) {
  if (!state_.held.empty() && revision >= state_.bootstrapped) run_held();
  while (!state_.waiting.empty() && state_.waiting.front().answer.after <= revision) {
    Waiting w = std::move(state_.waiting.front());
    state_.waiting.pop_front();
    reply(w.call, w.answer);
  }
  if (!state_.dirty.empty()) drain();
  for (const Str& name : state_.definitions_ending) definition_changed(name);
}

void ApiServer::on_discard(const Error& error) {
  registry_.state().allocations_known = false;
  state_.bootstrapped = 0;
  run_held();
  std::deque<Waiting> failed = std::move(state_.waiting);
  state_.waiting.clear();
  for (Waiting& w : failed) {
    Answer a = fail(error);
    reply(w.call, a);
  }
}

void ApiServer::cancel(uint64_t call) {
  // A write goes on, only nobody hears of it.
  for (auto it = state_.waiting.begin(); it != state_.waiting.end(); ++it)
    if (it->call.id == call) return static_cast<void>(state_.waiting.erase(it));
  if (state_.watches.count(call)) end_watch(call, nullptr);
  state_.lists.erase(call);
  for (auto it = state_.held.begin(); it != state_.held.end(); ++it)
    if (it->id == call) return static_cast<void>(state_.held.erase(it));
  state_.retrying.erase(call);
  auto node = state_.node_calls.find(call);
  if (node != state_.node_calls.end()) {
    if (nodes_) nodes_->cancel(node->second.stream);
    state_.node_calls.erase(node);
  }
}

void ApiServer::consumed(uint64_t call, uint32_t amount) {
  auto it = state_.watches.find(call);
  if (it == state_.watches.end()) return;
  WatchCall& w = it->second;
  w.unconsumed -= std::min<uint64_t>(w.unconsumed, amount);
  if (!w.queue.empty() || !w.initial.empty() || w.initial_bookmark) {
    mark_dirty(w);
    if (!state_.drain_posted) {
      state_.drain_posted = true;
      loop_.post(self_, kDrain);
    }
  }
}

void ApiServer::on_task(const ports::Task& task) {
  switch (task.kind) {
    case kDrain:
      state_.drain_posted = false;
      return drain();
    case kBookmark:
      return bookmark(task.arg);
    case kTimeout:
      return end_watch(task.arg, nullptr);
    case kDefinitions:
      return review_definitions();
    case kListSlice:
      return list_slice(task.arg);
    case kRetry: {
      auto it = state_.retrying.find(task.arg);
      if (it == state_.retrying.end()) return;
      CallRecord call = std::move(it->second);
      state_.retrying.erase(it);
      Answer a = create(call);
      if (!a.later) answer(std::move(call), std::move(a));
      return;
    }
    case kNodePart:
      return node_part(task.arg, task.as<ports::StreamPart>());
  }
}

}  // namespace orrery::apiserver
