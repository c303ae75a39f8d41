#include "runtime_sim/network/sim_link.h"

namespace orrery::sim {

using ports::ApiReply;
using ports::ApiRequest;

SimLink::SimLink(ports::TaskQueue& queue, ports::ApiHandler& inner, LinkOptions options, Rng rng)
    : queue_(queue), inner_(inner), options_(options), id_(queue.attach(*this)) {
  state_.rng = rng;
}

SimLink::~SimLink() { queue_.detach(id_); }

void SimLink::set_cut(Cut cut) {
  if (state_.cut == cut) return;
  state_.cut = cut;
  if (cut == Cut::None) return;
  std::vector<uint64_t> ids;
  for (auto& [id, open] : state_.open) ids.push_back(id);
  for (uint64_t id : ids) {
    Open& open = state_.open[id];
    if (open.inner) inner_.cancel(open.inner);
    fail(id, true);
  }
}

void SimLink::fail(uint64_t id, bool now) {
  if (now) {
    queue_.post(id_, kFailed, id);
  } else {
    queue_.post_after(state_.cut == Cut::NoStore ? options_.store_timeout : options_.connect_timeout, id_, kFailed, id);
  }
}

uint64_t SimLink::call(ports::ApiRequestPtr request, ports::ReplyTo reply) {
  uint64_t id = state_.next++;
  state_.open[id] = {reply, 0, false, {}};
  if (is_cut()) {
    fail(id, state_.cut == Cut::Refused);
    return id;
  }
  Duration travel = options_.latency;
  if (state_.loss_percent) travel = travel + resend_wait(state_.rng, state_.loss_percent);
  if (travel.ns > 0)
    queue_.post_after(travel, id_, kArrived, id, request);
  else
    state_.open[id].inner = inner_.call(std::move(request), {id_, kReply, id});
  return id;
}

void SimLink::send(uint64_t call, Str frame) {
  auto it = state_.open.find(call);
  if (it != state_.open.end() && it->second.inner) inner_.send(it->second.inner, std::move(frame));
}

void SimLink::cancel(uint64_t call) {
  auto it = state_.open.find(call);
  if (it == state_.open.end()) return;
  if (it->second.inner) inner_.cancel(it->second.inner);
  state_.open.erase(it);
}

void SimLink::consumed(uint64_t call, uint32_t amount) {
  auto it = state_.open.find(call);
  if (it != state_.open.end() && it->second.inner) inner_.consumed(it->second.inner, amount);
}

// As the Go client words them; etcd's own words come through the API server unchanged, without a reason.
Error SimLink::why() const {
  switch (state_.cut) {
    case Cut::Refused: return make_error(Reason::ServiceUnavailable, "dial tcp 10.96.0.1:443: connect: connection refused");
    case Cut::NoStore: return make_error(Reason::Unknown, "etcdserver: request timed out");
    case Cut::None:
    case Cut::Silent: break;
  }
  return make_error(Reason::ServiceUnavailable, "dial tcp 10.96.0.1:443: i/o timeout");
}

void SimLink::on_task(const ports::Task& task) {
  auto it = state_.open.find(task.arg);
  if (it == state_.open.end()) return;
  switch (task.kind) {
    case kArrived: {
      if (is_cut()) return fail(task.arg, true);
      uint64_t inner = inner_.call(std::static_pointer_cast<const ApiRequest>(task.payload), {id_, kReply, task.arg});
      state_.open[task.arg].inner = inner;
      break;
    }
    case kReply: {
      if (is_cut()) break;  // the failure is on its way
      const ApiReply& part = task.as<ApiReply>();
      ports::ReplyTo to = it->second.reply;
      bool last = part.part == ApiReply::Part::Whole || part.part == ApiReply::Part::End;
      std::shared_ptr<const void> payload = task.payload;
      if (part.call != task.arg) {  // the caller knows the call by our number
        auto copy = std::make_shared<ApiReply>(part);
        copy->call = task.arg;
        payload = std::move(copy);
      }
      Instant due = queue_.now() + options_.latency;
      if (state_.loss_percent) due = due + resend_wait(state_.rng, state_.loss_percent);
      if (due < it->second.last_part) due = it->second.last_part;
      it->second.last_part = due;
      if (last) state_.open.erase(it);
      queue_.post_at(due, to.target, to.kind, to.token, std::move(payload));
      break;
    }
    case kFailed: {
      ports::ReplyTo to = it->second.reply;
      ApiReply end;
      end.part = it->second.inner ? ApiReply::Part::End : ApiReply::Part::Whole;
      end.call = task.arg;
      end.status = state_.cut == Cut::NoStore ? 500 : 503;
      end.error = why();
      state_.open.erase(it);
      queue_.reply(to, std::move(end));
      break;
    }
  }
}

}  // namespace orrery::sim
