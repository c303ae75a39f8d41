// `orrery sim import`: a live cluster's objects as a scenario of a simulated one.
#include <fmt/core.h>

#include "core/base/text.h"
#include "runtime_native/daemon/commands/commands.h"
#include "runtime_native/daemon/live_cluster.h"
#include "runtime_native/host/file.h"
#include "runtime_sim/copy/cluster_copy.h"

namespace orrery::daemon {
namespace {

constexpr size_t kLinesMax = 12;  // of one list on the terminal; the file has them all

void add(std::vector<std::string>& out, std::string_view title, const std::vector<std::string>& lines, size_t most) {
  if (lines.empty()) return;
  out.push_back(cat(title, ":"));
  for (size_t i = 0; i < lines.size() && i < most; ++i) out.push_back(cat("  ", lines[i]));
  if (lines.size() > most) out.push_back(cat("  and ", lines.size() - most, " more"));
}

std::vector<std::string> summary_of(const http::ClusterAccess& access, const sim::ClusterCopy& copy,
                                    const sim::Trial& trial, size_t most) {
  std::vector<std::string> out{cat("A copy of ", access.url, " (context ", access.context, ").")};
  out.push_back(cat("copied: ", join(copy.copied, ", ")));
  add(out, "refused by the server", copy.refused, most);
  add(out, "left out", copy.left_out, most);
  add(out, "changed", copy.changed, most);
  add(out, "what the copy can't know", copy.cannot_know, most);
  out.push_back(cat("tried for ", format_go_duration(sim::kCopySettles), ": of ", trial.pods, " pods ", trial.same_node,
                    " are on the same node, ", trial.ready, " are ready"));
  add(out, "on another node", trial.elsewhere, most);
  add(out, "ready in the cluster, but not in the copy", trial.unready, most);
  add(out, "could not be made", trial.errors, most);
  return out;
}

}  // namespace

int sim_import(const SimImportOptions& options) {
  Result<http::ClusterAccess> access = http::read_kubeconfig(options.kubeconfig);
  if (!access) return fail(access.error());
  sim::CopyOptions copy_options;
  copy_options.build = kVersion;
  copy_options.secrets = options.secrets;
  sim::MemoryFiles none;
  LiveCluster cluster(*access, none);
  sim::ReaderOptions reader = sim::copy_reader_options(copy_options);
  reader.ns = access->ns;
  const sim::Reading reading = cluster.read(std::move(reader));
  if (reading.failed) return fail(*reading.failed);
  const sim::ClusterCopy copy = sim::copy_cluster(reading, copy_options);
  const sim::Trial trial = sim::try_copy(copy, reading);
  std::vector<std::string> comment = summary_of(*access, copy, trial, SIZE_MAX);
  comment.insert(comment.end(),
                 {"", "Steps at the end try things on it, such as",
                  "  - kubectl: drain NODE --ignore-daemonsets --delete-emptydir-data", "  - fault: stop node/NODE",
                  "  - run: 6m", "  - kubectl: get pods --all-namespaces -o wide",
                  "orrery sim run FILE --verbose prints what they say; orrery up --recording FILE serves it to kubectl "
                  "and the page."});
  // With --secrets it holds them.
  Result<void> written = host::write_file_atomic(options.output, sim::copy_text(copy, comment), 0600);
  if (!written) return fail(written.error());
  for (const std::string& line : summary_of(*access, copy, trial, kLinesMax)) fmt::print("{}\n", line);
  fmt::print("wrote {}: orrery sim run {}, or orrery up --recording {}\n", options.output, options.output,
             options.output);
  return 0;
}

}  // namespace orrery::daemon
