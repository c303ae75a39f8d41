// A simulated cluster as the page has it, with three pods of a Deployment that are ready.
#pragma once

#include <algorithm>

#include "playground/app/world/simulated_source.h"

namespace orrery::test {

inline constexpr const char* kThreeWebs = R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - {name: web, image: nginx}
)";

struct Opened {
  std::unique_ptr<app::PageSource> source;
  viewmodel::ClusterModel model;

  explicit Opened(const std::string& manifests = kThreeWebs) {
    lesson::WorldSpec spec;
    spec.seed = 7;
    spec.manifests = manifests;
    source = app::open_simulated(spec);
    for (int i = 0; i < 240 && !settled(); ++i) look(0.25);
  }
  bool settled() const {
    return model.pods.size() == 3 && std::all_of(model.pods.begin(), model.pods.end(), [](const viewmodel::Pod& pod) { return pod.ready; });
  }
  void look(double seconds) {
    source->skip(seconds);
    source->refresh(model);
  }
  // What a line prints, and how it ends.
  std::string run(const std::string& line, int& status) {
    static std::uint64_t next = 100;
    const std::uint64_t run = ++next;
    source->run_line(run, line);
    std::string text;
    for (int i = 0; i < 200; ++i) {
      for (const viewmodel::ShellOutput& output : source->take_output()) {
        if (output.run != run) continue;
        text += output.text;
        if (!output.finished) continue;
        status = output.exit_status;
        source->refresh(model);
        return text;
      }
      look(0.1);
    }
    status = -1;
    return text;
  }
};

}  // namespace orrery::test
