#include <doctest/doctest.h>

#include <set>

#include "playground/viewmodel/object_graph.h"

using namespace orrery::viewmodel;

namespace {

Model graph_shop() {
  Model model;
  ClusterModel& c = model.cluster;
  Node node;
  node.name = "node-1", node.ready = true;
  c.nodes = {node};
  c.workloads = {{"d", {"Deployment", "graph_shop", "web"}, "", 2, 1}, {"r", {"ReplicaSet", "graph_shop", "web-1"}, "d", 2, 1}};
  for (int i = 0; i < 9; ++i) {
    Pod pod;
    pod.uid = "p" + std::to_string(i), pod.ns = "graph_shop", pod.name = "web-1-" + std::to_string(i), pod.node = "node-1";
    pod.owner_kind = "ReplicaSet", pod.owner = "web-1", pod.phase = PodPhase::Running, pod.ready = true, pod.reason = "Running";
    c.pods.push_back(pod);
  }
  c.things = {{"i", {"Ingress", "graph_shop", "door"}, ""}, {"s", {"Service", "graph_shop", "web"}, "ClusterIP"}, {"c", {"PersistentVolumeClaim", "graph_shop", "disk"}, "Bound"},
              {"m", {"ConfigMap", "graph_shop", "alone"}, ""}};
  c.links = {{{"Service", "graph_shop", "web"}, "p0"}, {{"PersistentVolumeClaim", "graph_shop", "disk"}, "p0"}};
  c.ties = {{{"Ingress", "graph_shop", "door"}, {"Service", "graph_shop", "web"}, TieKind::Routes}, {{"PersistentVolumeClaim", "graph_shop", "disk"}, {"PersistentVolume", "", "pv-1"}, TieKind::Claims}};
  return model;
}

std::string graph_text(const Model& model, const ObjectRef& ref) {
  const ObjectGraph graph = object_graph(model, ref);
  std::set<std::string> lines;
  for (const GraphEdge& edge : graph.edges) {
    const GraphNode &from = graph.nodes[edge.from], &to = graph.nodes[edge.to];
    CHECK(from.column < to.column);
    lines.insert(from.ref.name + " " + model.say(edge.relation) + " " + to.ref.name + "\n");
  }
  std::string out;
  for (const std::string& line : lines) out += line;
  return out;
}

}  // namespace

TEST_CASE("ObjectGraph: a pod shows its owners, who selects it, what it uses and where it runs") {
  CHECK(graph_text(graph_shop(), {"Pod", "graph_shop", "web-1-0"}) ==
        "disk holds pv-1\ndoor routes to web\nweb owns web-1\nweb selects web-1-0\nweb-1 owns web-1-0\nweb-1-0 runs on node-1\nweb-1-0 uses disk\n");
}

TEST_CASE("ObjectGraph: an owner shows what is its own, bounded, and counts the rest") {
  const Model model = graph_shop();
  const ObjectGraph graph = object_graph(model, {"Deployment", "graph_shop", "web"});
  CHECK(graph.columns == 3);
  CHECK(graph.nodes.size() == 2 + kGraphRowsMax);
  CHECK(graph.left_out == std::vector<int>{0, 0, 3});
  CHECK(graph.nodes[0].note == "1 of 2 ready");
  for (const GraphNode& node : graph.nodes) CHECK(node.ref.kind != "Node");
}

TEST_CASE("ObjectGraph: a claim shows the pods that use it and its volume; a volume its claim; a node its pods") {
  CHECK(graph_text(graph_shop(), {"PersistentVolumeClaim", "graph_shop", "disk"}).find("web-1-0 uses disk") != std::string::npos);
  CHECK(graph_text(graph_shop(), {"PersistentVolume", "", "pv-1"}) == "disk holds pv-1\n");
  CHECK(graph_text(graph_shop(), {"Node", "", "node-1"}).find("web-1-3 runs on node-1") != std::string::npos);
}

TEST_CASE("ObjectGraph: what stands alone is one box, what isn't there is none, an owner's circle ends") {
  Model model = graph_shop();
  CHECK(object_graph(model, {"ConfigMap", "graph_shop", "alone"}).nodes.size() == 1);
  CHECK(object_graph(model, {"Pod", "graph_shop", "gone"}).nodes.empty());
  model.cluster.workloads[0].owner_uid = "r";
  CHECK_FALSE(object_graph(model, {"ReplicaSet", "graph_shop", "web-1"}).nodes.empty());
}
