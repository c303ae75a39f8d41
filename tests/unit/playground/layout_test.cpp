#include <doctest/doctest.h>

#include "playground/viewmodel/layout.h"
#include "playground/viewmodel/map_layout.h"
#include "tests/unit/playground/fixture_source.h"

using namespace orrery::viewmodel;

namespace {

bool overlap(const Rect& a, const Rect& b) {
  return a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom();
}

ClusterModel cluster(int nodes, int pods) {
  ClusterModel model;
  orrery::test::make_fixture_source({nodes, pods})->refresh(model);
  return model;
}

}  // namespace

TEST_CASE("Layout: regions keep their shares on every usual screen") {
  const float sizes[][2] = {{1280, 720}, {1280, 800}, {1440, 900}, {1920, 1080}, {2560, 1440}, {1024, 768}, {1180, 820}};
  for (const auto& size : sizes) {
    CAPTURE(size[0]);
    const Layout layout = compute_layout(size[0], size[1]);
    CHECK_FALSE(layout.stacked);
    CHECK(layout.prose.w >= 400);
    CHECK(layout.prose.w <= 460);
    CHECK(layout.main.w >= size[0] * 0.55f);
    CHECK(layout.terminal.h <= size[1] * 0.25f);
    CHECK(layout.terminal.bottom() == size[1]);
    CHECK(layout.main.bottom() == layout.caption.y);
    CHECK_FALSE(overlap(layout.prose, layout.main));
  }
  CHECK(compute_layout(768, 1024).stacked);
  CHECK(compute_layout(600, 900).main.h > 200);
}

TEST_CASE("Layout: a terminal to work in shows ten lines and more, and the view keeps its room") {
  const float sizes[][2] = {{1280, 720}, {1280, 800}, {1920, 1080}, {1024, 768}, {600, 900}};
  for (const auto& size : sizes) {
    CAPTURE(size[0]);
    const Layout layout = compute_layout(size[0], size[1], {true, true, 0});
    CHECK(layout.terminal.h >= 10 * 22 + 40);
    CHECK(layout.terminal.h <= size[1] * 0.38f);
    CHECK(layout.main.h > 170);
    CHECK(layout.terminal.bottom() == size[1]);
  }
}

TEST_CASE("Layout: the terminal is as high as it was dragged, within what leaves the view its least") {
  CHECK(compute_layout(1280, 720, {true, false, 400}).terminal.h == 400);
  CHECK(compute_layout(1280, 720, {true, true, 160}).terminal.h == 160);
  const Layout high = compute_layout(1280, 720, {true, false, 9000});
  CHECK(high.main.h >= 120);
  CHECK(high.terminal.h > 400);
  CHECK(compute_layout(1280, 720, {true, false, 1}).terminal.h == 112);
  CHECK(compute_layout(1280, 720, {false, true, 400}).terminal.h == 0);
}

TEST_CASE("MapLayout: nothing overlaps, every part and pod has a place") {
  for (const auto& size : {std::pair{1, 1}, {3, 3}, {3, 9}, {5, 40}, {12, 300}, {100, 2000}}) {
    const int nodes = size.first, pods = size.second;  // clang 14 doesn't let CAPTURE take a structured binding
    CAPTURE(nodes);
    const ClusterModel model = cluster(nodes, pods);
    const MapLayout map = compute_map(model, 1.5f);
    for (const Part& part : model.parts) CHECK(place_of(map, model, part.id) != nullptr);
    for (const Node& node : model.nodes) CHECK(place_of(map, model, "rules/" + node.name) != nullptr);
    CHECK(map.nodes.size() == model.nodes.size());
    for (std::size_t i = 0; i < map.nodes.size(); ++i) {
      CHECK_FALSE(overlap(map.nodes[i].rect, map.control_plane.rect));
      for (std::size_t j = i + 1; j < map.nodes.size(); ++j) CHECK_FALSE(overlap(map.nodes[i].rect, map.nodes[j].rect));
    }
    for (const Pod& pod : model.pods) {
      REQUIRE(place_of(map, model, "pod/" + pod.uid) != nullptr);
      const Rect& place = *place_of(map, model, "pod/" + pod.uid);
      CHECK(place.bottom() <= map.bounds.bottom());
      bool inside = overlap(place, map.shelf);
      for (const Room& room : map.nodes) inside = inside || (room.node == pod.node && overlap(place, room.rect));
      CHECK(inside);
    }
  }
}

TEST_CASE("MapLayout: at nine pods at least 40 % is empty") {
  const MapLayout map = compute_map(cluster(3, 9), 1.7f);
  float used = 0;
  for (const std::vector<Rect>* rects : {&map.parts, &map.rules, &map.pods})
    for (const Rect& rect : *rects) used += rect.w * rect.h;
  CHECK(used < 0.6f * map.bounds.w * map.bounds.h);
}

TEST_CASE("MapLayout: a controller's place is the controller manager's") {
  const ClusterModel model = cluster(1, 1);
  const MapLayout map = compute_map(model, 1.5f);
  REQUIRE(place_of(map, model, "controller-manager") != nullptr);
  CHECK(place_of(map, model, "controller-manager/deployment") == place_of(map, model, "controller-manager"));
  CHECK(place_of(map, model, "kubelet/node-1") != nullptr);
  CHECK(place_of(map, model, "unheard-of") == nullptr);
  CHECK(place_of(map, model, "pod/unheard-of") == nullptr);
  CHECK(place_of(map, model, "rules/unheard-of") == nullptr);
}

TEST_CASE("MapLayout: its shape stays while only states change, and is another when something moves, comes or goes") {
  ClusterModel model = cluster(3, 9);
  MapLook look;
  const auto shape = [&] { return map_shape(model, look); };
  const auto turn = [&] {
    std::vector<Pod> pods(model.pods.begin(), model.pods.end());
    std::swap(pods[0], pods[1]);
    model.pods = std::move(pods);
  };
  const std::uint64_t before = shape();
  model.pods.change(0).reason = "CrashLoopBackOff";
  model.pods.change(0).ready = false;
  ++model.version;
  CHECK(shape() == before);
  set_look(look, "", "phase");
  CHECK(shape() == before);
  const std::string node = model.pods[0].node;
  model.pods.change(0).node = "";
  CHECK(shape() != before);
  model.pods.change(0).node = node;
  CHECK(shape() == before);
  turn();
  CHECK(shape() != before);
  turn();
  model.pods.erase(model.pods.size() - 1);
  CHECK(shape() != before);
  model = cluster(3, 9);
  set_look(look, "owner", "");
  const std::uint64_t owners = shape();
  CHECK(owners != before);
  model.pods.change(0).owner = "another";
  CHECK(shape() != owners);
  model = cluster(3, 9);
  model.pods.change(0).reason = "CrashLoopBackOff";  // the minimap marks its group's room
  CHECK(shape() != owners);
}

TEST_CASE("ClusterModel: each pod's place before is found, of those that came, went and were made anew under their name") {
  const auto made = [](const std::vector<std::string>& ids) {
    std::vector<Pod> pods;
    for (const std::string& id : ids) {
      Pod pod;
      pod.ns = "default", pod.name = id.substr(0, 1), pod.uid = id;
      pods.push_back(pod);
    }
    return SharedList<Pod>(pods);
  };
  const SharedList<Pod> before = made({"b1", "c1", "e1", "f1"});
  const std::vector<std::uint32_t> same = {0, 1, 2, 3};
  CHECK(places_before(before, before) == same);
  const std::vector<std::uint32_t> found = {kNewPod, 1, kNewPod, kNewPod, 3, kNewPod};
  CHECK(places_before(before, made({"a1", "c1", "d1", "e2", "f1", "g1"})) == found);
  CHECK(places_before({}, before) == std::vector<std::uint32_t>(4, kNewPod));
  CHECK(places_before(before, {}).empty());
  SharedList<Pod> after = before;
  after.change(1).ready = true;
  CHECK(after.shared(0) == before.shared(0));
  CHECK(after.shared(1) != before.shared(1));
  CHECK(!before[1].ready);
  CHECK(places_before(before, after) == same);
}

TEST_CASE("IdIndex: looks at few others on the way to an id, also where ids differ in their last letters alone") {
  for (const char* beginning : {"node-", "kubelet/node-", "n", "pod/6f1c0c2e-3d1b-4c57-9f3e-00000000"}) {
    std::vector<std::string> ids;
    for (int i = 0; i < 1000; ++i) ids.push_back(beginning + std::to_string(1000 + i));
    int looks = 0;
    const auto id_of = [&](std::size_t i) -> const std::string& { return ++looks, ids[i]; };
    IdIndex index;
    index.build(ids.size(), id_of);
    looks = 0;
    for (std::size_t i = 0; i < ids.size(); ++i) CHECK(index.find(ids[i], id_of) == i);
    CAPTURE(beginning);
    CHECK(looks < 3000);
  }
}

TEST_CASE("IdIndex: finds each id, and the first of two alike") {
  std::vector<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.push_back("id-" + std::to_string(i));
  ids.push_back("id-7");
  const auto id_of = [&](std::size_t i) -> const std::string& { return ids[i]; };
  IdIndex index;
  CHECK(index.find("id-1", id_of) == IdIndex::kNone);
  index.build(ids.size(), id_of);
  for (std::size_t i = 0; i < 1000; ++i) CHECK(index.find(ids[i], id_of) == i);
  CHECK(index.find("id-1000", id_of) == IdIndex::kNone);
}
