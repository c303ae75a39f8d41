// FieldSet: a set of field paths, in the form of metadata.managedFields[].fieldsV1 (structured-merge-diff fieldpath).
// Elements of a path: "f:name" a field or map key, "k:{...}" a list item by its keys, "v:..." an item of a set.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace orrery::api {

class FieldSet {
 public:
  using Path = std::vector<std::string>;

  bool self = false;  // the path that leads here is a member
  std::map<std::string, FieldSet> children;

  bool empty() const { return !self && children.empty(); }
  void insert(const Path& path);
  // Members of this set at or below path.
  const FieldSet* find(const Path& path) const;

  FieldSet& merge(const FieldSet& other);          // union
  FieldSet& subtract(const FieldSet& other);       // exact members of other
  FieldSet intersection(const FieldSet& other) const;
  // Drops the path and all below it: {"f:metadata", "f:labels"}.
  void drop(const Path& path);
  // Every member's path, in order.
  std::vector<Path> members() const;
  friend bool operator==(const FieldSet& a, const FieldSet& b) { return a.self == b.self && a.children == b.children; }

  // {"f:spec":{"f:replicas":{}}}
  std::string to_json() const;
  static Result<FieldSet> from_json(std::string_view text);

 private:
  void write(std::string& out) const;
  void collect(Path& path, std::vector<Path>& out) const;
};

// .spec.containers[name="web"].image
std::string path_text(const FieldSet::Path& path);

}  // namespace orrery::api
