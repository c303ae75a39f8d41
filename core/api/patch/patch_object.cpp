#include <nlohmann/json.hpp>

#include "core/api/json_dom.h"
#include "core/api/patch/go_print.h"
#include "core/api/patch/patch.h"
#include "core/base/text.h"

namespace orrery::api {

using nlohmann::json;

std::string go_print(const json& v) {
  if (v.is_null()) return "<nil>";
  if (v.is_string()) return v.get<std::string>();
  if (!v.is_structured()) return v.dump();
  std::string out = v.is_object() ? "map[" : "[";
  bool first = true;
  for (const auto& item : v.items()) {
    if (!first) out += ' ';
    first = false;
    if (v.is_object()) out += item.key() + ":";
    out += go_print(item.value());
  }
  return out + "]";
}

bool patch_type(std::string_view media_type, PatchType& out) {
  if (media_type == "application/json-patch+json")
    out = PatchType::Json;
  else if (media_type == "application/merge-patch+json")
    out = PatchType::Merge;
  else if (media_type == "application/strategic-merge-patch+json")
    out = PatchType::Strategic;
  else
    return false;
  return true;
}

Result<ObjectPtr> patch_object(const ObjectPtr& current, PatchType how, std::string_view patch, DecodeNotes* notes) {
  std::vector<std::string> duplicates;
  auto parsed = parse_dom(patch, how == PatchType::Json ? nullptr : &duplicates);
  if (!parsed) return parsed.error();
  json document = to_dom(current);
  Result<json> patched = json();
  switch (how) {
    case PatchType::Json: patched = json_patch(std::move(document), *parsed); break;
    case PatchType::Merge:
      if (!parsed->is_object())
        return make_error(Reason::BadRequest, cat("json: cannot unmarshal ", parsed->type_name(),
                                                  " into Go value of type map[string]interface {}"));
      patched = merge_patch(std::move(document), *parsed);
      break;
    case PatchType::Strategic: patched = strategic_merge_patch(document, *parsed, current.type()); break;
  }
  if (!patched) return patched.error();
  if (notes) notes->strict.insert(notes->strict.end(), duplicates.begin(), duplicates.end());
  auto object = object_from_dom(*patched, current.type(), notes);
  if (object.ok() || how != PatchType::Strategic) return object;
  Cause cause{"FieldValueInvalid",
              Str(cat("Invalid value: ", orrery::quoted(go_print(*parsed)), ": ", object.error().message)), "patch"};
  Error error = make_error(Reason::Invalid, cat(" \"\" is invalid: patch: ", cause.message));
  error.causes.push_back(cause);
  return error;
}

}  // namespace orrery::api
