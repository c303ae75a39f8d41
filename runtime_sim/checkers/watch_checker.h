// Watches through the API, as any client does, and compares what it was told with what the store made durable: every
// change once, in order. Goes on after an end from its last revision; after 410 Gone it begins anew.
#pragma once

#include <deque>

#include "core/client/client.h"
#include "runtime_sim/checkers/checker.h"

namespace orrery::sim {

class WatchChecker final : public ports::Target {
 public:
  WatchChecker(ports::ApiHandler& api, ports::TaskQueue& queue, const api::KindInfo& kind);
  ~WatchChecker() override;
  WatchChecker(const WatchChecker&) = delete;
  WatchChecker& operator=(const WatchChecker&) = delete;

  // A change that became durable, in order. Call compare() after a batch of them.
  void expect(const Seen& seen);
  void compare();
  // At rest: nothing may be missing.
  void settle();
  Report& report() { return report_; }
  uint64_t events() const { return events_; }
  uint64_t connections() const { return connections_; }

  void on_task(const ports::Task& task) override;

 private:
  enum TaskKind : uint32_t { kReply = 1, kAgain };
  void connect();
  void take(const ports::WatchEvent& event);
  void violated(std::string what);

  ports::TaskQueue& queue_;
  const api::KindInfo& kind_;
  ports::TargetId id_;
  client::Client client_;
  std::string resource_;
  uint64_t call_ = 0, token_ = 0, revision_ = 0;
  uint64_t base_ = 0;         // what is up to here came as present objects
  bool initial_ = true;       // the present objects are arriving
  struct Step {
    uint64_t revision = 0;
    ports::WatchType type{};  // Bookmark: everything up to the revision was told
  };
  std::deque<Step> due_, told_;  // not compared yet
  uint64_t events_ = 0, connections_ = 0;
  Report report_;
};

}  // namespace orrery::sim
