#include <doctest/doctest.h>

#include <set>

#include "playground/viewmodel/object_graph.h"

using namespace orrery::viewmodel;

namespace {

Model shop() {
  Model model;
  ClusterModel& c = model.cluster;
  Node node;
  node.name = "node-1", node.ready = true;
  c.nodes = {node};
  c.workloads = {{"d", {"Deployment", "shop", "web"}, "", 2, 1}, {"r", {"ReplicaSet", "shop", "web-1"}, "d", 2, 1}};
  for (int i = 0; i < 9; ++i) {
    Pod pod;
    pod.uid = "p" + std::to_string(i), pod.ns = "shop", pod.name = "web-1-" + std::to_string(i), pod.node = "node-1";
    pod.owner_kind = "ReplicaSet", pod.owner = "web-1", pod.phase = PodPhase::Running, pod.ready = true, pod.reason = "Running";
    c.pods.push_back(pod);
  }
  c.things = {{"i", {"Ingress", "shop", "door"}, ""}, {"s", {"Service", "shop", "web"}, "ClusterIP"}, {"c", {"PersistentVolumeClaim", "shop", "disk"}, "Bound"},
              {"m", {"ConfigMap", "shop", "alone"}, ""}};
  c.links = {{{"Service", "shop", "web"}, "p0"}, {{"PersistentVolumeClaim", "shop", "disk"}, "p0"}};
  c.ties = {{{"Ingress", "shop", "door"}, {"Service", "shop", "web"}, TieKind::Routes}, {{"PersistentVolumeClaim", "shop", "disk"}, {"PersistentVolume", "", "pv-1"}, TieKind::Claims}};
  return model;
}

std::string told(const Model& model, const ObjectRef& ref) {
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
  CHECK(told(shop(), {"Pod", "shop", "web-1-0"}) ==
        "disk holds pv-1\ndoor routes to web\nweb owns web-1\nweb selects web-1-0\nweb-1 owns web-1-0\nweb-1-0 runs on node-1\nweb-1-0 uses disk\n");
}

TEST_CASE("ObjectGraph: an owner shows what is its own, bounded, and counts the rest") {
  const Model model = shop();
  const ObjectGraph graph = object_graph(model, {"Deployment", "shop", "web"});
  CHECK(graph.columns == 3);
  CHECK(graph.nodes.size() == 2 + kGraphRowsMax);
  CHECK(graph.left_out == std::vector<int>{0, 0, 3});
  CHECK(graph.nodes[0].note == "1 of 2 ready");
  for (const GraphNode& node : graph.nodes) CHECK(node.ref.kind != "Node");
}

TEST_CASE("ObjectGraph: a claim shows the pods that use it and its volume; a volume its claim; a node its pods") {
  CHECK(told(shop(), {"PersistentVolumeClaim", "shop", "disk"}).find("web-1-0 uses disk") != std::string::npos);
  CHECK(told(shop(), {"PersistentVolume", "", "pv-1"}) == "disk holds pv-1\n");
  CHECK(told(shop(), {"Node", "", "node-1"}).find("web-1-3 runs on node-1") != std::string::npos);
}

TEST_CASE("ObjectGraph: what stands alone is one box, what isn't there is none, an owner's circle ends") {
  Model model = shop();
  CHECK(object_graph(model, {"ConfigMap", "shop", "alone"}).nodes.size() == 1);
  CHECK(object_graph(model, {"Pod", "shop", "gone"}).nodes.empty());
  model.cluster.workloads[0].owner_uid = "r";
  CHECK_FALSE(object_graph(model, {"ReplicaSet", "shop", "web-1"}).nodes.empty());
}
