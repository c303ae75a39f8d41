// A link between a component and the API server: latency, loss, and being cut. A decorator round the good ApiHandler; with
// none of them it passes calls straight through. A lost packet is sent again, as TCP does: loss shows as waiting.
#pragma once

#include <map>
#include <vector>

#include "core/ports/api.h"
#include "runtime_sim/network/loss.h"

namespace orrery::sim {

struct LinkOptions {
  Duration latency;               // each way
  Duration connect_timeout = seconds(10);
  Duration store_timeout = seconds(7);  // etcd's: 5 s and two election timeouts of 1 s (server/config, ReqTimeout)
};

class SimLink final : public ports::ApiHandler, public ports::Target {
 public:
  SimLink(ports::TaskQueue& queue, ports::ApiHandler& inner, LinkOptions options = {}, Rng rng = Rng(1));
  ~SimLink() override;

  enum class Cut : uint8_t {
    None,
    Silent,   // nothing comes back: calls time out
    Refused,  // the server is down, its machine isn't: calls fail at once
    NoStore,  // the server is there, its etcd isn't: it says so after a while
  };
  // Anything but None ends the streams.
  void set_cut(Cut cut);
  bool is_cut() const { return state_.cut != Cut::None; }
  void set_loss(uint32_t percent) { state_.loss_percent = percent; }

  uint64_t call(ports::ApiRequestPtr request, ports::ReplyTo reply) override;
  void send(uint64_t call, Str frame) override;
  void cancel(uint64_t call) override;
  void consumed(uint64_t call, uint32_t amount) override;
  void on_task(const ports::Task& task) override;

  struct Open {
    ports::ReplyTo reply;
    uint64_t inner = 0;           // 0: the request is still on its way
    bool cancelled = false;
    Instant last_part;            // parts arrive in order
  };
  struct State {
    Cut cut = Cut::None;
    uint32_t loss_percent = 0;
    Rng rng{1};
    uint64_t next = 1;
    std::map<uint64_t, Open> open;
  };
  const State& state() const { return state_; }
  void restore(State state) { state_ = std::move(state); }
  ports::TargetId target() const { return id_; }

 private:
  enum TaskKind : uint32_t { kArrived = 1, kReply, kFailed };
  void fail(uint64_t id, bool now);
  Error why() const;

  ports::TaskQueue& queue_;
  ports::ApiHandler& inner_;
  LinkOptions options_;
  ports::TargetId id_;
  State state_;
};

}  // namespace orrery::sim
