#include "core/controllers/endpoints.h"

#include <algorithm>

#include "core/client/match.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::core_v1::Endpoints;
using api::core_v1::EndpointAddress;
using api::core_v1::EndpointSubset;
using api::core_v1::Node;
using api::core_v1::Pod;
using api::core_v1::Service;
using api::core_v1::ServicePort;
using api::discovery_v1::Endpoint;
using api::discovery_v1::EndpointPort;
using api::discovery_v1::EndpointSlice;
using client::Attempt;
using client::Key;
using client::Plan;
using client::Write;

namespace {

constexpr const char* kServiceName = "kubernetes.io/service-name";
constexpr const char* kManagedBy = "endpointslice.kubernetes.io/managed-by";
constexpr const char* kOurs = "endpointslice-controller.k8s.io";
constexpr const char* kMirrors = "endpointslicemirroring-controller.k8s.io";
constexpr const char* kSkipMirror = "endpointslice.kubernetes.io/skip-mirror";
constexpr const char* kLeader = "control-plane.alpha.kubernetes.io/leader";
constexpr const char* kHeadless = "service.kubernetes.io/headless";

bool headless(const Service& s) { return s.spec.clusterIP == "None" || s.spec.clusterIP.empty(); }

// The port of the pod that a service's port leads to; 0: the pod has none of that name.
int32_t target_port(const Pod& pod, const ServicePort& port) {
  if (!port.targetPort.is_string) return port.targetPort.number != 0 ? port.targetPort.number : port.port;
  auto in = [&](const List<api::core_v1::Container>& containers, bool restartable_only) -> int32_t {
    for (const auto& c : containers) {
      if (restartable_only && !(c.restartPolicy && *c.restartPolicy == "Always")) continue;
      for (const auto& p : c.ports)
        if (p.name == port.targetPort.text && (p.protocol.empty() ? Str("TCP") : p.protocol) == port.protocol)
          return p.containerPort;
    }
    return 0;
  };
  int32_t found = in(pod.spec.containers, false);
  return found != 0 ? found : in(pod.spec.initContainers, true);
}

List<EndpointPort> ports_for(const Service& service, const Pod& pod) {
  List<EndpointPort> out;
  for (const ServicePort& port : service.spec.ports) {
    int32_t number = target_port(pod, port);
    if (number == 0) continue;
    EndpointPort p;
    p.name = port.name;
    p.protocol = port.protocol.empty() ? Str("TCP") : port.protocol;
    p.port = number;
    p.appProtocol = port.appProtocol;
    out.push_back(std::move(p));
  }
  return out;
}

bool belongs(const Pod& pod) { return !pod.status.podIP.empty() && !is_terminal(pod); }

bool has_hostname(const Service& service, const Pod& pod) {
  return !pod.spec.hostname.empty() && pod.spec.subdomain == service.metadata.name;
}

Box<api::core_v1::ObjectReference> reference_to(const Pod& pod) {
  api::core_v1::ObjectReference ref;
  ref.kind = "Pod";
  ref.namespace_ = pod.metadata.namespace_;
  ref.name = pod.metadata.name;
  ref.uid = pod.metadata.uid;
  return ref;
}

Endpoint endpoint_of(const ServiceView& view, const Pod& pod) {
  const Service& service = *view.service;
  bool serving = is_ready(pod), terminating = static_cast<bool>(pod.metadata.deletionTimestamp);
  Endpoint e;
  e.addresses.push_back(pod.status.podIP);
  e.conditions.ready = service.spec.publishNotReadyAddresses || (serving && !terminating);
  e.conditions.serving = serving;
  e.conditions.terminating = terminating;
  e.targetRef = reference_to(pod);
  if (!pod.spec.nodeName.empty()) e.nodeName = pod.spec.nodeName;
  auto zone = view.zones.find(pod.spec.nodeName);
  if (zone != view.zones.end()) e.zone = zone->second;
  if (has_hostname(service, pod)) e.hostname = pod.spec.hostname;
  return e;
}

Map<Str> slice_labels(const Service& service) {
  Map<Str> labels = service.metadata.labels;
  labels.erase(kHeadless);
  labels.set(kServiceName, service.metadata.name);
  labels.set(kManagedBy, kOurs);
  if (headless(service)) labels.set(kHeadless, "");
  return labels;
}

Str uid_of(const Endpoint& e) { return e.targetRef ? e.targetRef->uid : Str(); }

// Endpoints with the same ports, and the slices that hold such.
struct Group {
  List<EndpointPort> ports;
  std::map<Str, Endpoint> wanted;  // by pod uid
  std::vector<std::shared_ptr<const EndpointSlice>> slices;
};

Group& group_for(std::vector<Group>& groups, const List<EndpointPort>& ports) {
  for (Group& g : groups)
    if (g.ports == ports) return g;
  groups.push_back({ports, {}, {}});
  return groups.back();
}

EndpointSlice new_slice(const Service& service, const List<EndpointPort>& ports) {
  EndpointSlice slice;
  slice.metadata.namespace_ = service.metadata.namespace_;
  slice.metadata.generateName = cat(service.metadata.name, "-");
  slice.metadata.ownerReferences.push_back(client::controller_ref(api::kind<Service>(), service.metadata));
  slice.metadata.labels = slice_labels(service);
  slice.addressType = "IPv4";
  slice.ports = ports;
  return slice;
}

Str words(const Service& service, uint32_t ready, uint32_t all) {
  return cat("service ", service.metadata.name, " has ", all, all == 1 ? " pod, " : " pods, ", ready, " ready");
}

// Changes as few slices as possible: endpoints stay where they are, new ones fill gaps, empty slices go.
void plan_group(Plan& plan, const Service& service, Group& group, bool keep_one, const Str& why) {
  std::map<Str, Endpoint> missing = group.wanted;
  std::vector<EndpointSlice> slices;
  std::vector<bool> changed;
  for (const auto& old : group.slices) {
    EndpointSlice slice = *old;
    List<Endpoint> kept;
    for (const Endpoint& e : old->endpoints) {
      auto wanted = missing.find(uid_of(e));
      if (wanted == missing.end()) continue;
      kept.push_back(wanted->second);
      missing.erase(wanted);
    }
    bool differs = !(kept == old->endpoints) || !(slice.metadata.labels == slice_labels(service));
    slice.endpoints = std::move(kept);
    slice.metadata.labels = slice_labels(service);
    slices.push_back(std::move(slice));
    changed.push_back(differs);
  }
  for (size_t i = 0; i < slices.size() && !missing.empty(); ++i)
    while (slices[i].endpoints.size() < kEndpointsPerSliceMax && !missing.empty()) {
      slices[i].endpoints.push_back(missing.begin()->second);
      missing.erase(missing.begin());
      changed[i] = true;
    }
  bool any = false;
  for (size_t i = 0; i < slices.size(); ++i) {
    bool empty = slices[i].endpoints.empty();
    bool last = keep_one && !any && i + 1 == slices.size() && missing.empty();
    if (empty && !last) {
      plan.writes.push_back(client::remove(ObjectPtr(group.slices[i]), why));
      continue;
    }
    any = true;
    if (changed[i]) plan.writes.push_back(client::update(api::make_object(slices[i]), why));
  }
  while (!missing.empty() || (keep_one && !any)) {
    EndpointSlice slice = new_slice(service, group.ports);
    while (slice.endpoints.size() < kEndpointsPerSliceMax && !missing.empty()) {
      slice.endpoints.push_back(missing.begin()->second);
      missing.erase(missing.begin());
    }
    any = true;
    plan.writes.push_back(client::create(api::make_object(std::move(slice)), why));
  }
}

}  // namespace

Plan plan_slices(const ServiceView& view) {
  Plan plan;
  const Service& service = *view.service;
  std::vector<Group> groups;
  uint32_t all = 0, ready = 0;
  for (const PodPtr& pod : view.pods) {
    if (!belongs(*pod)) continue;
    Endpoint e = endpoint_of(view, *pod);
    ++all;
    ready += e.conditions.ready.value_or(false);
    group_for(groups, ports_for(service, *pod)).wanted[pod->metadata.uid] = std::move(e);
  }
  for (const auto& slice : view.slices) group_for(groups, slice->ports).slices.push_back(slice);
  // A service without pods keeps one empty slice.
  bool nothing = all == 0;
  if (groups.empty()) groups.emplace_back();
  Str why = words(service, ready, all);
  for (size_t i = 0; i < groups.size(); ++i) plan_group(plan, service, groups[i], nothing && i == 0, why);
  return plan;
}

Plan plan_endpoints(const ServiceView& view) {
  Plan plan;
  const Service& service = *view.service;
  struct Subset {
    List<api::core_v1::EndpointPort> ports;
    std::map<Str, EndpointAddress> ready, not_ready;  // by address
  };
  std::vector<Subset> subsets;
  uint32_t all = 0, ready = 0;
  for (const PodPtr& pod : view.pods) {
    if (!belongs(*pod) || (pod->metadata.deletionTimestamp && !service.spec.publishNotReadyAddresses)) continue;
    List<api::core_v1::EndpointPort> ports;
    for (const EndpointPort& p : ports_for(service, *pod)) {
      api::core_v1::EndpointPort port;
      port.name = p.name.value_or(Str());
      port.port = p.port.value_or(0);
      port.protocol = p.protocol.value_or(Str("TCP"));
      port.appProtocol = p.appProtocol;
      ports.push_back(std::move(port));
    }
    if (ports.empty() && !service.spec.ports.empty()) continue;
    auto same = std::find_if(subsets.begin(), subsets.end(), [&](const Subset& s) { return s.ports == ports; });
    if (same == subsets.end()) same = subsets.insert(subsets.end(), Subset{ports, {}, {}});
    EndpointAddress address;
    address.ip = pod->status.podIP;
    if (!pod->spec.nodeName.empty()) address.nodeName = pod->spec.nodeName;
    address.targetRef = reference_to(*pod);
    if (has_hostname(service, *pod)) address.hostname = pod->spec.hostname;
    bool is = service.spec.publishNotReadyAddresses || is_ready(*pod);
    ++all;
    ready += is;
    (is ? same->ready : same->not_ready)[address.ip] = std::move(address);
  }
  List<EndpointSubset> wanted;
  for (const Subset& s : subsets) {
    EndpointSubset subset;
    subset.ports = s.ports;
    for (const auto& [ip, address] : s.ready) subset.addresses.push_back(address);
    for (const auto& [ip, address] : s.not_ready) subset.notReadyAddresses.push_back(address);
    wanted.push_back(std::move(subset));
  }
  Map<Str> labels = service.metadata.labels;
  labels.erase(kHeadless);
  labels.set("endpoints.kubernetes.io/managed-by", "endpoint-controller");
  if (headless(service)) labels.set(kHeadless, "");
  if (view.endpoints && view.endpoints->subsets == wanted && view.endpoints->metadata.labels == labels) return plan;
  Endpoints object = view.endpoints ? *view.endpoints : Endpoints{};
  object.metadata.namespace_ = service.metadata.namespace_;
  object.metadata.name = service.metadata.name;
  object.metadata.labels = labels;
  object.subsets = wanted;
  Str why = words(service, ready, all);
  plan.writes.push_back(view.endpoints ? client::update(api::make_object(std::move(object)), why)
                                       : client::create(api::make_object(std::move(object)), why));
  return plan;
}

void ServiceControllerBase::setup_shared(client::InformerSet& informers) {
  services_ = &informers.of<Service>();
  services_->add_handler(*this);
  pods_ = &informers.of<Pod>();
  pods_->add_index(by_label, client::same_labels);
  pods_->add_handler(*this);
  output_->add_handler(*this);
}

void ServiceControllerBase::on_change(const client::Informer& informer, ports::WatchType type, const ObjectPtr& before,
                                      const ObjectPtr& after) {
  if (&informer == services_) return queue().add(client::key_of(after ? after : before));
  if (&informer == output_) {
    const ObjectPtr& object = after ? after : before;
    // Our own writes come back too; the plan then finds nothing to do.
    if (type != ports::WatchType::Added) queue().add({object.meta().namespace_, service_of(object)});
    return;
  }
  const Pod* was = before.as<Pod>();
  const Pod* now = after.as<Pod>();
  if (was && now && was->metadata.labels == now->metadata.labels && was->status.podIP == now->status.podIP &&
      is_ready(*was) == is_ready(*now) && is_terminal(*was) == is_terminal(*now) &&
      was->metadata.deletionTimestamp == now->metadata.deletionTimestamp)
    return;
  const auto& meta = (after ? after : before).meta();
  services_->each_in(meta.namespace_, [&](const ObjectPtr& object) {
    const auto& selector = object.as<Service>()->spec.selector;
    if (selector.empty()) return;
    if ((was && client::has_all(selector, was->metadata.labels)) || (now && client::has_all(selector, now->metadata.labels)))
      queue().add(client::key_of(object));
  });
}

bool ServiceControllerBase::view_of(const Key& key, ServiceView& view) const {
  view.service = services_->find(key).get<Service>();
  if (!view.service || view.service->spec.selector.empty() || view.service->spec.type == "ExternalName" ||
      view.service->metadata.deletionTimestamp)
    return false;
  view.pods = as_pods(objects_with_labels(*pods_, key.ns, view.service->spec.selector));
  return true;
}

void EndpointSliceController::setup(client::InformerSet& informers) {
  output_ = &informers.of<EndpointSlice>();
  output_->add_index(by_label, client::same_labels);
  setup_shared(informers);
  nodes_ = &informers.of<Node>();
}

Str EndpointSliceController::service_of(const ObjectPtr& output) const {
  return output.meta().labels.get(kServiceName);
}

Plan EndpointSliceController::plan(const Key& key, const Attempt&) {
  ServiceView view;
  if (!view_of(key, view)) return {};
  for (const ObjectPtr& slice : output_->lookup(by_label, label_value(key.ns, kServiceName, key.name)))
    if (slice.meta().labels.get(kManagedBy) == kOurs && !slice.meta().deletionTimestamp)
      view.slices.push_back(slice.get<EndpointSlice>());
  for (const PodPtr& pod : view.pods) {
    const Node* node = nodes_->get<Node>({{}, pod->spec.nodeName});
    const Str* zone = node ? node->metadata.labels.find("topology.kubernetes.io/zone") : nullptr;
    if (zone) view.zones[pod->spec.nodeName] = *zone;
  }
  return plan_slices(view);
}

void EndpointsController::setup(client::InformerSet& informers) {
  output_ = &informers.of<Endpoints>();
  setup_shared(informers);
}

Plan EndpointsController::plan(const Key& key, const Attempt&) {
  ServiceView view;
  if (!view_of(key, view)) {
    // A service that is gone leaves no Endpoints behind (they have no owner).
    Plan plan;
    const ObjectPtr& left = output_->find(key);
    if (!services_->find(key) && left && left.meta().labels.contains("endpoints.kubernetes.io/managed-by"))
      plan.writes.push_back(client::remove(left, cat("service ", key.name, " is gone")));
    return plan;
  }
  view.endpoints = output_->find(key).get<Endpoints>();
  return plan_endpoints(view);
}

namespace {

Endpoint mirrored(const EndpointAddress& address, bool ready) {
  Endpoint e;
  e.addresses = {address.ip};
  e.conditions.ready = ready;
  e.nodeName = address.nodeName;
  if (!address.hostname.empty()) e.hostname = address.hostname;
  e.targetRef = address.targetRef;
  return e;
}

// The slices of one subset: one for each family of addresses that it has.
void mirror_subset(const Endpoints& from, const EndpointSubset& subset, std::vector<EndpointSlice>& out) {
  for (const char* family : {"IPv4", "IPv6"}) {
    EndpointSlice slice;
    auto take = [&](const List<EndpointAddress>& addresses, bool ready) {
      for (const EndpointAddress& a : addresses)
        if ((a.ip.view().find(':') != std::string_view::npos) == (family[3] == '6') && slice.endpoints.size() < kMirroredMax)
          slice.endpoints.push_back(mirrored(a, ready));
    };
    take(subset.addresses, true);
    take(subset.notReadyAddresses, false);
    if (slice.endpoints.empty()) continue;
    slice.metadata.namespace_ = from.metadata.namespace_;
    slice.metadata.generateName = cat(from.metadata.name, "-");
    slice.metadata.ownerReferences.push_back(client::controller_ref(api::kind<Endpoints>(), from.metadata));
    slice.metadata.labels = from.metadata.labels;
    slice.metadata.labels.set(kServiceName, from.metadata.name);
    slice.metadata.labels.set(kManagedBy, kMirrors);
    slice.addressType = family;
    for (const api::core_v1::EndpointPort& p : subset.ports) {
      EndpointPort port;
      port.name = p.name;
      port.port = p.port;
      port.protocol = p.protocol.empty() ? Str("TCP") : p.protocol;
      port.appProtocol = p.appProtocol;
      slice.ports.push_back(std::move(port));
    }
    out.push_back(std::move(slice));
  }
}

}  // namespace

Plan plan_mirror(const Endpoints& endpoints, const SliceList& slices) {
  Plan plan;
  std::vector<EndpointSlice> wanted;
  for (const EndpointSubset& subset : endpoints.subsets) mirror_subset(endpoints, subset, wanted);
  Str why = cat("Endpoints ", endpoints.metadata.name, " say so");
  SliceList left = slices;
  for (EndpointSlice& want : wanted) {
    auto same = std::find_if(left.begin(), left.end(), [&](const auto& s) { return s->ports == want.ports && s->addressType == want.addressType; });
    if (same == left.end()) {
      plan.writes.push_back(client::create(api::make_object(std::move(want)), why));
      continue;
    }
    if (!((*same)->endpoints == want.endpoints) || !((*same)->metadata.labels == want.metadata.labels)) {
      EndpointSlice next = **same;
      next.endpoints = want.endpoints;
      next.metadata.labels = want.metadata.labels;
      plan.writes.push_back(client::update(api::make_object(std::move(next)), why));
    }
    left.erase(same);
  }
  for (const auto& slice : left) plan.writes.push_back(client::remove(ObjectPtr(slice), why));
  return plan;
}

void EndpointSliceMirroringController::setup(client::InformerSet& informers) {
  services_ = &informers.of<Service>();
  services_->add_handler(*this);
  endpoints_ = &informers.of<Endpoints>();
  endpoints_->add_handler(*this);
  slices_ = &informers.of<EndpointSlice>();
  slices_->add_index(by_label, client::same_labels);
  slices_->add_handler(*this);
}

void EndpointSliceMirroringController::on_change(const client::Informer& informer, ports::WatchType type,
                                                 const ObjectPtr& before, const ObjectPtr& after) {
  const ObjectPtr& object = after ? after : before;
  if (&informer != slices_) return queue().add(client::key_of(object));
  if (type != ports::WatchType::Added && object.meta().labels.get(kManagedBy) == kMirrors)
    queue().add({object.meta().namespace_, object.meta().labels.get(kServiceName)});
}

Plan EndpointSliceMirroringController::plan(const Key& key, const Attempt&) {
  SliceList slices;
  for (const ObjectPtr& slice : slices_->lookup(by_label, label_value(key.ns, kServiceName, key.name)))
    if (slice.meta().labels.get(kManagedBy) == kMirrors && !slice.meta().deletionTimestamp)
      slices.push_back(slice.get<EndpointSlice>());
  const Service* service = services_->get<Service>(key);
  const Endpoints* endpoints = endpoints_->get<Endpoints>(key);
  bool ours = service && service->spec.selector.empty() && endpoints && endpoints->metadata.labels.get(kSkipMirror) != "true" &&
              !endpoints->metadata.labels.contains("endpoints.kubernetes.io/managed-by") &&
              !endpoints->metadata.annotations.contains(kLeader);
  return plan_mirror(ours ? *endpoints : Endpoints{}, slices);
}

}  // namespace orrery::controllers
