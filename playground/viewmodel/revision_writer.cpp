#include "playground/viewmodel/revision_writer.h"

#include <algorithm>
#include <cstdlib>

namespace orrery::viewmodel {

RevisionWriter writer_of(const Model& model, const Revision& revision) {
  if (!revision.who.empty()) return {revision.who, revision.how, revision.at};
  const std::int64_t number = std::atoll(revision.version.c_str());
  const auto& traces = model.cluster.traces;
  for (auto next = traces.end(); next != traces.begin();) {
    const auto write = --next;
    if (write->revision != number || write->to != "etcd" || !(write->object == model.cluster.revisions.of)) continue;
    const auto request = std::lower_bound(traces.begin(), traces.end(), write->cause, [](const Trace& trace, std::uint64_t seq) { return trace.seq < seq; });
    if (write->cause == 0 || request == traces.end() || request->seq != write->cause) return {"", "", write->at};
    return {place_name(model, request->from), request->verb, write->at};
  }
  return {"", "", revision.at};
}

}  // namespace orrery::viewmodel
