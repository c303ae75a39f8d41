#include <doctest/doctest.h>

#include "playground/viewmodel/history.h"
#include "playground/viewmodel/lifecycle.h"

using namespace orrery::viewmodel;

namespace {

Pod pending() {
  Pod pod;
  pod.uid = "u1";
  pod.ns = "default";
  pod.name = "web-1";
  pod.owner_kind = "ReplicaSet";
  pod.owner = "web";
  pod.reason = "Pending";
  pod.created = kSecond;
  return pod;
}

ClusterModel with(std::vector<Pod> pods, Nanos now) {
  ClusterModel model;
  model.pods = std::move(pods);
  model.clock.now = now;
  return model;
}

std::vector<Word> said(const History& history) {
  std::vector<Word> words;
  for (const FeedLine& line : history.feed()) words.push_back(line.sentence);
  return words;
}

}  // namespace

TEST_CASE("History: a pod's life becomes sentences in their order") {
  History history;
  history.observe(with({}, 0));
  Pod pod = pending();
  history.observe(with({pod}, kSecond));
  pod.node = "node-1";
  history.observe(with({pod}, 2 * kSecond));
  pod.phase = PodPhase::Running;
  pod.ready = true;
  pod.reason = "Running";
  history.observe(with({pod}, 3 * kSecond));
  pod.deleting = true;
  history.observe(with({pod}, 4 * kSecond));
  history.observe(with({}, 5 * kSecond));
  CHECK(said(history) == std::vector<Word>{Word::feed_created_by, Word::feed_bound, Word::feed_ready, Word::feed_deleting, Word::feed_gone});
  REQUIRE(history.of("u1"));
  CHECK(history.of("u1")->gone);
  CHECK(history.of("u1")->gone_at == 5 * kSecond);
}

TEST_CASE("History: the first sight of a cluster is no news") {
  History history;
  history.observe(with({pending()}, kSecond));
  CHECK(history.feed().empty());
  REQUIRE(history.of("u1"));
  CHECK(history.of("u1")->marks.size() == 1);
}

TEST_CASE("Lifecycle: each state has its moment") {
  Pod pod = pending();
  CHECK(life_state(pod) == LifeState::Accepted);
  pod.node = "node-1";
  CHECK(life_state(pod) == LifeState::Scheduled);
  Container c;
  c.name = "web";
  pod.containers = {c};
  pod.started = 2 * kSecond;
  CHECK(life_state(pod) == LifeState::Creating);
  pod.phase = PodPhase::Running;
  CHECK(life_state(pod) == LifeState::Running);
  pod.ready = true;
  CHECK(life_state(pod) == LifeState::Ready);
  pod.containers[0].reason = "CrashLoopBackOff";
  CHECK(life_state(pod) == LifeState::BackOff);
  pod.deleting = true;
  CHECK(life_state(pod) == LifeState::Terminating);
  pod.phase = PodPhase::Succeeded;
  CHECK(life_state(pod) == LifeState::Succeeded);
}
