#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "core/base/text.h"
#include "runtime_sim/copy/cluster_copy.h"
#include "runtime_sim/copy/end_state.h"
#include "runtime_sim/scenario/sim_stage.h"

using namespace orrery;
using namespace orrery::sim;
using nlohmann::json;

namespace {

std::string data(const std::string& name) {
  std::ifstream in("tests/unit/sim_copy/data/" + name, std::ios::binary);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

WorldOptions five_nodes() {
  WorldOptions o;
  o.seed = 3;
  for (int i = 1; i <= 5; ++i) {
    NodeSpec node;
    node.name = cat("m", i);
    node.cpu = "2";
    node.labels.set("zone", i < 3 ? "a" : "b");
    if (i == 5) {
      api::core_v1::Taint taint;
      taint.key = "dedicated";
      taint.value = "db";
      taint.effect = "NoSchedule";
      node.taints.push_back(taint);
      node.resources.set("nvidia.com/gpu", "2");
      node.allocatable.set("memory", "7Gi");
    }
    o.nodes.push_back(node);
  }
  PlainImage image;
  image.reference = "example.test/acme/api:1.2";
  image.ports = {8080};
  o.images.push_back(image);
  return o;
}

class Nobody final : public ports::Target {
 public:
  void on_task(const ports::Task&) override {}
};

// A world with someone at its terminal.
struct Live {
  explicit Live(WorldOptions options) : world(std::move(options)), stage(world, Instant{}, false) {
    world.run_for(seconds(3));
  }
  std::string say(const std::string& line) {
    Stage::Said said = stage.command(line);
    CHECK_MESSAGE(said.code == 0, line << "\n" << said.text);
    return said.text;
  }
  Reading read(ReaderOptions options, const char* user = "") {
    Nobody nobody;
    ports::TargetId id = world.loop().attach(nobody);
    options.identity.user = *user ? user : "kubernetes-admin";
    options.identity.groups = {*user ? "system:nobodies" : "system:masters", "system:authenticated"};
    ClusterReader reader(world.loop(), world.api(), std::move(options), {id, 0, 0});
    for (int i = 0; i < 1000 && !reader.done(); ++i) world.run_for(millis(20));
    REQUIRE(reader.done());
    Reading out = reader.reading();
    world.loop().detach(id);
    return out;
  }
  SimWorld world;
  SimStage stage;
};

void furnish(Live& live) {
  live.world.files().write("cluster.yaml", data("cluster.yaml"));
  live.world.files().write("widget.yaml", data("widget.yaml"));
  live.say("apply -f cluster.yaml");
  live.world.run_for(seconds(2));
  live.say("apply -f widget.yaml");
  live.say(
      "-n shop patch deploy/api -p '{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"v\":\"2\"}}}}}'");  // a second
                                                                                                             // ReplicaSet
  live.say("cordon m4");
  live.world.run_for(seconds(60));
}

std::string joined(const std::vector<std::string>& lines) { return join(lines, "\n"); }

}  // namespace

TEST_CASE("copy: pods keep their names and nodes, and everything is ready") {
  Live live(five_nodes());
  furnish(live);
  CopyOptions options;
  const Reading reading = live.read(copy_reader_options(options));
  const ClusterCopy copy = copy_cluster(reading, options);
  const Trial trial = try_copy(copy, reading);
  INFO("not there: " << joined(trial.elsewhere) << "\nunready: " << joined(trial.unready)
                     << "\nerrors: " << joined(trial.errors));
  CHECK(trial.pods == 10);  // api 3, db 2, agent 4 (not m5: tainted), lone
  CHECK(trial.same_node == trial.pods);
  CHECK(trial.ready == trial.pods);
  CHECK(trial.errors.empty());
}

TEST_CASE("copy: its text runs as a scenario and ends with the same objects") {
  Live live(five_nodes());
  furnish(live);
  CopyOptions options;
  const Reading reading = live.read(copy_reader_options(options));
  const std::string text = copy_text(copy_cluster(reading, options), {"a comment: with a colon", ""});
  Result<Recording> recording = read_recording(text);
  REQUIRE_MESSAGE(recording.ok(), recording.error().message.str());
  CHECK(recording->name == "copy");
  CHECK(recording->files.count(kDefinitionsFile) == 1);
  live.say("delete job once -n shop");  // it had ended, so it isn't in the copy
  live.world.run_for(seconds(5));
  Live copy(recording->world);
  auto file = read_scenario(text);
  REQUIRE(file.ok());
  copy.world.files().files() = recording->files;
  ScenarioRun run;
  REQUIRE(run_steps(*file, copy.stage, run).ok());
  for (const char* line :
       {"get nodes -o "
        "jsonpath={.items[*].metadata.name}{.items[*].spec.taints[*].key}{.items[*].spec.unschedulable}{.items[*]."
        "metadata.labels}{.items[*].status.capacity}{.items[*].status.allocatable}",
        "-n shop get deploy,sts,ds,cj,pdb,cm,ing,netpol,quota,limits,hpa,sa,role,rolebinding -o name",
        "-n shop get pods -o custom-columns=N:.metadata.name,O:.metadata.ownerReferences[0].name,NODE:.spec.nodeName",
        "-n shop get rs -o "
        "custom-columns=N:.metadata.name,R:.spec.replicas,READY:.status.readyReplicas,O:.metadata.ownerReferences[0]."
        "kind",
        "-n shop get pvc -o custom-columns=N:.metadata.name,P:.status.phase,V:.spec.volumeName",
        "-n shop get widgets -o jsonpath={.items[*].spec.size}", "-n shop get cm settings -o jsonpath={.data.text}",
        "-n shop rollout history deploy/api", "get ns shop -o jsonpath={.metadata.labels}",
        "get priorityclass important -o jsonpath={.value}"})
    CHECK_MESSAGE(copy.say(line) == live.say(line), line);
  // A rollback finds the earlier ReplicaSet.
  copy.say("-n shop rollout undo deploy/api");
  copy.world.run_for(seconds(30));
  CHECK(copy.say("-n shop get rs -o name") == live.say("-n shop get rs -o name"));
}

TEST_CASE("copy: contents of secrets are in it only when they are asked for") {
  Live live(five_nodes());
  furnish(live);
  for (bool secrets : {false, true}) {
    CopyOptions options;
    options.secrets = secrets;
    const Reading reading = live.read(copy_reader_options(options));
    CHECK((reading.find("secrets") != nullptr) == secrets);
    const ClusterCopy copy = copy_cluster(reading, options);
    const std::string text = copy_text(copy, {});
    CHECK((text.find("aHVudGVyMg==") != std::string::npos) == secrets);  // hunter2
    CHECK((joined(copy.left_out).find("not asked for without --secrets") != std::string::npos) == !secrets);
    CHECK((text.find("left out of the copy") != std::string::npos) == !secrets);
  }
}

TEST_CASE("copy: what the server sets and what controllers make again is left out") {
  Live live(five_nodes());
  furnish(live);
  CopyOptions options;
  const ClusterCopy copy = copy_cluster(live.read(copy_reader_options(options)), options);
  const std::string objects = copy.recording.files.at(kObjectsFile);
  for (const char* word : {"uid:", "resourceVersion:", "managedFields:", "creationTimestamp: \"",
                           "ownerReferences:", "\nstatus:", "kube-root-ca.crt", "kind: EndpointSlice",
                           "kind: ControllerRevision", "kube-api-access-", "clusterIP: 10.", "kind: Job\n"})
    CHECK_MESSAGE(objects.find(word) == std::string::npos, word);
  CHECK(joined(copy.left_out).find("1 jobs.batch: Jobs that have ended: they would run again") != std::string::npos);
  CHECK(joined(copy.changed)
            .find("run as plain ones, ready at once, answering 200 on the ports that are declared: "
                  "example.test/acme/api:1.2") != std::string::npos);
  CHECK(joined(copy.cannot_know).find("widgets.example.com") != std::string::npos);
  REQUIRE(copy.recording.world.images.size() == 1);
  CHECK(copy.recording.world.images[0].ports == List<int32_t>{8080});
}

TEST_CASE("copy: what a user may not see is named, the rest is copied, and nodes are taken from pods") {
  Live live(five_nodes());
  furnish(live);
  live.say("create clusterrolebinding eve --clusterrole=view --user=eve");
  CopyOptions options;
  const Reading reading = live.read(copy_reader_options(options), "eve");
  const ClusterCopy copy = copy_cluster(reading, options);
  const std::string refused = joined(copy.refused);
  CHECK(refused.find(": this user may not list them (nodes is forbidden: User \"eve\" cannot list resource \"nodes\" "
                     "in API group \"\" at the cluster scope") != std::string::npos);
  CHECK(refused.find(", clusterroles.rbac.authorization.k8s.io, ") != std::string::npos);
  CHECK(joined(copy.changed).find("nodes could not be read: there are 4 big ones") != std::string::npos);
  const Trial trial = try_copy(copy, reading);
  INFO("elsewhere: " << joined(trial.elsewhere) << "\nunready: " << joined(trial.unready)
                     << "\nerrors: " << joined(trial.errors));
  CHECK(trial.pods == 10);
  CHECK(trial.same_node == trial.pods);
}

TEST_CASE("end state: one scenario on two worlds of other seeds and node names ends alike") {
  auto end_of = [](const char* nodes, uint64_t seed, const char* last) {
    WorldOptions o;
    o.seed = seed;
    for (const std::string& name : split(nodes, ',')) {
      NodeSpec node;
      node.name = name;
      o.nodes.push_back(node);
    }
    Live live(o);
    const Reading before = live.read(end_state_options());
    live.say("create deployment web --image=nginx --replicas=3");
    live.say("expose deployment web --port=80");
    live.say("create job once --image=orrery/batch");
    live.world.run_for(seconds(30));
    if (*last) live.say(last);
    live.world.run_for(seconds(30));
    return end_state(before, live.read(end_state_options()));
  };
  const EndState first = end_of("a,b,c", 1, "");
  CHECK(first.count("Deployment default/web") == 1);
  CHECK(first.count("ReplicaSet default/web-* #1") == 1);
  CHECK(first.count("Pod default/web-*-* #3") == 1);
  CHECK(first.count("Node a") == 0);
  std::string all;
  for (const Difference& d : differences(first, end_of("x,y,z", 2, "")))
    all += cat(d.object, " ", d.path, ": ", d.first, " | ", d.second, "\n");
  CHECK(all == "");
  // and a difference is one
  const std::vector<Difference> found = differences(first, end_of("x,y,z", 2, "scale deployment web --replicas=2"));
  bool replicas = false, pod = false;
  for (const Difference& d : found) {
    replicas = replicas ||
               (d.object == "Deployment default/web" && d.path == "spec.replicas" && d.first == "3" && d.second == "2");
    pod = pod || (d.object == "Pod default/web-*-* #3" && d.first == "there" && d.second == "(none)");
  }
  CHECK(replicas);
  CHECK(pod);
}
