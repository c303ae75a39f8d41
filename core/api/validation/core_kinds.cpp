// Source: pkg/apis/core/validation/validation.go.
#include <algorithm>

#include "core/api/json.h"
#include "core/api/validation/kinds.h"
#include "core/api/validation/pod.h"
#include "core/base/text.h"

namespace orrery::api::validation {
namespace {

using namespace core_v1;

constexpr int64_t kDataBytesMax = 1024 * 1024;
constexpr std::string_view kFrozen = "field is immutable when `immutable` is set";

template <class C>
void frozen(Errors& e, const C& now, const C& old) {
  if (!old.immutable.value_or(false)) return;
  if (!now.immutable.value_or(false)) e.forbidden(Path("immutable"), kFrozen);
  if (!(now.data == old.data)) e.forbidden(Path("data"), kFrozen);
}

void claim_spec(Errors& e, const PersistentVolumeClaimSpec& s, const Path& at) {
  if (s.accessModes.empty()) e.required(at / "accessModes", "at least 1 access mode is required");
  if (s.selector) check_label_selector(e, *s.selector, at / "selector");
  for (uint32_t i = 0; i < s.accessModes.size(); ++i)
    e.one_of(at / "accessModes", s.accessModes[i],
             {"ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"});
  const Quantity* storage = s.resources.requests.find("storage");
  Path amount = (at / "resources").key("storage");
  if (!storage)
    e.required(amount);
  else if (storage->sign() <= 0)
    e.invalid(amount, storage->str(), "must be greater than zero");
  if (s.storageClassName && !s.storageClassName->empty())
    e.invalid_each(at / "storageClassName", *s.storageClassName, dns1123_subdomain(*s.storageClassName));
  if (s.volumeMode) e.one_of(at / "volumeMode", *s.volumeMode, {"Block", "Filesystem"});
}

}  // namespace

void check(Errors& e, const ConfigMap& c) {
  int64_t bytes = 0;
  for (const auto& d : c.data) {
    Path here = Path("data").key(d.key);
    e.invalid_each(here, d.key, config_key(d.key));
    if (c.binaryData.contains(d.key)) e.invalid(here, d.key.view(), "duplicate of key present in binaryData");
    bytes += d.value.size();
  }
  for (const auto& d : c.binaryData) {
    e.invalid_each(Path("binaryData").key(d.key), d.key, config_key(d.key));
    bytes += d.value.size();
  }
  if (bytes > kDataBytesMax) e.too_long(Path(), kDataBytesMax);
}

void check_update(Errors& e, const ConfigMap& c, const ConfigMap& old) {
  frozen(e, c, old);
  if (old.immutable.value_or(false) && !(c.binaryData == old.binaryData)) e.forbidden(Path("binaryData"), kFrozen);
  check(e, c);
}

void check(Errors& e, const Secret& s) {
  Path data("data");
  int64_t bytes = 0;
  for (const auto& d : s.data) {
    e.invalid_each(data.key(d.key), d.key, config_key(d.key));
    bytes += d.value.size();
  }
  if (bytes > kDataBytesMax) e.too_long(data, kDataBytesMax);
  auto need = [&](std::string_view key) {
    if (!s.data.contains(key)) e.required(data.key(key));
  };
  if (s.type == "kubernetes.io/service-account-token") {
    if (s.metadata.annotations.get("kubernetes.io/service-account.name").empty())
      e.required(Path("metadata.annotations").key("kubernetes.io/service-account.name"));
  } else if (s.type == "kubernetes.io/dockercfg" || s.type == "kubernetes.io/dockerconfigjson") {
    std::string_view key = s.type == "kubernetes.io/dockercfg" ? ".dockercfg" : ".dockerconfigjson";
    need(key);
    if (const Str* text = s.data.find(key)) {
      auto json = compact_json(*text);
      if (!json) e.invalid(data.key(key), "<secret contents redacted>", json.error().message);
    }
  } else if (s.type == "kubernetes.io/basic-auth") {
    if (!s.data.contains("username") && !s.data.contains("password")) {
      e.required(data.key("username"));
      e.required(data.key("password"));
    }
  } else if (s.type == "kubernetes.io/ssh-auth") {
    if (s.data.get("ssh-privatekey").empty()) e.required(data.key("ssh-privatekey"));
  } else if (s.type == "kubernetes.io/tls") {
    need("tls.crt");
    need("tls.key");
  }
}

void check_update(Errors& e, const Secret& s, const Secret& old) {
  check_immutable(e, s.type == old.type, Value::of(s.type.view()), Path("type"));
  frozen(e, s, old);
  check(e, s);
}

void check(Errors& e, const Node& n) {
  Path taints("metadata.taints");  // so in Kubernetes, although they stand in spec
  for (uint32_t i = 0; i < n.spec.taints.size(); ++i) {
    const Taint& t = n.spec.taints[i];
    Path here = taints.index(i);
    e.invalid_each(here / "key", t.key, qualified_name(t.key));
    Problems bad = label_value(t.value);
    if (!bad.empty()) e.invalid(here / "value", t.value.view(), join(bad, ";"));
    e.one_of(here / "effect", t.effect, {"NoExecute", "NoSchedule", "PreferNoSchedule"});
    for (uint32_t k = 0; k < i; ++k)
      if (n.spec.taints[k].key == t.key && n.spec.taints[k].effect == t.effect) {
        e.duplicate(here, Value::json(to_json(t)));
        break;
      }
  }
}

void check(Errors& e, const PersistentVolumeClaim& c) { claim_spec(e, c.spec, Path("spec")); }

void check_update(Errors& e, const PersistentVolumeClaim& c, const PersistentVolumeClaim& old) {
  check(e, c);
  PersistentVolumeClaimSpec same = c.spec;
  bool bound = old.status.phase == "Bound";
  if (old.spec.volumeName.empty()) same.volumeName = old.spec.volumeName;
  if (bound) same.resources.requests = old.spec.resources.requests;
  if (!old.spec.storageClassName && same.storageClassName) same.storageClassName = old.spec.storageClassName;
  same.volumeAttributesClassName = old.spec.volumeAttributesClassName;
  if (!(same == old.spec))
    e.forbidden(Path("spec"), "spec is immutable after creation except resources.requests and "
                              "volumeAttributesClassName for bound claims\n");
  const Quantity *now = c.spec.resources.requests.find("storage"), *before = old.spec.resources.requests.find("storage");
  if (now && before && *now < *before)
    e.forbidden(Path("spec.resources.requests.storage"), "field can not be less than previous value");
}

void check(Errors& e, const PersistentVolume& v) {
  Path at("spec");
  if (v.spec.accessModes.empty()) e.required(at / "accessModes");
  for (uint32_t i = 0; i < v.spec.accessModes.size(); ++i)
    e.one_of(at / "accessModes", v.spec.accessModes[i],
             {"ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"});
  if (v.spec.capacity.empty()) e.required(at / "capacity");
  for (const auto& c : v.spec.capacity) {
    if (!(c.key == "storage")) e.not_supported(at / "capacity", c.key, {"storage"});
    if (c.value.sign() <= 0) e.invalid((at / "capacity").key(c.key), c.value.str(), "must be greater than zero");
  }
  e.one_of(at / "persistentVolumeReclaimPolicy", v.spec.persistentVolumeReclaimPolicy, {"Delete", "Recycle", "Retain"});
  const PersistentVolumeSource& source = v.spec;
  if (source == PersistentVolumeSource{}) e.required(at, "must specify a volume type");
  if (v.spec.hostPath && v.spec.hostPath->path.empty()) e.required(at / "hostPath" / "path");
  if (v.spec.local && v.spec.local->path.empty()) e.required(at / "local" / "path");
}

namespace {

// helper.IsStandardQuotaScope, IsResourceQuotaScopeValidForResource: what a scope can count, and which exclude another.
constexpr std::string_view kScopes[] = {"Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass",
                                        "CrossNamespacePodAffinity", "VolumeAttributesClass"};

bool scope_counts(std::string_view scope, std::string_view resource) {
  if (scope == "BestEffort") return resource == "pods";
  if (scope == "VolumeAttributesClass")
    return resource == "persistentvolumeclaims" || resource == "requests.storage" ||
           ends_with(resource, ".storageclass.storage.k8s.io/requests.storage") ||
           ends_with(resource, ".storageclass.storage.k8s.io/persistentvolumeclaims");
  for (std::string_view standard : {"cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory",
                                    "requests.ephemeral-storage", "limits.cpu", "limits.memory",
                                    "limits.ephemeral-storage", "pods"})
    if (resource == standard) return true;
  return starts_with(resource, "requests.hugepages-") || starts_with(resource, "hugepages-");
}

void check_scopes(Errors& e, const ResourceQuota& q) {
  std::string all = "[";
  for (const Str& s : q.spec.scopes) all += cat(all.size() > 1 ? "," : "", orrery::quoted(s));
  Path at("spec.scopes");
  for (const Str& scope : q.spec.scopes) {
    if (std::find(std::begin(kScopes), std::end(kScopes), scope.view()) == std::end(kScopes))
      e.invalid(at, Value::json(all + "]"), "unsupported scope");
    for (const auto& h : q.spec.hard)
      if (!scope_counts(scope, h.key)) e.invalid(at, Value::json(all + "]"), "unsupported scope applied to resource");
  }
  auto both = [&](const char* a, const char* b) { return q.spec.scopes.contains(a) && q.spec.scopes.contains(b); };
  if (both("BestEffort", "NotBestEffort") || both("Terminating", "NotTerminating"))
    e.invalid(at, Value::json(all + "]"), "conflicting scopes");
}

}  // namespace

void check(Errors& e, const ResourceQuota& q) {
  check_scopes(e, q);
  for (const auto& h : q.spec.hard) {
    Path here = Path("spec.hard").key(h.key);
    e.invalid_each(here, h.key, qualified_name(h.key));
    check_resource_amount(e, h.key, h.value, here);
  }
}

void check(Errors& e, const LimitRange& l) {
  for (uint32_t i = 0; i < l.spec.limits.size(); ++i) {
    const LimitRangeItem& item = l.spec.limits[i];
    Path here = Path("spec.limits").index(i);
    for (uint32_t k = 0; k < i; ++k)
      if (l.spec.limits[k].type == item.type) e.duplicate(here / "type", Value::of(item.type.view()));
    for (const auto& max : item.max) {
      const Quantity* min = item.min.find(max.key);
      if (min && max.value < *min)
        e.invalid((here / "min").key(max.key), min->str(),
                  cat("min value ", min->str(), " is greater than max value ", max.value.str()));
      const Quantity* usual = item.default_.find(max.key);
      if (usual && max.value < *usual)
        e.invalid((here / "default").key(max.key), usual->str(),
                  cat("default value ", usual->str(), " is greater than max value ", max.value.str()));
    }
    for (const auto& d : item.default_) {
      const Quantity* request = item.defaultRequest.find(d.key);
      if (request && d.value < *request)
        e.invalid((here / "defaultRequest").key(d.key), request->str(),
                  cat("default request value ", request->str(), " is greater than default limit value ", d.value.str()));
    }
  }
}

}  // namespace orrery::api::validation
