// RFC 6902 and RFC 7386, with what evanphx/json-patch accepts beyond them (negative indices).
#include <nlohmann/json.hpp>

#include "core/api/patch/patch.h"
#include "core/base/text.h"

namespace orrery::api {
namespace {

using nlohmann::json;

// The API server says no more than this (apimachinery NewGenericServerResponse for 422).
Error rejected() {
  return make_error(Reason::Invalid, "the server rejected our request due to an error in our request");
}

// "/spec/containers/0" -> keys; false when it is no pointer.
bool parse_pointer(const std::string& path, std::vector<std::string>& out) {
  out.clear();
  if (path.empty()) return true;
  if (path[0] != '/') return false;
  out = split(std::string_view(path).substr(1), '/');
  for (std::string& key : out) key = replace_all(replace_all(std::move(key), "~1", "/"), "~0", "~");
  return true;
}

// Index into an array; `end` allows one past the last.
bool parse_index(const json& array, const std::string& key, bool end, size_t& out) {
  int64_t n = 0;
  if (key == "-") {
    out = array.size();
    return end;
  }
  if (!parse_int64(key, n) || (key.size() > 1 && key[0] == '0')) return false;
  int64_t size = static_cast<int64_t>(array.size());
  if (n < 0) n += size + (end ? 1 : 0);
  if (n < 0 || n > (end ? size : size - 1)) return false;
  out = static_cast<size_t>(n);
  return true;
}

json* child(json& parent, const std::string& key) {
  if (parent.is_object()) {
    auto it = parent.find(key);
    return it == parent.end() ? nullptr : &*it;
  }
  size_t i = 0;
  if (parent.is_array() && parse_index(parent, key, false, i)) return &parent[i];
  return nullptr;
}

json* find(json& document, const std::vector<std::string>& path, size_t length) {
  json* at = &document;
  for (size_t i = 0; at && i < length; ++i) at = child(*at, path[i]);
  return at;
}

bool add(json& document, const std::vector<std::string>& path, json value) {
  if (path.empty()) {
    document = std::move(value);
    return true;
  }
  json* parent = find(document, path, path.size() - 1);
  if (!parent) return false;
  if (parent->is_object()) {
    (*parent)[path.back()] = std::move(value);
    return true;
  }
  size_t i = 0;
  if (!parent->is_array() || !parse_index(*parent, path.back(), true, i)) return false;
  parent->insert(parent->begin() + static_cast<std::ptrdiff_t>(i), std::move(value));
  return true;
}

bool remove(json& document, const std::vector<std::string>& path) {
  if (path.empty()) return false;
  json* parent = find(document, path, path.size() - 1);
  if (!parent || !child(*parent, path.back())) return false;
  if (parent->is_object()) {
    parent->erase(path.back());
    return true;
  }
  size_t i = 0;
  if (!parse_index(*parent, path.back(), false, i)) return false;
  parent->erase(parent->begin() + static_cast<std::ptrdiff_t>(i));
  return true;
}

bool is_prefix(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return a.size() <= b.size() && std::equal(a.begin(), a.end(), b.begin());
}

bool apply(json& document, const json& operation) {
  auto text = [&](const char* name, std::string& out) {
    auto it = operation.find(name);
    if (it == operation.end() || !it->is_string()) return false;
    out = it->get<std::string>();
    return true;
  };
  std::string op, path_text, from_text;
  std::vector<std::string> path, from;
  if (!operation.is_object() || !text("op", op) || !text("path", path_text) || !parse_pointer(path_text, path))
    return false;
  if (op == "remove") return remove(document, path);
  if (op == "move" || op == "copy") {
    if (!text("from", from_text) || !parse_pointer(from_text, from)) return false;
    json* source = find(document, from, from.size());
    if (!source || (op == "move" && is_prefix(from, path) && from != path)) return false;
    json value = *source;
    if (op == "move" && !remove(document, from)) return false;
    return add(document, path, std::move(value));
  }
  auto value = operation.find("value");
  if (op == "test") {
    json* at = find(document, path, path.size());
    json expected = value == operation.end() ? json(nullptr) : *value;
    return at ? *at == expected : expected.is_null();
  }
  if (value == operation.end()) return false;
  if (op == "add") return add(document, path, *value);
  if (op == "replace") {
    json* at = find(document, path, path.size());
    if (!at) return false;
    *at = *value;
    return true;
  }
  return false;
}

}  // namespace

Result<json> json_patch(json document, const json& patch) {
  if (!patch.is_array())
    return make_error(Reason::BadRequest,
                      cat("json: cannot unmarshal ", patch.is_object() ? "object" : patch.type_name(),
                          " into Go value of type jsonpatch.Patch"));
  if (patch.size() > kJsonPatchOperationsMax)
    return make_error(Reason::RequestEntityTooLarge,
                      cat("Request entity too large: The allowed maximum operations in a JSON patch is ",
                          kJsonPatchOperationsMax, ", got ", patch.size()));
  for (const json& operation : patch)
    if (!apply(document, operation)) return rejected();
  return document;
}

json merge_patch(json document, const json& patch) {
  if (!patch.is_object()) return patch;
  if (!document.is_object()) document = json::object();
  for (const auto& item : patch.items()) {
    if (item.value().is_null())
      document.erase(item.key());
    else
      document[item.key()] = merge_patch(document.contains(item.key()) ? std::move(document[item.key()]) : json(),
                                         item.value());
  }
  return document;
}

}  // namespace orrery::api
