// A map that follows a cluster looks only at what changed: it is to show the same as one that looks at everything.
#include <doctest/doctest.h>

#include <random>

#include "tests/unit/playground/off_screen_map.h"

using namespace orrery;
using viewmodel::MapLayout;
using viewmodel::Rect;

namespace {

bool same(const Rect& a, const Rect& b) { return a.x == b.x && a.y == b.y && a.w == b.w && a.h == b.h; }
bool same(const std::vector<Rect>& a, const std::vector<Rect>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Rect& x, const Rect& y) { return same(x, y); });
}
template <class Room>
bool same_rooms(const std::vector<Room>& a, const std::vector<Room>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Room& x, const Room& y) { return same(x.rect, y.rect) && x.pods == y.pods; });
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
    const MapLayout whole = compute_map(model.cluster, state.map.laid_out_aspect, model.look);
    const MapLayout& kept = state.map.layout;
    CHECK(same(whole.bounds, kept.bounds));
    CHECK(same(whole.shelf, kept.shelf));
    CHECK(same(whole.pods, kept.pods));
    CHECK(same(whole.parts, kept.parts));
    CHECK(same(whole.rules, kept.rules));
    CHECK(same(whole.things, kept.things));
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
      CHECK(same(shown.rect, kept.pods[i]));
    }
    for (const viewmodel::Part& part : model.cluster.parts) {
      const Rect *a = place_of(whole, model.cluster, part.id), *b = place_of(kept, model.cluster, part.id);
      REQUIRE((a == nullptr) == (b == nullptr));
      if (a) CHECK(same(*a, *b));
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
