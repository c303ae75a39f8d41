// Strategy: what the API server itself does with a kind's objects before they are validated and stored. One row a kind;
// kinds without a row have the default one. Source: pkg/registry/*/strategy.go.
#pragma once

#include <vector>

#include "core/api/kinds.h"
#include "core/api/object.h"
#include "core/base/stamp.h"
#include "core/ports/clock.h"
#include "core/store/store.h"

namespace orrery::apiserver {

using api::KindInfo;
class Registry;

// What an accepted write takes from a quota of its namespace.
struct QuotaCharge {
  Str quota;
  Map<Quantity> usage;
};

// Who writes, and how; what was found on the way.
struct Writer {
  Str user, uid;
  List<Str> groups;
  Str field_manager;
  bool dry_run = false;
  bool masters = false;  // of system:masters
  uint64_t cause = 0;    // trace id of the request
  WallTime now;
  uint64_t after = 0;                // out: the answer waits until this revision is durable
  List<Str> warnings;                // out
  std::vector<QuotaCharge> charges;  // out, by admission: taken when the write has gone in
  bool wait_for_account = false;     // out: refused only because a controller has not made the default account yet

  // As metav1.Time keeps it: whole seconds, rounded down.
  WallTime stamp() const { return whole_second(now); }
};

struct StrategyContext {
  Registry& registry;
  Writer& writer;
  const KindInfo& kind;
  std::string_view subresource = {};  // of an update
};

struct Strategy {
  const api::TypeDesc* type = nullptr;  // the stored type; null: the default
  bool generation = false;              // metadata.generation counts changes of everything but metadata and status
  bool create_on_update = false;        // PUT creates what isn't there
  bool unconditional_update = true;     // PUT without resourceVersion is allowed
  bool returns_deleted = false;         // DELETE answers the object, not a Status
  bool orphans = false;                 // dependents are orphaned unless told otherwise
  void (*create)(const StrategyContext&, api::MutableObject& object) = nullptr;
  void (*update)(const StrategyContext&, api::MutableObject& next, const api::ObjectPtr& old) = nullptr;
  // What only the registry can know: addresses and ports to hand out. old is null on create.
  Result<void> (*allocate)(const StrategyContext&, api::MutableObject& next, const api::ObjectPtr& old) = nullptr;
  // The first request to delete it: what keeps it until something else is done.
  void (*begin_deletion)(const StrategyContext&, api::MutableObject& next) = nullptr;
  // Seconds of grace of a graceful deletion; null: the kind is deleted at once.
  int64_t (*grace)(const api::ObjectPtr& object, const std::optional<int64_t>& asked) = nullptr;
};

const Strategy& strategy_of(const api::TypeDesc& type);

}  // namespace orrery::apiserver
