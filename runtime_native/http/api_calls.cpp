#include "runtime_native/http/api_calls.h"

namespace orrery::http {
namespace {

enum Kind : uint32_t { kStart, kSend, kConsumed, kCancel, kReply };

}  // namespace

ApiCalls::ApiCalls(ports::TaskQueue& queue, ports::ApiHandler& handler)
    : queue_(queue), handler_(handler), target_(queue.attach(*this)) {}

ApiCalls::~ApiCalls() { queue_.detach(target_); }

uint64_t ApiCalls::start(ports::ApiRequestPtr request, std::weak_ptr<ApiSink> sink) {
  uint64_t id = ++last_id_;
  calls_[id].sink = std::move(sink);
  queue_.post(target_, kStart, id, std::move(request));
  return id;
}

void ApiCalls::send(uint64_t id, Str frame) {
  queue_.post(target_, kSend, id, std::make_shared<const Str>(std::move(frame)));
}

void ApiCalls::consumed(uint64_t id, uint32_t amount) {
  if (amount) queue_.post(target_, kConsumed, id, std::make_shared<const uint32_t>(amount));
}

void ApiCalls::cancel(uint64_t id) { queue_.post(target_, kCancel, id); }

void ApiCalls::on_task(const ports::Task& task) {
  if (task.kind == kReply) return on_reply(task.arg, task.as<ports::ApiReply>());
  auto found = calls_.find(task.arg);
  if (found == calls_.end()) return;  // it has ended already
  Call& call = found->second;
  switch (task.kind) {
    case kStart:
      call.handler_call = handler_.call(std::static_pointer_cast<const ports::ApiRequest>(task.payload),
                                        ports::ReplyTo{target_, kReply, task.arg});
      break;
    case kSend:
      handler_.send(call.handler_call, task.as<Str>());
      break;
    case kConsumed:
      handler_.consumed(call.handler_call, task.as<uint32_t>());
      break;
    case kCancel: {
      uint64_t handler_call = call.handler_call;
      calls_.erase(found);
      if (handler_call) handler_.cancel(handler_call);
      break;
    }
    default:
      break;
  }
}

void ApiCalls::on_reply(uint64_t id, const ports::ApiReply& part) {
  auto found = calls_.find(id);
  if (found == calls_.end()) return;  // cancelled; this part was queued before
  bool last = part.part == ports::ApiReply::Part::Whole || part.part == ports::ApiReply::Part::End;
  std::shared_ptr<ApiSink> sink = found->second.sink.lock();
  uint64_t handler_call = found->second.handler_call;
  if (last || !sink) calls_.erase(found);
  if (sink) sink->on_part(part);
  else if (!last) handler_.cancel(handler_call);
}

}  // namespace orrery::http
