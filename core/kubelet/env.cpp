#include "core/kubelet/env.h"

#include <algorithm>

#include "core/base/text.h"

namespace orrery::kubelet {

namespace v1 = api::core_v1;

Str expand(const Str& whole, const VariableLookup& variable) {
  const std::string_view text = whole;
  if (text.find('$') == std::string_view::npos) return whole;
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$' || i + 1 >= text.size()) {
      out += text[i];
      continue;
    }
    if (text[i + 1] == '$') {
      out += '$';
      ++i;
      continue;
    }
    size_t close = text[i + 1] == '(' ? text.find(')', i + 2) : std::string_view::npos;
    if (close == std::string_view::npos) {
      out += text[i];
      continue;
    }
    const Str* value = variable(text.substr(i + 2, close - i - 2));
    out += value ? value->view() : text.substr(i, close - i + 1);
    i = close;
  }
  return out;
}

Result<Str> pod_field(const v1::Pod& pod, std::string_view path, const Str& pod_ip, const Str& host_ip) {
  auto subscript = [&](std::string_view prefix, const Map<Str>& map, Str& out) {
    if (!starts_with(path, prefix) || !ends_with(path, "']")) return false;
    std::string_view key = path.substr(prefix.size(), path.size() - prefix.size() - 2);
    out = map.get(key);
    return true;
  };
  auto lines = [](const Map<Str>& map) {
    std::string text;
    for (const auto& [key, value] : map) text += (text.empty() ? "" : "\n") + key.str() + "=" + quoted(value);
    return Str(text);
  };
  Str out;
  if (subscript("metadata.labels['", pod.metadata.labels, out)) return out;
  if (subscript("metadata.annotations['", pod.metadata.annotations, out)) return out;
  if (path == "metadata.labels") return lines(pod.metadata.labels);
  if (path == "metadata.annotations") return lines(pod.metadata.annotations);
  if (path == "metadata.name") return pod.metadata.name;
  if (path == "metadata.namespace") return pod.metadata.namespace_;
  if (path == "metadata.uid") return pod.metadata.uid;
  if (path == "spec.nodeName") return pod.spec.nodeName;
  if (path == "spec.serviceAccountName") return pod.spec.serviceAccountName;
  if (path == "status.podIP" || path == "status.podIPs") return pod_ip;
  if (path == "status.hostIP" || path == "status.hostIPs") return host_ip;
  return make_error(Reason::Invalid, cat("field label not supported: ", path));
}

Result<Str> resource_field(const v1::Pod& pod, const v1::Container& self, const v1::ResourceFieldSelector& selector,
                           const Map<Quantity>* allocatable) {
  const v1::Container* c = &self;
  if (!selector.containerName.empty()) {
    c = pod.spec.containers.find_if([&](const v1::Container& x) { return x.name == selector.containerName; });
    if (!c) c = pod.spec.initContainers.find_if([&](const v1::Container& x) { return x.name == selector.containerName; });
    if (!c) return make_error(Reason::Invalid, cat("container ", selector.containerName, " not found"));
  }
  std::string_view what = selector.resource;
  bool limits = starts_with(what, "limits.");
  if (!limits && !starts_with(what, "requests."))
    return make_error(Reason::Invalid, cat("unsupported container resource : ", what));
  std::string_view name = what.substr(limits ? 7 : 9);
  const Quantity* q = (limits ? c->resources.limits : c->resources.requests).find(name);
  Quantity value = q ? *q : Quantity();
  if (limits && value.is_zero() && allocatable) value = allocatable->get(name);
  Quantity divisor = selector.divisor.is_zero() ? Quantity::of(1) : selector.divisor;
  // cpu counts in thousandths, everything else in whole units; both round up (pkg/api/v1/resource).
  int64_t numerator = name == "cpu" ? value.milli_value() : value.value();
  int64_t denominator = name == "cpu" ? divisor.milli_value() : divisor.value();
  if (denominator <= 0) return make_error(Reason::Invalid, "divisor must be positive");
  return Str(std::to_string((numerator + denominator - 1) / denominator));
}

namespace {

std::string env_name_of(const Str& service) {
  std::string out;
  for (char c : service.view()) out += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return out;
}

void add_service_variables(const v1::Service& s, std::map<std::string, Str>& vars) {
  if (s.spec.clusterIP.empty() || s.spec.clusterIP == "None" || s.spec.ports.empty()) return;
  std::string prefix = env_name_of(s.metadata.name);
  const Str& ip = s.spec.clusterIP;
  vars[prefix + "_SERVICE_HOST"] = ip;
  vars[prefix + "_SERVICE_PORT"] = std::to_string(s.spec.ports[0].port);
  for (const v1::ServicePort& p : s.spec.ports)
    if (!p.name.empty()) vars[prefix + "_SERVICE_PORT_" + env_name_of(p.name)] = std::to_string(p.port);
  for (uint32_t i = 0; i < s.spec.ports.size(); ++i) {
    const v1::ServicePort& p = s.spec.ports[i];
    std::string protocol = p.protocol.empty() ? "TCP" : p.protocol.str();
    Str url = cat(to_lower(protocol), "://", ip, ":", p.port);
    std::string base = prefix + "_PORT_" + std::to_string(p.port) + "_" + protocol;
    if (i == 0) vars[prefix + "_PORT"] = url;
    vars[base] = url;
    vars[base + "_PROTO"] = to_lower(protocol);
    vars[base + "_PORT"] = std::to_string(p.port);
    vars[base + "_ADDR"] = ip;
  }
}

class EnvBuilder {
 public:
  explicit EnvBuilder(const EnvInputs& in) : in_(in), ns_(in.pod.metadata.namespace_) {}

  Result<EnvOutcome> build() {
    services_ = in_.config.variables(ns_, !in_.pod.spec.enableServiceLinks || *in_.pod.spec.enableServiceLinks);
    for (const v1::EnvFromSource& from : in_.container.envFrom) {
      auto r = add_from(from);
      if (!r.ok()) return r.error();
    }
    for (const v1::EnvVar& var : in_.container.env) {
      auto r = add_one(var);
      if (!r.ok()) return r.error();
    }
    EnvOutcome out;
    out.loading = loading_;
    if (order_.empty()) out.env = services_;  // shared by all containers without variables of their own
    if (order_.empty()) return out;
    out.env.reserve(order_.size() + services_.size());
    for (const Str& name : order_) out.env.push_back({name, vars_[name]});
    for (const ports::EnvPair& service : services_)
      if (!vars_.count(service.name)) out.env.push_back(service);
    return out;
  }

 private:
  void set(const Str& name, Str value) {
    if (!vars_.count(name)) order_.push_back(name);
    vars_[name] = std::move(value);
  }

  // A variable that stands before this one, or else one that a Service gives.
  const Str* find(std::string_view name) const {
    auto own = vars_.find(name);
    if (own != vars_.end()) return &own->second;
    auto at = std::lower_bound(services_.begin(), services_.end(), name,
                               [](const ports::EnvPair& pair, std::string_view wanted) { return pair.name < wanted; });
    return at != services_.end() && at->name == name ? &at->value : nullptr;
  }

  Result<void> add_from(const v1::EnvFromSource& from) {
    if (from.configMapRef) {
      std::shared_ptr<const v1::ConfigMap> map;
      auto found = in_.config.config_map(ns_, from.configMapRef->name, map);
      bool optional = from.configMapRef->optional && *from.configMapRef->optional;
      if (found == ConfigSource::Found::Loading) loading_ = true;
      if (found == ConfigSource::Found::No && !optional)
        return make_error(Reason::NotFound, cat("configmap ", quoted(from.configMapRef->name), " not found"));
      if (map)
        for (const auto& [key, value] : map->data) set(cat(from.prefix, key), value);
    }
    if (from.secretRef) {
      std::shared_ptr<const v1::Secret> secret;
      auto found = in_.config.secret(ns_, from.secretRef->name, secret);
      bool optional = from.secretRef->optional && *from.secretRef->optional;
      if (found == ConfigSource::Found::Loading) loading_ = true;
      if (found == ConfigSource::Found::No && !optional)
        return make_error(Reason::NotFound, cat("secret ", quoted(from.secretRef->name), " not found"));
      if (secret)
        for (const auto& [key, value] : secret->data) set(cat(from.prefix, key), value);
    }
    return {};
  }

  Result<void> add_one(const v1::EnvVar& var) {
    const Str& name = var.name;
    if (!var.valueFrom) {
      set(name, expand(var.value, [this](std::string_view wanted) { return find(wanted); }));
      return {};
    }
    const v1::EnvVarSource& from = *var.valueFrom;
    if (from.fieldRef) {
      auto value = pod_field(in_.pod, from.fieldRef->fieldPath, in_.pod_ip, in_.host_ip);
      if (!value.ok()) return value.error();
      set(name, *value);
    } else if (from.resourceFieldRef) {
      auto value = resource_field(in_.pod, in_.container, *from.resourceFieldRef, in_.allocatable);
      if (!value.ok()) return value.error();
      set(name, *value);
    } else if (from.configMapKeyRef) {
      std::shared_ptr<const v1::ConfigMap> map;
      auto found = in_.config.config_map(ns_, from.configMapKeyRef->name, map);
      return add_key(name, "configmap", "ConfigMap", from.configMapKeyRef->name, from.configMapKeyRef->key,
                     from.configMapKeyRef->optional, found, map ? &map->data : nullptr);
    } else if (from.secretKeyRef) {
      std::shared_ptr<const v1::Secret> secret;
      auto found = in_.config.secret(ns_, from.secretKeyRef->name, secret);
      return add_key(name, "secret", "Secret", from.secretKeyRef->name, from.secretKeyRef->key,
                     from.secretKeyRef->optional, found, secret ? &secret->data : nullptr);
    }
    return {};
  }

  Result<void> add_key(const Str& name, std::string_view lower, std::string_view kind, const Str& object,
                       const Str& key, std::optional<bool> optional, ConfigSource::Found found, const Map<Str>* data) {
    if (found == ConfigSource::Found::Loading) loading_ = true;
    if (found == ConfigSource::Found::No && !(optional && *optional))
      return make_error(Reason::NotFound, cat(lower, " ", quoted(object), " not found"));
    if (!data) return {};
    if (const Str* value = data->find(key)) {
      set(name, *value);
    } else if (!(optional && *optional)) {
      return make_error(Reason::NotFound, cat("couldn't find key ", key, " in ", kind, " ", ns_, "/", object));
    }
    return {};
  }

  const EnvInputs& in_;
  Str ns_;
  bool loading_ = false;
  std::vector<Str> order_;
  std::map<Str, Str, std::less<>> vars_;
  List<ports::EnvPair> services_;  // what $(NAME) means when no variable has that name
};

}  // namespace

List<ports::EnvPair> service_variables(const std::vector<std::shared_ptr<const v1::Service>>& services) {
  std::map<std::string, Str> vars;
  for (const auto& service : services) add_service_variables(*service, vars);
  List<ports::EnvPair> out;
  out.reserve(vars.size());
  for (auto& [name, value] : vars) out.push_back({name, std::move(value)});
  return out;
}

Result<EnvOutcome> make_environment(const EnvInputs& in) { return EnvBuilder(in).build(); }

}  // namespace orrery::kubelet
