#include "core/client/reconciler.h"

#include "core/base/text.h"

namespace orrery::client {

using ports::ApiReply;

namespace {
const api::ObjectPtr kNone;

// Of a typed list.
uint32_t items_in(const api::ObjectPtr& list) {
  const api::Field* items = list.type().find("items");
  if (!items || items->shape != api::Shape::List) return 0;
  return reinterpret_cast<const ListBase*>(static_cast<const char*>(list.data()) + items->offset)->size();
}
}

Reconciler::Reconciler(Controller& controller, InformerSet& informers, Client client, ports::TaskQueue& queue,
                       const ports::Clock& clock, ReconcilerOptions options)
    : controller_(&controller),
      informers_(&informers),
      client_(std::move(client)),
      queue_(&queue),
      clock_(&clock),
      options_(options),
      id_(queue.attach(*this)),
      keys_(queue, {id_, kWork, 0}),
      events_(client_, queue, clock, controller.name()) {
  controller_->queue_ = &keys_;
  controller_->setup(informers);
}

Reconciler::~Reconciler() { queue_->detach(id_); }

void Reconciler::start() {
  if (state_.running) return;
  state_.running = true;
  for (const auto& informer : informers_->all()) informer->add_handler(*this);
}

void Reconciler::stop() {
  for (const auto& [key, flight] : state_.flights)
    if (flight.timer) queue_->cancel(flight.timer);
  uint64_t next = state_.next_token;
  state_ = State{};
  state_.next_token = next;  // late answers must not match
  keys_.clear();
  events_.clear();
  controller_->reset();
}

void Reconciler::restore(Snapshot snapshot) {
  state_ = std::move(snapshot.own);
  keys_.restore(std::move(snapshot.keys));
  events_.restore(std::move(snapshot.events));
  if (snapshot.controller) controller_->restore(snapshot.controller);
  if (state_.running)
    for (const auto& informer : informers_->all()) informer->add_handler(*this);
}

void Reconciler::pump() {
  if (!state_.running || pumping_ || !informers_->synced()) return;
  pumping_ = true;
  int plans = 0;
  while (state_.flights.size() < options_.keys_max) {
    if (plans++ == options_.plans_a_task_max) {
      queue_->post(id_, kWork);
      break;
    }
    std::optional<Key> key = keys_.take();
    if (!key) break;
    begin(*key);
  }
  pumping_ = false;
}

void Reconciler::begin(const Key& key) {
  think(key, state_.flights[key]);
}

void Reconciler::think(const Key& key, Flight& flight) {
  Attempt attempt;
  attempt.now = clock_->now();
  attempt.at = queue_->now();
  attempt.failures = keys_.failures(key);
  auto error = state_.errors.find(key);
  if (error != state_.errors.end()) attempt.error = error->second;
  attempt.answers = flight.answers;
  flight.plan = controller_->plan(key, attempt);
  if (!flight.plan.reads.empty()) return ask(key, flight);
  for (const Note& n : flight.plan.notes) note(n, {}, {});
  flight.error = flight.plan.error;
  if (flight.plan.writes.empty()) return finish(key);
  flight.stage = flight.plan.writes.front().stage;
  if (!flight.timer) flight.timer = queue_->post_after(options_.answer_max, id_, kTimeout, 0, std::make_shared<const Key>(key));
  send_stage(key, flight);
}

void Reconciler::ask(const Key& key, Flight& flight) {
  if (flight.rounds++ == kReadRoundsMax) {
    flight.error = make_error(Reason::InternalError, cat(controller_->name(), " asks without end about ", key.ns, "/", key.name));
    return finish(key);
  }
  if (!flight.timer) flight.timer = queue_->post_after(options_.answer_max, id_, kTimeout, 0, std::make_shared<const Key>(key));
  for (size_t i = 0; i < flight.plan.reads.size(); ++i) {
    const Read& read = flight.plan.reads[i];
    uint64_t token = state_.next_token++;
    flight.calls.emplace(token, i);
    state_.key_of_token.emplace(token, key);
    client_.read(read.path, read.label_selector, {id_, kReply, token});
  }
}

// Writes stand in order of stages.
void Reconciler::send_stage(const Key& key, Flight& flight) {
  const std::vector<Write>& writes = flight.plan.writes;
  flight.stage = writes[flight.next].stage;
  while (flight.next < writes.size() && writes[flight.next].stage == flight.stage) send(key, flight, flight.next++);
}

void Reconciler::send(const Key& key, Flight& flight, size_t index) {
  const Write& w = flight.plan.writes[index];
  uint64_t token = state_.next_token++;
  flight.calls.emplace(token, index);
  state_.key_of_token.emplace(token, key);
  ports::ReplyTo to{id_, kReply, token};
  client_.because(w.why);
  switch (w.op) {
    case Write::Op::Create: client_.create(*w.kind, w.object, to); break;
    case Write::Op::Update: client_.update(*w.kind, w.object, to); break;
    case Write::Op::UpdateStatus: client_.update_status(*w.kind, w.object, to); break;
    case Write::Op::Finalize: client_.update(*w.kind, w.object, to, "finalize"); break;
    case Write::Op::Patch: client_.patch(*w.kind, w.key, w.patch, to); break;
    case Write::Op::Delete: client_.remove(*w.kind, w.key, w.removal, to); break;
    case Write::Op::Evict: client_.evict(w.key, w.removal, to); break;
    case Write::Op::DeleteAll: client_.remove_all(*w.kind, {w.key.ns, {}, {}}, w.removal, to); break;
    case Write::Op::CheckEmpty: client_.list(*w.kind, {w.key.ns, {}, {}}, {1, {}, {}}, to); break;
    case Write::Op::Scale: client_.put(w.path, w.object, to); break;
    case Write::Op::CheckAbsent: client_.get(*w.kind, w.key, to); break;
  }
}

void Reconciler::on_task(const ports::Task& task) {
  if (!state_.running) return;
  switch (task.kind) {
    case kWork: return pump();
    case kReply: {
      auto token = state_.key_of_token.find(task.arg);
      if (token == state_.key_of_token.end()) return;
      Key key = token->second;
      state_.key_of_token.erase(token);
      auto flight = state_.flights.find(key);
      if (flight == state_.flights.end()) return;
      auto call = flight->second.calls.find(task.arg);
      if (call == flight->second.calls.end()) return;
      size_t index = call->second;
      flight->second.calls.erase(call);
      Flight& now = flight->second;
      if (now.plan.reads.empty()) {
        answered(now, index, task.as<ApiReply>());
        if (now.calls.empty()) stage_done(key, now);
      } else {
        const auto& reply = task.as<ApiReply>();
        now.answers[now.plan.reads[index]] = {reply.object, reply.error};
        if (now.calls.empty()) think(key, now);
      }
      return;
    }
    case kTimeout: {
      auto flight = state_.flights.find(task.as<Key>());
      if (flight == state_.flights.end() || flight->second.timer != task.seq) return;
      flight->second.timer = 0;
      for (const auto& [token, index] : flight->second.calls) state_.key_of_token.erase(token);
      if (!flight->second.waiting)
        flight->second.error = make_error(Reason::Timeout, "the API server did not answer in time");
      return finish(task.as<Key>());
    }
  }
}

void Reconciler::answered(Flight& flight, size_t index, const ApiReply& reply) {
  const Write& w = flight.plan.writes[index];
  if (w.op == Write::Op::CheckEmpty) {
    if (reply.error)
      flight.error = reply.error;
    else if (reply.object && items_in(reply.object) > 0)
      flight.stopped = true;
    return;
  }
  if (w.op == Write::Op::CheckAbsent) {
    if (reply.error && reply.error->reason != Reason::NotFound)
      flight.error = reply.error;
    else if (!reply.error && (w.removal.uid.empty() || reply.object.meta().uid == w.removal.uid))
      flight.stopped = true;
    return;
  }
  bool removes = w.op == Write::Op::Delete || w.op == Write::Op::Evict;
  if (reply.error && !(removes && reply.error->reason == Reason::NotFound) &&
      (w.fine == Reason::Unknown || reply.error->reason != w.fine)) {
    if (!flight.error || flight.error->reason == Reason::Conflict) flight.error = reply.error;
    if (w.on_failure) note(*w.on_failure, w.key.name, reply.error->message);
    return;
  }
  if (removes) flight.deleted.push_back(index);
  if (reply.error) return;
  const api::ObjectPtr& object = reply.object;
  bool has_meta = object && object.type().has_object_meta;
  if (w.on_success) note(*w.on_success, has_meta ? object.meta().name : w.key.name, {});
  if (has_meta && w.kind && api::kind_of(object.type()) == w.kind) {
    uint64_t& until = flight.seen[w.kind];
    until = std::max(until, revision_of(object.meta()));
  }
}

void Reconciler::stage_done(const Key& key, Flight& flight) {
  if (!flight.error && !flight.stopped && flight.next < flight.plan.writes.size()) return send_stage(key, flight);
  if (seen(flight)) return finish(key);
  flight.waiting = true;
  queue_->cancel(flight.timer);
  flight.timer = queue_->post_after(options_.seen_max, id_, kTimeout, 0, std::make_shared<const Key>(key));
}

bool Reconciler::seen(const Flight& flight) const {
  for (const auto& [kind, revision] : flight.seen) {
    const Informer* informer = informers_->find(*kind);
    if (informer && informer->revision() < revision) return false;
  }
  for (size_t index : flight.deleted) {
    const Write& w = flight.plan.writes[index];
    const Informer* informer = informers_->find(*w.kind);
    const api::ObjectPtr& object = informer ? informer->find(w.key) : kNone;
    if (object && !object.meta().deletionTimestamp && (w.removal.uid.empty() || object.meta().uid == w.removal.uid))
      return false;
  }
  return true;
}

void Reconciler::on_advanced(const Informer&) {
  if (!state_.running) return;
  std::vector<Key> ready;
  for (const auto& [key, flight] : state_.flights)
    if (flight.waiting && seen(flight)) ready.push_back(key);
  for (const Key& key : ready) finish(key);
}

void Reconciler::finish(const Key& key) {
  auto it = state_.flights.find(key);
  if (it->second.timer) queue_->cancel(it->second.timer);
  std::optional<Error> error = std::move(it->second.error);
  Duration requeue = it->second.plan.requeue_after;
  bool again = it->second.stopped;
  state_.flights.erase(it);
  if (error) {
    state_.errors[key] = *error;
    keys_.add_rate_limited(key);
  } else {
    state_.errors.erase(key);
    if (again)
      keys_.add_rate_limited(key);
    else
      keys_.forget(key);
    if (requeue.ns > 0) keys_.add_after(key, requeue);
  }
  keys_.done(key);
  pump();
}

void Reconciler::note(const Note& n, const Str& name, const Str& error) {
  events_.record(n.about, n.type, n.reason,
                 replace_all(replace_all(n.message.str(), "{name}", name), "{error}", error));
}

}  // namespace orrery::client
