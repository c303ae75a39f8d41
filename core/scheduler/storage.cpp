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

}  // namespace

void Storage::put_claim(const Key& key, ClaimPtr shown, ClaimPtr assumed) {
  undo_.record(ClaimBefore{key, get(claims_, key), get(assumed_claims_, key)});
  put(claims_, key, std::move(shown));
  put(assumed_claims_, key, std::move(assumed));
}

void Storage::put_volume(const Str& name, VolumePtr shown, VolumePtr assumed) {
  undo_.record(VolumeBefore{name, get(volumes_, name), get(assumed_volumes_, name)});
  put(volumes_, name, std::move(shown));
  put(assumed_volumes_, name, std::move(assumed));
}

void Storage::set_claim(const Key& key, ClaimPtr claim) { put_claim(key, std::move(claim), nullptr); }

void Storage::set_volume(const Str& name, VolumePtr volume) { put_volume(name, std::move(volume), nullptr); }

void Storage::set_class(const Str& name, StorageClassPtr storage_class) {
  undo_.record(ClassBefore{name, get(classes_, name)});
  put(classes_, name, std::move(storage_class));
}

void Storage::go_back(uint64_t position) {
  for (auto& undo : undo_.since(position)) {
    if (auto* claim = std::get_if<ClaimBefore>(&undo)) put_claim(claim->key, std::move(claim->shown), std::move(claim->assumed));
    else if (auto* volume = std::get_if<VolumeBefore>(&undo)) put_volume(volume->name, std::move(volume->shown), std::move(volume->assumed));
    else if (auto* kind = std::get_if<ClassBefore>(&undo)) set_class(kind->name, std::move(kind->storage_class));
  }
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
  put_claim(key, get(claims_, key), std::move(claim));
}

void Storage::assume(VolumePtr volume) {
  const Str name = volume->metadata.name;
  put_volume(name, get(volumes_, name), std::move(volume));
}

}  // namespace orrery::scheduler
