#include "core/api/validation/errors.h"

#include <charconv>
#include <cstring>
#include <iterator>

#include "core/api/json.h"
#include "core/base/text.h"

namespace orrery::api::validation {

void Path::append(std::string_view text) {
  if (text.empty()) return;
  if (long_.empty() && size_ + text.size() <= kInPlace) {
    std::memcpy(short_ + size_, text.data(), text.size());
    size_ += static_cast<uint32_t>(text.size());
    return;
  }
  if (long_.empty()) long_.assign(short_, size_);
  long_ += text;
}

Path Path::with(std::string_view before, std::string_view name, std::string_view after) const {
  Path out(view());
  for (std::string_view piece : {before, name, after}) out.append(piece);
  return out;
}

Path Path::index(size_t i) const {
  char digits[20];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), i).ptr;
  return with("[", {digits, static_cast<size_t>(end - digits)}, "]");
}

Value Value::of(std::string_view s) { return {orrery::quoted(s)}; }

Value Value::of(const Map<Str>& map) {
  if (map.empty()) return {"null"};
  std::string out = "{";
  for (const auto& e : map) {
    if (out.size() > 1) out += ',';
    append_json_string(out, e.key);
    out += ':';
    append_json_string(out, e.value);
  }
  return {out + "}"};
}

Value Value::of(const api::IntOrString& v) { return v.is_string ? of(v.text.view()) : of(v.number); }

void Errors::add(const char* type, const Path& at, std::string message, std::string_view detail) {
  if (!detail.empty()) message += cat(": ", detail);
  causes.push_back({type, Str(message), Str(at.view())});
}

void Errors::required(const Path& at, std::string_view detail) {
  add("FieldValueRequired", at, "Required value", detail);
}
void Errors::invalid(const Path& at, const Value& value, std::string_view detail) {
  add("FieldValueInvalid", at, "Invalid value: " + value.text, detail);
}
void Errors::invalid_each(const Path& at, std::string_view value, const std::vector<std::string>& details) {
  for (const std::string& detail : details) invalid(at, value, detail);
}
void Errors::not_supported(const Path& at, std::string_view value, std::initializer_list<std::string_view> supported) {
  std::string detail = "supported values: ";
  bool first = true;
  for (std::string_view s : supported) {
    if (!first) detail += ", ";
    first = false;
    detail += orrery::quoted(s);
  }
  add("FieldValueNotSupported", at, "Unsupported value: " + orrery::quoted(value), detail);
}
void Errors::duplicate(const Path& at, const Value& value) {
  add("FieldValueDuplicate", at, "Duplicate value: " + value.text, {});
}
void Errors::not_found(const Path& at, std::string_view value) {
  add("FieldValueNotFound", at, "Not found: " + orrery::quoted(value), {});
}
void Errors::forbidden(const Path& at, std::string_view detail) {
  add("FieldValueForbidden", at, "Forbidden", detail);
}
void Errors::too_long(const Path& at, int64_t bytes_max) {
  add("FieldValueTooLong", at, "Too long", cat("may not be more than ", bytes_max, " bytes"));
}
void Errors::too_many(const Path& at, int64_t actual, int64_t max) {
  add("FieldValueTooMany", at, cat("Too many: ", actual), cat("must have at most ", max, " items"));
}

void Errors::nonnegative(const Path& at, int64_t value) {
  if (value < 0) invalid(at, Value::of(value), "must be greater than or equal to 0");
}

void Errors::one_of(const Path& at, std::string_view value, std::initializer_list<std::string_view> supported) {
  if (value.empty()) return required(at);
  for (std::string_view s : supported)
    if (s == value) return;
  not_supported(at, value, supported);
}

}  // namespace orrery::api::validation
