// Field paths and the errors found at them, worded as apimachinery's util/validation/field words them.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "core/api/reflect.h"
#include "core/base/result.h"

namespace orrery::api::validation {

// spec.containers[0].name, metadata.labels[app]. A pod is checked along some sixty of them, of which none is read unless
// something is wrong: so a path takes no memory of its own before it is longer than kInPlace bytes.
class Path {
 public:
  Path() = default;
  explicit Path(std::string_view text) { append(text); }
  Path operator/(std::string_view name) const { return with(view().empty() ? "" : ".", name, ""); }
  Path index(size_t i) const;
  Path key(std::string_view k) const { return with("[", k, "]"); }
  std::string_view view() const { return long_.empty() ? std::string_view(short_, size_) : std::string_view(long_); }

 private:
  static constexpr size_t kInPlace = 84;
  Path with(std::string_view before, std::string_view name, std::string_view after) const;
  void append(std::string_view text);

  uint32_t size_ = 0;    // of what stands in short_
  char short_[kInPlace];
  std::string long_;     // all of it, once it is longer
};

// A value as errors print it.
struct Value {
  std::string text;
  static Value of(std::string_view s);
  static Value of(int64_t n) { return {std::to_string(n)}; }
  static Value of(const Map<Str>& map);        // as JSON
  static Value of(const api::IntOrString& v);
  static Value json(std::string text) { return {std::move(text)}; }
};

class Errors {
 public:
  List<Cause> causes;

  void required(const Path& at, std::string_view detail = {});
  void invalid(const Path& at, const Value& value, std::string_view detail);
  void invalid(const Path& at, std::string_view value, std::string_view detail) {
    invalid(at, Value::of(value), detail);
  }
  void invalid_each(const Path& at, std::string_view value, const std::vector<std::string>& details);
  void not_supported(const Path& at, std::string_view value, std::initializer_list<std::string_view> supported);
  void duplicate(const Path& at, const Value& value);
  void not_found(const Path& at, std::string_view value);
  void forbidden(const Path& at, std::string_view detail);
  void too_long(const Path& at, int64_t bytes_max);
  void too_many(const Path& at, int64_t actual, int64_t max);

  // value >= 0
  void nonnegative(const Path& at, int64_t value);
  // One of `supported`, which stand in sorted order; absent is "Required value".
  void one_of(const Path& at, std::string_view value, std::initializer_list<std::string_view> supported);

 private:
  void add(const char* type, const Path& at, std::string message, std::string_view detail);
};

}  // namespace orrery::api::validation
