// What the scheduler tells people, worded as kube-scheduler words it.
#pragma once

#include "core/scheduler/preemption.h"

namespace orrery::scheduler {

// "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu." and, unless it is empty, what came
// of preemption.
Str refusal_message(const Refusals& refusals, uint32_t nodes, const Str& preemption = {});
// "preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for
// incoming pod."; empty when some node has victims.
Str preemption_message(const Preemption& preemption, uint32_t nodes);
// "Successfully assigned default/web to node-1"
Str assigned_message(const Key& pod, const Str& node);
// For the trace: why no node takes it, and who is evicted for it.
Str refusal_words(const Choice& choice, const Preemption& preemption, uint32_t nodes);
// For the trace: "node-2 scored 387, the most of 3 that fit, 2 nodes had too little cpu"
Str choice_words(const Choice& choice, const Str& node, uint32_t nodes);

}  // namespace orrery::scheduler
