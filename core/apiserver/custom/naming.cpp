#include "core/apiserver/custom/naming.h"

#include <set>

#include "core/base/stamp.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

using DefinitionCondition = api::apiextensions_v1::CustomResourceDefinitionCondition;
using KindNames = api::apiextensions_v1::CustomResourceDefinitionNames;

bool set_status(Definition& d, const char* type, const char* status, const char* reason, std::string message,
                WallTime now) {
  auto same = [&](const DefinitionCondition& c) { return c.type == type; };
  const DefinitionCondition* old = d.status.conditions.find_if(same);
  if (old && old->status == status && old->reason == reason && old->message == message) return false;
  DefinitionCondition next;
  next.type = type;
  next.status = status;
  next.reason = reason;
  next.message = Str(std::move(message));
  next.lastTransitionTime =
      old && old->status == status ? old->lastTransitionTime : whole_second(now);
  if (old)
    *d.status.conditions.mut_if(same) = std::move(next);
  else
    d.status.conditions.push_back(std::move(next));
  return true;
}

struct Taken {
  std::set<Str> resources, kinds;
};

Taken names_of(const std::vector<const Definition*>& others, const Str& group) {
  Taken taken;
  for (const Definition* o : others) {
    if (!(o->spec.group == group)) continue;
    const KindNames& n = o->status.acceptedNames;
    taken.resources.insert({n.plural, n.singular});
    for (const Str& s : n.shortNames) taken.resources.insert(s);
    taken.kinds.insert({n.kind, n.listKind});
  }
  return taken;
}

}  // namespace

bool is_true(const Definition& d, std::string_view condition) {
  for (const DefinitionCondition& c : d.status.conditions)
    if (c.type == condition) return c.status == "True";
  return false;
}

bool set_condition(Definition& d, const char* type, bool on, const char* reason, std::string message, WallTime now) {
  return set_status(d, type, on ? "True" : "False", reason, std::move(message), now);
}

bool accept_names(Definition& d, const std::vector<const Definition*>& others, WallTime now) {
  if (d.spec.names == d.status.acceptedNames) return false;
  Taken taken = names_of(others, d.spec.group);
  const KindNames& wanted = d.spec.names;
  KindNames accepted = d.status.acceptedNames;
  const char* reason = nullptr;
  std::string message;
  auto take = [&](const Str& name, Str& slot, const std::set<Str>& used, const char* why) {
    if (!(name == slot) && used.count(name)) {
      reason = why;
      message = cat(orrery::quoted(name), " is already in use");
    } else {
      slot = name;
    }
  };
  take(wanted.plural, accepted.plural, taken.resources, "PluralConflict");
  take(wanted.singular, accepted.singular, taken.resources, "SingularConflict");
  std::vector<std::string> clashes;
  for (const Str& s : wanted.shortNames)
    if (!d.status.acceptedNames.shortNames.contains(s) && taken.resources.count(s))
      clashes.push_back(cat(orrery::quoted(s), " is already in use"));
  if (clashes.empty()) {
    accepted.shortNames = wanted.shortNames;
  } else {
    reason = "ShortNamesConflict";
    message = clashes.size() == 1 ? clashes[0] : cat("[", join(clashes, ", "), "]");
  }
  take(wanted.kind, accepted.kind, taken.kinds, "KindConflict");
  take(wanted.listKind, accepted.listKind, taken.kinds, "ListKindConflict");
  accepted.categories = wanted.categories;

  bool changed = !(accepted == d.status.acceptedNames);
  d.status.acceptedNames = accepted;
  changed |= set_condition(d, "NamesAccepted", !reason, reason ? reason : "NoConflicts",
                           reason ? message : "no conflicts found", now);
  if (is_true(d, "Established")) return changed;
  if (reason)
    changed |= set_condition(d, "Established", false, "NotAccepted", "not all names are accepted", now);
  else
    changed |= set_condition(d, "Established", false, "Installing", "the initial names have been accepted", now);
  return changed;
}

bool establish(Definition& d, WallTime now) {
  if (!is_true(d, "NamesAccepted") || is_true(d, "Established")) return false;
  return set_condition(d, "Established", true, "InitialNamesAccepted", "the initial names have been accepted", now);
}

}  // namespace orrery::apiserver
