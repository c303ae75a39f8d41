// What exists in every cluster: namespaces, the service of the API itself, priority classes of the system, roles; and
// storage classes as local clusters have them.
#include "core/api/gen/core_v1.h"
#include "core/api/gen/discovery_v1.h"
#include "core/api/gen/scheduling_v1.h"
#include "core/api/gen/storage_v1.h"
#include "core/apiserver/apiserver.h"
#include "core/apiserver/rbac/rbac.h"

namespace orrery::apiserver {

namespace {

using namespace api::core_v1;

template <class T>
void ensure(Registry& registry, const Writer& from, T value) {
  Writer writer = from;
  const KindInfo& kind = api::kind<T>();
  Str ns = value.metadata.namespace_;
  if (registry.head(kind, ns, value.metadata.name, writer)) return;
  api::MutableObject object(api::desc<T>());
  object.as<T>() = std::move(value);
  auto stored = registry.create(kind, ns, std::move(object), writer);
  ORRERY_CHECK(stored.ok(), "bootstrap objects are valid");
}

// Where the API server itself is reached: it writes the endpoints of default/kubernetes, for no pod is behind it. What
// another life of it wrote, at another address, is replaced. Kubernetes looks every ten seconds whether somebody changed or
// deleted them; here that is seen at the next start. Source: pkg/controlplane/reconcilers/instancecount.go,
// endpointsadapter.go.
template <class T>
void ensure_current(Registry& registry, const Writer& from, T value) {
  Writer writer = from;
  const KindInfo& kind = api::kind<T>();
  const Str ns = value.metadata.namespace_, name = value.metadata.name;
  api::ObjectPtr found = registry.head(kind, ns, name, writer);
  if (!found) return ensure(registry, from, std::move(value));
  api::MutableObject next(found);
  T& object = next.as<T>();
  value.metadata = object.metadata;
  if (object == value) return;
  object = std::move(value);
  auto stored = registry.update(kind, ns, name, {}, std::move(next), writer);
  ORRERY_CHECK(stored.ok(), "bootstrap objects are valid");
}

void ensure_endpoints(Registry& registry, const Writer& writer, const Str& address, int32_t port) {
  Endpoints endpoints;
  endpoints.metadata.name = "kubernetes";
  endpoints.metadata.namespace_ = "default";
  endpoints.metadata.labels.set("endpointslice.kubernetes.io/skip-mirror", "true");
  EndpointSubset subset;
  EndpointAddress at;
  at.ip = address;
  subset.addresses.push_back(std::move(at));
  EndpointPort https;
  https.name = "https";
  https.port = port;
  https.protocol = "TCP";
  subset.ports.push_back(std::move(https));
  endpoints.subsets.push_back(std::move(subset));
  ensure_current(registry, writer, std::move(endpoints));
  api::discovery_v1::EndpointSlice slice;
  slice.metadata.name = "kubernetes";
  slice.metadata.namespace_ = "default";
  slice.metadata.labels.set("kubernetes.io/service-name", "kubernetes");
  slice.addressType = "IPv4";
  api::discovery_v1::Endpoint endpoint;
  endpoint.addresses.push_back(address);
  endpoint.conditions.ready = true;
  slice.endpoints.push_back(std::move(endpoint));
  api::discovery_v1::EndpointPort slice_port;
  slice_port.name = Str("https");
  slice_port.port = port;
  slice_port.protocol = Str("TCP");
  slice.ports.push_back(std::move(slice_port));
  ensure_current(registry, writer, std::move(slice));
}

// Volumes are directories on nodes. So the default class waits for the first consumer, as kind's "standard" does
// (rancher.io/local-path): the volume is made where the pod goes. With Immediate the node is fixed before anything is known
// of the pod, which then can go nowhere else. minikube's "standard" is Immediate, which one node can afford. The second
// class is there so that both can be seen side by side; nothing uses it unless asked to.
std::vector<api::storage_v1::StorageClass> bootstrap_storage_classes() {
  std::vector<api::storage_v1::StorageClass> out(2);
  for (auto& c : out) {
    c.provisioner = "orrery.dev/local-path";  // core/controllers/provisioner.h
    c.reclaimPolicy = Str("Delete");
  }
  out[0].metadata.name = "standard";
  out[0].metadata.annotations.set("storageclass.kubernetes.io/is-default-class", "true");
  out[0].volumeBindingMode = Str("WaitForFirstConsumer");
  out[1].metadata.name = "immediate";
  out[1].volumeBindingMode = Str("Immediate");
  return out;
}

}  // namespace

void ApiServer::bootstrap() {
  Writer writer;
  writer.now = clock_.now();
  writer.field_manager = "kube-apiserver";
  for (const char* name : {"kube-system", "kube-public", "kube-node-lease", "default"}) {
    Namespace ns;
    ns.metadata.name = name;
    ensure(registry_, writer, std::move(ns));
  }
  struct Class {
    const char* name;
    int32_t value;
    const char* description;
  };
  for (const Class& c : {Class{"system-node-critical", 2000001000,
                               "Used for system critical pods that must not be moved from their current node."},
                         Class{"system-cluster-critical", 2000000000,
                               "Used for system critical pods that must run in the cluster, but can be moved to "
                               "another node if necessary."}}) {
    api::scheduling_v1::PriorityClass p;
    p.metadata.name = c.name;
    p.value = c.value;
    p.description = c.description;
    p.preemptionPolicy = Str("PreemptLowerPriority");
    ensure(registry_, writer, std::move(p));
  }
  for (api::storage_v1::StorageClass c : bootstrap_storage_classes()) ensure(registry_, writer, std::move(c));
  for (api::rbac_v1::ClusterRole role : bootstrap_roles()) ensure(registry_, writer, std::move(role));
  for (api::rbac_v1::ClusterRoleBinding binding : bootstrap_bindings()) ensure(registry_, writer, std::move(binding));
  Service service;
  service.metadata.name = "kubernetes";
  service.metadata.namespace_ = "default";
  service.metadata.labels.set("component", "apiserver");
  service.metadata.labels.set("provider", "kubernetes");
  service.spec.type = "ClusterIP";
  service.spec.clusterIP = options_.kubernetes_service_ip;
  service.spec.sessionAffinity = "None";
  service.spec.internalTrafficPolicy = Str("Cluster");
  ServicePort port;
  port.name = "https";
  port.protocol = "TCP";
  port.port = 443;
  port.targetPort = api::IntOrString::of(options_.advertise_port);
  service.spec.ports.push_back(std::move(port));
  ensure(registry_, writer, std::move(service));
  if (!options_.advertise_address.empty()) ensure_endpoints(registry_, writer, options_.advertise_address, options_.advertise_port);
}

}  // namespace orrery::apiserver
