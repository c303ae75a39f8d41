// The account that a pod runs as: there must be one, and its token is mounted into each container.
// Source: plugin/pkg/admission/serviceaccount/admission.go.
#include "core/api/gen/core_v1.h"
#include "core/apiserver/admission/admission.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

using namespace api::core_v1;

constexpr const char* kMountPath = "/var/run/secrets/kubernetes.io/serviceaccount";
constexpr int64_t kTokenLife_s = 3607;  // an hour and a little, as upstream, by which such tokens are recognised
constexpr int32_t kFileMode = 0644;

// The token, the cluster's certificate and the namespace, as files.
List<VolumeProjection> api_access() {
  VolumeProjection token, certificate, ns;
  token.serviceAccountToken.mut().expirationSeconds = kTokenLife_s;
  token.serviceAccountToken.mut().path = "token";
  certificate.configMap.mut().name = "kube-root-ca.crt";
  KeyToPath file;
  file.key = file.path = "ca.crt";
  certificate.configMap.mut().items.push_back(std::move(file));
  DownwardAPIVolumeFile field;
  field.path = "namespace";
  field.fieldRef.mut().apiVersion = "v1";
  field.fieldRef.mut().fieldPath = "metadata.namespace";
  ns.downwardAPI.mut().items.push_back(std::move(field));
  return {token, certificate, ns};
}

bool wants_token(const Pod& pod, const ServiceAccount& account) {
  if (pod.spec.automountServiceAccountToken) return *pod.spec.automountServiceAccountToken;
  return account.automountServiceAccountToken.value_or(true);
}

void mount_token(Pod& pod, Rng& rng, PodParts& parts) {
  Str name;
  for (const Volume& v : pod.spec.volumes)
    if (starts_with(v.name, "kube-api-access-") && v.projected) name = v.name;
  bool there = !name.empty();
  if (!there) name = cat("kube-api-access-", rng.suffix(5));
  if (parts.api_access.empty()) {
    parts.api_access = api_access();
    parts.api_access_path = kMountPath;
  }
  bool needed = false;
  for (List<Container>* containers : {&pod.spec.initContainers, &pod.spec.containers})
    for (uint32_t i = 0; i < containers->size(); ++i) {
      if ((*containers)[i].volumeMounts.find_if([](const VolumeMount& m) { return m.mountPath == kMountPath; }))
        continue;
      VolumeMount mount;
      mount.name = name;
      mount.readOnly = true;
      mount.mountPath = parts.api_access_path;
      containers->mut(i).volumeMounts.push_back(std::move(mount));
      needed = true;
    }
  if (!needed || there) return;
  Volume volume;
  volume.name = name;
  volume.projected.mut().defaultMode = kFileMode;
  volume.projected.mut().sources = parts.api_access;
  pod.spec.volumes.push_back(std::move(volume));
}

}  // namespace

Result<void> service_account(const AdmissionRequest& r, api::MutableObject* object, const api::ObjectPtr&) {
  if (r.operation != "CREATE" || !r.subresource.empty() || r.kind.kind != "Pod" || !object) return {};
  Pod& pod = object->as<Pod>();
  if (pod.metadata.annotations.contains("kubernetes.io/config.mirror")) return {};
  if (pod.spec.serviceAccountName.empty()) pod.spec.serviceAccountName = "default";
  pod.spec.serviceAccount = pod.spec.serviceAccountName;
  api::ObjectPtr found = r.registry.head(api::kind<ServiceAccount>(), r.ns, pod.spec.serviceAccountName, r.writer);
  if (!found) {
    r.writer.wait_for_account = pod.spec.serviceAccountName == "default";
    return forbidden(r.kind, pod.metadata.name,
                     cat("error looking up service account ", r.ns, "/", pod.spec.serviceAccountName,
                         ": serviceaccount ", orrery::quoted(pod.spec.serviceAccountName), " not found"));
  }
  const ServiceAccount& account = *found.as<ServiceAccount>();
  if (wants_token(pod, account)) mount_token(pod, r.registry.state().rng, r.registry.state().pod_parts);
  if (pod.spec.imagePullSecrets.empty()) pod.spec.imagePullSecrets = account.imagePullSecrets;
  return {};
}

}  // namespace orrery::apiserver
