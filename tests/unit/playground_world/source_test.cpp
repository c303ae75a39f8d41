#include "tests/unit/playground_world/opened.h"

#include <doctest/doctest.h>

#include <set>

#include "playground/app/object_views.h"
#include "playground/viewmodel/editing.h"
#include "playground/viewmodel/lifecycle.h"

using namespace orrery;
using namespace orrery::viewmodel;
using test::Opened;

TEST_CASE("SimulatedSource: the model fills from the API") {
  Opened o;
  REQUIRE(o.settled());
  CHECK(o.model.connected);
  CHECK(o.model.nodes.size() == 3);
  CHECK(o.model.pods[0].owner_kind == "ReplicaSet");
  CHECK(o.model.pods[0].reason == "Running");
  CHECK(o.model.pods[0].containers.at(0).image.find("nginx") != std::string::npos);
  CHECK(std::is_sorted(o.model.pods.begin(), o.model.pods.end(), [](const Pod& a, const Pod& b) { return a.name < b.name; }));
  CHECK_FALSE(o.model.events.empty());
  CHECK(std::any_of(o.model.workloads.begin(), o.model.workloads.end(), [](const Workload& w) { return w.ref.kind == "Deployment" && w.ready == 3; }));
  CHECK(o.model.parts.size() == 5 + 3 * 3);
}

TEST_CASE("SimulatedSource: a deleted pod is replaced, and every message on the way is traced between known places") {
  Opened o;
  REQUIRE(o.settled());
  const std::string doomed = o.model.pods[0].name;
  const std::uint64_t before = o.model.traces.empty() ? 0 : o.model.traces.back().seq;
  int status = -1;
  const std::string text = o.run("kubectl delete pod " + doomed, status);
  CHECK(status == 0);
  CHECK(text.find("deleted") != std::string::npos);
  for (int i = 0; i < 120 && !o.settled(); ++i) o.look(0.25);
  CHECK(o.settled());
  CHECK(find_pod(o.model, "default", doomed) == nullptr);
  bool by_user = false, by_controller = false, by_scheduler = false;
  for (const Trace& trace : o.model.traces) {
    if (trace.seq <= before) continue;
    CHECK_FALSE(trace.heartbeat);
    by_user = by_user || trace.from == "kubectl";
    by_controller = by_controller || trace.from.rfind("controller-manager", 0) == 0;
    by_scheduler = by_scheduler || trace.from == "scheduler";
  }
  CHECK(by_user);
  CHECK(by_controller);
  CHECK(by_scheduler);
}

TEST_CASE("SimulatedSource: while paused time stands, commands are answered, steps go on") {
  Opened o;
  REQUIRE(o.settled());
  o.source->set_paused(true);
  const Nanos then = o.model.clock.now;
  o.source->advance(1, false);
  o.source->refresh(o.model);
  CHECK(o.model.clock.now == then);
  CHECK(o.source->quiet_for() > 1e9);
  o.source->run_line(1, "kubectl get pods");
  bool answered = false;
  for (int i = 0; i < 300 && !answered; ++i) {
    o.source->advance(0.02, false);
    for (const ShellOutput& output : o.source->take_output()) answered = answered || (output.run == 1 && output.finished);
  }
  CHECK(answered);
  o.source->run_line(2, "kubectl scale deployment web --replicas=4");
  for (int i = 0; i < 300; ++i) o.source->advance(0.02, false);
  o.source->step();
  o.source->refresh(o.model);
  CHECK(o.model.clock.now > then);
}

TEST_CASE("SimulatedSource: completion knows commands and names, unknown words fail") {
  Opened o;
  REQUIRE(o.settled());
  CHECK(o.source->complete("kub") == std::vector<std::string>{"kubectl"});
  const auto verbs = o.source->complete("kubectl de");
  CHECK(std::find(verbs.begin(), verbs.end(), "delete") != verbs.end());
  CHECK(o.source->complete("kubectl delete pod ").size() == 3);
  CHECK(o.source->complete("kubectl delete pod " + o.model.pods[0].name).size() == 1);
  CHECK(o.source->complete("break kill default/").size() == 3);
  int status = -1;
  CHECK(o.run("frobnicate", status).find("command not found") != std::string::npos);
  CHECK(status == 127);
  CHECK(o.run("kubectl get pods 'open", status).size() > 0);
  CHECK(status != 0);
}

TEST_CASE("SimulatedSource: texts of objects arrive") {
  Opened o;
  REQUIRE(o.settled());
  o.source->request_text({"Pod", "default", o.model.pods[0].name}, TextForm::Yaml);
  std::vector<ObjectText> texts;
  for (int i = 0; i < 50 && texts.empty(); ++i) {
    o.look(0.1);
    texts = o.source->take_texts();
  }
  REQUIRE(texts.size() == 1);
  CHECK(texts[0].text.find("kind: Pod") != std::string::npos);
  o.source->request_text({"Pod", "default", "nobody"}, TextForm::Describe);
  texts.clear();
  for (int i = 0; i < 50 && texts.empty(); ++i) {
    o.look(0.1);
    texts = o.source->take_texts();
  }
  REQUIRE(texts.size() == 1);
  CHECK(texts[0].error.find("not found") != std::string::npos);
}

TEST_CASE("SimulatedSource: a stopped scheduler leaves pods waiting, started again it places them") {
  Opened o;
  REQUIRE(o.settled());
  int status = -1;
  CHECK(o.run("break stop scheduler", status) == "broken: stop scheduler (mend stop scheduler)\n");
  CHECK(o.model.faults == std::vector<std::string>{"stop scheduler"});
  const Part* scheduler = find_part(o.model, "scheduler");
  REQUIRE(scheduler);
  CHECK_FALSE(scheduler->running);
  o.run("kubectl scale deployment web --replicas=4", status);
  o.look(10);
  const auto unbound = [&] { return std::count_if(o.model.pods.begin(), o.model.pods.end(), [](const Pod& pod) { return pod.node.empty(); }); };
  CHECK(o.model.pods.size() == 4);
  CHECK(unbound() == 1);
  CHECK(o.run("mend stop scheduler", status) == "mended: stop scheduler\n");
  o.look(20);
  CHECK(unbound() == 0);
  CHECK(o.model.faults.empty());
}

TEST_CASE("SimulatedSource: a fault that can't be is named, and so is the one that was meant") {
  Opened o;
  REQUIRE(o.settled());
  const auto refused = [&](const std::string& fault) {
    int status = -1;
    const std::string said = o.run("break " + fault, status);
    CHECK(status == 1);
    return said;
  };
  CHECK(refused("kubelet/node-2") == "error: there is no fault \"kubelet/node-2\"\nwrite: break stop kubelet/node-2\n");
  CHECK(refused("kubelet node-2") == "error: there is no fault \"kubelet\"\nwrite: break stop kubelet/node-2\n");
  CHECK(refused("stop kubelet node-2") ==
        "error: \"stop kubelet node-2\" has too many words: a fault is written: stop PART\nwrite: break stop kubelet/node-2\n");
  CHECK(refused("stop node-2") == "error: there is no part \"node-2\"\nwrite: break stop node/node-2\n");
  CHECK(refused("stop shceduler") == "error: there is no part \"shceduler\"\nwrite: break stop scheduler\n");
  CHECK(refused("stopp scheduler") == "error: there is no fault \"stopp\"\nwrite: break stop scheduler\n");
  CHECK(refused("ful-disk node-1") == "error: there is no fault \"ful-disk\"\nwrite: break full-disk node-1\n");
  CHECK(refused("flood") == "error: there is no fault \"flood\"\n`break` alone lists what can be broken\n");
  CHECK(refused("loss node-1 apiserver") ==
        "error: \"loss node-1 apiserver\" has too few words: a fault is written: loss A B PERCENT\n`break` alone lists what can be broken\n");
  CHECK(o.model.faults.empty());
}

TEST_CASE("SimulatedSource: faults are broken, listed and mended at the prompt, and recorded") {
  Opened o;
  REQUIRE(o.settled());
  int status = -1;
  CHECK(o.run("faults", status) == "nothing is broken\n");
  CHECK(status == 0);
  CHECK(o.run("break stop nobody", status) ==
        "error: there is no part \"nobody\"\nparts: apiserver, etcd, scheduler, controller-manager, metrics-server, dns, node/NAME (the "
        "whole machine), kubelet/NAME, kube-proxy/NAME\nnodes: node-1, node-2, node-3\n");
  CHECK(status == 1);
  CHECK(o.run("break", status).find("slow-disk NODE FACTOR") != std::string::npos);
  CHECK(o.run("break noisy node-1 50", status).find("broken: ") == 0);
  CHECK(o.run("break noisy node-1 80", status).find("broken: ") == 0);
  CHECK(o.run("break stop kubelet/node-2", status).find("broken: ") == 0);
  CHECK(o.run("faults", status) == "noisy node-1 80\nstop kubelet/node-2\n");
  CHECK(o.source->complete("mend no") == std::vector<std::string>{"noisy"});
  CHECK(o.source->complete("break stop sch") == std::vector<std::string>{"scheduler"});
  CHECK(o.run("mend noisy node-1", status) == "mended: noisy node-1 80\n");
  CHECK(o.run("mend", status) == "mended: stop kubelet/node-2\n");
  CHECK(o.run("mend stop etcd", status) == "nothing is broken\n");
  CHECK(status == 1);
  const std::string recording = o.source->recording();
  CHECK(recording.find("fault: \"noisy node-1 80\"") != std::string::npos);
  CHECK(recording.find("heal: \"stop kubelet/node-2\"") != std::string::npos);
  CHECK(recording.find("faults") == std::string::npos);  // looking is not recorded
  CHECK(recording.find("nobody") == std::string::npos);  // nor what failed
}

TEST_CASE("SimulatedSource: a lesson sees what is broken as objects of kind Fault") {
  Opened o;
  REQUIRE(o.settled());
  lesson::LessonWorld& world = *o.source->lesson_world();
  world.watch({lesson::kFaultKind});
  int status = -1;
  o.run("break stop scheduler", status);
  auto changes = world.take_changes();
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].type == lesson::Change::Type::Added);
  CHECK(changes[0].object["metadata"]["name"] == "stop scheduler");
  o.run("mend", status);
  changes = world.take_changes();
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].type == lesson::Change::Type::Deleted);
}

TEST_CASE("object_views: STATUS reads as kubectl prints it") {
  namespace v1 = api::core_v1;
  v1::Pod pod;
  CHECK(app::pod_status(pod) == "Pending");
  pod.status.phase = "Running";
  v1::ContainerStatus status;
  status.name = "web";
  v1::ContainerStateWaiting waiting;
  waiting.reason = "CrashLoopBackOff";
  status.state.waiting = waiting;
  pod.status.containerStatuses.push_back(status);
  CHECK(app::pod_status(pod) == "CrashLoopBackOff");
  v1::ContainerStateTerminated terminated;
  terminated.exitCode = 3;
  pod.status.containerStatuses.mut(0).state.waiting.reset();
  pod.status.containerStatuses.mut(0).state.terminated = terminated;
  CHECK(app::pod_status(pod) == "ExitCode:3");
  pod.metadata.deletionTimestamp = WallTime{1};
  CHECK(app::pod_status(pod) == "Terminating");
}

TEST_CASE("object_views: a debug container is one of the pod's, and its troubles are not the pod's") {
  Opened o;
  int status = -1;
  const std::string pod = o.model.pods[0].name;
  o.run("kubectl debug " + pod + " --image=nowhere/none -c look --profile=general", status);
  REQUIRE(status == 0);
  o.look(30);
  const Pod& seen = o.model.pods[0];
  REQUIRE(seen.name == pod);
  REQUIRE(seen.containers.size() == 2);
  CHECK(seen.containers[0].role == ContainerRole::App);
  CHECK(seen.containers[1].name == "look");
  CHECK(seen.containers[1].role == ContainerRole::Ephemeral);
  CHECK((seen.containers[1].reason == "ImagePullBackOff" || seen.containers[1].reason == "ErrImagePull"));
  CHECK(life_state(seen) == LifeState::Ready);
}

TEST_CASE("SimulatedSource: why a pod is where it is, and why one is nowhere") {
  Opened o;
  REQUIRE(o.settled());
  const Pod pod = o.model.pods[0];
  const Placement placement = o.source->placement({"Pod", pod.ns, pod.name});
  REQUIRE(placement.known);
  REQUIRE(placement.nodes.size() == 3);
  CHECK(placement.nodes[0].chosen);
  CHECK(placement.nodes[0].name == pod.node);
  CHECK(placement.nodes[0].scores.size() >= 4);
  CHECK(placement.decided > 0);
  CHECK(placement.as_decided);
  CHECK(placement.nodes[0].total == std::max({placement.nodes[0].total, placement.nodes[1].total, placement.nodes[2].total}));
  int status = -1;
  o.run("kubectl create deployment big --image=nginx", status);
  o.run(R"(kubectl patch deployment big -p '{"spec":{"template":{"spec":{"containers":[{"name":"nginx","resources":{"requests":{"cpu":"100"}}}]}}}}')", status);
  o.look(10);
  const auto big = std::find_if(o.model.pods.begin(), o.model.pods.end(), [](const Pod& p) { return p.node.empty(); });
  REQUIRE(big != o.model.pods.end());
  const Placement nowhere = o.source->placement({"Pod", big->ns, big->name});
  CHECK(nowhere.nodes.size() == 3);
  for (const PlacementNode& node : nowhere.nodes) {
    CHECK(node.plugin == "NodeResourcesFit");
    CHECK(node.refusals == std::vector<std::string>{"Insufficient cpu"});
  }
  CHECK(nowhere.as_decided);
  CHECK(o.source->placement({"Pod", "default", "nobody"}).nodes.empty());
  // What comes later changes nothing about the decision.
  o.run("kubectl scale deployment web --replicas 9", status);
  o.look(10);
  const Placement later = o.source->placement({"Pod", pod.ns, pod.name});
  REQUIRE(later.nodes.size() == placement.nodes.size());
  for (std::size_t i = 0; i < later.nodes.size(); ++i)
    CHECK(std::pair(later.nodes[i].name, later.nodes[i].total) == std::pair(placement.nodes[i].name, placement.nodes[i].total));
}

TEST_CASE("simulated source: an object's last revisions, who changed it, and a Secret's data masked") {
  Opened page;
  page.model.inspected = {"Deployment", "default", "web"};
  page.source->run_line(1, "kubectl patch deployment web -p '{\"spec\":{\"replicas\":4}}'");
  page.look(5);
  const Revisions& revisions = page.model.revisions;
  REQUIRE(revisions.list.size() >= 2);
  CHECK(revisions.list.size() <= app::RevisionLog::kKept + 1);
  bool scaled = false;
  for (std::size_t i = 1; i < revisions.list.size(); ++i)
    scaled = scaled || (revisions.list[i].yaml.find("replicas: 4") != std::string::npos && revisions.list[i - 1].yaml.find("replicas: 4") == std::string::npos &&
                        revisions.list[i].who == "kubectl-patch" && revisions.list[i].at > 0);
  CHECK(scaled);
  for (const Revision& revision : revisions.list) CHECK(revision.yaml.find("managedFields") == std::string::npos);

  page.source->run_line(2, "kubectl create secret generic key --from-literal=word=swordfish --from-literal=same=constant");
  page.look(2);
  page.source->run_line(3, "kubectl patch secret key -p '{\"stringData\":{\"word\":\"mackerel\"}}'");
  page.model.inspected = {"Secret", "default", "key"};
  page.look(2);
  REQUIRE(page.model.revisions.list.size() == 2);
  const std::string &before = page.model.revisions.list[0].yaml, &after = page.model.revisions.list[1].yaml;
  CHECK(before.find("word: '*** (1)'") != std::string::npos);
  CHECK(after.find("word: '*** (2)'") != std::string::npos);
  CHECK(after.find("same: '*** (1)'") != std::string::npos);
  for (const char* secret : {"swordfish", "mackerel", "c3dvcmRmaXNo", "bWFja2VyZWw="}) {  // plain and base64
    CHECK(before.find(secret) == std::string::npos);
    CHECK(after.find(secret) == std::string::npos);
  }

  page.source->run_line(4, "kubectl delete secret key");
  page.look(2);
  CHECK(page.model.revisions.deleted);
  CHECK(page.model.revisions.list.size() == 2);
  page.model.inspected = {"PodDisruptionBudget", "default", "none"};
  page.look(1);
  CHECK_FALSE(page.model.revisions.watched);
}

TEST_CASE("simulated source: an edited manifest is a file of the user's, applied by the line that they would type, and replayed") {
  Opened page;
  int status = 0;
  const std::string yaml = editable(page.run("kubectl get deployment web -o yaml", status));
  REQUIRE(status == 0);
  std::string more = yaml;
  more.replace(more.find("replicas: 3"), 11, "replicas: 4");
  CHECK(page.source->keep_file("deployment-web", more) == "deployment-web.yaml");
  CHECK(page.run("kubectl replace -f deployment-web.yaml", status) == "deployment.apps/web replaced\n");
  std::string wrong = yaml;
  wrong.replace(wrong.find("replicas: 3"), 11, "replicas: -3");
  const std::string second = page.source->keep_file("deployment-web", wrong);
  CHECK(second == "deployment-web-2.yaml");  // what was typed before still finds its own text
  CHECK(page.source->keep_file("deployment-web", more) == "deployment-web.yaml");
  const auto errors = manifest_errors(wrong, page.run("kubectl replace -f " + second, status));
  CHECK(status == 1);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].line == line_of_field(wrong, "spec.replicas"));
  page.look(20);
  CHECK(page.model.pods.size() == 4);

  std::string error;
  const auto again = app::open_recording(page.source->recording(), error);
  REQUIRE(again);
  again->skip(120);
  ClusterModel model;
  again->refresh(model);
  CHECK(model.pods.size() == 4);
}

TEST_CASE("SimulatedSource: to the next act, so that what is stored is seen before what it leads to") {
  Opened o;
  REQUIRE(o.settled());
  const std::size_t before = o.model.pods.size();
  const std::uint64_t last = o.model.traces.empty() ? 0 : o.model.traces.back().seq;
  o.source->run_line(1, "kubectl scale deployment web --replicas=" + std::to_string(before + 1));
  bool created = false, stored = false;  // the pod; by now
  for (int i = 0; i < 2000 && o.model.pods.size() == before; ++i) {
    const Nanos then = o.model.clock.now;
    stored = stored || created;  // in an earlier look than the one that shows the pod
    o.source->advance(0.02, true);
    o.source->refresh(o.model);
    CHECK(o.model.clock.now - then <= 20'000'000);
    for (const Trace& trace : o.model.traces)
      created = created || (trace.seq > last && trace.to == "etcd" && trace.verb == "put" && trace.object.kind == "Pod");
  }
  CHECK(o.model.pods.size() == before + 1);
  CHECK(stored);
}

TEST_CASE("SimulatedSource: kubectl edit names the object whose editor is to open, and changes nothing") {
  Opened o;
  REQUIRE(o.settled());
  const std::size_t acts = o.model.clock.acts.size();
  ShellOutput last;
  const auto run = [&](std::uint64_t run, const char* line) {
    last = {};
    o.source->run_line(run, line);
    for (int i = 0; i < 100 && !last.finished; ++i) {
      o.source->advance(0.02, false);
      for (const ShellOutput& output : o.source->take_output()) last = output;
    }
    REQUIRE(last.finished);
  };
  run(1, "kubectl edit deployment web");
  CHECK(last.editing == ObjectRef{"Deployment", "default", "web"});
  CHECK(last.text.empty());
  CHECK(last.exit_status == 0);
  run(2, "kubectl edit deployment wep");
  CHECK(last.editing == ObjectRef{});
  CHECK(last.exit_status != 0);
  o.source->refresh(o.model);
  CHECK(o.model.clock.acts.size() == acts);
}

TEST_CASE("SimulatedSource: a lesson hears of the cluster soon after a long silence of the API server") {
  Opened opened;
  lesson::LessonWorld& world = *opened.source->lesson_world();
  world.watch({"Pod", lesson::kFaultKind});
  opened.look(1);
  world.take_changes();
  int status = 0;
  opened.run("break stop apiserver", status);
  world.take_changes();
  opened.run("break kill default/web-", status);
  for (int second = 0; second < 120; ++second) opened.look(1), world.take_changes();
  opened.run("mend stop apiserver", status);
  bool restarted = false;
  int seconds = 0;
  for (; seconds < 60 && !restarted; ++seconds) {
    for (const lesson::Change& change : world.take_changes()) {
      if (change.kind != "Pod") continue;
      CHECK(change.type == lesson::Change::Type::Modified);
      for (const auto& container : change.object["status"]["containerStatuses"]) restarted |= container["restartCount"] >= 1;
    }
    opened.look(1);
  }
  std::string shown;
  for (int more = 0; more < 60 && shown.find(" 1 (") == std::string::npos; ++more) shown = opened.run("kubectl get pods", status);
  MESSAGE("known after ", seconds, " s");
  CHECK(restarted);
  CHECK(seconds <= 15);  // the kubelet's own way back included
}
