// FakeApi: an ApiHandler that records calls and answers as the test says.
#pragma once

#include <map>
#include <vector>

#include "core/loop/loop.h"
#include "core/ports/api.h"
#include "core/ports/clock.h"

namespace orrery::test {

class FakeApi final : public ports::ApiHandler {
 public:
  explicit FakeApi(loop::Loop& loop) : loop_(&loop) {}

  struct Call {
    uint64_t id;
    ports::ApiRequestPtr request;
    ports::ReplyTo to;
    bool cancelled = false;
    uint64_t consumed = 0;
  };
  std::vector<Call> calls;

  uint64_t call(ports::ApiRequestPtr request, ports::ReplyTo to) override {
    calls.push_back({calls.size() + 1, std::move(request), to});
    return calls.size();
  }
  void send(uint64_t, Str) override {}
  void cancel(uint64_t id) override { calls[id - 1].cancelled = true; }
  void consumed(uint64_t id, uint32_t amount) override { calls[id - 1].consumed += amount; }

  Call& last() { return calls.back(); }
  // Answers and lets the loop run what is due.
  void answer(size_t index, ports::ApiReply reply) {
    loop_->reply(calls[index].to, std::move(reply));
    loop_->run_until(loop_->now());
  }
  void answer_last(ports::ApiReply reply) { answer(calls.size() - 1, std::move(reply)); }
  void ok(size_t index, api::ObjectPtr object) {
    ports::ApiReply reply;
    reply.object = std::move(object);
    answer(index, std::move(reply));
  }
  void fail(size_t index, Reason reason, Str message = "no") {
    ports::ApiReply reply;
    reply.error = make_error(reason, std::move(message));
    reply.status = reply.error->http();
    answer(index, std::move(reply));
  }
  void data(size_t index, List<ports::WatchEvent> events) {
    ports::ApiReply reply;
    reply.part = ports::ApiReply::Part::Data;
    reply.events = std::move(events);
    answer(index, std::move(reply));
  }
  void end(size_t index) {
    ports::ApiReply reply;
    reply.part = ports::ApiReply::Part::End;
    answer(index, std::move(reply));
  }
  // "PUT /api/v1/namespaces/default/pods/web?x=1"
  std::string text(size_t index) const {
    const ports::ApiRequest& r = *calls[index].request;
    std::string out = cat(r.method, " ", r.path);
    for (uint32_t i = 0; i < r.query.size(); ++i) out += cat(i ? "&" : "?", r.query[i].name, "=", r.query[i].value);
    return out;
  }

 private:
  loop::Loop* loop_;
};

class FixedClock final : public ports::Clock {
 public:
  explicit FixedClock(const loop::Loop& loop) : loop_(&loop) {}
  WallTime now() const override { return WallTime{1'700'000'000'000'000'000 + loop_->now().ns}; }

 private:
  const loop::Loop* loop_;
};

}  // namespace orrery::test
