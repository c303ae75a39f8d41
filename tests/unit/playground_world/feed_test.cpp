// What the page keeps of a cluster by looking at changes alone is to be what one gets who looks at all of it.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "playground/app/cluster_feed.h"
#include "playground/app/lesson_stage/sim_stage.h"
#include "playground/app/world/simulated_source.h"
#include "runtime_sim/recording/hands.h"
#include "runtime_sim/world/sim_world.h"

using namespace orrery;

namespace {

constexpr const char* kShop = R"(apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: blue}
---
apiVersion: v1
kind: Secret
metadata: {name: key}
stringData: {word: swordfish}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 4
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: nginx
          envFrom: [{configMapRef: {name: settings}}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: bare}
spec:
  replicas: 3
  selector: {matchLabels: {app: bare}}
  template:
    metadata: {labels: {app: bare}}
    spec:
      containers: [{name: web, image: nginx}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: door}
spec:
  rules:
    - host: shop.example
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
)";

// What a user might do next.
const std::vector<std::string> kDeeds = {
    "kubectl rollout restart deployment web",
    "kubectl rollout restart deployment bare",
    "kubectl scale deployment web --replicas=6",
    "kubectl scale deployment web --replicas=0",
    "kubectl scale deployment web --replicas=3",
    "kubectl scale deployment bare --replicas=9",
    "kubectl scale deployment bare --replicas=2",
    "kubectl delete pod -l app=web --wait=false",
    "kubectl delete service web",
    "kubectl expose deployment web --port=80",
    "kubectl expose deployment bare --port=80",
    "kubectl delete service bare",
    "kubectl create configmap more --from-literal=a=1 --from-literal=b=2",
    "kubectl delete configmap more",
    "kubectl patch secret key -p '{\"stringData\":{\"word\":\"mackerel\"}}'",
    "kubectl delete ingress door",
    "kubectl apply -f shop.yaml",
    "kubectl cordon node-1",
    "kubectl uncordon node-1",
    "kubectl run one --image=nginx",
    "kubectl delete pod one --wait=false",
};

ports::Identity admin() {
  ports::Identity identity;
  identity.user = "kubernetes-admin";
  identity.groups = {"system:masters", "system:authenticated"};
  return identity;
}

struct Shop {
  sim::SimWorld world;
  sim::Hands hands;
  client::Client client;
  app::ClusterFeed feed;
  viewmodel::ClusterModel model;
  std::uint64_t lines = 0;

  static lesson::WorldSpec spec() {
    lesson::WorldSpec spec;
    spec.seed = 7;
    for (int i = 1; i <= 3; ++i) spec.nodes.push_back({"node-" + std::to_string(i), "", "", {}});
    return spec;
  }
  Shop()
      : world(app::world_options(spec())),
        hands(world),
        client(world.api(), world.loop(), admin(), "page"),
        feed(client, world.loop()) {
    world.files().files()["shop.yaml"] = kShop;
    world.run_for(seconds(2));
    feed.start();
    type("kubectl apply -f shop.yaml");
  }
  void type(const std::string& line) {
    world.run_for({});
    hands.type(++lines, line);
  }

  // A feed that begins now sees the same; both are asked at one moment, whatever is on its way.
  void check() {
    client::Client other(world.api(), world.loop(), admin(), "other");
    app::ClusterFeed fresh(other, world.loop());
    fresh.start();
    world.run_for(millis(200));
    viewmodel::ClusterModel whole;
    fresh.update(whole);
    feed.update(model);
    CHECK(whole.pods == model.pods);
    CHECK(whole.nodes == model.nodes);
    CHECK(whole.workloads == model.workloads);
    CHECK(whole.things == model.things);
    CHECK(whole.ties == model.ties);
    CHECK(whole.links == model.links);
    fresh.stop();
  }
};

}  // namespace

TEST_CASE("ClusterFeed: after whatever a user does, at whatever moment, the kept model is the one made anew") {
  Shop shop;
  std::mt19937 draw(11);
  std::size_t linked = 0, things = 0;
  for (int turn = 0; turn < 90; ++turn) {
    CAPTURE(turn);
    shop.type(kDeeds[draw() % kDeeds.size()]);
    for (std::uint32_t looks = draw() % 4; looks-- > 0;) {
      shop.world.run_for(millis(draw() % 3000));
      shop.feed.update(shop.model);
    }
    shop.world.run_for(millis(draw() % 4000));
    shop.check();
    linked += shop.model.links.empty() ? 0 : 1;
    things = std::max(things, shop.model.things.size());
  }
  CHECK(linked > 30);
  CHECK(things >= 4);
}

TEST_CASE("ClusterFeed: links of a Service that didn't change are the same ones as before") {
  Shop shop;
  shop.world.run_for(seconds(20));
  shop.feed.update(shop.model);
  const auto before = shop.model.links.blocks();
  REQUIRE(shop.model.pods.size() == 7);
  shop.type("kubectl expose deployment bare --port=80");
  shop.world.run_for(seconds(5));
  CHECK(shop.feed.update(shop.model));
  const auto& after = shop.model.links.blocks();
  REQUIRE(after.size() == before.size() + 1);
  for (const auto& block : before) CHECK(std::count(after.begin(), after.end(), block) == 1);
}

TEST_CASE(
    "SimulatedSource: messages taken a few a frame are the same as those taken at once, and objects come only when "
    "asked for") {
  lesson::WorldSpec spec = Shop::spec();
  spec.manifests = kShop;
  const auto whole = app::open_simulated(spec), shared = app::open_simulated(spec);
  viewmodel::ClusterModel all, some;
  std::size_t frames = 0;
  for (int turn = 0; turn < 20; ++turn) {
    CAPTURE(turn);
    whole->skip(0.5);
    shared->skip(0.5);
    whole->refresh(all);
    const std::uint64_t version = some.version;
    while (shared->refresh_share(some, false, 7)) ++frames;
    CHECK(some.version == version);
    REQUIRE(some.traces.size() == all.traces.size());
    for (std::size_t i = 0; i < all.traces.size(); ++i) CHECK(some.traces[i].seq == all.traces[i].seq);
    shared->refresh_share(some, true, 0);
    CHECK(some.pods == all.pods);
    CHECK(some.links == all.links);
  }
  CHECK(frames > 20);
}
