// A live cluster as the start of a simulated one: a recording that makes its nodes, images and objects.
//
// Pods come with their names and nodes: they are made without an owner before the ReplicaSets and other owners, which
// adopt what their selectors match, as Kubernetes' controllers do; Deployments so adopt their ReplicaSets with their
// history.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "runtime_sim/copy/cluster_reader.h"
#include "runtime_sim/recording/recording.h"

namespace orrery::sim {

constexpr const char* kDefinitionsFile = "1-definitions.yaml";  // what must be there before the rest
constexpr const char* kObjectsFile = "2-objects.yaml";
constexpr Duration kCopySettles = seconds(90);  // since the world began: the copy is what it will be

struct CopyOptions {
  std::string build;     // of this program
  bool secrets = false;  // their contents, too
};

struct ClusterCopy {
  Recording recording;
  std::map<std::string, std::string> placed;  // "ns/name" of each pod that has a node in the cluster -> that node
  // For people, a line each.
  std::vector<std::string> copied, left_out, refused, changed, cannot_know;
};

// What to read for a copy.
ReaderOptions copy_reader_options(const CopyOptions& options);
ClusterCopy copy_cluster(const Reading& reading, const CopyOptions& options);

// The copy as a file that `orrery sim run` and `orrery up --recording` take, with `comment`'s lines at its head.
std::string copy_text(const ClusterCopy& copy, const std::vector<std::string>& comment);

// Starts the copy and lets it settle.
struct Trial {
  size_t pods = 0, same_node = 0, ready = 0;
  std::vector<std::string> elsewhere;  // "ns/name: node-1, not node-2", "ns/name: not there"
  std::vector<std::string> unready;    // pods that were ready in the cluster: "ns/name: ImagePullBackOff"
  std::vector<std::string> errors;     // of the objects that could not be made
};
Trial try_copy(const ClusterCopy& copy, const Reading& reading);

}  // namespace orrery::sim
