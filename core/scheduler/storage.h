// Storage: claims, volumes and storage classes as the scheduler sees them: what the API shows, and on top of it what it
// has decided itself and the API has not shown yet (upstream's AssumeCache).
#pragma once

#include <map>
#include <vector>

#include "core/client/volumes.h"

namespace orrery::scheduler {

using client::ClaimPtr;
using client::Key;
using client::StorageClassPtr;
using client::VolumePtr;

class Storage {
 public:
  // As the API shows it now, null: deleted. What was assumed of that object no longer counts.
  void set_claim(const Key& key, ClaimPtr claim);
  void set_volume(const Str& name, VolumePtr volume);
  void set_class(const Str& name, StorageClassPtr storage_class);

  // Null when there is none.
  ClaimPtr claim(const Key& key) const;
  VolumePtr volume(const Str& name) const;
  StorageClassPtr storage_class(const Str& name) const;
  // Volumes of a class, by name.
  std::vector<VolumePtr> volumes_of(const Str& storage_class) const;

  // A decision: counts until the API shows the object anew, or until it is taken back.
  void assume(ClaimPtr claim);
  void assume(VolumePtr volume);
  void take_back_claim(const Key& key) { assumed_claims_.erase(key); }
  void take_back_volume(const Str& name) { assumed_volumes_.erase(name); }

 private:
  std::map<Key, ClaimPtr> claims_, assumed_claims_;
  std::map<Str, VolumePtr> volumes_, assumed_volumes_;
  std::map<Str, StorageClassPtr> classes_;
};

}  // namespace orrery::scheduler
