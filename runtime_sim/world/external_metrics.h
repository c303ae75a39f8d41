// Measures of systems outside a simulated cluster - a queue, a load balancer - as whoever plays with it sets them. The
// cluster's adapter serves them as external.metrics.k8s.io, in every namespace.
//
//   queue_messages_ready 30
//   queue_messages_ready{queue=orders} 30     one series of several, by its labels; the value is a quantity: 1500m, 2k
//   queue_messages_ready{queue=orders} none   nobody measures it any more
#pragma once

#include <map>

#include "core/base/result.h"
#include "core/ports/metrics_source.h"

namespace orrery::sim {

constexpr size_t kExternalValuesMax = 1000;

class SimExternalMetrics final : public ports::ExternalMetrics {
 public:
  // Errors are one sentence about the text.
  Result<void> set(std::string_view text);
  std::vector<ports::ExternalValue> values() const override;
  // What is set, in the words of set(): sorted.
  std::vector<std::string> texts() const;

  using State = std::map<std::string, ports::ExternalValue>;  // by "queue_messages_ready{queue=orders}", labels sorted
  const State& state() const { return state_; }
  void restore(State state) { state_ = std::move(state); }

 private:
  State state_;
};

}  // namespace orrery::sim
