#include "core/apiserver/custom/custom_kinds.h"

#include <algorithm>
#include <tuple>

#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

// (class, major, minor): bigger is more stable; nullopt for names that are no such version.
std::optional<std::tuple<int, int64_t, int64_t>> parse(std::string_view v) {
  if (v.size() < 2 || v[0] != 'v') return std::nullopt;
  size_t at = 1;
  auto number = [&](int64_t& n) {
    size_t start = at;
    while (at < v.size() && v[at] >= '0' && v[at] <= '9') ++at;
    return at > start && parse_int64(v.substr(start, at - start), n);
  };
  int64_t major = 0, minor = 0;
  if (!number(major)) return std::nullopt;
  if (at == v.size()) return std::tuple{2, major, minor};
  int stage = starts_with(v.substr(at), "beta") ? 1 : starts_with(v.substr(at), "alpha") ? 0 : -1;
  if (stage < 0) return std::nullopt;
  at += stage == 1 ? 4 : 5;
  if (!number(minor) || at != v.size()) return std::nullopt;
  return std::tuple{stage, major, minor};
}

}  // namespace

bool version_before(std::string_view a, std::string_view b) {
  auto x = parse(a), y = parse(b);
  if (x && y) return *x > *y;
  if (x || y) return x.has_value();
  return a < b;
}

CustomKinds::TypePtr CustomKinds::find(std::string_view group, std::string_view version,
                                       std::string_view plural) const {
  auto it = entries_.find(Str(cat(plural, ".", group)));
  if (it == entries_.end()) return nullptr;
  for (const TypePtr& type : it->second.versions)
    if (type->kind().version == version) return type;
  return nullptr;
}

std::vector<CustomKinds::TypePtr> CustomKinds::of(const Str& name) const {
  auto it = entries_.find(name);
  return it == entries_.end() ? std::vector<TypePtr>() : it->second.versions;
}

std::vector<CustomKinds::TypePtr> CustomKinds::all() const {
  std::vector<TypePtr> out;
  for (const auto& [name, entry] : entries_) out.insert(out.end(), entry.versions.begin(), entry.versions.end());
  std::stable_sort(out.begin(), out.end(), [](const TypePtr& a, const TypePtr& b) {
    return std::tie(a->kind().group, a->kind().plural) < std::tie(b->kind().group, b->kind().plural);
  });
  return out;
}

bool CustomKinds::install(const std::shared_ptr<const Definition>& d) {
  Entry& entry = entries_[d->metadata.name];
  if (entry.definition && api::equal(entry.definition->spec, d->spec)) return false;
  entry.definition = d;
  entry.versions.clear();
  for (const auto& version : d->spec.versions)
    if (version.served) entry.versions.push_back(std::make_shared<const api::CustomType>(*d, version));
  std::stable_sort(entry.versions.begin(), entry.versions.end(), [](const TypePtr& a, const TypePtr& b) {
    return version_before(a->kind().version, b->kind().version);
  });
  return true;
}

}  // namespace orrery::apiserver
