// A map that follows a cluster looks only at what changed: it is to show the same as one that looks at everything.
#include <doctest/doctest.h>

#include <random>

#include "tests/unit/playground/off_screen_map.h"

using namespace orrery;
using viewmodel::MapLayout;
using viewmodel::Rect;

namespace {

template <class Room>
bool same_rooms(const std::vector<Room>& a, const std::vector<Room>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Room& x, const Room& y) { return x.rect == y.rect && x.pods == y.pods; });
}

struct Follower : test::OffScreenMap {
  std::mt19937 draw_number{7};
  int made = 0;

  Follower() : OffScreenMap(8, 300) { state.still = true; }

  std::size_t any(std::size_t below) { return draw_number() % below; }

  std::string some_node() { return any(6) == 0 ? "" : model.cluster.nodes[any(model.cluster.nodes.size())].name; }

  void change_pods() {
    viewmodel::SharedList<viewmodel::Pod>& pods = model.cluster.pods;
    for (std::size_t i = any(6); i-- > 0 && !pods.empty();) {
      viewmodel::Pod& pod = pods.change(any(pods.size()));
      const std::size_t what = any(4);
      if (what == 0) pod.node = some_node();
      if (what == 1) pod.deleting = !pod.deleting;
      if (what == 2) pod.ready = !pod.ready;
      if (what == 3) pod.reason = pod.reason == "Running" ? "CrashLoopBackOff" : "Running";
    }
    for (std::size_t i = any(4); i-- > 0 && !pods.empty();) pods.erase(any(pods.size()));
    for (std::size_t i = any(4); i-- > 0 && !pods.empty();) {
      const std::size_t at = any(pods.size());
      viewmodel::Pod pod = pods[at];
      pod.name += "x", pod.uid = "made-" + std::to_string(++made), pod.node = some_node();
      pods.edit({{at + 1, std::make_shared<const viewmodel::Pod>(pod)}}, {});
    }
  }

  void change_nodes() {
    auto& nodes = model.cluster.nodes;
    const std::size_t what = any(3), at = any(nodes.size());
    if (what == 0) nodes[at].ready = !nodes[at].ready;
    if (what == 1 && nodes.size() > 3) nodes.erase(nodes.begin() + std::ptrdiff_t(at));
    if (what != 2) return;
    viewmodel::Node node = nodes[at];
    node.name += "b", node.uid += "b";
    nodes.insert(nodes.begin() + std::ptrdiff_t(at) + 1, node);
    model.cluster.parts.push_back({viewmodel::PartKind::Kubelet, "kubelet/" + node.name, node.name});
  }

  void check() const {
    const MapLayout whole = compute_map(model.cluster, state.map.laid_out_aspect, model.look, state.map.shelf_rows);
    const MapLayout& kept = state.map.layout;
    CHECK((whole.bounds == kept.bounds));
    CHECK((whole.shelf == kept.shelf));
    CHECK((whole.pods == kept.pods));
    CHECK((whole.parts == kept.parts));
    CHECK((whole.rules == kept.rules));
    CHECK((whole.things == kept.things));
    CHECK(same_rooms(whole.nodes, kept.nodes));
    CHECK(same_rooms(whole.groups, kept.groups));
    const viewmodel::SilentNodes silent = viewmodel::silent_nodes(model.cluster);
    REQUIRE(state.map.shown.size() == model.cluster.pods.size());
    for (std::size_t i = 0; i < model.cluster.pods.size(); ++i) {
      const views::ShownPod& shown = state.map.shown[i];
      const viewmodel::PodMark mark = mark_of(silent, model.cluster.pods[i], model.look.colouring);
      CHECK(shown.mark.meaning == mark.meaning);
      CHECK(shown.mark.tone == mark.tone);
      CHECK(shown.leaving == model.cluster.pods[i].deleting);
      CHECK((shown.rect == kept.pods[i]));
    }
    for (const viewmodel::Part& part : model.cluster.parts) {
      const Rect *a = place_of(whole, model.cluster, part.id), *b = place_of(kept, model.cluster, part.id);
      REQUIRE((a == nullptr) == (b == nullptr));
      if (a) CHECK((*a == *b));
    }
  }
};

}  // namespace

TEST_CASE("Map: following random changes it shows what a map that looks at everything would") {
  Follower map;
  for (int turn = 0; turn < 160; ++turn) {
    CAPTURE(turn);
    const bool quiet = turn % 10 == 9;
    if (!quiet) map.change_pods();
    if (turn % 8 == 7) map.change_nodes();
    if (turn % 20 == 19) map.model.look = next_grouping(map.model.cluster, map.model.look);
    if (turn % 31 == 30) map.model.look = next_colouring(map.model.look);
    if (!quiet || turn % 8 == 7) ++map.model.cluster.version;
    map.draw();
    map.check();
  }
}

TEST_CASE("Map: pods that wait for a node move the rooms once, and the camera follows in a moment") {
  test::OffScreenMap map(3, 60);
  map.state.seconds = 1.0 / 60;
  const std::string first = map.model.cluster.nodes[0].name;
  std::vector<std::size_t> waiting;  // more than a row, all of one node: the others' rooms stay as large as they are
  for (std::size_t i = 0; i < map.model.cluster.pods.size() && waiting.size() < 12; ++i)
    if (map.model.cluster.pods[i].node == first) waiting.push_back(i);
  REQUIRE(waiting.size() == 12);
  const auto wait = [&](bool some) {
    for (std::size_t i : waiting) map.model.cluster.pods.change(i).node = some ? "" : first;
    ++map.model.cluster.version;
  };
  const auto settle = [&] {
    int frames = 0;
    do {
      map.state.animating = false;
      map.draw();
    } while (map.state.animating && ++frames < 120);
    return frames;
  };
  settle();
  const views::MapCamera before = map.state.map.camera;
  const float top = map.state.map.layout.nodes[0].rect.y;
  wait(true);
  const int frames = settle();
  CHECK(frames > 5);    // not at once
  CHECK(frames < 60);
  const views::MapCamera with = map.state.map.camera;
  const float moved = map.state.map.layout.nodes[0].rect.y;
  CHECK(moved > top);
  CHECK(with.y != before.y);
  for (int turn = 0; turn < 4; ++turn) {
    wait(turn % 2 == 1);
    settle();
    CHECK(map.state.map.layout.nodes[0].rect.y == moved);
    CHECK(map.state.map.camera.zoom == with.zoom);
    CHECK(map.state.map.camera.y == with.y);
  }
}

TEST_CASE("Map: a strip above it, or the card of what is selected, puts no room elsewhere") {
  test::OffScreenMap map(7, 60);
  map.state.still = true;
  map.draw();
  const std::vector<Rect> before = map.state.map.layout.pods;
  map.model.cluster.faults = {"node-1 crashed", "node-2 crashed"};
  map.model.selected = {"Pod", map.model.cluster.pods[0].ns, map.model.cluster.pods[0].name};
  ++map.model.cluster.version;
  map.draw();
  CHECK((map.state.map.layout.pods == before));
}

TEST_CASE("Map: the camera follows in a moment when a card opens, and at once when the window is resized") {
  test::OffScreenMap map(3, 9);
  map.state.seconds = 1.0 / 60;
  map.draw();
  const float before = map.state.map.camera.zoom;
  map.model.selected = {"Pod", map.model.cluster.pods[0].ns, map.model.cluster.pods[0].name};
  map.state.animating = false;
  map.draw();
  CHECK(map.state.animating);
  const float first = map.state.map.camera.zoom;
  for (int i = 0; i < 60; ++i) map.draw();
  const float last = map.state.map.camera.zoom;
  CHECK(first < before);
  CHECK(last < first);
  map.state.layout = viewmodel::compute_layout(1280, 500);
  map.state.animating = false;
  map.draw();
  const float resized = map.state.map.camera.zoom;
  CHECK_FALSE(map.state.animating);
  map.draw();
  CHECK(map.state.map.camera.zoom == resized);
}
