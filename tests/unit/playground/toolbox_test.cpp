#include <doctest/doctest.h>

#include "playground/viewmodel/toolbox.h"

using namespace orrery::viewmodel;

namespace {

std::string lines(const Model& model) {
  std::string out;
  for (const FaultOffer& offer : fault_offers(model)) out += (offer.active ? "*" : "") + offer.fault + "\n";
  return out;
}

Model with_a_pod() {
  Model model;
  Node node;
  node.name = "node-1";
  model.cluster.nodes = {node};
  Pod pod;
  pod.ns = "default", pod.name = "web-5d8f-abc", pod.owner_kind = "ReplicaSet", pod.owner = "web-5d8f";
  pod.containers.push_back({"web", "nginx:1", ContainerState::Running});
  model.cluster.pods = {pod};
  model.cluster.parts = {{PartKind::Scheduler, "scheduler", "", true, true}, {PartKind::Etcd, "etcd", "", true, true}, {PartKind::User, "kubectl", "", true, false}};
  return model;
}

}  // namespace

TEST_CASE("toolbox: what is offered fits what is selected") {
  Model model = with_a_pod();
  CHECK(lines(model).empty());
  model.selected = {"Node", "", "node-1"};
  CHECK(lines(model).find("stop node/node-1\nstop kubelet/node-1\n") == 0);
  model.selected = {"Pod", "default", "web-5d8f-abc"};
  CHECK(lines(model) == "kill default/web-5d8f-abc\noom default/web-5d8f-abc\ncrash-loop default/web-5d8f-\nleak default/web-5d8f- 10Mi\n"
                        "fail-probes default/web-5d8f-\nimage-missing nginx:1\n");
  model.cluster.pods.change(0).owner_kind.clear();  // nobody replaces it: the fault is on itself
  CHECK(lines(model).find("crash-loop default/web-5d8f-abc\n") != std::string::npos);
  model.selected = {"Part", "", "scheduler"};
  CHECK(lines(model) == "stop scheduler\n");
  model.selected = {"Part", "", "etcd"};
  CHECK(lines(model) == "stop etcd\nslow-disk etcd 500ms\nfull-disk etcd\n");
  model.selected = {"Node", "", "gone"};
  CHECK(lines(model).empty());
  model.selected = {"Node", "", "node-1"};
  model.cluster.simulated = false;
  CHECK(lines(model).empty());
}

TEST_CASE("toolbox: what is broken already is marked, with any amount, and reads as a sentence") {
  Model model = with_a_pod();
  model.selected = {"Node", "", "node-1"};
  model.cluster.faults = {"noisy node-1 30", "full-disk node-10", "loss node-1 apiserver 5"};
  const std::string text = lines(model);
  CHECK(text.find("*noisy node-1 80\n") != std::string::npos);
  CHECK(text.find("\nfull-disk node-1\n") != std::string::npos);
  CHECK(text.find("*loss node-1 apiserver 30\n") != std::string::npos);
  CHECK(fault_sentence(model, "stop node/node-1") == "node-1: power off");
  CHECK(fault_sentence(model, "stop scheduler") == "scheduler: stopped");
  CHECK(fault_sentence(model, "noisy node-1 30") == "node-1: noisy neighbour");
  CHECK(fault_sentence(model, "cut node-1 apiserver") == "node-1: cut off from the API server");
  CHECK(fault_sentence(model, "registry-down") == "registry down");
  CHECK(fault_sentence(model, "cut node-1 node-2") == "cut node-1 node-2");
}
