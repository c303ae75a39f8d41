// Registry: creates, changes and deletes objects by the rules that all kinds share, and lists what strategies add.
// Source: apiserver pkg/registry/rest (create.go, update.go, delete.go) and pkg/registry/generic/registry/store.go.
//
// Everything is decided against the store's pending head and done at once; an answer waits until Writer::after is
// durable.
#pragma once

#include <set>

#include "core/api/gen/core_v1.h"
#include "core/api/gen/meta_v1.h"
#include "core/apiserver/errors.h"
#include "core/apiserver/registry/strategy.h"
#include "core/apiserver/resources.h"
#include "core/base/rng.h"

namespace orrery::apiserver {

struct RegistryOptions {
  Str service_cidr = "10.96.0.0/12";
  int32_t node_port_min = 30000, node_port_max = 32767;
  List<Str> disabled_admission;  // names of plugins, as --disable-admission-plugins takes them
};

struct Stored {
  api::ObjectPtr object;  // of the kind's own type; after a deletion the last state
  bool created = false;
  bool deleted = false;  // gone now; else a deletion only began
};

// What admission adds to nearly every pod: made at the first one, shared by all.
struct PodParts {
  List<api::core_v1::VolumeProjection> api_access;  // of the volume with the account's token
  Str api_access_path;                              // where containers see it
  List<api::core_v1::Toleration> of_lost_nodes;     // not ready, unreachable: for a while
};

class Registry {
 public:
  Registry(store::Store& store, Rng rng, RegistryOptions options);

  // Durable objects, of the kind's own type. Null: absent.
  api::ObjectPtr get(const KindInfo& kind, const Str& ns, const Str& name) const;
  // The newest, durable or not; notes in the writer that the answer depends on it.
  api::ObjectPtr head(const KindInfo& kind, const Str& ns, const Str& name, Writer& writer) const;

  // Gives an object without a name one from its generateName, as create() does; admission wants to name what it
  // refuses.
  void generate_name(const KindInfo& kind, const Str& ns, api::MutableObject& object);
  Result<Stored> create(const KindInfo& kind, const Str& ns, api::MutableObject object, Writer& writer);
  // `subresource`: "" or "status" or "scale"-like ones that were turned into a change of the object before.
  Result<Stored> update(const KindInfo& kind, const Str& ns, const Str& name, std::string_view subresource,
                        api::MutableObject next, Writer& writer);
  Result<Stored> remove(const KindInfo& kind, const Str& ns, const Str& name, api::meta_v1::DeleteOptions options,
                        Writer& writer);
  // A change made by the server itself (bindings, finalizers): no strategy, no validation.
  Stored put(const KindInfo& kind, const Str& ns, const Str& name, api::MutableObject next, Writer& writer);

  store::Store& store() { return store_; }
  const store::Store& store() const { return store_; }
  const RegistryOptions& options() const { return options_; }
  store::TableId table(const KindInfo& kind) const {
    if (kind.custom) return store_.table(storage_resource(kind));
    return tables_[static_cast<size_t>(&kind - api::all_kinds().begin())];
  }

  // What a copy of a world copies, beside the store.
  struct State {
    Rng rng;
    // Cluster addresses and node ports that pending or durable services hold.
    std::set<uint32_t> cluster_ips;
    std::set<int32_t> node_ports;
    bool allocations_known = false;
    PodParts pod_parts;
  };
  State& state() { return state_; }
  const State& state() const { return state_; }
  void restore(State state) { state_ = std::move(state); }

 private:
  friend struct Deletion;
  Result<Stored> write_new(const KindInfo& kind, const Str& key, api::MutableObject object, Writer& writer);
  Result<Stored> write_next(const KindInfo& kind, const Str& key, api::MutableObject next, uint64_t expected,
                            Writer& writer);
  Result<Stored> erase(const KindInfo& kind, const Str& key, const api::ObjectPtr& last, Writer& writer);

  store::Store& store_;
  RegistryOptions options_;
  std::vector<store::TableId> tables_;  // by position in all_kinds()
  State state_;
};

void keep_from_old(const KindInfo& kind, std::string_view subresource, api::MutableObject& next,
                   const api::ObjectPtr& old);
void clear_status(api::MutableObject& object);
// Of a subresource: it takes a whole object and may change its spec, so what the request leaves out gets its defaults.
inline bool changes_spec(std::string_view subresource) {
  return subresource.empty() || subresource == "ephemeralcontainers" || subresource == "resize";
}
// ephemeralcontainers, resize, finalize: moves what they may change from `from` into `into`, a copy of the old object.
void keep_part_of_spec(std::string_view subresource, const api::MutableObject& from, api::MutableObject& into);
// Copies one field (of any kind and shape) between two structs of the same type.
void copy_field(const api::Field& field, void* to, const void* from);
// True when everything but metadata and status is equal.
bool same_but_status(const api::TypeDesc& type, const void* a, const void* b);

}  // namespace orrery::apiserver
