#include <doctest/doctest.h>

#include "runtime_sim/recording/recording.h"

using namespace orrery;
using namespace orrery::sim;

namespace {

Recording some_recording() {
  Recording r;
  r.build = "test";
  r.world.seed = 5;
  for (const char* name : {"node-1", "node-2"}) {
    NodeSpec node;
    node.name = name;
    node.cpu = "2";
    r.world.nodes.push_back(node);
  }
  r.world.nodes.mut(0).labels.set("zone", "a");
  api::core_v1::Taint taint;
  taint.key = "dedicated";
  taint.value = "gpu";
  taint.effect = "NoExecute";
  r.world.nodes.mut(1).taints.push_back(taint);
  r.world.nodes.mut(1).resources.set("nvidia.com/gpu", "1");
  r.world.nodes.mut(1).allocatable.set("cpu", "1900m");
  PlainImage image;
  image.reference = "acme/api:1";
  image.ports = {8080, 9090};
  image.cpu_milli = 25;
  image.memory_bytes = 64 << 20;
  r.world.images.push_back(image);
  r.files["lines.txt"] = "a\n\n  # b\n\nc\n";
  r.files["web.yaml"] = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: c}\n";
  r.files["odd.txt"] = "  starts with spaces\n\nand \"quotes\"";
  auto at = [](int64_t ms) { return Instant{} + millis(ms); };
  r.inputs = {{at(1000), Input::Kind::Type, "kubectl create deployment web --image=orrery/web:1 --replicas=3", 1},
              {at(1000), Input::Kind::Type, "kubectl apply -f web.yaml", 2},
              {at(5123), Input::Kind::Type, "kubectl get pods --watch", 3},
              {at(9001), Input::Kind::Fault, "stop node/node-2", 0},
              {at(9500), Input::Kind::Interrupt, "", 3},
              {at(60000), Input::Kind::Heal, "stop node/node-2", 0},
              {at(61000), Input::Kind::AddNode, "node-3", 0},
              {at(62000), Input::Kind::Metric, "queue_length{queue=orders} 30", 0}};
  return r;
}

uint64_t replayed_end(const Recording& r, Instant until) {
  SimWorld world(r.world);
  world.files().files() = r.files;
  Hands hands(world);
  replay(world, hands, r.inputs, 0, until);
  return world.fingerprint();
}

}  // namespace

TEST_CASE("recording: its text holds all of it, to the byte and the nanosecond") {
  const Recording r = some_recording();
  const std::string text = recording_text(r);
  Result<Recording> again = read_recording(text);
  if (!again) MESSAGE(again.error().message.str() << "\n" << text);
  REQUIRE(again.ok());
  CHECK(recording_text(*again) == text);
  CHECK(again->files == r.files);
  CHECK(again->inputs.size() == r.inputs.size());
  CHECK(again->inputs[4].number == 3);
  CHECK(again->world.nodes[1].taints.size() == 1);
  CHECK(again->world.nodes[1].allocatable.get("cpu") == "1900m");
  REQUIRE(again->world.images.size() == 1);
  CHECK(again->world.images[0].ports == List<int32_t>{8080, 9090});
  CHECK(again->world.images[0].memory_bytes == 64 << 20);
}

TEST_CASE("recording: it replays exactly, in whatever slices time passes") {
  const Recording r = some_recording();
  const Instant end = Instant{} + seconds(120);
  const uint64_t whole = replayed_end(*read_recording(recording_text(r)), end);
  SimWorld world(r.world);
  world.files().files() = r.files;
  Hands hands(world);
  size_t next = 0;
  for (Instant t; t < end; t = t + millis(333)) next = replay(world, hands, r.inputs, next, t);
  replay(world, hands, r.inputs, next, end);
  CHECK(world.fingerprint() == whole);
  CHECK(replayed_end(r, Instant{} + seconds(60)) != whole);
}

TEST_CASE("recording: what is wrong with a file is said with the step") {
  auto error = [](const char* text) { return read_recording(text).error().message.str(); };
  CHECK(error("seed: 1") == "a recording has a list of steps");
  CHECK(error("steps: [{at: 2s}, {at: 1s}]") == "step 2: at takes a time after the step before, such as 12.5s");
  CHECK(error("steps: [{until: get pods}]") == "step 1: a recording's step is one of at, type, interrupt, keys, fault, heal, add_node, remove_node, metric");
}

TEST_CASE("recording: a metric of the outside is set again when it is replayed, and none unsets it") {
  Recording r = some_recording();
  const Instant end = Instant{} + seconds(63);
  SimWorld world(r.world);
  Hands hands(world);
  replay(world, hands, r.inputs, 0, end);
  CHECK(world.outside().texts() == std::vector<std::string>{"queue_length{queue=orders} 30"});
  CHECK(world.copy()->outside().texts() == world.outside().texts());
  r.inputs.back().text = "queue_length{queue=orders} 31";
  CHECK(replayed_end(r, end) != replayed_end(some_recording(), end));
  CHECK(world.outside().set("queue_length{queue=orders} none").ok());
  CHECK(world.outside().texts().empty());
}
