// LessonStage over a live cluster: each world is a namespace of its own, which texts, goals and commands see as "default".
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "playground/lesson_engine/lesson_world.h"
#include "runtime_native/http/cluster_access.h"

namespace orrery::daemon {

struct LiveStageOptions {
  http::ClusterAccess access;
  std::string kubeconfig;  // the file of `access`
  std::string kubectl;     // a program that runs the commands; "": Orrery's own kubectl
};

// What a live cluster takes of a lesson's manifests.
struct LiveManifests {
  std::vector<std::string> cordoned;  // names of nodes: all that can be had of a Node
  std::string objects;                // the other documents
};
Result<LiveManifests> live_manifests(const std::string& manifests);

// A world needs the lesson's nodes, Ready and so named; of a node's manifest only a cordon can be had. What a stage made
// goes with it: its namespace (without waiting for the end of it) and its cordons. Objects of other namespaces are not
// told to the lesson. Faults can't be made.
class LiveStageFactory final : public lesson::StageFactory {
 public:
  explicit LiveStageFactory(LiveStageOptions options) : options_(std::move(options)) {}
  std::unique_ptr<lesson::LessonStage> make(const lesson::WorldSpec& spec, std::string& error) override;

 private:
  LiveStageOptions options_;
  int made_ = 0;
};

}  // namespace orrery::daemon
