#include "core/apiserver/printers/printers.h"

#include "core/api/json.h"
#include "core/api/label_text.h"
#include "core/apiserver/printers/printer.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

const Printer& printer_of(const api::TypeDesc& type) {
  static const std::vector<Printer> all = [] {
    std::vector<Printer> list;
    add_pod_printers(list);
    add_workload_printers(list);
    add_network_printers(list);
    add_cluster_printers(list);
    add_storage_printers(list);
    add_access_printers(list);
    add_extension_printers(list);
    return list;
  }();
  static const Printer otherwise = default_printer();
  for (const Printer& p : all)
    if (p.type == &type) return p;
  return otherwise;
}

}  // namespace

Printer default_printer() {
  Printer p;
  p.columns = {{"Name", "string", "name", 0}, {"Created At", "date", "", 0}};
  p.cells = [](const api::ObjectPtr& object, WallTime, Cells& out) {
    out.text(object.meta().name);
    out.text(format_rfc3339(object.meta().creationTimestamp));
  };
  return p;
}

void Cells::comma() {
  if (!first_) out_ += ',';
  first_ = false;
}
void Cells::nothing() { literal("null"); }
void Cells::literal(std::string_view json) {
  comma();
  out_ += json;
}
void Cells::text(std::string_view t) {
  comma();
  api::append_json_string(out_, t);
}
void Cells::number(int64_t n) {
  comma();
  out_ += std::to_string(n);
}
void Cells::boolean(bool b) {
  comma();
  out_ += b ? "true" : "false";
}
void Cells::age(WallTime since, WallTime now) { text(age_text(since, now)); }

std::string age_text(WallTime since, WallTime now) {
  return since.is_set() ? human_duration(now - since) : "<unknown>";
}

std::string list_with_more(const std::vector<std::string>& list, size_t max, size_t count, std::string_view none) {
  std::string text = join(list, ",");
  if (count > max) return cat(text, " + ", count - max, " more...");
  return text.empty() ? std::string(none) : text;
}

std::string format_labels(const Map<Str>& labels) {
  std::string text = api::labels_text(labels);
  return text.empty() ? "<none>" : text;
}

std::string format_selector(const Box<api::meta_v1::LabelSelector>& selector) {
  std::string text = api::selector_text(selector);
  return text.empty() ? "<none>" : text;
}

void print_columns(const api::TypeDesc& type, std::string& out) {
  if (type.custom) return custom_columns(*type.custom, out);
  out += '[';
  bool first = true;
  for (const Column& c : printer_of(type).columns) {
    if (!first) out += ',';
    first = false;
    out += cat("{\"name\":\"", c.name, "\",\"type\":\"", c.type, "\",\"format\":\"", c.format,
               "\",\"description\":\"\",\"priority\":", c.priority, '}');
  }
  out += ']';
}

void print_cells(const api::ObjectPtr& object, WallTime now, std::string& out) {
  Cells cells(out);
  if (object.type().custom) return custom_cells(object, now, cells);
  printer_of(object.type()).cells(object, now, cells);
}

void print_conditions(const api::ObjectPtr& object, std::string& out) {
  const Printer& p = printer_of(object.type());
  if (p.conditions) p.conditions(object, out);
}

}  // namespace orrery::apiserver
