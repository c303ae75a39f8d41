// pkg/apis/core/v1/defaults.go and zz_generated.defaults.go.
#include "core/api/defaults/rules.h"
#include "core/api/gen/core_v1.h"

namespace orrery::api::defaults {
namespace {

using namespace core_v1;

// "Always" for images whose tag is latest, said or unsaid (parsers.ParseImageName).
const char* pull_policy(std::string_view image) {
  size_t digest = image.find('@');
  std::string_view name = image.substr(0, digest);
  size_t slash = name.rfind('/');
  size_t colon = name.find(':', slash == std::string_view::npos ? 0 : slash);
  bool latest = colon == std::string_view::npos ? digest == std::string_view::npos && !image.empty()
                                                : name.substr(colon + 1) == "latest";
  return latest ? "Always" : "IfNotPresent";
}

template <class C>
void container(C& c) {
  if (c.imagePullPolicy.empty()) c.imagePullPolicy = pull_policy(c.image);
  set_if_empty(c.terminationMessagePath, "/dev/termination-log");
  set_if_empty(c.terminationMessagePolicy, "File");
}

void container_port(ContainerPort& p) { set_if_empty(p.protocol, "TCP"); }

void probe(Probe& p) {
  if (p.timeoutSeconds == 0) p.timeoutSeconds = 1;
  if (p.periodSeconds == 0) p.periodSeconds = 10;
  if (p.successThreshold == 0) p.successThreshold = 1;
  if (p.failureThreshold == 0) p.failureThreshold = 3;
}

void http_get(HTTPGetAction& a) {
  set_if_empty(a.path, "/");
  set_if_empty(a.scheme, "HTTP");
}

void grpc(GRPCAction& a) { set_if_unset(a.service, ""); }

void volume(Volume& v) {
  const VolumeSource& source = v;
  if (source == VolumeSource{}) v.emptyDir.mut();
  if (v.image && v.image->pullPolicy.empty()) v.image.mut().pullPolicy = pull_policy(v.image->reference);
}

template <class Source>
void mode(Source& s) {
  set_if_unset(s.defaultMode, 0644);
}

void token(ServiceAccountTokenProjection& p) { set_if_unset(p.expirationSeconds, 3600); }
void host_path(HostPathVolumeSource& v) { set_if_unset(v.type, ""); }
void field_ref(ObjectFieldSelector& s) { set_if_empty(s.apiVersion, "v1"); }

template <class V>
void iscsi(V& v) {
  set_if_empty(v.iscsiInterface, "default");
}
template <class V>
void rbd(V& v) {
  set_if_empty(v.pool, "rbd");
  set_if_empty(v.user, "admin");
  set_if_empty(v.keyring, "/etc/ceph/keyring");
}
void azure_disk(AzureDiskVolumeSource& v) {
  set_if_unset(v.cachingMode, "ReadWrite");
  set_if_unset(v.fsType, "ext4");
  set_if_unset(v.readOnly, false);
  set_if_unset(v.kind, "Shared");
}
template <class V>
void scale_io(V& v) {
  set_if_empty(v.storageMode, "ThinProvisioned");
  set_if_empty(v.fsType, "xfs");
}

void pod_spec(PodSpec& s) {
  set_if_empty(s.dnsPolicy, "ClusterFirst");
  set_if_empty(s.restartPolicy, "Always");
  if (!s.securityContext) s.securityContext.mut();
  set_if_unset(s.terminationGracePeriodSeconds, 30);
  set_if_empty(s.schedulerName, "default-scheduler");
  // The deprecated name is kept equal (conversion of v1 PodSpec).
  if (s.serviceAccountName.empty()) s.serviceAccountName = s.serviceAccount;
  if (!(s.serviceAccount == s.serviceAccountName)) s.serviceAccount = s.serviceAccountName;
}

// In a pod, not in a template: requests follow limits.
void requests(List<Container>& containers) {
  for (uint32_t i = 0; i < containers.size(); ++i)
    for (const auto& limit : Map<Quantity>(containers[i].resources.limits))
      if (!containers[i].resources.requests.contains(limit.key))
        containers.mut(i).resources.requests.set(limit.key, limit.value);
}

void host_ports(List<Container>& containers) {
  for (uint32_t i = 0; i < containers.size(); ++i)
    for (uint32_t k = 0; k < containers[i].ports.size(); ++k)
      if (containers[i].ports[k].hostPort == 0 && containers[i].ports[k].containerPort != 0)
        containers.mut(i).ports.mut(k).hostPort = containers[i].ports[k].containerPort;
}

void pod(Pod& p) {
  requests(p.spec.containers);
  requests(p.spec.initContainers);
  if (p.spec.resources)
    for (const auto& limit : Map<Quantity>(p.spec.resources->limits))
      if (!p.spec.resources->requests.contains(limit.key))
        p.spec.resources.mut().requests.set(limit.key, limit.value);
  set_if_unset(p.spec.enableServiceLinks, true);
  if (p.spec.hostNetwork) {
    host_ports(p.spec.containers);
    host_ports(p.spec.initContainers);
  }
}

void replication_controller(ReplicationController& rc) {
  set_if_unset(rc.spec.replicas, 1);
  if (!rc.spec.template_) return;
  const Map<Str>& labels = rc.spec.template_->metadata.labels;
  if (rc.spec.selector.empty()) rc.spec.selector = labels;
  if (rc.metadata.labels.empty()) rc.metadata.labels = labels;
}

void service(Service& s) {
  ServiceSpec& spec = s.spec;
  set_if_empty(spec.sessionAffinity, "None");
  if (spec.sessionAffinity == "None") spec.sessionAffinityConfig.reset();
  if (spec.sessionAffinity == "ClientIP" &&
      (!spec.sessionAffinityConfig || !spec.sessionAffinityConfig->clientIP ||
       !spec.sessionAffinityConfig->clientIP->timeoutSeconds))
    spec.sessionAffinityConfig.mut().clientIP.mut().timeoutSeconds = 10800;
  set_if_empty(spec.type, "ClusterIP");
  for (uint32_t i = 0; i < spec.ports.size(); ++i) {
    const ServicePort& p = spec.ports[i];
    if (p.protocol.empty()) spec.ports.mut(i).protocol = "TCP";
    bool no_target = p.targetPort.is_string ? p.targetPort.text.empty() : p.targetPort.number == 0;
    if (no_target) spec.ports.mut(i).targetPort = api::IntOrString::of(spec.ports[i].port);
  }
  bool outside = spec.type == "LoadBalancer" || spec.type == "NodePort" ||
                 (spec.type == "ClusterIP" && !spec.externalIPs.empty());
  if (outside) set_if_empty(spec.externalTrafficPolicy, "Cluster");
  if (spec.type != "ExternalName") set_if_unset(spec.internalTrafficPolicy, "Cluster");
  if (spec.type == "LoadBalancer") {
    set_if_unset(spec.allocateLoadBalancerNodePorts, true);
    List<LoadBalancerIngress>& ingress = s.status.loadBalancer.ingress;
    for (uint32_t i = 0; i < ingress.size(); ++i)
      if (!ingress[i].ip.empty() && !ingress[i].ipMode) ingress.mut(i).ipMode = "VIP";
  }
}

void secret(Secret& s) {
  set_if_empty(s.type, "Opaque");
  for (const auto& e : s.stringData) s.data.set(e.key, e.value);  // written, never read: Convert_v1_Secret_To_core_Secret
  s.stringData = {};
}
void endpoint_port(EndpointPort& p) { set_if_empty(p.protocol, "TCP"); }

void persistent_volume(PersistentVolume& v) {
  set_if_empty(v.status.phase, "Pending");
  set_if_empty(v.spec.persistentVolumeReclaimPolicy, "Retain");
  set_if_unset(v.spec.volumeMode, "Filesystem");
}
void claim(PersistentVolumeClaim& c) { set_if_empty(c.status.phase, "Pending"); }
void claim_spec(PersistentVolumeClaimSpec& s) { set_if_unset(s.volumeMode, "Filesystem"); }

void name_space(Namespace& n) {
  const Str* label = n.metadata.labels.find("kubernetes.io/metadata.name");
  if (!n.metadata.name.empty() && (!label || !(*label == n.metadata.name)))
    n.metadata.labels.set("kubernetes.io/metadata.name", n.metadata.name);
  set_if_empty(n.status.phase, "Active");
}

void node_status(NodeStatus& s) {
  if (s.allocatable.empty()) s.allocatable = s.capacity;
}

void limit_range_item(LimitRangeItem& item) {
  if (item.type != "Container") return;
  auto fill = [](Map<Quantity>& to, const Map<Quantity>& from) {
    for (const auto& e : from)
      if (!to.contains(e.key)) to.set(e.key, e.value);
  };
  fill(item.default_, item.max);
  fill(item.defaultRequest, item.default_);
  fill(item.defaultRequest, item.min);
}

}  // namespace

void add_core_rules(std::vector<Rule>& rules) {
  rules.insert(rules.end(), {
      rule<Container, container<Container>>(),
      rule<EphemeralContainerCommon, container<EphemeralContainerCommon>>(),
      rule<ContainerPort, container_port>(),
      rule<Probe, probe>(),
      rule<HTTPGetAction, http_get>(),
      rule<GRPCAction, grpc>(),
      rule<Volume, volume>(),
      rule<SecretVolumeSource, mode<SecretVolumeSource>>(),
      rule<ConfigMapVolumeSource, mode<ConfigMapVolumeSource>>(),
      rule<DownwardAPIVolumeSource, mode<DownwardAPIVolumeSource>>(),
      rule<ProjectedVolumeSource, mode<ProjectedVolumeSource>>(),
      rule<ServiceAccountTokenProjection, token>(),
      rule<HostPathVolumeSource, host_path>(),
      rule<ObjectFieldSelector, field_ref>(),
      rule<ISCSIVolumeSource, iscsi<ISCSIVolumeSource>>(),
      rule<ISCSIPersistentVolumeSource, iscsi<ISCSIPersistentVolumeSource>>(),
      rule<RBDVolumeSource, rbd<RBDVolumeSource>>(),
      rule<RBDPersistentVolumeSource, rbd<RBDPersistentVolumeSource>>(),
      rule<AzureDiskVolumeSource, azure_disk>(),
      rule<ScaleIOVolumeSource, scale_io<ScaleIOVolumeSource>>(),
      rule<ScaleIOPersistentVolumeSource, scale_io<ScaleIOPersistentVolumeSource>>(),
      rule<PodSpec, pod_spec>(),
      rule<Pod, pod>(),
      rule<ReplicationController, replication_controller>(),
      rule<Service, service>(),
      rule<Secret, secret>(),
      rule<EndpointPort, endpoint_port>(),
      rule<PersistentVolume, persistent_volume>(),
      rule<PersistentVolumeClaim, claim>(),
      rule<PersistentVolumeClaimSpec, claim_spec>(),
      rule<Namespace, name_space>(),
      rule<NodeStatus, node_status>(),
      rule<LimitRangeItem, limit_range_item>(),
  });
}

}  // namespace orrery::api::defaults
