// Short ways to make objects, and to read plans as lines of text.
#pragma once

#include "core/api/gen/apps_v1.h"
#include "core/api/gen/core_v1.h"
#include "core/api/kinds.h"
#include "core/client/plan.h"

namespace orrery::test {

using api::apps_v1::Deployment;
using api::apps_v1::ReplicaSet;
using api::core_v1::Pod;

inline WallTime at(int64_t s) { return WallTime{(1'700'000'000 + s) * 1'000'000'000}; }

inline client::Attempt attempt_at(int64_t s) {
  client::Attempt a;
  a.now = at(s);
  return a;
}

struct PodSpecText {
  std::string name;
  std::string phase = "Running";
  bool ready = true;
  std::string node = "n1";
  int64_t created = -1000;
  int64_t ready_at = -1000;
};

inline Pod pod(const PodSpecText& in) {
  Pod p;
  p.metadata.namespace_ = "default";
  p.metadata.name = in.name;
  p.metadata.uid = cat("uid-", in.name);
  p.metadata.creationTimestamp = at(in.created);
  p.metadata.labels.set("app", "web");
  p.spec.nodeName = in.node;
  p.status.phase = in.phase;
  api::core_v1::PodCondition c;
  c.type = "Ready";
  c.status = in.ready ? "True" : "False";
  c.lastTransitionTime = at(in.ready_at);
  p.status.conditions.push_back(c);
  return p;
}

inline ReplicaSet replica_set(const char* name, int32_t replicas) {
  ReplicaSet s;
  s.metadata.namespace_ = "default";
  s.metadata.name = name;
  s.metadata.uid = cat("uid-", name);
  s.metadata.generation = 1;
  s.spec.replicas = replicas;
  s.spec.selector.mut().matchLabels.set("app", "web");
  s.spec.template_.metadata.labels.set("app", "web");
  s.spec.template_.spec.containers.push_back({});
  s.spec.template_.spec.containers.mut(0).name = "web";
  return s;
}

inline Pod owned(Pod p, const ReplicaSet& by) {
  p.metadata.ownerReferences.push_back(client::controller_ref(api::kind<ReplicaSet>(), by.metadata));
  return p;
}

// "0 create Pod web-", "1 delete Pod a": stage, verb, kind, name.
inline std::string line(const client::Write& w) {
  Str name = w.key.name.empty() && w.object ? w.object.meta().generateName : w.key.name;
  return cat(w.stage, " ", client::verb_of(w.op), " ", w.kind->kind, " ", name);
}
inline std::string lines(const client::Plan& plan) {
  std::string out;
  for (const client::Write& w : plan.writes) out += line(w) + "\n";
  return out;
}

}  // namespace orrery::test
