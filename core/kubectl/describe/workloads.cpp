// Deployment, ReplicaSet and ReplicationController, StatefulSet, DaemonSet.
#include <nlohmann/json.hpp>

#include "core/base/str.h"
#include "core/base/text.h"
#include "core/kubectl/describe/describers.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

// getPodStatusForController: of the pods that it owns.
void write_pods_status(Writer& w, const Subject& s) {
  const json& pods = s.list("pods");
  int running = 0, waiting = 0, succeeded = 0, failed = 0;
  for (const json& pod : pods) {
    bool owned = false;
    for (const json& owner : value_at(pod, "/metadata/ownerReferences"))
      if (owner.value("controller", false)) owned = text_at(owner, "/uid") == text_at(s.object, "/metadata/uid");
    if (!owned) continue;
    const std::string phase = text_at(pod, "/status/phase");
    running += phase == "Running";
    waiting += phase == "Pending";
    succeeded += phase == "Succeeded";
    failed += phase == "Failed";
  }
  w.line(0, "Pods Status", cat(running, " Running / ", waiting, " Waiting / ", succeeded, " Succeeded / ", failed, " Failed"));
}

void write_short_conditions(Writer& w, const json& object) {
  const json& conditions = value_at(object, "/status/conditions");
  if (conditions.empty()) return;
  w.put(0, "Conditions:");
  w.heads(1, {"Type", "Status", "Reason"});
  for (const json& c : conditions) w.row(1, {cat(text_at(c, "/type"), " "), text_at(c, "/status"), text_at(c, "/reason")});
}

// The newest by its revision, and the older ones that still have pods (deployment util GetAllReplicaSets, FindOldReplicaSets).
void write_replica_sets(Writer& w, const Subject& s) {
  std::vector<std::string> old;
  std::string fresh;
  int64_t newest = 0;
  const auto revision_of = [](const json& set) {
    int64_t revision = 0;
    parse_int64(text_of(value_at(set, "/metadata/annotations/deployment.kubernetes.io~1revision")), revision);
    return revision;
  };
  std::vector<const json*> sets;
  for (const json& set : s.list("sets"))
    for (const json& owner : value_at(set, "/metadata/ownerReferences"))
      if (text_at(owner, "/uid") == text_at(s.object, "/metadata/uid")) sets.push_back(&set);
  if (sets.empty()) return;
  for (const json* set : sets) newest = std::max(newest, revision_of(*set));
  for (const json* set : sets) {
    const std::string text = cat(text_at(*set, "/metadata/name"), " (", text_at(*set, "/status/replicas", "0"), "/", text_at(*set, "/spec/replicas", "0"), " replicas created)");
    if (revision_of(*set) == newest) fresh = text;
    else old.push_back(text);
  }
  w.line(0, "OldReplicaSets", old.empty() ? "<none>" : join(old, ", "));
  w.line(0, "NewReplicaSet", fresh.empty() ? "<none>" : fresh);
}

}  // namespace

void describe_deployment(Writer& w, const Subject& s) {
  const json& o = s.object;
  write_rows(w, 0, o, {{"Name", "/metadata/name"}, {"Namespace", "/metadata/namespace"}, {"CreationTimestamp", "/metadata/creationTimestamp", Form::Time},
                       {"Labels", "/metadata/labels", Form::Labels}});
  w.annotations(0, value_at(o, "/metadata/annotations"));
  w.line(0, "Selector", selector_text(value_at(o, "/spec/selector")));
  w.line(0, "Replicas", cat(text_at(o, "/spec/replicas", "1"), " desired | ", text_at(o, "/status/updatedReplicas", "0"), " updated | ", text_at(o, "/status/replicas", "0"), " total | ",
                            text_at(o, "/status/availableReplicas", "0"), " available | ", text_at(o, "/status/unavailableReplicas", "0"), " unavailable"));
  w.line(0, "StrategyType", text_at(o, "/spec/strategy/type"));
  w.line(0, "MinReadySeconds", text_at(o, "/spec/minReadySeconds", "0"));
  if (!value_at(o, "/spec/strategy/rollingUpdate").is_null())
    w.line(0, "RollingUpdateStrategy", cat(text_at(o, "/spec/strategy/rollingUpdate/maxUnavailable"), " max unavailable, ",
                                           text_at(o, "/spec/strategy/rollingUpdate/maxSurge"), " max surge"));
  write_pod_template(w, value_at(o, "/spec/template"));
  write_short_conditions(w, o);
  write_replica_sets(w, s);
}

void describe_replica_set(Writer& w, const Subject& s) {
  const json& o = s.object;
  write_rows(w, 0, o, {{"Name", "/metadata/name"}, {"Namespace", "/metadata/namespace"}, {"Selector", "/spec/selector", Form::Inline},
                       {"Labels", "/metadata/labels", Form::Labels}});
  w.annotations(0, value_at(o, "/metadata/annotations"));
  if (const std::string by = controller_of(o); !by.empty()) w.line(0, "Controlled By", by);
  w.line(0, "Replicas", cat(text_at(o, "/status/replicas", "0"), " current / ", text_at(o, "/spec/replicas", "1"), " desired"));
  write_pods_status(w, s);
  write_pod_template(w, value_at(o, "/spec/template"));
  write_short_conditions(w, o);
}

void describe_stateful_set(Writer& w, const Subject& s) {
  const json& o = s.object;
  write_rows(w, 0, o, {{"Name", "/metadata/name"}, {"Namespace", "/metadata/namespace"}, {"CreationTimestamp", "/metadata/creationTimestamp", Form::Time},
                       {"Selector", "/spec/selector", Form::Inline}, {"Labels", "/metadata/labels", Form::Labels}});
  w.annotations(0, value_at(o, "/metadata/annotations"));
  w.line(0, "Replicas", cat(text_at(o, "/spec/replicas", "1"), " desired | ", text_at(o, "/status/replicas", "0"), " total"));
  w.line(0, "Update Strategy", text_at(o, "/spec/updateStrategy/type"));
  if (!value_at(o, "/spec/updateStrategy/rollingUpdate/partition").is_null())
    write_rows(w, 1, o, {{"Partition", "/spec/updateStrategy/rollingUpdate/partition"},
                         {"MaxUnavailable", "/spec/updateStrategy/rollingUpdate/maxUnavailable", Form::IfThere}});
  write_pods_status(w, s);
  write_pod_template(w, value_at(o, "/spec/template"));
  const json& claims = value_at(o, "/spec/volumeClaimTemplates");
  w.put(0, claims.empty() ? "Volume Claims:\t<none>" : "Volume Claims:");
  for (const json& claim : claims) {
    w.line(1, "Name", text_at(claim, "/metadata/name"));
    w.line(1, "StorageClass", storage_class_of(claim));
    w.labels(1, "Labels", value_at(claim, "/metadata/labels"));
    w.labels(1, "Annotations", value_at(claim, "/metadata/annotations"));
    w.line(1, "Capacity", text_at(claim, "/spec/resources/requests/storage", "<default>"));
    w.line(1, "Access Modes", bracketed(value_at(claim, "/spec/accessModes")));
  }
}

void describe_daemon_set(Writer& w, const Subject& s) {
  const json& o = s.object;
  write_rows(w, 0, o, {{"Name", "/metadata/name"}, {"Namespace", "/metadata/namespace"}, {"Selector", "/spec/selector", Form::Inline},
                       {"Node-Selector", "/spec/template/spec/nodeSelector", Form::Inline}, {"Labels", "/metadata/labels", Form::Labels}});
  w.annotations(0, value_at(o, "/metadata/annotations"));
  for (auto [label, path] : {std::pair<const char*, const char*>{"Desired Number of Nodes Scheduled: ", "/status/desiredNumberScheduled"},
                             {"Current Number of Nodes Scheduled: ", "/status/currentNumberScheduled"},
                             {"Number of Nodes Scheduled with Up-to-date Pods: ", "/status/updatedNumberScheduled"},
                             {"Number of Nodes Scheduled with Available Pods: ", "/status/numberAvailable"},
                             {"Number of Nodes Misscheduled: ", "/status/numberMisscheduled"}})
    w.put(0, cat(label, text_at(o, path, "0")));
  write_pods_status(w, s);
  write_pod_template(w, value_at(o, "/spec/template"));
}

}  // namespace orrery::kubectl
