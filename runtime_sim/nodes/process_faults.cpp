// Faults of processes: crash loops, leaks, probes that fail.
#include "core/base/text.h"
#include "runtime_sim/nodes/sim_node.h"

namespace orrery::sim {

namespace {

bool concerns(const ProcessFault& fault, const ports::PodRef& pod) {
  return fault.ns == pod.ns && starts_with(pod.name, fault.prefix);
}

}  // namespace

const ProcessFault* SimNode::fault_of(const Container& c, ProcessFault::What what) const {
  for (const ProcessFault& fault : state_.faults.processes)
    if (fault.what == what && concerns(fault, c.spec.pod)) return &fault;
  return nullptr;
}

// When the container reaches its limit, as its memory grows now. No container gets beyond the machine's memory.
void SimNode::plan_oom(Container& c) {
  if (c.oom_task) queue_.cancel(c.oom_task);
  c.oom_task = 0;
  const Image* image = image_of(c);
  const int64_t limit = c.spec.memory_limit_bytes > 0 ? c.spec.memory_limit_bytes : size_.memory_bytes;
  const int64_t used = memory_of(c);
  const int64_t growth = c.leak_per_second + (image ? image->program.memory_per_second : 0);
  if (used > limit)
    c.oom_task = queue_.post_after(millis(50), id_, kOom, c.main_pid);
  else if (growth > 0)
    c.oom_task = queue_.post_after(seconds((limit - used) / growth + 1), id_, kOom, c.main_pid);
}

void SimNode::feel_faults(Container& c) {
  if (c.status.state != ports::ContainerState::Running) return;
  if (fault_of(c, ProcessFault::What::CrashLoop)) queue_.post_after(kCrashAfter, id_, kCrash, c.main_pid);
  const ProcessFault* leak = fault_of(c, ProcessFault::What::Leak);
  const int64_t rate = leak ? leak->bytes_per_second : 0;
  if (rate == c.leak_per_second) return;
  c.leaked += c.leak_per_second * (queue_.now() - c.leak_since).s();
  c.leak_per_second = rate;
  c.leak_since = queue_.now();
  plan_oom(c);
}

void SimNode::begin(const ProcessFault& fault) {
  state_.faults.processes.push_back(fault);
  for (auto& [id, c] : state_.containers)
    if (concerns(fault, c.spec.pod)) feel_faults(c);
}

void SimNode::end(const ProcessFault& fault) {
  std::vector<ProcessFault> rest;
  for (const ProcessFault& other : state_.faults.processes)
    if (!(other == fault)) rest.push_back(other);
  state_.faults.processes = std::move(rest);
  for (auto& [id, c] : state_.containers)
    if (concerns(fault, c.spec.pod)) feel_faults(c);
}

}  // namespace orrery::sim
