// Deletion seen through: garbage collector and namespaces, over a real API server.
#include "core/controllers/garbage_collector.h"
#include "tests/unit/controllers/cluster.h"

using namespace orrery;
using namespace orrery::test;
using api::core_v1::ConfigMap;
using api::core_v1::Namespace;

namespace {

size_t sets(Cluster& c) { return c.list<ReplicaSet, api::apps_v1::ReplicaSetList>().size(); }

Namespace make_namespace(const char* name) {
  Namespace ns;
  ns.metadata.name = name;
  return ns;
}

ConfigMap config(const char* name, const char* ns = "default") {
  ConfigMap m;
  m.metadata.namespace_ = ns;
  m.metadata.name = name;
  return m;
}

void own(ConfigMap& dependent, const ConfigMap& owner, bool blocks = false) {
  api::meta_v1::OwnerReference ref;
  ref.apiVersion = "v1";
  ref.kind = "ConfigMap";
  ref.name = owner.metadata.name;
  ref.uid = owner.metadata.uid;
  ref.blockOwnerDeletion = blocks;
  dependent.metadata.ownerReferences.push_back(ref);
}

}  // namespace

TEST_CASE("Garbage collector: deleting a Deployment leaves nothing behind") {
  Cluster c;
  c.create(deployment("web", 3));
  c.wait(seconds(2));
  c.remove<Deployment>("web");
  CHECK(c.get<Deployment>("web") == nullptr);
  c.wait(seconds(5));
  CHECK(sets(c) == 0);
  CHECK(c.pods().empty());
}

TEST_CASE("Garbage collector: Foreground keeps the owner until all that it owns is gone") {
  Cluster c;
  c.create(deployment("web", 2));
  c.wait(seconds(2));
  c.kubelets.starts_in = seconds(3);  // pods take a while to end
  client::Removal how;
  how.propagation = "Foreground";
  c.remove<Deployment>("web", how);
  c.wait(seconds(1));
  CHECK(c.get<Deployment>("web") != nullptr);
  CHECK(sets(c) == 1);
  c.wait(seconds(10));
  CHECK(c.get<Deployment>("web") == nullptr);
  CHECK(sets(c) == 0);
  CHECK(c.pods().empty());
}

TEST_CASE("Garbage collector: Orphan lets the dependents live") {
  Cluster c;
  c.create(deployment("web", 2));
  c.wait(seconds(2));
  client::Removal how;
  how.propagation = "Orphan";
  c.remove<Deployment>("web", how);
  c.wait(seconds(5));
  CHECK(c.get<Deployment>("web") == nullptr);
  REQUIRE(sets(c) == 1);
  CHECK(c.list<ReplicaSet, api::apps_v1::ReplicaSetList>()[0].metadata.ownerReferences.empty());
  CHECK(c.ready_pods() == 2);
  c.create(deployment("web", 2));  // the same template adopts them again
  c.wait(seconds(5));
  CHECK(sets(c) == 1);
  CHECK(c.ready_pods() == 2);
}

TEST_CASE("Garbage collector: an object with two owners lives until both are gone") {
  Cluster c(0);
  ConfigMap a = c.create(config("a")), b = c.create(config("b"));
  ConfigMap child = config("child");
  own(child, a);
  own(child, b);
  c.create(child);
  c.wait(seconds(1));
  c.remove<ConfigMap>("a");
  c.wait(seconds(1));
  auto left = c.get<ConfigMap>("child");
  REQUIRE(left);
  REQUIRE(left->metadata.ownerReferences.size() == 1);
  CHECK(left->metadata.ownerReferences[0].name == "b");
  c.remove<ConfigMap>("b");
  c.wait(seconds(1));
  CHECK(c.get<ConfigMap>("child") == nullptr);
}

// test/e2e/apimachinery: "The dependency cycle MUST not block the garbage collection."
TEST_CASE("Garbage collector: a circle of owners that wait for each other goes") {
  Cluster c(0);
  ConfigMap a = c.create(config("a")), b = c.create(config("b"));
  ConfigMap third = config("c");
  own(third, b, true);
  third = c.create(third);
  auto give = [&](const char* name, const ConfigMap& owner) {
    ConfigMap changed = *c.get<ConfigMap>(name);
    own(changed, owner, true);
    c.update(changed);
  };
  give("a", third);
  give("b", a);
  c.wait(seconds(1));
  client::Removal how;
  how.propagation = "Foreground";
  c.remove<ConfigMap>("a", how);
  c.wait(seconds(5));
  for (const char* name : {"a", "b", "c"}) CHECK(c.get<ConfigMap>(name) == nullptr);
}

TEST_CASE("Garbage collector: an owner of the same name but another uid is no owner") {
  Cluster c(0);
  ConfigMap a = c.create(config("a"));
  ConfigMap child = config("child");
  own(child, a);
  child.metadata.ownerReferences.mut(0).uid = "somebody-else";
  c.create(child);
  c.wait(seconds(1));
  CHECK(c.get<ConfigMap>("child") == nullptr);
  CHECK(c.get<ConfigMap>("a") != nullptr);
}

TEST_CASE("Garbage collector: owners of unknown kinds are left to others") {
  controllers::GarbageView view;
  ConfigMap child = config("child");
  own(child, config("a"));
  view.object = api::make_object(child);
  controllers::OwnerView owner;
  owner.ref = child.metadata.ownerReferences[0];
  view.owners.push_back(owner);
  CHECK(controllers::plan_garbage(view).empty());
  view.owners[0].kind = &api::kind<ConfigMap>();
  view.owners[0].key = {"default", "a"};
  CHECK(lines(controllers::plan_garbage(view)) == "0 get ConfigMap a\n1 delete ConfigMap child\n");
}

TEST_CASE("Namespace: has its default service account and root certificate") {
  controllers::ManagerOptions options;
  options.root_ca = "-----BEGIN CERTIFICATE-----";
  Cluster c(0, options);
  c.create(make_namespace("team"));
  c.wait(seconds(1));
  CHECK(c.get<api::core_v1::ServiceAccount>("default", "team") != nullptr);
  CHECK(c.get<api::core_v1::ServiceAccount>("default", "kube-system") != nullptr);
  auto map = c.get<ConfigMap>("kube-root-ca.crt", "team");
  REQUIRE(map);
  CHECK(map->data.get("ca.crt") == "-----BEGIN CERTIFICATE-----");
  c.remove<ConfigMap>("kube-root-ca.crt", {}, "team");
  c.remove<api::core_v1::ServiceAccount>("default", {}, "team");
  c.wait(seconds(1));
  CHECK(c.get<ConfigMap>("kube-root-ca.crt", "team") != nullptr);
  CHECK(c.get<api::core_v1::ServiceAccount>("default", "team") != nullptr);
}

TEST_CASE("Namespace: is emptied, then goes") {
  controllers::ManagerOptions options;
  options.root_ca = "-----BEGIN CERTIFICATE-----";
  Cluster c(2, options);
  c.create(make_namespace("team"));
  Deployment d = deployment("web", 3);
  d.metadata.namespace_ = "team";
  c.create(d);
  c.create(config("settings", "team"));
  c.wait(seconds(2));
  CHECK(c.ready_pods() == 3);
  c.remove<Namespace>("team");
  CHECK(c.get<Namespace>("team")->status.phase == "Terminating");
  c.wait(seconds(10));
  CHECK(c.get<Namespace>("team") == nullptr);
  CHECK(c.pods().empty());
  CHECK(c.get<ConfigMap>("settings", "team") == nullptr);
  CHECK(c.list<api::core_v1::Event, api::core_v1::EventList>("team").empty());
}

TEST_CASE("Namespace: says what it waits for") {
  Cluster c(0);
  c.create(make_namespace("team"));
  ConfigMap held = config("held", "team");
  held.metadata.finalizers.push_back("example.com/hold");
  c.create(held);
  c.wait(seconds(1));
  c.remove<Namespace>("team");
  c.wait(seconds(2));
  auto ns = c.get<Namespace>("team");
  REQUIRE(ns);
  auto said = [&](const char* type) {
    const auto* x = ns->status.conditions.find_if([&](const api::core_v1::NamespaceCondition& k) { return k.type == type; });
    return x ? cat(x->status, " ", x->reason, " ", x->message) : "";
  };
  CHECK(said("NamespaceContentRemaining") ==
        "True SomeResourcesRemain Some resources are remaining: configmaps. has 1 resource instances");
  CHECK(said("NamespaceFinalizersRemaining") ==
        "True SomeFinalizersRemain Some content in the namespace has finalizers remaining: example.com/hold in 1 resource "
        "instances");
  ConfigMap now = *c.get<ConfigMap>("held", "team");
  now.metadata.finalizers.clear();
  c.update(now);
  c.wait(seconds(2));
  CHECK(c.get<Namespace>("team") == nullptr);
}
