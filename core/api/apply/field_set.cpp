#include "core/api/apply/field_set.h"

#include <nlohmann/json.hpp>

#include "core/api/json.h"
#include "core/api/json_words.h"
#include "core/base/text.h"

namespace orrery::api {
namespace {

using nlohmann::json;

// Builds the set while the text is read.
struct FieldSetReader {
  std::string_view text;
  std::vector<FieldSet*> stack;  // null: a value that is no set
  FieldSet* root;
  std::string last;
  std::string error;

  bool scalar() {
    if (!stack.empty()) return true;
    error = "fieldsV1 is not an object";
    return false;
  }
  bool null() { return scalar(); }
  bool boolean(bool) { return scalar(); }
  bool number_integer(int64_t) { return scalar(); }
  bool number_unsigned(uint64_t) { return scalar(); }
  bool number_float(double, const std::string&) { return scalar(); }
  bool string(std::string&) { return scalar(); }
  bool binary(json::binary_t&) { return false; }
  bool start_object(size_t) {
    if (stack.size() > static_cast<size_t>(kJsonDepthMax)) {
      error = "exceeded max depth";
      return false;
    }
    FieldSet* to = stack.empty() ? root : nullptr;
    if (!stack.empty() && stack.back()) {
      if (last == ".")
        stack.back()->self = true;
      else
        to = &stack.back()->children[last];
    }
    stack.push_back(to);
    return true;
  }
  bool end_object() {
    FieldSet* done = stack.back();
    stack.pop_back();
    if (done && done->children.empty() && !stack.empty()) done->self = true;
    return true;
  }
  bool start_array(size_t) {
    if (stack.empty()) return scalar();
    stack.push_back(nullptr);
    return true;
  }
  bool end_array() {
    stack.pop_back();
    return true;
  }
  bool key(std::string& name) {
    last.swap(name);
    return true;
  }
  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception& ex) {
    if (error.empty()) error = go_syntax_error(text, position, ex.what());
    return false;
  }
};

}  // namespace

void FieldSet::insert(const Path& path) {
  FieldSet* at = this;
  for (const std::string& p : path) at = &at->children[p];
  at->self = true;
}

const FieldSet* FieldSet::find(const Path& path) const {
  const FieldSet* at = this;
  for (const std::string& p : path) {
    auto it = at->children.find(p);
    if (it == at->children.end()) return nullptr;
    at = &it->second;
  }
  return at;
}

FieldSet& FieldSet::merge(const FieldSet& other) {
  self = self || other.self;
  for (const auto& [key, child] : other.children) children[key].merge(child);
  return *this;
}

FieldSet& FieldSet::subtract(const FieldSet& other) {
  if (other.self) self = false;
  for (const auto& [key, child] : other.children) {
    auto it = children.find(key);
    if (it == children.end()) continue;
    it->second.subtract(child);
    if (it->second.empty()) children.erase(it);
  }
  return *this;
}

FieldSet FieldSet::intersection(const FieldSet& other) const {
  FieldSet out;
  out.self = self && other.self;
  for (const auto& [key, child] : children) {
    auto it = other.children.find(key);
    if (it == other.children.end()) continue;
    FieldSet both = child.intersection(it->second);
    if (!both.empty()) out.children.emplace(key, std::move(both));
  }
  return out;
}

void FieldSet::drop(const Path& path) {
  if (path.empty()) return;
  auto it = children.find(path.front());
  if (it == children.end()) return;
  if (path.size() == 1) {
    children.erase(it);
    return;
  }
  it->second.drop(Path(path.begin() + 1, path.end()));
  if (it->second.empty()) children.erase(it);
}

void FieldSet::collect(Path& path, std::vector<Path>& out) const {
  if (self) out.push_back(path);
  for (const auto& [key, child] : children) {
    path.push_back(key);
    child.collect(path, out);
    path.pop_back();
  }
}

std::vector<FieldSet::Path> FieldSet::members() const {
  std::vector<Path> out;
  Path path;
  collect(path, out);
  return out;
}

void FieldSet::write(std::string& out) const {
  out += '{';
  bool first = true;
  if (self && !children.empty()) {
    out += "\".\":{}";
    first = false;
  }
  for (const auto& [key, child] : children) {
    if (!first) out += ',';
    first = false;
    append_json_string(out, key);
    out += ':';
    child.write(out);
  }
  out += '}';
}

std::string FieldSet::to_json() const {
  std::string out;
  write(out);
  return out;
}

Result<FieldSet> FieldSet::from_json(std::string_view text) {
  FieldSet out;
  FieldSetReader reader;
  reader.text = text;
  reader.root = &out;
  if (!json::sax_parse(text.data(), text.data() + text.size(), &reader))
    return make_error(Reason::BadRequest, reader.error);
  return out;
}

std::string path_text(const FieldSet::Path& path) {
  std::string out;
  for (const std::string& p : path) {
    std::string rest = p.substr(2);
    if (p[0] == 'f') {
      out += "." + rest;
    } else if (p[0] == 'v') {
      out += "[=" + rest + "]";
    } else if (p[0] == 'k') {
      json keys = json::parse(rest, nullptr, false);
      std::string inner;
      if (keys.is_object())
        for (const auto& k : keys.items()) inner += cat(inner.empty() ? "" : ",", k.key(), "=", k.value().dump());
      out += "[" + inner + "]";
    } else {
      out += "[" + rest + "]";
    }
  }
  return out;
}

}  // namespace orrery::api
