#include <doctest/doctest.h>

#include <map>
#include <random>
#include <string>

#include "playground/viewmodel/cluster_model.h"

using namespace orrery::viewmodel;

namespace {

Pod pod_named(int number, int life) {
  Pod pod;
  pod.ns = "default";
  pod.name = std::to_string(100000 + number);
  pod.uid = pod.name + "/" + std::to_string(life);
  return pod;
}

// As places_before promises, by looking for each.
std::vector<std::uint32_t> places_by_looking(const std::vector<Pod>& before, const std::vector<Pod>& now) {
  std::map<std::string, std::uint32_t> stood;
  for (std::size_t i = 0; i < before.size(); ++i) stood[before[i].uid] = std::uint32_t(i);
  std::vector<std::uint32_t> out;
  for (const Pod& pod : now) out.push_back(stood.count(pod.uid) ? stood[pod.uid] : kNewPod);
  return out;
}

// A list and what it is to hold.
struct Both {
  std::mt19937 draw{7};
  SharedList<Pod> list;
  std::vector<Pod> plain;
  int lives = 0;

  int any(std::size_t below) { return int(draw() % below); }

  // Some go, some come between the others, some are made anew under their name, some change.
  void change(int how_many) {
    std::vector<std::pair<std::size_t, SharedList<Pod>::Shared>> fresh;
    std::vector<std::size_t> gone;
    std::vector<Pod> next;
    int number = 0;
    for (std::size_t i = 0; i <= plain.size(); ++i) {
      const int end = i < plain.size() ? std::stoi(plain[i].name) - 100000 : 100000;
      if (any(plain.size() + 1) < how_many && number < end) {
        next.push_back(pod_named(number + any(std::size_t(end - number)), ++lives));
        fresh.push_back({i, std::make_shared<const Pod>(next.back())});
      }
      if (i == plain.size()) break;
      number = end + 1;
      const int fate = any(plain.size() * 3);
      if (fate < how_many) {
        gone.push_back(i);
        continue;
      }
      next.push_back(plain[i]);
      if (fate < 2 * how_many) {
        next.back().restarts++;
        list.put(i, next.back());
      } else if (fate < 5 * how_many / 2) {
        next.back() = pod_named(end, ++lives);
        list.put(i, next.back());
      }
    }
    list.edit(std::move(fresh), gone);
    plain = std::move(next);
  }
  bool alike() const {
    if (list.size() != plain.size()) return false;
    for (std::size_t i = 0; i < plain.size(); ++i)
      if (!(list[i] == plain[i])) return false;
    return std::equal(list.begin(), list.end(), plain.begin(), plain.end()) && list == SharedList<Pod>(plain);
  }
};

}  // namespace

TEST_CASE(
    "SharedList: whatever comes, goes and changes, it holds what it should, and earlier states of it stay as they "
    "were") {
  Both both;
  for (int i = 0; i < 400; ++i) {
    both.plain.push_back(pod_named(i * 100, ++both.lives));
    both.list.push_back(both.plain.back());
  }
  for (int turn = 0; turn < 80; ++turn) {
    CAPTURE(turn);
    const SharedList<Pod> before = both.list;
    const std::vector<Pod> plain = both.plain;
    both.change(turn % 10 == 9 ? 600 : 1 + turn % 7);
    REQUIRE(both.alike());
    REQUIRE(before == SharedList<Pod>(plain));
    REQUIRE(places_before(before, both.list) == places_by_looking(plain, both.plain));
  }
  REQUIRE(both.list.size() > 0);
}

TEST_CASE("SharedList: a change leaves nearly all chunks shared with the state before, and a copy all") {
  SharedList<Pod> list;
  for (int i = 0; i < 1000; ++i) list.push_back(pod_named(i, i));
  SharedList<Pod> copy = list;
  const auto shared = [&] {
    std::size_t count = 0;
    for (std::size_t at = 0; at < list.size();) {
      const std::size_t run = list.same_run(at, copy, at);
      count += run;
      at += std::max<std::size_t>(run, 1);
    }
    return count;
  };
  CHECK(shared() == 1000);
  copy.change(500).ready = true;
  CHECK(!list[500].ready);
  CHECK(shared() == 1000 - SharedList<Pod>::kChunkMax);
  copy.change(501).ready = true;  // in the same chunk
  CHECK(shared() == 1000 - SharedList<Pod>::kChunkMax);
  copy = list;
  copy.push_back(pod_named(1000, 1000));
  CHECK(copy.size() == 1001);
  CHECK(list.size() == 1000);
}

TEST_CASE("SharedBlocks: empty blocks are stepped over, and how values are cut into blocks doesn't matter") {
  const auto block = [](std::vector<int> values) {
    return std::make_shared<const std::vector<int>>(std::move(values));
  };
  const SharedBlocks<int> cut(
      std::vector<SharedBlocks<int>::Block>{block({}), block({1, 2}), block({}), block({}), block({3}), block({})});
  CHECK(std::vector<int>(cut.begin(), cut.end()) == std::vector<int>{1, 2, 3});
  CHECK(cut == SharedBlocks<int>{1, 2, 3});
  CHECK(!(cut == SharedBlocks<int>{1, 2}));
  CHECK(SharedBlocks<int>().empty());
  CHECK(SharedBlocks<int>(std::vector<SharedBlocks<int>::Block>{block({})}).empty());
}
