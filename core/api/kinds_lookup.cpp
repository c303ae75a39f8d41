#include "core/api/custom/custom_type.h"
#include "core/api/kinds.h"

namespace orrery::api {
namespace {

template <class Predicate>
const KindInfo* first(Predicate&& matches) {
  for (const KindInfo& k : all_kinds())
    if (matches(k)) return &k;
  return nullptr;
}

}  // namespace

// Entries may carry what they take and give: "eviction:policy/v1:Eviction".
bool KindInfo::has_subresource(std::string_view name) const {
  std::string_view rest = subresources;
  while (!rest.empty()) {
    std::string_view entry = rest.substr(0, rest.find(','));
    rest.remove_prefix(entry.size() < rest.size() ? entry.size() + 1 : rest.size());
    if (entry.substr(0, entry.find(':')) == name) return true;
  }
  return false;
}

const KindInfo* find_kind(std::string_view group, std::string_view version, std::string_view kind) {
  return first([&](const KindInfo& k) { return k.kind == kind && k.group == group && k.version == version; });
}

const KindInfo* find_kind(std::string_view api_version, std::string_view kind) {
  size_t slash = api_version.find('/');
  if (slash == std::string_view::npos) return find_kind("", api_version, kind);
  return find_kind(api_version.substr(0, slash), api_version.substr(slash + 1), kind);
}

const KindInfo* find_resource(std::string_view group, std::string_view version, std::string_view plural) {
  return first([&](const KindInfo& k) { return k.plural == plural && k.group == group && k.version == version; });
}

const KindInfo* kind_of(const TypeDesc& type) {
  if (type.custom && type.has_object_meta) return &type.custom->kind();
  return first([&](const KindInfo& k) { return k.type == &type; });
}

}  // namespace orrery::api
