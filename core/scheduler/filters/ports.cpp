// NodePorts: the host ports that the pod asks for must be free.
#include "core/scheduler/rule.h"

namespace orrery::scheduler {

Verdict filter_ports(const PodInfo& pod, const NodeInfo& node) {
  for (const HostPort& wanted : pod.ports)
    for (const HostPort& used : node.ports)
      if (wanted.conflicts(used)) return {kPorts, {}};
  return {};
}

}  // namespace orrery::scheduler
