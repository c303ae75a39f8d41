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
    CHECK(map.places.size() == model.parts.size() + model.pods.size() + model.nodes.size());
    CHECK(map.nodes.size() == model.nodes.size());
    for (std::size_t i = 0; i < map.nodes.size(); ++i) {
      CHECK_FALSE(overlap(map.nodes[i].rect, map.control_plane.rect));
      for (std::size_t j = i + 1; j < map.nodes.size(); ++j) CHECK_FALSE(overlap(map.nodes[i].rect, map.nodes[j].rect));
    }
    for (const Pod& pod : model.pods) {
      const Rect& place = map.places.at("pod/" + pod.uid);
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
  for (const auto& [id, rect] : map.places) used += rect.w * rect.h;
  CHECK(used < 0.6f * map.bounds.w * map.bounds.h);
}

TEST_CASE("MapLayout: a controller's place is the controller manager's") {
  const MapLayout map = compute_map(cluster(1, 1), 1.5f);
  CHECK(place_of(map, "controller-manager/deployment") == "controller-manager");
  CHECK(place_of(map, "kubelet/node-1") == "kubelet/node-1");
  CHECK(place_of(map, "unheard-of") == "");
}
