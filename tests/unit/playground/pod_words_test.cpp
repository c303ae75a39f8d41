#include "playground/viewmodel/pod_words.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace orrery::viewmodel;

namespace {

Pod made(const std::string& name, const std::string& owner, const std::string& hash = "") {
  Pod pod;
  pod.name = name;
  pod.owner_kind = "ReplicaSet";
  pod.owner = owner;
  if (!hash.empty()) pod.labels = {{"app", "web"}, {"pod-template-hash", hash}};
  return pod;
}

}  // namespace

TEST_CASE("shorter_names: the template's hash goes first, then most of the pod's ending, then of what it is; its last letters never") {
  const std::vector<std::string> names = shorter_names(made("web-7d4b9c6f5-6ggrq", "web-7d4b9c6f5", "7d4b9c6f5"));
  CHECK(names == std::vector<std::string>{"web-7d4b9c6f5-6ggrq", "web-...-6ggrq", "web...6ggrq", "web...rq", "we...rq", "w...rq", "...rq", "rq"});
  CHECK(shorter_names(made("agent-x7f2k", "agent")) == std::vector<std::string>{"agent-x7f2k", "agent...2k", "agen...2k", "age...2k", "ag...2k", "a...2k", "...2k", "2k"});
  CHECK(shorter_names(made("db-0", "db")).back() == "0");
}

TEST_CASE("shorter_names: each is shorter than the one before, and pods of one template differ in all of them") {
  const auto a = shorter_names(made("script-shop-7d4b9c6f5-6ggrq", "script-shop-7d4b9c6f5", "7d4b9c6f5"));
  const auto b = shorter_names(made("script-shop-7d4b9c6f5-w9wfx", "script-shop-7d4b9c6f5", "7d4b9c6f5"));
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i] != b[i]);
    if (i > 0) CHECK(a[i].size() < a[i - 1].size());
  }
}

TEST_CASE("shorter_names: a bare pod keeps its beginning") {
  Pod pod;
  pod.name = "script-shop";
  const std::vector<std::string> names = shorter_names(pod);
  CHECK(names.front() == "script-shop");
  CHECK(names[1] == "script-...");
  CHECK(names.back() == "s...");
}

TEST_CASE("shorter_names: bare pods that are numbered keep their numbers") {
  Pod pod;
  pod.name = "visitor-1";
  CHECK(shorter_names(pod) == std::vector<std::string>{"visitor-1", "vis...-1", "vi...-1", "v...-1", "...-1", "-1"});
  pod.name = "my-app";
  CHECK(shorter_names(pod) == std::vector<std::string>{"my-app", "my...", "m..."});
  CHECK(shorter_names(made("db-123", "db")).back() == "123");
}

TEST_CASE("age_text: as kubectl prints ages") {
  const auto age = [](Nanos seconds) { return age_text(seconds * kSecond); };
  CHECK(age(-3) == "0s");
  CHECK(age(119) == "119s");
  CHECK(age(133) == "2m13s");
  CHECK(age(180) == "3m");
  CHECK(age(601) == "10m");
  CHECK(age(3 * 3600 + 300) == "3h5m");
  CHECK(age(9 * 3600 + 300) == "9h");
  CHECK(age(3 * 86400 + 3600) == "3d1h");
  CHECK(age(9 * 86400) == "9d");
}

TEST_CASE("out_of_touch: a pod of a node that does not answer, until the pod has ended") {
  ClusterModel model;
  model.nodes.resize(1);
  model.nodes[0].name = "node-1";
  Pod pod;
  pod.phase = PodPhase::Running;
  CHECK_FALSE(out_of_touch(silent_nodes(model), pod));  // bound nowhere
  pod.node = "node-1";
  CHECK(out_of_touch(silent_nodes(model), pod));
  pod.phase = PodPhase::Failed;
  CHECK_FALSE(out_of_touch(silent_nodes(model), pod));
  pod.phase = PodPhase::Running;
  model.nodes[0].ready = true;
  CHECK_FALSE(out_of_touch(silent_nodes(model), pod));
}
