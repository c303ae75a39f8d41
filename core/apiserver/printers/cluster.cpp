// Source: printers.go printNode, printNamespace, printEvent, printConfigMap, printSecret, ...
#include <algorithm>

#include "core/api/gen/coordination_v1.h"
#include "core/api/gen/core_v1.h"
#include "core/api/gen/events_v1.h"
#include "core/api/gen/node_v1.h"
#include "core/api/gen/scheduling_v1.h"
#include "core/apiserver/convert.h"
#include "core/apiserver/printers/printer.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

using namespace api::core_v1;
using api::coordination_v1::Lease;
using api::node_v1::RuntimeClass;
using api::scheduling_v1::PriorityClass;

std::string node_status(const Node& o) {
  std::string status = "Unknown";
  for (const NodeCondition& c : o.status.conditions)
    if (c.type == "Ready") status = c.status == "True" ? "Ready" : "NotReady";
  return o.spec.unschedulable ? status + ",SchedulingDisabled" : status;
}

std::string node_roles(const Node& o) {
  constexpr std::string_view kPrefix = "node-role.kubernetes.io/";
  std::vector<std::string> roles;
  for (const auto& l : o.metadata.labels) {
    if (starts_with(l.key, kPrefix) && l.key.size() > kPrefix.size())
      roles.emplace_back(l.key.view().substr(kPrefix.size()));
    if (l.key == "kubernetes.io/role" && !l.value.empty()) roles.push_back(l.value.str());
  }
  std::sort(roles.begin(), roles.end());
  roles.erase(std::unique(roles.begin(), roles.end()), roles.end());
  return roles.empty() ? "<none>" : join(roles, ",");
}

std::string_view address(const Node& o, std::string_view type) {
  for (const NodeAddress& a : o.status.addresses)
    if (a.type == type) return a.address;
  return "<none>";
}

void node_cells(const Node& o, WallTime now, Cells& out) {
  auto known = [](const Str& s) { return s.empty() ? std::string_view("<unknown>") : s.view(); };
  const NodeSystemInfo& info = o.status.nodeInfo;
  out.text(o.metadata.name);
  out.text(node_status(o));
  out.text(node_roles(o));
  out.age(o.metadata.creationTimestamp, now);
  out.text(info.kubeletVersion);
  out.text(address(o, "InternalIP"));
  out.text(address(o, "ExternalIP"));
  out.text(known(info.osImage));
  out.text(known(info.kernelVersion));
  out.text(known(info.containerRuntimeVersion));
}

void namespace_cells(const Namespace& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.text(o.status.phase);
  out.age(o.metadata.creationTimestamp, now);
}

void event_cells(const Event& o, WallTime now, Cells& out) {
  std::string first = age_text(o.firstTimestamp.is_set() ? o.firstTimestamp : o.eventTime, now);
  std::string last = o.lastTimestamp.is_set() ? age_text(o.lastTimestamp, now) : first;
  int count = o.count ? o.count : 1;
  if (o.series) {
    last = age_text(o.series->lastObservedTime, now);
    count = o.series->count;
  }
  std::string target = to_lower(o.involvedObject.kind);
  if (!o.involvedObject.name.empty()) target += cat('/', o.involvedObject.name);
  const Str& component = o.source.component.empty() ? o.reportingComponent : o.source.component;
  const Str& host = o.source.host.empty() ? o.reportingInstance : o.source.host;
  out.text(last);
  out.text(o.type);
  out.text(o.reason);
  out.text(target);
  out.text(o.involvedObject.fieldPath);
  out.text(host.empty() ? component.str() : cat(component, ", ", host));
  out.text(trim(o.message));
  out.text(first);
  out.number(count);
  out.text(o.metadata.name);
}

void new_event_cells(const api::events_v1::Event& o, WallTime now, Cells& out) {
  api::MutableObject from(api::desc<api::events_v1::Event>());
  from.as<api::events_v1::Event>() = o;
  api::MutableObject core = convert(std::move(from), api::desc<Event>());
  event_cells(core.as<Event>(), now, out);
}

void configmap_cells(const ConfigMap& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.number(o.data.size() + o.binaryData.size());
  out.age(o.metadata.creationTimestamp, now);
}

void secret_cells(const Secret& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.text(o.type);
  out.number(o.data.size());
  out.age(o.metadata.creationTimestamp, now);
}

void account_cells(const ServiceAccount& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.number(o.secrets.size());
  out.age(o.metadata.creationTimestamp, now);
}

void quota_cells(const ResourceQuota& o, WallTime now, Cells& out) {
  std::string requests, limits;
  for (const auto& hard : o.status.hard) {
    std::string& column = starts_with(hard.key, "limits.") ? limits : requests;
    const Quantity* used = o.status.used.find(hard.key);
    column += cat(column.empty() ? "" : ", ", hard.key, ": ", used ? used->str() : "0", '/', hard.value.str());
  }
  out.text(o.metadata.name);
  out.text(requests);
  out.text(limits);
  out.age(o.metadata.creationTimestamp, now);
}

void lease_cells(const Lease& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.text(o.spec.holderIdentity ? o.spec.holderIdentity->view() : std::string_view());
  out.age(o.metadata.creationTimestamp, now);
}

void priority_cells(const PriorityClass& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.number(o.value);
  out.boolean(o.globalDefault);
  out.age(o.metadata.creationTimestamp, now);
  out.text(o.preemptionPolicy ? o.preemptionPolicy->view() : std::string_view());
}

void runtime_cells(const RuntimeClass& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.text(o.handler);
  out.age(o.metadata.creationTimestamp, now);
}

}  // namespace

void add_cluster_printers(std::vector<Printer>& all) {
  all.push_back(printer<Node, node_cells>({kName, text_column("Status"), text_column("Roles"), kAge,
                                           text_column("Version"), text_column("Internal-IP", 1),
                                           text_column("External-IP", 1), text_column("OS-Image", 1),
                                           text_column("Kernel-Version", 1), text_column("Container-Runtime", 1)}));
  all.push_back(printer<Namespace, namespace_cells>({kName, text_column("Status"), kAge}));
  std::vector<Column> event{text_column("Last Seen"),     text_column("Type"),          text_column("Reason"),
                            text_column("Object"),        text_column("Subobject", 1),  text_column("Source", 1),
                            text_column("Message"),       text_column("First Seen", 1), text_column("Count", 1),
                            {"Name", "string", "name", 1}};
  all.push_back(printer<Event, event_cells>(event));
  all.push_back(printer<api::events_v1::Event, new_event_cells>(event));
  all.push_back(printer<ConfigMap, configmap_cells>({kName, text_column("Data"), kAge}));
  all.push_back(printer<Secret, secret_cells>({kName, text_column("Type"), text_column("Data"), kAge}));
  all.push_back(printer<ServiceAccount, account_cells>({kName, text_column("Secrets"), kAge}));
  all.push_back(printer<ResourceQuota, quota_cells>({kName, text_column("Request"), text_column("Limit"), kAge}));
  all.push_back(printer<Lease, lease_cells>({kName, text_column("Holder"), kAge}));
  all.push_back(printer<PriorityClass, priority_cells>(
      {kName, number_column("Value"), boolean_column("Global-Default"), kAge, text_column("PreemptionPolicy")}));
  all.push_back(printer<RuntimeClass, runtime_cells>({kName, text_column("Handler"), kAge}));
}

}  // namespace orrery::apiserver
