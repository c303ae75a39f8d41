#include <doctest/doctest.h>

#include "playground/viewmodel/story.h"

using namespace orrery::viewmodel;

namespace {

Trace record(std::uint64_t seq, std::uint64_t cause, const char* from, const char* to, const char* verb, const char* kind, const char* name) {
  Trace t;
  t.seq = seq;
  t.cause = cause;
  t.at = kSecond;
  t.from = from;
  t.to = to;
  t.verb = verb;
  t.object = {kind, "default", name};
  return t;
}

std::vector<std::uint64_t> seqs(const std::vector<Trace>& traces) {
  std::vector<std::uint64_t> out;
  for (const Trace& trace : traces) out.push_back(trace.seq);
  return out;
}

}  // namespace

TEST_CASE("Story: a deletion and its replacement, each act after the message that caused it") {
  Story story;
  const auto told = story.tell({
      record(1, 0, "kubectl", "apiserver", "delete", "Pod", "a"),
      record(2, 1, "apiserver", "etcd", "delete", "Pod", "a"),
      record(3, 1, "apiserver", "controller-manager", "watch MODIFIED", "Pod", "a"),
      record(4, 1, "apiserver", "scheduler", "watch MODIFIED", "Pod", "a"),
      record(5, 0, "kubectl", "apiserver", "get", "Pod", "a"),
      record(6, 0, "controller-manager/replicaset", "apiserver", "update status", "ReplicaSet", "web"),
      record(7, 0, "controller-manager/replicaset", "apiserver", "create", "Pod", ""),
      record(8, 7, "apiserver", "etcd", "put", "Pod", "b"),
      record(9, 0, "controller-manager/endpointslice", "apiserver", "update", "EndpointSlice", "web"),
      record(10, 7, "apiserver", "scheduler", "watch ADDED", "Pod", "b"),
      record(11, 0, "scheduler", "kubelet/n", "choose", "Pod", "b"),
      record(12, 0, "scheduler", "apiserver", "create binding", "Pod", "b"),
      record(13, 12, "apiserver", "kubelet/n", "watch ADDED", "Pod", "b"),
      record(14, 0, "kubelet/n", "runtime/n", "run sandbox", "Pod", "b"),
  });
  CHECK(seqs(told) == std::vector<std::uint64_t>{1, 2, 3, 7, 8, 10, 12, 13, 14});
  CHECK(told[3].cause == 3);  // the controller acts on what it heard
  CHECK(told[5].cause == 7);
  CHECK(told[6].cause == 10);
  CHECK(told[8].cause == 13);
}

TEST_CASE("Story: of several reports of one kubelet about one pod the last is told") {
  Story story;
  const auto told = story.tell({
      record(1, 0, "kubelet/n", "apiserver", "update status", "Pod", "a"),
      record(2, 1, "apiserver", "etcd", "put", "Pod", "a"),
      record(3, 0, "kubelet/n", "apiserver", "update status", "Pod", "a"),
      record(4, 0, "kubelet/n", "apiserver", "update status", "Pod", "b"),
  });
  CHECK(seqs(told) == std::vector<std::uint64_t>{3, 4});
}

TEST_CASE("Story: reading is told when nothing was written, and nothing is told twice") {
  Story story;
  const auto traces = std::vector<Trace>{record(1, 0, "kubectl", "apiserver", "get", "Pod", "a")};
  CHECK(story.tell(traces).size() == 1);
  CHECK(story.tell(traces).empty());
}
