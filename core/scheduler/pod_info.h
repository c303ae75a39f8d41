// PodInfo: what the scheduler needs of a pod, worked out once.
#pragma once

#include <memory>
#include <vector>

#include "core/client/volumes.h"

namespace orrery::scheduler {

using PodPtr = std::shared_ptr<const api::core_v1::Pod>;

struct Resources {
  int64_t cpu_m = 0;
  int64_t memory = 0;
  int64_t ephemeral = 0;
  std::vector<std::pair<Str, int64_t>> others;  // extended resources and huge pages, sorted by name
  int64_t other(const Str& name) const;
  void add(const Resources& more, int sign);
  friend bool operator==(const Resources&, const Resources&) = default;
};
Resources resources_of(const Map<Quantity>& quantities);

struct HostPort {
  Str ip;        // "0.0.0.0": all addresses
  Str protocol;
  int32_t port = 0;
  bool conflicts(const HostPort& other) const;
  friend bool operator==(const HostPort&, const HostPort&) = default;
};

struct PodInfo {
  PodPtr pod;
  Resources requests;
  // As scores see it: containers without a request count as 100m and 200Mi.
  int64_t score_cpu_m = 0;
  int64_t score_memory = 0;
  bool best_effort = true;  // no cpu or memory request at all
  std::vector<HostPort> ports;
  std::vector<Str> images;  // normalised: "web" is "docker.io/library/web:latest"
  std::vector<client::UsedClaim> claims;
  int32_t priority = 0;
  WallTime started;  // on its node, as far as is known; else when it was made
};
PodInfo make_pod_info(PodPtr pod);

}  // namespace orrery::scheduler
