// One kind's columns and how its cells are made.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/api/gen/meta_v1.h"
#include "core/api/object.h"

namespace orrery::apiserver {

struct Column {
  std::string_view name;
  std::string_view type;    // "string", "integer", "boolean", "date"
  std::string_view format;  // "name" for the name
  int priority;             // 1: only with -o wide
};

// Writes a row's cells as JSON.
class Cells {
 public:
  explicit Cells(std::string& out) : out_(out) {}
  void nothing();  // null
  void literal(std::string_view json);
  void text(std::string_view t);
  void number(int64_t n);
  void boolean(bool b);
  void age(WallTime since, WallTime now);

 private:
  void comma();
  std::string& out_;
  bool first_ = true;
};

struct Printer {
  const api::TypeDesc* type = nullptr;
  std::vector<Column> columns;
  void (*cells)(const api::ObjectPtr& object, WallTime now, Cells& out) = nullptr;
  void (*conditions)(const api::ObjectPtr& object, std::string& out) = nullptr;
};

// Custom resources: the columns that their definition names, or their age.
void custom_columns(const api::CustomType& type, std::string& out);
void custom_cells(const api::ObjectPtr& object, WallTime now, Cells& out);

std::string age_text(WallTime since, WallTime now);  // "3m20s", "<unknown>"
// What Kubernetes prints for kinds without a printer: Name, Created At.
Printer default_printer();
void add_pod_printers(std::vector<Printer>& all);
void add_workload_printers(std::vector<Printer>& all);
void add_network_printers(std::vector<Printer>& all);
void add_cluster_printers(std::vector<Printer>& all);
void add_storage_printers(std::vector<Printer>& all);
void add_access_printers(std::vector<Printer>& all);
void add_extension_printers(std::vector<Printer>& all);

// For the columns that many kinds share.
constexpr Column kName{"Name", "string", "name", 0};
constexpr Column kAge{"Age", "string", "", 0};
inline Column text_column(std::string_view name, int priority = 0) { return {name, "string", "", priority}; }
inline Column number_column(std::string_view name, int priority = 0) { return {name, "integer", "", priority}; }
inline Column boolean_column(std::string_view name) { return {name, "boolean", "", 0}; }

// "a,b + 3 more..."; `none` when there is nothing.
std::string list_with_more(const std::vector<std::string>& list, size_t max, size_t count, std::string_view none);
// labels.FormatLabels, metav1.FormatLabelSelector: "<none>" when empty.
std::string format_labels(const Map<Str>& labels);
std::string format_selector(const Box<api::meta_v1::LabelSelector>& selector);

// Names and images of containers, each comma separated.
template <class Containers>
void container_cells(const Containers& containers, Cells& out) {
  std::string names, images;
  for (const auto& c : containers) {
    names += cat(names.empty() ? "" : ",", c.name);
    images += cat(images.empty() ? "" : ",", c.image);
  }
  out.text(names);
  out.text(images);
}

template <class T, void (*kCells)(const T&, WallTime, Cells&)>
Printer printer(std::vector<Column> columns) {
  Printer p;
  p.type = &api::desc<T>();
  p.columns = std::move(columns);
  p.cells = [](const api::ObjectPtr& o, WallTime now, Cells& out) { kCells(*o.as<T>(), now, out); };
  return p;
}

}  // namespace orrery::apiserver
