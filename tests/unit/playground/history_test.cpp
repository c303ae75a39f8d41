#include <doctest/doctest.h>

#include <algorithm>

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

TEST_CASE("History: pods that come, change and go between others are told apart") {
  History history;
  const auto pod = [](const std::string& name, const std::string& uid, std::uint64_t revision) {
    Pod p = pending();
    p.name = name;
    p.uid = uid;
    p.revision = revision;
    return p;
  };
  history.observe(with({pod("a", "1", 1), pod("c", "3", 1), pod("d", "4", 1)}, 0));
  Pod changed = pod("c", "3", 2);
  changed.node = "node-1";
  // b came, c changed, d went and came again as another, a went
  history.observe(with({pod("b", "2", 2), changed, pod("d", "5", 2)}, kSecond));
  std::vector<std::string> told;
  for (const FeedLine& line : history.feed()) told.push_back(std::to_string(int(line.sentence)) + " " + line.names[0]);
  const auto line = [](Word word, const char* name) { return std::to_string(int(word)) + " " + name; };
  const std::vector<std::string> expected = {line(Word::feed_created_by, "b"), line(Word::feed_bound, "c"), line(Word::feed_created_by, "d"), line(Word::feed_gone, "a"),
                                             line(Word::feed_gone, "d")};
  CHECK(told.size() == expected.size());
  for (const std::string& one : expected) CHECK(std::count(told.begin(), told.end(), one) == 1);
  CHECK(history.of("4")->gone);
  CHECK_FALSE(history.of("5")->gone);
  // The same revision: whatever else differs was told already.
  changed.reason = "Running";
  history.observe(with({pod("b", "2", 2), changed, pod("d", "5", 2)}, 2 * kSecond));
  CHECK(history.feed().size() == expected.size());
}
