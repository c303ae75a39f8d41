#include "playground/viewmodel/object_graph.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace orrery::viewmodel {
namespace {

constexpr int kDepthMax = 3;  // columns to either side

struct Relation {
  ObjectRef from, to;
  Word word;
};

// All relations of one cluster that may show, each from left to right.
std::vector<Relation> relations(const ClusterModel& model) {
  std::vector<Relation> out;
  std::map<std::string, const Workload*> by_uid;
  std::map<std::string, const Pod*> pods;
  for (const Workload& workload : model.workloads) by_uid[workload.uid] = &workload;
  for (const Pod& pod : model.pods) pods[pod.uid] = &pod;
  for (const Workload& workload : model.workloads) {
    const auto owner = by_uid.find(workload.owner_uid);
    if (owner != by_uid.end()) out.push_back({owner->second->ref, workload.ref, Word::graph_owns});
  }
  for (const Tie& tie : model.ties) out.push_back({tie.from, tie.to, tie.kind == TieKind::Routes ? Word::graph_routes : Word::graph_claims});
  for (const Pod& pod : model.pods) {
    const ObjectRef ref = {"Pod", pod.ns, pod.name};
    if (!pod.owner.empty()) out.push_back({{pod.owner_kind, pod.owner_kind == "Node" ? "" : pod.ns, pod.owner}, ref, Word::graph_owns});
    if (!pod.node.empty()) out.push_back({ref, {"Node", "", pod.node}, Word::graph_runs_on});
  }
  for (const Link& link : model.links) {
    const auto pod = pods.find(link.pod_uid);
    if (pod == pods.end()) continue;
    const ObjectRef ref = {"Pod", pod->second->ns, pod->second->name};
    if (link.from.kind == "Service") out.push_back({link.from, ref, Word::graph_selects});
    else out.push_back({ref, link.from, Word::graph_uses});
  }
  return out;
}

using Name = std::tuple<std::string, std::string, std::string>;
Name name_of_object(const ObjectRef& ref) { return {ref.kind, ref.ns, ref.name}; }

class Builder {
 public:
  Builder(const Model& model, const ObjectRef& root) : model_(model), root_(root), all_(relations(model.cluster)) {
    for (std::size_t i = 0; i < all_.size(); ++i) {
      right_[name_of_object(all_[i].from)].push_back(i);
      left_[name_of_object(all_[i].to)].push_back(i);
    }
  }

  ObjectGraph build() {
    column_[name_of_object(root_)] = 0;
    order_.push_back(root_);
    spread(right_, +1);
    spread(left_, -1);
    place();
    connect();
    return std::move(graph_);
  }

 private:
  // What pods use and where they run is theirs: seen from anything else it would hide the rest.
  bool worth(const Relation& relation, int step) const {
    const bool of_pod = relation.word == Word::graph_uses || relation.word == Word::graph_runs_on;
    if (!of_pod) return true;
    if (step > 0) return root_.kind == "Pod";
    return relation.to == root_;
  }

  void spread(const std::map<Name, std::vector<std::size_t>>& ways, int step) {
    std::vector<ObjectRef> edge = {root_};
    for (int depth = 1; depth <= kDepthMax; ++depth) {
      std::vector<ObjectRef> next;
      for (const ObjectRef& at : edge) {
        const auto found = ways.find(name_of_object(at));
        if (found == ways.end()) continue;
        for (const std::size_t i : found->second) {
          if (!worth(all_[i], step)) continue;
          const ObjectRef& other = step > 0 ? all_[i].to : all_[i].from;
          if (!column_.try_emplace(name_of_object(other), depth * step).second) continue;
          order_.push_back(other);
          next.push_back(other);
        }
      }
      edge = std::move(next);
    }
  }

  void place() {
    int first = 0, last = 0;
    for (const auto& [name, column] : column_) first = std::min(first, column), last = std::max(last, column);
    graph_.columns = last - first + 1;
    graph_.left_out.assign(std::size_t(graph_.columns), 0);
    std::vector<int> rows(std::size_t(graph_.columns), 0);
    for (const ObjectRef& ref : order_) {
      const std::size_t column = std::size_t(column_[name_of_object(ref)] - first);
      if (rows[column] >= int(kGraphRowsMax)) {
        ++graph_.left_out[column];
        continue;
      }
      index_[name_of_object(ref)] = graph_.nodes.size();
      graph_.nodes.push_back(node(ref, int(column), rows[column]++));
    }
  }

  GraphNode node(const ObjectRef& ref, int column, int row) const {
    GraphNode out = {ref, "", false, Tone::Idle, column, row};
    if (ref.kind == "Pod") {
      const Pod* pod = find_pod(model_.cluster, ref.ns, ref.name);
      if (pod) out.note = pod->reason, out.has_sign = true, out.tone = pod->deleting ? Tone::Idle : tone_of(*pod);
    } else if (ref.kind == "Node") {
      const Node* found = find_node(model_.cluster, ref.name);
      if (found) out.note = found->ready ? "Ready" : "NotReady", out.has_sign = true, out.tone = found->ready ? Tone::Good : Tone::Bad;
    }
    for (const Workload& workload : model_.cluster.workloads)
      if (workload.ref == ref && workload.counts) out.note = model_.say(Word::graph_ready, {std::to_string(workload.ready), std::to_string(workload.wanted)});
    for (const Thing& thing : model_.cluster.things)
      if (thing.ref == ref) out.note = thing.note;
    return out;
  }

  void connect() {
    for (const Relation& relation : all_) {
      const auto from = index_.find(name_of_object(relation.from)), to = index_.find(name_of_object(relation.to));
      if (from == index_.end() || to == index_.end()) continue;
      if (graph_.nodes[from->second].column >= graph_.nodes[to->second].column) continue;
      graph_.edges.push_back({from->second, to->second, relation.word});
    }
  }

  const Model& model_;
  const ObjectRef root_;
  const std::vector<Relation> all_;
  std::map<Name, std::vector<std::size_t>> right_, left_;
  std::map<Name, int> column_;
  std::map<Name, std::size_t> index_;
  std::vector<ObjectRef> order_;
  ObjectGraph graph_;
};

bool exists(const ClusterModel& model, const ObjectRef& ref) {
  if (ref.kind == "Pod") return find_pod(model, ref.ns, ref.name) != nullptr;
  if (ref.kind == "Node") return find_node(model, ref.name) != nullptr;
  for (const Workload& workload : model.workloads)
    if (workload.ref == ref) return true;
  for (const Thing& thing : model.things)
    if (thing.ref == ref) return true;
  for (const Tie& tie : model.ties)
    if (tie.from == ref || tie.to == ref) return true;
  return false;
}

}  // namespace

ObjectGraph object_graph(const Model& model, const ObjectRef& ref) {
  if (ref.kind.empty() || !exists(model.cluster, ref)) return {};
  return Builder(model, ref).build();
}

}  // namespace orrery::viewmodel
