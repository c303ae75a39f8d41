// What an ended container leaves to read in its pod's status. On a real node the kubelet reads the file and the log,
// with these limits (pkg/kubelet/kuberuntime/kuberuntime_container.go getTerminationMessage,
// readLastStringFromContainerLogs).
#include "core/base/text.h"
#include "runtime_sim/nodes/sim_node.h"

namespace orrery::sim {

namespace {
constexpr size_t kMessageBytes = 4096, kFromLogBytes = 2048, kFromLogLines = 80;

std::string tail(std::string text, size_t bytes) {
  return text.size() > bytes ? text.substr(text.size() - bytes) : text;
}
}  // namespace

std::string SimNode::termination_message(const Container& c) const {
  const Str path = c.spec.annotations.get(ports::kTerminationPath);
  if (path.empty()) return {};
  std::string text = tail(c.files.get(path).str(), kMessageBytes);
  bool from_log = c.spec.annotations.get(ports::kTerminationPolicy) == "FallbackToLogsOnError" && c.status.exit_code != 0;
  if (!text.empty() || !from_log) return text;
  size_t first = c.log.size() > kFromLogLines ? c.log.size() - kFromLogLines : 0;
  for (size_t i = first; i < c.log.size(); ++i) text += c.log[i].text;
  return tail(std::move(text), kFromLogBytes);
}

}  // namespace orrery::sim
