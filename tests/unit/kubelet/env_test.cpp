#include "core/kubelet/env.h"

#include <doctest/doctest.h>

using namespace orrery;
namespace v1 = api::core_v1;

namespace {

struct FakeConfig final : kubelet::ConfigSource {
  std::map<std::string, std::shared_ptr<const v1::ConfigMap>> maps;
  std::vector<std::shared_ptr<const v1::Service>> all;
  Found config_map(const Str&, const Str& name, std::shared_ptr<const v1::ConfigMap>& out) override {
    auto it = maps.find(name.str());
    if (it == maps.end()) return Found::No;
    out = it->second;
    return Found::Yes;
  }
  Found secret(const Str&, const Str&, std::shared_ptr<const v1::Secret>&) override { return Found::No; }
  Found token(const v1::Pod&, const v1::ServiceAccountTokenProjection&, Str&) override { return Found::No; }
  Found volume_of_claim(const Str&, const Str&, std::shared_ptr<const v1::PersistentVolume>&, Str&) override {
    return Found::No;
  }
  List<ports::EnvPair> variables(const Str&, bool links) override {
    return kubelet::service_variables(links ? all : std::vector<std::shared_ptr<const v1::Service>>());
  }
};

v1::EnvVar var(const char* name, const char* value) {
  v1::EnvVar e;
  e.name = name;
  e.value = value;
  return e;
}

Str value_of(const List<ports::EnvPair>& env, std::string_view name) {
  for (const ports::EnvPair& e : env)
    if (e.name == name) return e.value;
  return "<missing>";
}

}  // namespace

TEST_CASE("Env: $(NAME) is replaced, $$ is a dollar, unknown names stay (third_party/forked/golang/expansion)") {
  const Str one = "1", two = "two";
  const kubelet::VariableLookup vars = [&](std::string_view name) { return name == "A" ? &one : name == "B" ? &two : nullptr; };
  CHECK(kubelet::expand("$(A)-$(B)", vars) == "1-two");
  CHECK(kubelet::expand("$(C)", vars) == "$(C)");
  CHECK(kubelet::expand("$$(A)", vars) == "$(A)");
  CHECK(kubelet::expand("$(A", vars) == "$(A");
  CHECK(kubelet::expand("100%$", vars) == "100%$");
}

TEST_CASE("Env: later variables see earlier ones") {
  v1::Pod pod;
  pod.metadata.namespace_ = "default";
  v1::Container c;
  c.env = {var("HOST", "db"), var("URL", "http://$(HOST):80")};
  FakeConfig config;
  auto env = kubelet::make_environment({pod, c, "10.0.0.1", "10.0.0.2", nullptr, config});
  REQUIRE(env.ok());
  CHECK(value_of(env->env, "URL") == "http://db:80");
}

TEST_CASE("Env: a missing ConfigMap is named as CreateContainerConfigError names it") {
  v1::Pod pod;
  pod.metadata.namespace_ = "default";
  v1::Container c;
  v1::EnvVar e;
  e.name = "X";
  e.valueFrom.mut().configMapKeyRef.mut().name = "app";
  e.valueFrom.mut().configMapKeyRef.mut().key = "x";
  c.env.push_back(e);
  FakeConfig config;
  auto env = kubelet::make_environment({pod, c, "", "", nullptr, config});
  REQUIRE_FALSE(env.ok());
  CHECK(env.error().message == "configmap \"app\" not found");
  v1::ConfigMap map;
  map.data.set("y", "1");
  config.maps["app"] = std::make_shared<const v1::ConfigMap>(map);
  env = kubelet::make_environment({pod, c, "", "", nullptr, config});
  REQUIRE_FALSE(env.ok());
  CHECK(env.error().message == "couldn't find key x in ConfigMap default/app");
}

TEST_CASE("Env: services give Docker-style variables (pkg/kubelet/envvars)") {
  v1::Service s;
  s.metadata.name = "my-db";
  s.metadata.namespace_ = "default";
  s.spec.clusterIP = "10.96.0.7";
  v1::ServicePort p;
  p.port = 5432;
  p.protocol = "TCP";
  p.name = "sql";
  s.spec.ports.push_back(p);
  FakeConfig config;
  config.all.push_back(std::make_shared<const v1::Service>(s));
  v1::Pod pod;
  pod.metadata.namespace_ = "default";
  v1::Container c;
  auto env = kubelet::make_environment({pod, c, "", "", nullptr, config});
  REQUIRE(env.ok());
  CHECK(value_of(env->env, "MY_DB_SERVICE_HOST") == "10.96.0.7");
  CHECK(value_of(env->env, "MY_DB_SERVICE_PORT_SQL") == "5432");
  CHECK(value_of(env->env, "MY_DB_PORT_5432_TCP") == "tcp://10.96.0.7:5432");
  pod.spec.enableServiceLinks = false;
  env = kubelet::make_environment({pod, c, "", "", nullptr, config});
  CHECK(value_of(env->env, "MY_DB_SERVICE_HOST") == "<missing>");
}

TEST_CASE("Env: resource fields are divided and rounded up") {
  v1::Pod pod;
  v1::Container c;
  c.resources.limits.set("cpu", *Quantity::parse("1500m"));
  c.resources.limits.set("memory", *Quantity::parse("100Mi"));
  v1::ResourceFieldSelector f;
  f.resource = "limits.cpu";
  CHECK(*kubelet::resource_field(pod, c, f, nullptr) == "2");
  f.divisor = *Quantity::parse("1m");
  CHECK(*kubelet::resource_field(pod, c, f, nullptr) == "1500");
  f.resource = "limits.memory";
  f.divisor = *Quantity::parse("1Mi");
  CHECK(*kubelet::resource_field(pod, c, f, nullptr) == "100");
}

TEST_CASE("Env: $(NAME) also means the variable of a Service, unless one of the pod's has that name") {
  v1::Pod pod;
  pod.metadata.namespace_ = "default";
  v1::Service service;
  service.metadata.namespace_ = "default";
  service.metadata.name = "db";
  service.spec.clusterIP = "10.96.0.7";
  v1::ServicePort port;
  port.port = 5432;
  service.spec.ports.push_back(port);
  FakeConfig config;
  config.all.push_back(std::make_shared<const v1::Service>(service));
  v1::Container c;
  c.env = {var("URL", "$(DB_SERVICE_HOST):$(DB_SERVICE_PORT)"), var("DB_SERVICE_HOST", "mine"), var("AGAIN", "$(DB_SERVICE_HOST)")};
  auto env = kubelet::make_environment({pod, c, "10.0.0.1", "10.0.0.2", nullptr, config});
  REQUIRE(env.ok());
  CHECK(value_of(env->env, "URL") == "10.96.0.7:5432");
  CHECK(value_of(env->env, "AGAIN") == "mine");
}
