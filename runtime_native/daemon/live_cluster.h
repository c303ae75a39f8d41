// A cluster elsewhere, as its kubeconfig reaches it, with calls that wait for their answers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/kubectl/kubectl.h"
#include "runtime_native/http/cluster_access.h"
#include "runtime_sim/copy/cluster_reader.h"

namespace orrery::daemon {

class LiveCluster {
 public:
  // `files` is where kubectl's -f looks; must outlive this.
  LiveCluster(const http::ClusterAccess& access, orrery::kubectl::FileSource& files);
  ~LiveCluster();

  sim::Reading read(sim::ReaderOptions options);

  struct Said {
    std::string text;    // both streams, in order
    int exit_code = -1;  // -1: it was interrupted after `at_most`
  };
  // `input` is standard input, for -f -.
  Said kubectl(std::vector<std::string> argv, Duration at_most, std::string input = {});
  void wait(Duration d);
  // Starts a command and goes on; what it prints is nobody's. It runs while others do and wait() waits.
  void type(uint64_t number, std::vector<std::string> argv);
  void interrupt(uint64_t number);
  void keys(uint64_t number, std::string_view text);

  // For watches of a caller's own; what they are told comes while this reads, runs or waits.
  ports::ApiHandler& api();
  ports::TaskQueue& loop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace orrery::daemon
