// A link between a component and the API server: latency, and being cut. A decorator round the good ApiHandler; with no
// latency and no cut it passes calls straight through.
#pragma once

#include <map>
#include <vector>

#include "core/ports/api.h"

namespace orrery::sim {

struct LinkOptions {
  Duration latency;               // each way
  Duration connect_timeout = seconds(10);
};

class SimLink final : public ports::ApiHandler, public ports::Target {
 public:
  SimLink(ports::TaskQueue& queue, ports::ApiHandler& inner, LinkOptions options = {});
  ~SimLink() override;

  // Cut: streams end, new calls time out. `refused`: they fail at once instead (the server is down, its machine isn't).
  void set_cut(bool cut, bool refused = false);
  bool is_cut() const { return state_.cut; }

  uint64_t call(ports::ApiRequestPtr request, ports::ReplyTo reply) override;
  void send(uint64_t call, Str frame) override;
  void cancel(uint64_t call) override;
  void consumed(uint64_t call, uint32_t amount) override;
  void on_task(const ports::Task& task) override;

  struct Open {
    ports::ReplyTo reply;
    uint64_t inner = 0;           // 0: the request is still on its way
    bool cancelled = false;
  };
  struct State {
    bool cut = false, refused = false;
    uint64_t next = 1;
    std::map<uint64_t, Open> open;
  };
  const State& state() const { return state_; }
  void restore(State state) { state_ = std::move(state); }

 private:
  enum TaskKind : uint32_t { kArrived = 1, kReply, kFailed };
  void fail(uint64_t id, bool now);

  ports::TaskQueue& queue_;
  ports::ApiHandler& inner_;
  LinkOptions options_;
  ports::TargetId id_;
  State state_;
};

}  // namespace orrery::sim
