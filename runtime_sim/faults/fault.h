// Faults of a simulated world, each one line of text: what a scenario, a swarm, a recording and the page's toolbox say.
//
//   stop PART                     node/NAME (power), kubelet/NAME, kube-proxy/NAME, apiserver, etcd, scheduler,
//                                 controller-manager, metrics-server (and the adapter), dns: all their memory is
//                                 dropped
//   cut A B                       no packet between two of: a node, apiserver, scheduler, controller-manager, dns
//   loss A B PERCENT              packets lost between them
//   slow-disk WHERE FACTOR|TIME   etcd 200ms: each write takes so long; NODE 10: work on its disk takes ten times as long
//   full-disk WHERE               etcd, or a node's name
//   clock-skew NODE DURATION      its clock is fast by so much (negative: slow)
//   image-missing IMAGE           no registry has it
//   registry-down                 no registry answers
//   crash-loop NS/PREFIX          containers of these pods exit with 1 a second after they start
//   leak NS/PREFIX BYTES          their memory grows by so much a second: "leak default/web- 10Mi"
//   fail-probes NS/PREFIX         they answer HTTP probes with 500
//   noisy NODE PERCENT            something takes so much of its CPU: requests take longer
//   kill NS/PREFIX[:CONTAINER] [SIGNAL]  ends the first such container that runs; over at once, nothing to undo
//   oom NS/PREFIX[:CONTAINER]                  the same by the kernel's OOM killer
#pragma once

#include <vector>

#include "core/base/result.h"
#include "core/base/str.h"

namespace orrery::sim {

class SimWorld;

// Errors are one sentence about the text or the world ("there is no part ..."). A fault that lasts is then among the
// world's faults(), in place of one of the same name on the same thing.
Result<void> begin_fault(SimWorld& world, std::string_view fault);
// Undoes it; a fault that was not there is no error. What follows the thing it is on (a size, a time) may be left out.
Result<void> end_fault(SimWorld& world, std::string_view fault);

struct FaultForm {
  std::string_view name;   // "slow-disk"
  std::string_view form;   // "slow-disk NODE FACTOR"
  std::string_view meaning;
};
std::vector<FaultForm> fault_forms();

}  // namespace orrery::sim
