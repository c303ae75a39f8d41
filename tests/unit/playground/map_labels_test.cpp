// What the map writes while much travels on it, drawn without a window: labels stand on nothing that is to be read.
#include <doctest/doctest.h>

#include "tests/unit/playground/off_screen_map.h"

using namespace orrery;
using viewmodel::Rect;

namespace {

struct Drawn : test::OffScreenMap {
  std::uint64_t seq = 0;

  Drawn(int nodes, int pods) : OffScreenMap(nodes, pods) { state.seconds = 1.0 / 60; }

  // `each` records over that arrow, in one go.
  void travel(const std::string& from, const std::string& to, int each, const std::string& verb = "connect") {
    for (int i = 0; i < each; ++i) {
      viewmodel::Trace trace;
      trace.seq = ++seq;
      trace.from = from;
      trace.to = to;
      trace.verb = verb;
      model.cluster.traces.push_back(trace);
    }
  }
  void observe() { model.motion.observe({model.cluster.traces.begin(), model.cluster.traces.end()}); }
  std::string pod(std::size_t i) const { return "pod/" + model.cluster.pods[i % model.cluster.pods.size()].uid; }

  // A web shop under load: pods call each other and the DNS through the rules of their nodes, while a rollout goes on.
  void load() {
    const std::size_t pods = model.cluster.pods.size();
    for (std::size_t i = 0; i < 24; ++i) {
      const std::string& node = model.cluster.pods[i % pods].node;
      travel(pod(i), "rules/" + node, 3 + int(i % 5));
      travel("rules/" + node, pod(i * 7 + 3), 2 + int(i % 7));
      travel(pod(i * 5), pod(i * 11 + 1), 1 + int(i % 3));
    }
    for (const viewmodel::Node& node : model.cluster.nodes) travel("kubelet/" + node.name, "apiserver", 4, "patch");
    for (const char* part : {"scheduler", "controller-manager/deployment", "etcd"}) travel(part, "apiserver", 9, "watch");
    travel("kubectl", "apiserver", 60, "get");
    observe();
    travel("kubectl", "apiserver", 1, "create");  // one that flies
    observe();
    model.motion.advance(0.1);
  }

  Rect on_screen(const Rect& place) const {
    const views::MapCamera& camera = state.map.camera;
    const Rect& view = state.layout.main;
    return {view.x + (place.x - camera.x) * camera.zoom, view.y + (place.y - camera.y) * camera.zoom, place.w * camera.zoom, place.h * camera.zoom};
  }
};

bool meet(const Rect& a, const Rect& b) { return a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom(); }

void check_labels(const Drawn& drawn) {
  const auto& labels = drawn.state.map.labels;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    CAPTURE(labels[i].text);
    CHECK(labels[i].rect.x >= drawn.state.layout.main.x);
    CHECK(labels[i].rect.right() <= drawn.state.layout.main.right());
    for (std::size_t j = 0; j < i; ++j) CHECK_FALSE_MESSAGE(meet(labels[i].rect, labels[j].rect), labels[j].text);
    for (std::size_t k = 0; k < drawn.state.map.layout.pods.size(); ++k)
      CHECK_FALSE_MESSAGE(meet(labels[i].rect, drawn.on_screen(drawn.state.map.layout.pods[k])), drawn.model.cluster.pods[k].name);
  }
}

}  // namespace

TEST_CASE("Map: labels of what travels stand on no pod and on no other label, however much does") {
  for (const int pods : {3, 9, 60, 300})
    for (const auto language : {viewmodel::Language::English, viewmodel::Language::Korean}) {
      CAPTURE(pods);
      Drawn drawn(pods > 100 ? 10 : 3, pods);
      drawn.model.language = language;
      for (int frame = 0; frame < 90; ++frame) {
        if (frame % 30 == 2) drawn.load();
        drawn.draw();
        drawn.model.motion.advance(1.0 / 60);
        check_labels(drawn);
        if (frame % 30 > 2 && frame % 30 < 20) CHECK(drawn.state.map.labels.size() >= 2);
        CHECK(drawn.state.map.labels.size() <= 7);  // six streams and what flies
      }
    }
}

TEST_CASE("Map: from near, every stream that finds room has its number, and still none stands on another") {
  Drawn drawn(3, 60);
  drawn.draw();
  drawn.load();
  views::MapCamera& camera = drawn.state.map.camera;
  const Rect &view = drawn.state.layout.main, &node = drawn.state.map.layout.nodes[1].rect;
  camera = {node.cx() - view.w / 2 / 1.3f, node.y - 40, 1.3f, false};
  drawn.draw();
  check_labels(drawn);
  CHECK(drawn.state.map.labels.size() > 7);
}

TEST_CASE("Map: a quiet map has no labels") {
  Drawn drawn(3, 9);
  drawn.draw();
  CHECK(drawn.state.map.labels.empty());
}
