#include "core/apiserver/printers/printers.h"

#include "core/api/json.h"
#include "core/apiserver/printers/printer.h"

namespace orrery::apiserver {

namespace {

const Printer& printer_of(const api::TypeDesc& type) {
  static const std::vector<Printer> all = [] {
    std::vector<Printer> list;
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
  p.columns = {{"Name", "string", "name", 0}, {"Age", "string", "", 0}};
  p.cells = [](const api::ObjectPtr& object, WallTime now, Cells& out) {
    out.text(object.meta().name);
    out.age(object.meta().creationTimestamp, now);
  };
  return p;
}

void Cells::comma() {
  if (!first_) out_ += ',';
  first_ = false;
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

std::string age_text(WallTime since, WallTime now) { return since.is_set() ? human_duration(now - since) : "<unknown>"; }

void print_columns(const api::TypeDesc& type, std::string& out) {
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
  printer_of(object.type()).cells(object, now, cells);
}

void print_conditions(const api::ObjectPtr& object, std::string& out) {
  const Printer& p = printer_of(object.type());
  if (p.conditions) p.conditions(object, out);
}

}  // namespace orrery::apiserver
