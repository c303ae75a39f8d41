#include "core/scheduler/storage.h"

namespace orrery::scheduler {
namespace {

template <class M, class K, class P>
void put(M& map, const K& key, P&& object) {
  if (object)
    map[key] = std::forward<P>(object);
  else
    map.erase(key);
}

template <class M, class K>
typename M::mapped_type get(const M& map, const K& key) {
  auto it = map.find(key);
  return it == map.end() ? nullptr : it->second;
}

}  // namespace

void Storage::set_claim(const Key& key, ClaimPtr claim) {
  assumed_claims_.erase(key);
  put(claims_, key, std::move(claim));
}

void Storage::set_volume(const Str& name, VolumePtr volume) {
  assumed_volumes_.erase(name);
  put(volumes_, name, std::move(volume));
}

void Storage::set_class(const Str& name, StorageClassPtr storage_class) {
  put(classes_, name, std::move(storage_class));
}

ClaimPtr Storage::claim(const Key& key) const {
  ClaimPtr assumed = get(assumed_claims_, key);
  return assumed ? assumed : get(claims_, key);
}

VolumePtr Storage::volume(const Str& name) const {
  VolumePtr assumed = get(assumed_volumes_, name);
  return assumed ? assumed : get(volumes_, name);
}

StorageClassPtr Storage::storage_class(const Str& name) const { return get(classes_, name); }

std::vector<VolumePtr> Storage::volumes_of(const Str& storage_class) const {
  std::vector<VolumePtr> out;
  for (const auto& [name, shown] : volumes_) {
    VolumePtr assumed = assumed_volumes_.empty() ? nullptr : get(assumed_volumes_, name);
    const VolumePtr& volume = assumed ? assumed : shown;
    if (client::class_of(*volume) == storage_class) out.push_back(volume);
  }
  return out;
}

void Storage::assume(ClaimPtr claim) {
  const Key key = client::key_of(claim->metadata);
  assumed_claims_[key] = std::move(claim);
}

void Storage::assume(VolumePtr volume) {
  const Str name = volume->metadata.name;
  assumed_volumes_[name] = std::move(volume);
}

}  // namespace orrery::scheduler
