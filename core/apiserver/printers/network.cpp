// Source: printers.go printService, printIngress, printEndpoints, printEndpointSlice, printNetworkPolicy, ...
#include <algorithm>

#include "core/api/gen/core_v1.h"
#include "core/api/gen/discovery_v1.h"
#include "core/api/gen/networking_v1.h"
#include "core/api/label_text.h"
#include "core/apiserver/printers/printer.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

using api::core_v1::Endpoints;
using api::core_v1::Service;
using api::discovery_v1::EndpointSlice;
using namespace api::networking_v1;

std::string joined(const List<Str>& list) {
  std::string out;
  for (const Str& s : list) out += cat(out.empty() ? "" : ",", s);
  return out;
}

// Addresses of load balancers: a sorted set.
template <class Ingress>
std::string balancer_addresses(const List<Ingress>& list) {
  std::vector<std::string> all;
  for (const auto& i : list) {
    if (!i.ip.empty())
      all.push_back(i.ip.str());
    else if (!i.hostname.empty())
      all.push_back(i.hostname.str());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return join(all, ",");
}

std::string external_ip(const Service& o) {
  const Str& type = o.spec.type;
  std::string own = joined(o.spec.externalIPs);
  if (type == "ClusterIP" || type == "NodePort") return own.empty() ? "<none>" : own;
  if (type == "ExternalName") return o.spec.externalName.str();
  if (type != "LoadBalancer") return "<unknown>";
  std::string balancer = balancer_addresses(o.status.loadBalancer.ingress);
  if (own.empty()) return balancer.empty() ? "<pending>" : balancer;
  return balancer.empty() ? own : cat(balancer, ',', own);
}

void service_cells(const Service& o, WallTime now, Cells& out) {
  std::string ports;
  for (const auto& p : o.spec.ports) {
    std::string node = p.nodePort > 0 ? cat(':', p.nodePort) : "";
    ports += cat(ports.empty() ? "" : ",", p.port, node, '/', p.protocol);
  }
  out.text(o.metadata.name);
  out.text(o.spec.type);
  out.text(o.spec.clusterIPs.empty() ? std::string_view("<none>") : o.spec.clusterIPs[0].view());
  out.text(external_ip(o));
  out.text(ports.empty() ? "<none>" : ports);
  out.age(o.metadata.creationTimestamp, now);
  out.text(format_labels(o.spec.selector));
}

std::string hosts_text(const List<IngressRule>& rules) {
  std::vector<std::string> list;
  bool more = false;
  for (const IngressRule& r : rules) {
    if (list.size() == 3) more = true;
    if (!more && !r.host.empty()) list.push_back(r.host.str());
  }
  if (list.empty()) return "*";
  return more ? cat(join(list, ","), " + ", rules.size() - 3, " more...") : join(list, ",");
}

void ingress_cells(const Ingress& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.text(o.spec.ingressClassName ? o.spec.ingressClassName->view() : std::string_view("<none>"));
  out.text(hosts_text(o.spec.rules));
  out.text(balancer_addresses(o.status.loadBalancer.ingress));
  out.text(o.spec.tls.empty() ? "80" : "80, 443");
  out.age(o.metadata.creationTimestamp, now);
}

void ingress_class_cells(const IngressClass& o, WallTime now, Cells& out) {
  std::string parameters = "<none>";
  if (o.spec.parameters) {
    const auto& p = *o.spec.parameters;
    parameters = p.apiGroup ? cat(p.kind, '.', *p.apiGroup, '/', p.name) : cat(p.kind, '/', p.name);
  }
  out.text(o.metadata.name);
  out.text(o.spec.controller);
  out.text(parameters);
  out.age(o.metadata.creationTimestamp, now);
}

std::string endpoints_text(const Endpoints& o) {
  if (o.subsets.empty()) return "<none>";
  std::vector<std::string> list;
  size_t count = 0;
  for (const auto& s : o.subsets) {
    auto add = [&](std::string suffix) {
      count += s.addresses.size();
      for (const auto& a : s.addresses)
        if (list.size() < 3) list.push_back(cat(a.ip, suffix));
    };
    if (s.ports.empty()) add("");
    for (const auto& p : s.ports) add(cat(':', p.port));
  }
  return list_with_more(list, 3, count, "");
}

void endpoints_cells(const Endpoints& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.text(endpoints_text(o));
  out.age(o.metadata.creationTimestamp, now);
}

void slice_cells(const EndpointSlice& o, WallTime now, Cells& out) {
  std::vector<std::string> ports, addresses;
  for (const auto& p : o.ports)
    if (ports.size() < 3) ports.push_back(p.port ? cat(*p.port) : p.name ? p.name->str() : "*");
  size_t count = 0;
  for (const auto& e : o.endpoints)
    for (const Str& a : e.addresses)
      if (++count <= 3) addresses.push_back(a.str());
  out.text(o.metadata.name);
  out.text(o.addressType);
  out.text(list_with_more(ports, 3, o.ports.size(), "<unset>"));
  out.text(list_with_more(addresses, 3, count, "<unset>"));
  out.age(o.metadata.creationTimestamp, now);
}

void policy_cells(const NetworkPolicy& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.text(format_selector(Box<api::meta_v1::LabelSelector>(o.spec.podSelector)));
  out.age(o.metadata.creationTimestamp, now);
}

void cidr_cells(const ServiceCIDR& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.text(joined(o.spec.cidrs));
  out.age(o.metadata.creationTimestamp, now);
}

void address_cells(const IPAddress& o, WallTime now, Cells& out) {
  std::string parent = "<none>";
  if (o.spec.parentRef) {
    const auto& p = *o.spec.parentRef;
    parent = to_lower(p.group.empty() ? p.resource.str() : cat(p.resource, '.', p.group));
    if (!p.namespace_.empty()) parent += cat('/', p.namespace_);
    parent += cat('/', p.name);
  }
  out.text(o.metadata.name);
  out.text(parent);
  out.age(o.metadata.creationTimestamp, now);
}

}  // namespace

void add_network_printers(std::vector<Printer>& all) {
  all.push_back(printer<Service, service_cells>({kName, text_column("Type"), text_column("Cluster-IP"),
                                                 text_column("External-IP"), text_column("Port(s)"), kAge,
                                                 text_column("Selector", 1)}));
  all.push_back(printer<Ingress, ingress_cells>(
      {kName, text_column("Class"), text_column("Hosts"), text_column("Address"), text_column("Ports"), kAge}));
  all.push_back(
      printer<IngressClass, ingress_class_cells>({kName, text_column("Controller"), text_column("Parameters"), kAge}));
  all.push_back(printer<Endpoints, endpoints_cells>({kName, text_column("Endpoints"), kAge}));
  all.push_back(printer<EndpointSlice, slice_cells>(
      {kName, text_column("AddressType"), text_column("Ports"), text_column("Endpoints"), kAge}));
  all.push_back(printer<NetworkPolicy, policy_cells>({kName, text_column("Pod-Selector"), kAge}));
  all.push_back(printer<ServiceCIDR, cidr_cells>({kName, text_column("CIDRs"), kAge}));
  all.push_back(printer<IPAddress, address_cells>({kName, text_column("ParentRef"), kAge}));
}

}  // namespace orrery::apiserver
