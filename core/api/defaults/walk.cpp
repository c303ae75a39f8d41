#include <cstdlib>
#include <map>
#include <memory>

#include "core/api/access.h"
#include "core/api/custom/custom_type.h"
#include "core/api/defaults.h"
#include "core/api/defaults/rules.h"

namespace orrery::api {
namespace {

using defaults::Rule;

// Which types have a rule, and which hold one of those somewhere inside. Built once, then only read.
struct Plan {
  struct Entry {
    void (*apply)(void*) = nullptr;
    bool reaches = false;
  };
  std::map<const TypeDesc*, Entry> types;

  Plan() {
    std::vector<Rule> rules;
    defaults::add_core_rules(rules);
    defaults::add_workload_rules(rules);
    defaults::add_other_rules(rules);
    defaults::add_extension_rules(rules);
    for (const Rule& r : rules) types[r.type] = {r.apply, true};
    for (bool grown = true; grown;) {
      grown = false;
      for (const TypeDesc* t : all_types())
        for (const Field& f : *t) {
          bool amounts = f.kind == Kind::Quantity && f.shape == Shape::Map;
          bool nested = f.kind == Kind::Struct && types.count(f.type) && types[f.type].reaches;
          if ((amounts || nested) && !types[t].reaches) types[t].reaches = grown = true;
        }
    }
  }
  const Entry* find(const TypeDesc* t) const {
    auto it = types.find(t);
    return it == types.end() || !it->second.reaches ? nullptr : &it->second;
  }
};

const Plan& plan() {
  static const Plan p;
  return p;
}

void walk(const TypeDesc& type, void* object);

// A value that others may share: default a copy, write it back only if that changed something.
template <class Write>
void walk_shared(const TypeDesc& type, const void* value, Write&& write) {
  std::unique_ptr<char[]> memory(new char[type.ops.size]);
  type.ops.copy(memory.get(), value);
  walk(type, memory.get());
  if (!equal(type, memory.get(), value)) {
    void* to = write();
    type.ops.destroy(to);
    type.ops.copy(to, memory.get());
  }
  type.ops.destroy(memory.get());
}

// Kubernetes keeps amounts of resources to a thousandth (SetDefaults_ResourceList).
void round_amounts(const Field& f, void* at) {
  ListBase& map = as_list(at);
  for (uint32_t i = 0; i < map.size(); ++i) {
    const Quantity& q = as<Quantity>(entry_value(f, map.raw_at(i)));
    Quantity rounded = Quantity::milli(q.milli_value(), q.format());
    if (rounded < q || rounded == q || q.milli_value() == INT64_MAX) continue;
    as<Quantity>(entry_value(f, map.raw_mut(i))) = rounded;
  }
}

void walk(const TypeDesc& type, void* object) {
  const Plan::Entry* entry = plan().find(&type);
  if (!entry) return;
  if (entry->apply) entry->apply(object);
  for (const Field& f : type) {
    void* at = member(object, f);
    if (f.kind == Kind::Quantity && f.shape == Shape::Map) round_amounts(f, at);
    if (f.kind != Kind::Struct || !plan().find(f.type)) continue;
    if (f.shape == Shape::One) {
      walk(*f.type, at);
      continue;
    }
    ListBase& list = as_list(at);
    size_t offset = f.shape == Shape::Map ? f.map_value_offset : 0;
    for (uint32_t i = 0; i < list.size(); ++i)
      walk_shared(*f.type, static_cast<const char*>(list.raw_at(i)) + offset,
                  [&] { return static_cast<char*>(list.raw_mut(i)) + offset; });
  }
}

}  // namespace

void set_defaults(const TypeDesc& type, void* object) {
  if (type.custom && type.has_object_meta) return default_custom(*type.custom, *static_cast<CustomObject*>(object));
  walk(type, object);
}

}  // namespace orrery::api
