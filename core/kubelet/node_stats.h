// The kubelet's /stats/summary: CPU and memory of the node's pods, from the runtime's counters; disks of the node.
// Source: k8s.io/kubelet/pkg/apis/stats/v1alpha1 (Summary); the fields that metrics-server reads, and those of memory
// use.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/ports/clock.h"
#include "core/ports/container_runtime.h"

namespace orrery::kubelet {

class NodeStats final : public ports::Target {
 public:
  NodeStats(ports::TaskQueue& queue, ports::ContainerRuntime& runtime, const ports::Clock& clock);
  ~NodeStats() override;

  void copy_from(const NodeStats& other) {
    node_ = other.node_;
    memory_bytes_ = other.memory_bytes_;
    next_ = other.next_;
    asked_ = other.asked_;
  }
  void set_node(Str name, int64_t memory_bytes);
  // Answers one StreamPart: its data is the summary, or its stats are the values.
  void ask(bool values, ports::ReplyTo reply);
  void on_task(const ports::Task& task) override;

 private:
  std::string summary(const std::vector<ports::ContainerStats>& stats, const ports::MachineReading& machine) const;

  ports::TaskQueue& queue_;
  ports::ContainerRuntime& runtime_;
  const ports::Clock& clock_;
  ports::TargetId id_;
  Str node_;
  int64_t memory_bytes_ = 0;
  uint64_t next_ = 1;
  struct Asked {
    ports::ReplyTo reply;
    bool values = false;
    ports::MachineReading machine;  // read before the containers, for the summary
  };
  std::map<uint64_t, Asked> asked_;
};

}  // namespace orrery::kubelet
