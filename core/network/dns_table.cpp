#include "core/network/dns_table.h"

#include <algorithm>
#include <map>

#include "core/base/text.h"

namespace orrery::network {

using api::discovery_v1::Endpoint;
using api::discovery_v1::EndpointPort;
using ports::DnsRecord;

namespace {

void add_once(List<Str>& list, Str value) {
  if (!list.contains(value)) list.push_back(std::move(value));
}

std::string srv(int32_t port, std::string_view target) { return cat("0 100 ", port, " ", target); }

std::string port_owner(std::string_view port, std::string_view protocol, std::string_view name) {
  return cat("_", to_lower(port), "._", to_lower(protocol), ".", name);
}

// "10-244-0-5" for an endpoint that has no hostname.
std::string host_of(const Endpoint& e) {
  if (e.hostname && !e.hostname->empty()) return to_lower(*e.hostname);
  return replace_all(e.addresses[0].str(), ".", "-");
}

}  // namespace

std::vector<DnsRecord> records_for(const api::core_v1::Service& service, const std::vector<SlicePtr>& slices,
                                   std::string_view domain) {
  std::map<std::string, DnsRecord> records;
  auto record = [&](const std::string& name) -> DnsRecord& {
    DnsRecord& r = records[name];
    r.name = name;
    return r;
  };
  std::string name = to_lower(cat(service.metadata.name, ".", service.metadata.namespace_, ".svc.", domain));
  const auto& spec = service.spec;
  if (spec.type == "ExternalName") {
    std::string target = to_lower(spec.externalName);
    if (!target.empty() && target.back() == '.') target.pop_back();
    record(name).cname = target;
  } else if (!spec.clusterIP.empty() && !(spec.clusterIP == "None")) {
    add_once(record(name).a, spec.clusterIP);
    for (const auto& port : spec.ports)
      if (!port.name.empty())
        add_once(record(port_owner(port.name, port.protocol.empty() ? Str("TCP") : port.protocol, name)).srv,
                 srv(port.port, name));
  } else if (spec.clusterIP == "None") {
    for (const SlicePtr& slice : slices) {
      for (const Endpoint& e : slice->endpoints) {
        if (e.addresses.empty() || !(slice->addressType == "IPv4")) continue;
        if (!e.conditions.ready.value_or(true)) continue;
        std::string host = cat(host_of(e), ".", name);
        for (const Str& address : e.addresses) {
          add_once(record(name).a, address);
          add_once(record(host).a, address);
        }
        for (const EndpointPort& port : slice->ports)
          if (port.name && !port.name->empty() && port.port)
            add_once(record(port_owner(*port.name, port.protocol.value_or(Str("TCP")), name)).srv,
                     srv(*port.port, host));
      }
    }
  }
  std::vector<DnsRecord> out;
  for (auto& [key, r] : records) out.push_back(std::move(r));
  return out;
}

}  // namespace orrery::network
