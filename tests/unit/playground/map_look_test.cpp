#include <doctest/doctest.h>

#include <set>

#include "playground/viewmodel/map_layout.h"
#include "playground/viewmodel/view_document.h"

using namespace orrery::viewmodel;

namespace {

Pod pod(const std::string& ns, const std::string& name, const std::string& owner = "", std::vector<std::pair<std::string, std::string>> labels = {}) {
  Pod pod;
  pod.uid = ns + "/" + name;
  pod.ns = ns;
  pod.name = name;
  pod.node = "node-1";
  if (!owner.empty()) pod.owner_kind = "ReplicaSet", pod.owner = owner;
  pod.labels = std::move(labels);
  pod.phase = PodPhase::Running;
  pod.ready = true;
  pod.reason = "Running";
  return pod;
}

ClusterModel shop() {
  ClusterModel model;
  Node node;
  node.name = "node-1";
  model.nodes = {node};
  model.parts = {{PartKind::ApiServer, "apiserver"}, {PartKind::Kubelet, "kubelet/node-1", "node-1"}};
  model.workloads = {{"d1", {"Deployment", "shop", "web"}, "", 2, 2}, {"r1", {"ReplicaSet", "shop", "web-1"}, "d1", 1, 1}, {"r2", {"ReplicaSet", "shop", "web-2"}, "d1", 1, 1}};
  model.pods = {pod("default", "lone"), pod("shop", "web-1-a", "web-1", {{"app", "web"}, {"pod-template-hash", "1"}, {"tier", "front"}}),
                pod("shop", "web-2-b", "web-2", {{"app", "web"}, {"pod-template-hash", "2"}}), pod("shop", "x-c", "unheard-of", {{"app", "x"}})};
  return model;
}

std::string groups(const ClusterModel& model, const std::string& grouping) {
  MapLook look;
  set_look(look, grouping, "");
  std::string out;
  for (const PodGroup& group : pod_groups(model, look)) {
    out += "[" + group.name + "]";
    for (const std::uint32_t pod : group.pods) out += " " + model.pods[pod].name;
    out += "\n";
  }
  return out;
}

bool crosses(const Rect& a, const Rect& b) { return a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom(); }

}  // namespace

TEST_CASE("MapLook: pods are grouped by namespace, by their owner's owner, by a label's value") {
  const ClusterModel model = shop();
  CHECK(groups(model, "namespace") == "[default] lone\n[shop] web-1-a web-2-b x-c\n");
  CHECK(groups(model, "owner") == "[Deployment web] web-1-a web-2-b\n[ReplicaSet unheard-of] x-c\n[] lone\n");
  CHECK(groups(model, "label:app") == "[app=web] web-1-a web-2-b\n[app=x] x-c\n[] lone\n");
}

TEST_CASE("MapLook: the labels offered are those of most pods, never the controllers' own") {
  CHECK(label_keys(shop()) == std::vector<std::string>{"app", "tier"});
}

TEST_CASE("MapLook: names go there and back, and the keys reach every choice") {
  const ClusterModel model = shop();
  MapLook look;
  std::set<std::string> seen;
  for (int i = 0; i < 5; ++i) {
    seen.insert(group_name(look));
    MapLook again;
    set_look(again, group_name(look), colour_name(look));
    CHECK(again == look);
    look = next_grouping(model, look);
  }
  CHECK(seen == std::set<std::string>{"node", "namespace", "owner", "label:app", "label:tier"});
  CHECK(look == MapLook());
  for (int i = 0; i < 4; ++i) look = next_colouring(look);
  CHECK(look == MapLook());
  set_look(look, "label:", "rainbow");
  CHECK(look == MapLook());
}

TEST_CASE("MapLook: requests against limits, each case a sign of its own") {
  Pod some = pod("a", "a");
  CHECK(mark_of(some, Colouring::Requests).meaning == 3);  // neither
  some.cpu_request_milli = 100, some.memory_request = 64;
  CHECK(mark_of(some, Colouring::Requests).meaning == 2);
  some.cpu_limit_milli = 400;  // memory still may grow
  CHECK(mark_of(some, Colouring::Requests).open);
  some.memory_limit = 64;
  CHECK(mark_of(some, Colouring::Requests).meaning == 1);
  CHECK(mark_of(some, Colouring::Requests).level == doctest::Approx(0.25));
  some.cpu_request_milli = 400;
  CHECK(mark_of(some, Colouring::Requests).meaning == 0);
}

TEST_CASE("MapLook: no two rows of a legend look alike without colour, and every pod is counted once") {
  ClusterModel model = shop();
  model.pods.change(0).phase = PodPhase::Failed, model.pods.change(0).ready = false;
  model.pods.change(1).deleting = true;
  for (const Colouring colouring : {Colouring::Status, Colouring::Phase, Colouring::Readiness, Colouring::Requests}) {
    int pods = 0;
    std::set<std::string> shapes;
    const auto rows = legend(model, colouring, Language::Korean);
    for (const LegendRow& row : rows) {
      pods += row.pods;
      shapes.insert(row.mark.gauge ? "gauge" + std::to_string(row.mark.level) + (row.mark.open ? "open" : "") : "sign" + std::to_string(int(row.mark.tone)));
    }
    CHECK(pods == 4);
    CHECK(shapes.size() == rows.size());
  }
}

TEST_CASE("MapLayout: in groups every pod stands in its group's room, and rooms don't overlap") {
  ClusterModel model = shop();
  for (int i = 0; i < 300; ++i) model.pods.push_back(pod("ns-" + std::to_string(i % 7), "p" + std::to_string(i), i % 3 ? "set-" + std::to_string(i % 40) : ""));
  for (const char* grouping : {"namespace", "owner", "label:app"}) {
    MapLook look;
    set_look(look, grouping, "");
    const MapLayout map = compute_map(model, 1.5f, look);
    for (const Part& part : model.parts) CHECK(place_of(map, model, part.id) != nullptr);
    CHECK(map.rules.size() == model.nodes.size());
    const auto all = pod_groups(model, look);
    REQUIRE(map.groups.size() == all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      CHECK_FALSE(crosses(map.groups[i].rect, map.control_plane.rect));
      CHECK_FALSE(crosses(map.groups[i].rect, map.nodes[0].rect));
      for (std::size_t j = i + 1; j < all.size(); ++j) CHECK_FALSE(crosses(map.groups[i].rect, map.groups[j].rect));
      for (const std::uint32_t at : all[i].pods) {
        const Pod* pod = &model.pods[at];
        REQUIRE(place_of(map, model, "pod/" + pod->uid) != nullptr);
        const Rect& place = *place_of(map, model, "pod/" + pod->uid);
        CHECK(place.x >= map.groups[i].rect.x);
        CHECK(place.right() <= map.groups[i].rect.right());
        CHECK(place.bottom() <= map.groups[i].rect.bottom());
      }
    }
    CHECK(map.bounds.w / map.bounds.h > 0.7f);  // it fills a view, not a ribbon
    CHECK(map.bounds.w / map.bounds.h < 3);
  }
  model.nodes.resize(kNodesBesideGroups + 1, model.nodes[0]);
  MapLook look;
  set_look(look, "namespace", "");
  CHECK(compute_map(model, 1.5f, look).nodes.empty());
}

TEST_CASE("ViewDocument: the map's choices stand in the mirror with their actions, once they are shown") {
  Model model;
  model.cluster = shop();
  set_look(model.look, "label:app", "phase");
  const Document document = view_document(model);
  std::string pressed, actions;
  for (const Block& block : document.blocks) {
    if (block.kind != BlockKind::Choice) continue;
    actions += block.action + " ";
    if (block.state == BlockState::Chosen) pressed += block.action + " ";
  }
  CHECK(pressed == "look:label:app look:phase ");
  CHECK(actions == "look:node look:namespace look:owner look:label:app look:label:tier look:status look:phase look:readiness look:requests ");
  model.panels = {"map", "terminal"};
  for (const Block& block : view_document(model).blocks) CHECK(block.kind != BlockKind::Choice);
}
