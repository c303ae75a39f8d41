#include <doctest/doctest.h>

#include <algorithm>

#include "playground/viewmodel/usage_plots.h"
#include "playground/viewmodel/view_document.h"

using namespace orrery::viewmodel;

namespace {

constexpr std::int64_t kMi = 1 << 20;
const ObjectRef kWeb = {"Pod", "default", "web-1"};

Model with_web() {
  Model model;
  Pod pod;
  pod.uid = "u1";
  pod.ns = "default";
  pod.name = "web-1";
  pod.node = "node-1";
  pod.phase = PodPhase::Running;
  pod.ready = true;
  pod.created = 100 * kSecond;
  pod.cpu_request_milli = 100;
  pod.cpu_limit_milli = 200;
  pod.memory_request = 64 * kMi;
  Node node;
  node.name = "node-1";
  node.ready = true;
  node.cpu_milli = 2000;
  node.memory_bytes = 4096 * kMi;
  model.cluster.pods = {pod};
  model.cluster.nodes = {node};
  model.selected = kWeb;
  model.view = View::Object;
  model.object_tab = ObjectTab::Usage;
  return model;
}

// Measured at `at` seconds, and it is that time now.
void measure(Model& model, const ObjectRef& ref, std::int64_t at, std::int64_t cpu, std::int64_t memory) {
  model.cluster.clock.now = at * kSecond;
  model.usage.observe({{}, UsageAnswer::Measured, "", {{ref, {at * kSecond, cpu, memory}}}});
}

std::string mirrored(const Model& model) {
  std::string text;
  for (const Block& block : view_document(model).blocks) text += block.text + plain_text(block.spans) + "\n";
  return text;
}

}  // namespace

TEST_CASE("Usage: one measurement told twice is one point, and only the last of them are kept") {
  UsageHistory history;
  const auto tell = [&](Nanos at) { history.observe({{}, UsageAnswer::Measured, "", {{kWeb, {at, 1, 1}}}}); };
  tell(15 * kSecond);
  tell(15 * kSecond);
  REQUIRE(history.of(kWeb) != nullptr);
  CHECK(history.of(kWeb)->size() == 1);
  CHECK(history.of({"Pod", "default", "web-2"}) == nullptr);
  for (int i = 2; i < 200; ++i) tell(i * 15 * kSecond);
  CHECK(history.of(kWeb)->size() == UsageHistory::kPointsMax);
  CHECK(history.of(kWeb)->back().at == 199 * 15 * kSecond);
  for (int i = 0; i < int(UsageHistory::kObjectsMax) + 10; ++i)
    history.observe({{}, UsageAnswer::Measured, "", {{{"Pod", "default", "other-" + std::to_string(i)}, {(5000 + i) * kSecond, 1, 1}}}});
  CHECK(history.of(kWeb) == nullptr);
  CHECK(history.of({"Pod", "default", "other-9"}) == nullptr);
  CHECK(history.of({"Pod", "default", "other-20"}) != nullptr);
}

TEST_CASE("Usage: time turned back forgets what was measured later") {
  UsageHistory history;
  for (const Nanos at : {15, 30, 45}) history.observe({{}, UsageAnswer::Measured, "", {{kWeb, {at * kSecond, at, 1}}}});
  history.rewind(30 * kSecond);
  CHECK(history.of(kWeb)->back().at == 30 * kSecond);
  CHECK(history.answer(kWeb) == UsageAnswer::None);
  history.rewind(kSecond);
  CHECK(history.of(kWeb) == nullptr);
}

TEST_CASE("Usage: an answer about one object says nothing of another") {
  UsageHistory history;
  history.observe({kWeb, UsageAnswer::NoApi, "", {}});
  CHECK(history.answer(kWeb) == UsageAnswer::NoApi);
  CHECK(history.answer({"Node", "", "node-1"}) == UsageAnswer::None);
  history.observe({{}, UsageAnswer::Measured, "", {}});
  CHECK(history.answer({"Node", "", "node-1"}) == UsageAnswer::Measured);
}

// kubectl top prints 12m and 20Mi for 12 thousandths of a core and 20.9 MiB.
TEST_CASE("Usage: a pod's plots stand beside its request and limit, in the units of kubectl top") {
  Model model = with_web();
  measure(model, kWeb, 115, 8, 20 * kMi);
  measure(model, kWeb, 130, 15, 21 * kMi);
  measure(model, kWeb, 145, 12, 20 * kMi + kMi * 9 / 10);
  const UsagePlots plots = usage_plots(model);
  CHECK(plots.why_none == "");
  REQUIRE(plots.plots.size() == 2);
  const UsagePlot &cpu = plots.plots[0], &memory = plots.plots[1];
  CHECK(cpu.points.size() == 3);
  CHECK(cpu.to - cpu.from == kUsageSpan);
  CHECK(cpu.sentence == "12m at the last measurement; 8m to 15m over 30s. It requests 100m and may use up to 200m.");
  REQUIRE(cpu.lines.size() == 2);
  CHECK(cpu.lines[0].label == "request 100m");
  CHECK(cpu.lines[1].label == "limit 200m");
  CHECK(cpu.lines[1].limit);
  CHECK(cpu.top > 200);
  CHECK(memory.sentence == "20Mi at the last measurement; 20Mi to 21Mi over 30s. It requests 64Mi and has no limit.");
  CHECK(memory.lines.size() == 1);
  CHECK(plots.command == "kubectl top pod web-1 -n default");
  const std::string text = mirrored(model);
  CHECK(text.find(cpu.sentence) != std::string::npos);
  CHECK(text.find(memory.sentence) != std::string::npos);
  measure(model, kWeb, 160, 12, 20 * kMi);
  model.cluster.pods.change(0).created = 145 * kSecond;
  CHECK(usage_plots(model).plots[0].sentence == "12m at every measurement for 15s. It requests 100m and may use up to 200m.");
  model.cluster.pods.change(0).created = 100 * kSecond;
  model.language = Language::Korean;
  CHECK(usage_plots(model).plots[0].sentence == "마지막으로 잰 값: 12m. 최근 45s 동안 8m~15m. requests 100m, limits 200m.");
}

TEST_CASE("Usage: a limit far above everything else is told, not drawn") {
  Model model = with_web();
  model.cluster.pods.change(0).cpu_limit_milli = 4000;
  measure(model, kWeb, 115, 8, 20 * kMi);
  const UsagePlot cpu = usage_plots(model).plots.at(0);
  CHECK(cpu.lines.size() == 1);
  CHECK(cpu.top < 1000);
  CHECK(cpu.sentence == "8m at the last measurement. It requests 100m and may use up to 4000m.");
}

TEST_CASE("Usage: a node's plots stand beside what it can give and what its pods request") {
  Model model = with_web();
  model.selected = {"Node", "", "node-1"};
  Pod ended = model.cluster.pods[0];
  ended.name = "job-1";
  ended.phase = PodPhase::Succeeded;
  model.cluster.pods = {ended, model.cluster.pods[0]};
  measure(model, model.selected, 115, 500, 1024 * kMi);
  const UsagePlots plots = usage_plots(model);
  REQUIRE(plots.plots.size() == 2);
  CHECK(plots.plots[0].sentence == "500m at the last measurement. Its pods request 100m of the 2000m that it can give.");
  CHECK(plots.plots[0].lines.back().label == "can give 2000m");
  CHECK(plots.command == "kubectl top node node-1");
}

TEST_CASE("Usage: nothing is drawn that was not measured, and the reason is told") {
  Model model = with_web();
  CHECK(usage_plots(model).plots.empty());
  CHECK(usage_plots(model).why_none == model.say(Word::object_loading));
  model.usage.observe({kWeb, UsageAnswer::NoApi, "", {}});
  CHECK(usage_plots(model).why_none == model.say(Word::usage_no_api));
  CHECK(mirrored(model).find("metrics.k8s.io") != std::string::npos);
  model.usage.observe({kWeb, UsageAnswer::Refused, "out of order", {}});
  CHECK(usage_plots(model).why_none == "The Metrics API does not answer: out of order");
  model.usage.observe({kWeb, UsageAnswer::Measured, "", {}});
  CHECK(usage_plots(model).why_none == model.say(Word::usage_waits));
  model.cluster.pods.change(0).phase = PodPhase::Pending;
  CHECK(usage_plots(model).why_none == model.say(Word::usage_pending));
  model.cluster.nodes[0].ready = false;
  CHECK(usage_plots(model).why_none == model.say(Word::usage_silent));
  model.cluster.pods.change(0).phase = PodPhase::Succeeded;
  CHECK(usage_plots(model).why_none == model.say(Word::usage_ended));
  CHECK(usage_plots(model).plots.empty());
}

TEST_CASE("Usage: what was measured stays when nobody measures any more; another pod's of the same name does not") {
  Model model = with_web();
  measure(model, kWeb, 115, 8, 20 * kMi);
  model.cluster.clock.now = 115 * kSecond + kUsageGap + 1;
  model.cluster.nodes[0].ready = false;
  CHECK(usage_plots(model).plots.size() == 2);
  CHECK(usage_plots(model).why_none == model.say(Word::usage_silent));
  model.cluster.pods.change(0).created = 120 * kSecond;
  CHECK(usage_plots(model).plots.empty());
}

TEST_CASE("Usage: pods and nodes have that tab, a Deployment does not") {
  Model model = with_web();
  const auto has = [&] {
    const std::vector<ObjectTab> tabs = object_tabs(model);
    return std::find(tabs.begin(), tabs.end(), ObjectTab::Usage) != tabs.end();
  };
  CHECK(has());
  CHECK(tab_of("usage") == ObjectTab::Usage);
  CHECK(std::string(name_of(ObjectTab::Logs)) == "logs");
  model.selected.kind = "Node";
  CHECK(has());
  model.selected.kind = "Deployment";
  CHECK_FALSE(has());
}
