// Storage: claims, volumes and storage classes as the scheduler sees them: what the API shows, and on top of it what it
// has decided itself and the API has not shown yet (upstream's AssumeCache).
#pragma once

#include <map>
#include <variant>
#include <vector>

#include "core/client/volumes.h"
#include "core/scheduler/undo_log.h"

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
  void take_back_claim(const Key& key) { put_claim(key, get(claims_, key), nullptr); }
  void take_back_volume(const Str& name) { put_volume(name, get(volumes_, name), nullptr); }

  // See Cluster::moment().
  uint64_t position() const { return undo_.end(); }
  bool reaches(uint64_t position) const { return undo_.reaches(position); }
  void forget_before(uint64_t position) { undo_.forget_before(position); }
  void go_back(uint64_t position);

 private:
  template <class M>
  static typename M::mapped_type get(const M& map, const typename M::key_type& key) {
    auto it = map.find(key);
    return it == map.end() ? nullptr : it->second;
  }
  void put_claim(const Key& key, ClaimPtr shown, ClaimPtr assumed);
  void put_volume(const Str& name, VolumePtr shown, VolumePtr assumed);

  // As they were; null: there was none.
  struct ClaimBefore {
    Key key;
    ClaimPtr shown, assumed;
  };
  struct VolumeBefore {
    Str name;
    VolumePtr shown, assumed;
  };
  struct ClassBefore {
    Str name;
    StorageClassPtr storage_class;
  };
  std::map<Key, ClaimPtr> claims_, assumed_claims_;
  std::map<Str, VolumePtr> volumes_, assumed_volumes_;
  std::map<Str, StorageClassPtr> classes_;
  UndoLog<std::variant<ClaimBefore, VolumeBefore, ClassBefore>> undo_;
};

}  // namespace orrery::scheduler
