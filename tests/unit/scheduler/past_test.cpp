// A view that goes back to a moment explains a pod as it did then.
#include <doctest/doctest.h>

#include <algorithm>

#include "core/scheduler/nominations.h"
#include "tests/unit/scheduler/make.h"

using namespace orrery;
using namespace orrery::test;
using namespace orrery::scheduler;

namespace {

struct Told {
  Str node;
  bool fits = false;
  std::vector<Str> reasons;
  int64_t total = 0;
  std::vector<std::pair<std::string_view, int64_t>> scores;
  friend bool operator==(const Told&, const Told&) = default;
};

std::vector<Told> rows_of(const Cluster& cluster, const PodInfo& pod) {
  std::vector<Told> out;
  for (const NodeReport& report : Chooser(cluster).explain(pod)) {
    Told row{report.node, report.verdict.fits(), {}, report.total, {}};
    if (!row.fits) row.reasons = reasons_of(report.verdict);
    for (const NodeReport::Score& score : report.scores) row.scores.push_back({score.rule, score.normalized});
    out.push_back(std::move(row));
  }
  std::sort(out.begin(), out.end(), [](const Told& a, const Told& b) { return a.node < b.node; });  // total order: names
  return out;
}

Node changed_node(Rng& draw, const std::string& name) {
  Node n = node(name, draw.below(2) ? "2" : "4");
  n.metadata.labels.set("topology.kubernetes.io/zone", draw.below(2) ? "a" : "b");
  if (draw.below(3) == 0) {
    api::core_v1::Taint taint;
    taint.key = "x", taint.effect = draw.below(2) ? "NoSchedule" : "PreferNoSchedule";
    n.spec.taints.push_back(taint);
  }
  if (draw.below(3) == 0) {
    api::core_v1::ContainerImage image;
    image.names.push_back("docker.io/library/web:1");
    image.sizeBytes = 700ll * 1024 * 1024;
    n.status.images.push_back(image);
  }
  return n;
}

Pod asking_pod(Rng& draw, int number) {
  Pod p = pod(cat("p", number), draw.below(2) ? "300m" : "900m", "256Mi");
  if (draw.below(3) == 0) {
    auto& term = p.spec.affinity.mut().podAntiAffinity.mut().requiredDuringSchedulingIgnoredDuringExecution;
    api::core_v1::PodAffinityTerm near;
    near.topologyKey = "kubernetes.io/hostname";
    near.labelSelector.mut().matchLabels.set("app", "alone");
    term.push_back(near);
    p.metadata.labels.set("app", draw.below(2) ? "alone" : "web");
  }
  return p;
}

void change(Cluster& cluster, Rng& draw, int step) {
  const std::string name = cat("n", draw.below(8));
  switch (draw.below(8)) {
    case 0: return cluster.remove_node(name);
    case 1: return cluster.set_node(std::make_shared<const Node>(changed_node(draw, name)));
    case 2: {
      Map<Str> selector;
      if (draw.below(2)) selector.set("app", "web");
      return cluster.groups().set_service({"default", "web"}, selector);
    }
    case 3: return draw.below(2) ? cluster.set_namespace("default", {}) : cluster.remove_namespace("default");
    case 4:
    case 5: {
      const int gone = static_cast<int>(draw.below(static_cast<uint64_t>(step) + 1));
      cluster.remove_pod({"default", Str(cat("p", gone))});
      return;
    }
    default: cluster.add_pod(info(asking_pod(draw, step)), name);
  }
}

}  // namespace

TEST_CASE("Past: a view that went back explains as it did then") {
  Rng draw(11);
  Cluster cluster;
  for (int i = 0; i < 8; ++i) cluster.set_node(std::make_shared<const Node>(changed_node(draw, cat("n", i))));
  struct Then {
    Cluster::Moment moment;
    std::shared_ptr<const PodInfo> pod;
    std::vector<Told> rows;
  };
  std::vector<Then> moments;
  int different = 0;
  for (int step = 0; step < 400; ++step) {
    change(cluster, draw, step);
    if (step % 10 != 0) continue;
    auto asking = info(asking_pod(draw, 1000 + step));
    moments.push_back({cluster.moment(), asking, rows_of(cluster, *asking)});
  }
  for (const Then& then : moments) {
    different += rows_of(cluster, *then.pod) != then.rows;
    Cluster back = cluster;
    REQUIRE(back.reaches(then.moment));
    back.go_back(then.moment);
    CHECK(rows_of(back, *then.pod) == then.rows);
  }
  CHECK(different > 20);  // so going back was needed
}

TEST_CASE("Past: what was assumed of claims and volumes is taken back and put back") {
  Storage storage;
  auto claim = [](const char* volume) {
    api::core_v1::PersistentVolumeClaim c;
    c.metadata.namespace_ = "default", c.metadata.name = "data", c.spec.volumeName = volume;
    return std::make_shared<const api::core_v1::PersistentVolumeClaim>(c);
  };
  const Key key{"default", "data"};
  storage.set_claim(key, claim(""));
  const uint64_t first = storage.position();
  storage.assume(claim("assumed"));
  const uint64_t second = storage.position();
  storage.set_claim(key, claim("bound"));
  storage.set_claim(key, nullptr);
  CHECK(storage.claim(key) == nullptr);
  Storage back = storage;
  back.go_back(second);
  CHECK(back.claim(key)->spec.volumeName == "assumed");
  back = storage;
  back.go_back(first);
  CHECK(back.claim(key)->spec.volumeName == "");
  back.take_back_claim(key);
  CHECK(back.claim(key)->spec.volumeName == "");
}

TEST_CASE("Past: nominations count for whoever is not more important, as they stood then") {
  Cluster cluster;
  cluster.set_node(std::make_shared<const Node>(node("n1", "1")));
  Nominations nominations;
  const Pod waiting = pod("waiting", "1");
  const uint64_t before = nominations.position();
  nominations.set({"default", "waiting"}, {info(waiting), "n1"});
  const uint64_t after = nominations.position();
  nominations.remove({"default", "waiting"});
  const auto other = info(pod("other", "500m"));
  for (auto [moment, fits] : {std::pair{before, true}, std::pair{after, false}}) {
    Nominations then = nominations;
    then.go_back(moment);
    Cluster view = cluster;
    const std::vector<Key> reserved = then.reserve(*other, view);
    CHECK(rows_of(view, *other)[0].fits == fits);
    for (const Key& key : reserved) view.release(key);
    CHECK(rows_of(view, *other)[0].fits);
  }
}

TEST_CASE("Past: what is too long ago is not reached, and only what decisions need is kept") {
  UndoLog<int> log;
  for (int i = 0; i < 10; ++i) log.record(i);
  CHECK(log.since(7) == std::vector<int>{9, 8, 7});
  log.forget_before(5);
  CHECK(log.reaches(5));
  CHECK(!log.reaches(4));
  for (std::size_t i = 0; i < kUndoMax; ++i) log.record(0);
  CHECK(!log.reaches(9));
  CHECK(log.reaches(10));
}
