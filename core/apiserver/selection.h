// Which objects of a list or watch are meant: label and field selectors together.
#pragma once

#include <vector>

#include "core/api/kinds.h"
#include "core/api/object.h"
#include "core/base/result.h"

namespace orrery::apiserver {

struct LabelTerm {
  enum class Op : uint8_t { Exists, NotExists, In, NotIn, Greater, Less } op = Op::Exists;
  Str key;
  std::vector<Str> values;
  bool matches(const Map<Str>& labels) const;
};

struct FieldTerm {
  Str field;
  Str value;
  bool equal = true;
};

struct Selection {
  std::vector<LabelTerm> labels;
  std::vector<FieldTerm> fields;
  bool everything() const { return labels.empty() && fields.empty(); }
  bool matches(const api::KindInfo& kind, const api::ObjectPtr& object) const;
  // The value that the field must have, or null.
  const Str* required(std::string_view field) const;
};

// Errors: BadRequest in Kubernetes' words: `field label not supported: x`, `unable to parse requirement: ...`.
Result<Selection> read_selection(const api::KindInfo& kind, std::string_view labels, std::string_view fields);

// The value of a selectable field; false when the kind has no such one. `object` is of the type that is stored.
bool selectable_field(const api::KindInfo& kind, const api::ObjectPtr& object, std::string_view field, Str& out);

}  // namespace orrery::apiserver
