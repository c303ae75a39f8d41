#include "core/api/access.h"
#include "core/api/validation/pod.h"
#include "core/base/text.h"

namespace orrery::api::validation {
namespace {

using namespace core_v1;

void no_backsteps(Errors& e, std::string_view path, const Path& at) {
  for (const std::string& part : split(path, '/'))
    if (part == "..") return e.invalid(at, path, "must not contain '..'");
}

void local_path(Errors& e, std::string_view path, const Path& at) {
  if (starts_with(path, "/")) e.invalid(at, path, "must be a relative path");
  no_backsteps(e, path, at);
}

void file_mode(Errors& e, const std::optional<int32_t>& mode, const Path& at) {
  if (mode && (*mode < 0 || *mode > 0777))
    e.invalid(at, Value::of(*mode), "must be a number between 0 and 0777 (octal), both inclusive");
}

void items(Errors& e, const List<KeyToPath>& list, const Path& at) {
  for (uint32_t i = 0; i < list.size(); ++i) {
    Path here = at.index(i);
    if (list[i].key.empty()) e.required(here / "key");
    if (list[i].path.empty()) e.required(here / "path");
    local_path(e, list[i].path, here / "path");
    file_mode(e, list[i].mode, here / "mode");
  }
}

void downward_files(Errors& e, const List<DownwardAPIVolumeFile>& list, const Path& at) {
  for (uint32_t i = 0; i < list.size(); ++i) {
    Path here = at.index(i);
    if (list[i].path.empty()) e.required(here / "path");
    local_path(e, list[i].path, here / "path");
    if (!list[i].fieldRef && !list[i].resourceFieldRef)
      e.required(here, "one of fieldRef and resourceFieldRef is required");
    file_mode(e, list[i].mode, here / "mode");
  }
}

void projected(Errors& e, const ProjectedVolumeSource& p, const Path& at) {
  file_mode(e, p.defaultMode, at / "defaultMode");
  for (uint32_t i = 0; i < p.sources.size(); ++i) {
    const VolumeProjection& s = p.sources[i];
    Path here = (at / "sources").index(i);
    int kinds = 0;
    if (s.secret) {
      ++kinds;
      if (s.secret->name.empty()) e.required(here / "secret" / "name");
      items(e, s.secret->items, here / "secret" / "items");
    }
    if (s.configMap) {
      ++kinds;
      if (s.configMap->name.empty()) e.required(here / "configMap" / "name");
      items(e, s.configMap->items, here / "configMap" / "items");
    }
    if (s.downwardAPI) {
      ++kinds;
      downward_files(e, s.downwardAPI->items, here / "downwardAPI" / "items");
    }
    if (s.serviceAccountToken) {
      ++kinds;
      const auto& t = *s.serviceAccountToken;
      Path token = here / "serviceAccountToken";
      if (t.expirationSeconds && *t.expirationSeconds < 600)
        e.invalid(token / "expirationSeconds", Value::of(*t.expirationSeconds),
                  "may not specify a duration less than 10 minutes");
      if (t.path.empty()) e.required(token / "path");
    }
    kinds += static_cast<bool>(s.clusterTrustBundle) + static_cast<bool>(s.podCertificate);
    if (kinds > 1) e.forbidden(here, "may not specify more than 1 volume type");
    if (kinds == 0) e.required(here, "must specify a volume type");
  }
}

void host_path(Errors& e, const HostPathVolumeSource& h, const Path& at) {
  if (h.path.empty()) return e.required(at / "path");
  no_backsteps(e, h.path, at / "path");
  if (h.type && !h.type->empty())
    e.one_of(at / "type", *h.type,
             {"", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"});
}

void volume_source(Errors& e, const Volume& v, const Path& at) {
  int kinds = 0;
  for_each_field(desc<VolumeSource>(), static_cast<const VolumeSource*>(&v), [&](const Field& f, const void* holder) {
    if (as_list(member(holder, f)).empty()) return true;
    if (++kinds > 1) e.forbidden(at / f.name, "may not specify more than 1 volume type");
    return true;
  });
  if (kinds == 0) e.required(at, "must specify a volume type");
  if (v.hostPath) host_path(e, *v.hostPath, at / "hostPath");
  if (v.emptyDir && v.emptyDir->sizeLimit && v.emptyDir->sizeLimit->sign() < 0)
    e.forbidden(at / "emptyDir" / "sizeLimit", "SizeLimit field must be a valid resource quantity");
  if (v.secret) {
    Path here = at / "secret";
    if (v.secret->secretName.empty()) e.required(here / "secretName");
    file_mode(e, v.secret->defaultMode, here / "defaultMode");
    items(e, v.secret->items, here / "items");
  }
  if (v.configMap) {
    Path here = at / "configMap";
    if (v.configMap->name.empty()) e.required(here / "name");
    file_mode(e, v.configMap->defaultMode, here / "defaultMode");
    items(e, v.configMap->items, here / "items");
  }
  if (v.downwardAPI) {
    file_mode(e, v.downwardAPI->defaultMode, at / "downwardAPI" / "defaultMode");
    downward_files(e, v.downwardAPI->items, at / "downwardAPI");
  }
  if (v.projected) projected(e, *v.projected, at / "projected");
  if (v.persistentVolumeClaim && v.persistentVolumeClaim->claimName.empty())
    e.required(at / "persistentVolumeClaim" / "claimName");
  if (v.nfs) {
    if (v.nfs->server.empty()) e.required(at / "nfs" / "server");
    if (v.nfs->path.empty()) e.required(at / "nfs" / "path");
    if (!starts_with(v.nfs->path, "/")) e.invalid(at / "nfs" / "path", v.nfs->path.view(), "must be an absolute path");
  }
  if (v.csi && v.csi->driver.empty()) e.required(at / "csi" / "driver");
  if (v.ephemeral && !v.ephemeral->volumeClaimTemplate) e.required(at / "ephemeral" / "volumeClaimTemplate");
}

}  // namespace

VolumeNames check_volumes(Errors& e, const List<Volume>& volumes, const Path& at) {
  VolumeNames names;
  for (uint32_t i = 0; i < volumes.size(); ++i) {
    const Volume& v = volumes[i];
    Path here = at.index(i);
    uint32_t before = e.causes.size();
    volume_source(e, v, here);
    if (v.name.empty())
      e.required(here / "name");
    else
      e.invalid_each(here / "name", v.name, dns1123_label(v.name));
    for (std::string_view n : names)
      if (n == v.name.view()) e.duplicate(here / "name", Value::of(v.name.view()));
    if (e.causes.size() == before) names.push_back(v.name);
  }
  return names;
}

}  // namespace orrery::api::validation
