// Calls into the API server from the io thread. Every entry is a task of its own, so that core runs only inside turns
// and sees the right time; every part of an answer comes back to the call's sink.
#pragma once

#include <deque>
#include <map>
#include <memory>

#include "core/ports/api.h"

namespace orrery::http {

class ApiSink {
 public:
  virtual ~ApiSink() = default;
  // A part of the answer. After Whole or End nothing follows.
  virtual void on_part(const ports::ApiReply& part) = 0;
};

class ApiCalls final : public ports::Target {
 public:
  ApiCalls(ports::TaskQueue& queue, ports::ApiHandler& handler);
  ~ApiCalls() override;
  ApiCalls(const ApiCalls&) = delete;
  ApiCalls& operator=(const ApiCalls&) = delete;

  // Starts a call and names it. The sink may go away at any time; the call is then cancelled with its next part.
  uint64_t start(ports::ApiRequestPtr request, std::weak_ptr<ApiSink> sink);
  void send(uint64_t id, Str frame);
  void consumed(uint64_t id, uint32_t amount);
  void cancel(uint64_t id);
  size_t running() const { return calls_.size(); }

  void on_task(const ports::Task& task) override;

 private:
  struct Call {
    uint64_t handler_call = 0;  // 0: not started yet
    std::weak_ptr<ApiSink> sink;
  };
  void on_reply(uint64_t id, const ports::ApiReply& part);

  ports::TaskQueue& queue_;
  ports::ApiHandler& handler_;
  ports::TargetId target_;
  uint64_t last_id_ = 0;
  std::map<uint64_t, Call> calls_;
};

}  // namespace orrery::http
