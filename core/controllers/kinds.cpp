#include "core/controllers/kinds.h"

namespace orrery::controllers {
namespace {

bool has_verb(const api::KindInfo& kind, std::string_view verb) {
  std::string_view rest = kind.verbs;
  while (!rest.empty()) {
    size_t comma = rest.find(',');
    if (rest.substr(0, comma) == verb) return true;
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  return false;
}

std::vector<const api::KindInfo*> find_all() {
  std::vector<const api::KindInfo*> out;
  for (const api::KindInfo& kind : api::all_kinds()) {
    if (is_events(kind) || !kind.list_type || !kind.type->has_object_meta) continue;
    if (!has_verb(kind, "list") || !has_verb(kind, "watch") || !has_verb(kind, "delete")) continue;
    bool newer = false;  // served in a later version too
    for (const api::KindInfo& other : api::all_kinds())
      newer |= other.group == kind.group && other.plural == kind.plural && other.version > kind.version;
    if (!newer) out.push_back(&kind);
  }
  return out;
}

}  // namespace

bool is_events(const api::KindInfo& kind) { return kind.plural == "events"; }

const std::vector<const api::KindInfo*>& deletable_kinds() {
  static const std::vector<const api::KindInfo*> kinds = find_all();
  return kinds;
}

}  // namespace orrery::controllers
