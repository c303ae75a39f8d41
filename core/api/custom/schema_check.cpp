// What is wrong with a value, by its schema.
// Sources: kube-openapi pkg/validation/{validate,errors}, apiextensions-apiserver
// pkg/apiserver/validation/validation.go (how their errors become field errors) and pkg/apiserver/schema/listtype.
#include <cmath>
#include <set>

#include "core/api/custom/schema.h"
#include "core/api/validation/errors.h"
#include "core/base/text.h"
#include "core/base/time.h"
#include "core/base/utf8.h"

namespace orrery::api {

using nlohmann::json;

namespace {

using validation::Value;

std::string type_name(const json& v) {
  if (v.is_null()) return "null";
  if (v.is_string()) return "string";
  if (v.is_boolean()) return "boolean";
  if (v.is_array()) return "array";
  if (v.is_object()) return "object";
  if (v.is_number_integer()) return "integer";
  return std::floor(v.get<double>()) == v.get<double>() ? "integer" : "number";
}

bool is_type(const Schema& s, const json& v) {
  std::string t = type_name(v);
  if (v.is_null()) return s.nullable;
  if (s.int_or_string) return t == "integer" || t == "string";
  if (s.type.empty() || s.type == t) return true;
  return s.type == "number" && t == "integer";
}

std::string number_text(double n) {
  std::string text = json(n).dump();
  if (ends_with(text, ".0")) text.resize(text.size() - 2);
  return text;
}

int64_t characters(const std::string& text) {
  int64_t n = 0;
  for (size_t i = 0; i < text.size(); ++n) i += static_cast<size_t>(std::max(1, utf8_length(text, i)));
  return n;
}

struct Checker {
  List<Cause>& out;

  void add(const char* type, const std::string& path, std::string message) {
    out.push_back({type, Str(std::move(message)), Str(path.empty() ? "<nil>" : path)});
  }
  static std::string shown(const json& v) { return v.is_string() ? orrery::quoted(v.get<std::string>()) : v.dump(); }
  void invalid(const std::string& path, const json& v, std::string_view what) {
    add("FieldValueInvalid", path,
        cat("Invalid value: ", shown(v), ": ", path, path.empty() ? "" : " ", "in body ", what));
  }
  void composite(const std::string& path, std::string_view what) {
    out.push_back({"FieldValueInvalid", Str(cat("Invalid value: \"\": ", orrery::quoted(path), " ", what)), "<nil>"});
  }
  void too_many(const std::string& path, size_t n, int64_t max) {
    add("FieldValueTooMany", path, cat("Too many: ", n, ": must have at most ", max, " items"));
  }

  void value(const Schema& s, const json& v, const std::string& path) {
    if (!is_type(s, v)) {
      std::string expected = s.int_or_string ? "integer,string" : s.type;
      add("FieldValueTypeInvalid", path,
          cat("Invalid value: ", orrery::quoted(type_name(v)), ": ", path, path.empty() ? "" : " in body ",
              "must be of type ", expected, ": ", orrery::quoted(type_name(v))));
      return;
    }
    if (v.is_null()) return;
    if (v.is_string()) text(s, v, path);
    if (v.is_number()) number(s, v, path);
    if (v.is_array()) list(s, v, path);
    if (v.is_object()) object(s, v, path);
    if (s.values.is_array() && !one_of_values(s, v)) unsupported(s, v, path);
    branches(s, v, path);
  }

  static bool one_of_values(const Schema& s, const json& v) {
    for (const json& allowed : s.values)
      if (allowed == v) return true;
    return false;
  }

  void unsupported(const Schema& s, const json& v, const std::string& path) {
    std::vector<std::string> allowed;
    for (const json& a : s.values) allowed.push_back(orrery::quoted(a.is_string() ? a.get<std::string>() : a.dump()));
    add("FieldValueNotSupported", path,
        cat("Unsupported value: ", shown(v), ": supported values: ", join(allowed, ", ")));
  }

  void text(const Schema& s, const json& v, const std::string& path) {
    const auto& t = v.get_ref<const std::string&>();
    if (s.max_length && characters(t) > *s.max_length)
      add("FieldValueTooLong", path, cat("Too long: may not be more than ", *s.max_length, " bytes"));
    if (s.min_length && characters(t) < *s.min_length)
      invalid(path, v, cat("should be at least ", *s.min_length, " chars long"));
    if (s.regex && !s.regex->matches(t)) invalid(path, v, cat("should match '", s.pattern, "'"));
    WallTime time;
    if (s.format == "date-time" && !parse_rfc3339(t, time))
      invalid(path, v, cat("must be of type date-time: ", orrery::quoted(t)));
  }

  void number(const Schema& s, const json& v, const std::string& path) {
    double n = v.get<double>();
    if (s.maximum && (s.exclusive_maximum ? n >= *s.maximum : n > *s.maximum))
      invalid(path, v, cat("should be less than ", s.exclusive_maximum ? "" : "or equal to ", number_text(*s.maximum)));
    if (s.minimum && (s.exclusive_minimum ? n <= *s.minimum : n < *s.minimum))
      invalid(path, v,
              cat("should be greater than ", s.exclusive_minimum ? "" : "or equal to ", number_text(*s.minimum)));
    if (s.multiple_of && *s.multiple_of > 0) {
      double times = n / *s.multiple_of;
      if (std::abs(times - std::round(times)) > 1e-9)
        invalid(path, v, cat("should be a multiple of ", number_text(*s.multiple_of)));
    }
  }

  void list(const Schema& s, const json& v, const std::string& path) {
    auto n = static_cast<int64_t>(v.size());
    if (s.max_items && n > *s.max_items) too_many(path, v.size(), *s.max_items);
    if (s.min_items && n < *s.min_items) invalid(path, v, cat("should have at least ", *s.min_items, " items"));
    size_t i = 0;
    std::set<std::string> seen;
    for (const json& item : v) {
      std::string below = cat(path, "[", i++, "]");
      if (s.items) value(*s.items, item, below);
      json key = item;
      if (s.list_type == "map" && item.is_object()) {
        key = json::object();
        for (const std::string& name : s.list_keys)
          if (item.contains(name)) key[name] = item[name];
      }
      bool unique = s.list_type == "map" || s.list_type == "set" || s.unique_items;
      if (unique && !seen.insert(key.dump()).second)
        add("FieldValueDuplicate", below, cat("Duplicate value: ", shown(key)));
    }
  }

  void object(const Schema& s, const json& v, const std::string& path) {
    auto n = static_cast<int64_t>(v.size());
    if (s.max_properties && n > *s.max_properties) too_many(path, v.size(), *s.max_properties);
    if (s.min_properties && n < *s.min_properties)
      invalid(path, v, cat("should have at least ", *s.min_properties, " properties"));
    auto at = [&](const std::string& name) { return path.empty() ? name : cat(path, ".", name); };
    for (const std::string& name : s.required)
      if (!v.contains(name)) add("FieldValueRequired", at(name), "Required value");
    for (const auto& item : v.items()) {
      auto known = s.properties.find(item.key());
      if (known != s.properties.end())
        value(known->second, item.value(), at(item.key()));
      else if (s.additional)
        value(*s.additional, item.value(), at(item.key()));
    }
  }

  static List<Cause> verdict(const Schema& s, const json& v, const std::string& path) {
    List<Cause> causes;
    Checker{causes}.value(s, v, path);
    return causes;
  }

  void branches(const Schema& s, const json& v, const std::string& path) {
    auto valid = [&](const std::vector<Schema>& list, List<Cause>* best) {
      size_t n = 0;
      bool first = true;
      for (const Schema& branch : list) {
        List<Cause> causes = verdict(branch, v, path);
        n += causes.empty();
        if (!causes.empty() && (first || causes.size() < best->size())) *best = causes, first = false;
      }
      return n;
    };
    List<Cause> best;
    auto take = [&] {
      for (const Cause& c : best) out.push_back(c);
      best.clear();
    };
    if (!s.any_of.empty() && valid(s.any_of, &best) == 0) {
      composite(path, "must validate at least one schema (anyOf)");
      take();
    }
    best.clear();
    if (!s.one_of.empty())
      if (size_t n = valid(s.one_of, &best); n != 1) {
        composite(path, cat("must validate one and only one schema (oneOf)",
                            n == 0 ? std::string(". Found none valid") : cat(". Found ", n, " valid alternatives")));
        if (n == 0) take();
      }
    best.clear();
    if (!s.all_of.empty())
      if (size_t n = valid(s.all_of, &best); n != s.all_of.size()) {
        composite(path, cat("must validate all the schemas (allOf)", n == 0 ? ". None validated" : ""));
        take();
      }
    if (s.none_of && verdict(*s.none_of, v, path).empty()) composite(path, "must not validate the schema (not)");
  }
};

}  // namespace

List<Cause> check_schema(const Schema& root, const json& object) {
  List<Cause> causes;
  Checker{causes}.value(root, object, "");
  return causes;
}

}  // namespace orrery::api
