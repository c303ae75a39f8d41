#include "core/kubectl/describe/writer.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/str.h"
#include "core/base/text.h"
#include "core/kubectl/resources.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

constexpr size_t kCellPadding = 2;
constexpr size_t kAnnotationMax = 140;  // kubectl's maxAnnotationLen

using Cells = std::vector<std::string>;

size_t runes(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// Lines [from, to) from their cell `column` on; what stands before is written already.
void lay_out(const std::vector<Cells>& lines, size_t from, size_t to, size_t column, std::vector<std::string>& out) {
  for (size_t i = from; i < to;) {
    if (column + 1 >= lines[i].size()) {  // its last cell: no column
      out[i] += lines[i].back();
      ++i;
      continue;
    }
    size_t end = i, width = 0;
    for (; end < to && column + 1 < lines[end].size(); ++end) width = std::max(width, runes(lines[end][column]) + kCellPadding);
    for (size_t k = i; k < end; ++k) out[k] += lines[k][column] + std::string(width - runes(lines[k][column]), ' ');
    lay_out(lines, i, end, column + 1, out);
    i = end;
  }
}

}  // namespace

void Writer::put(int level, std::string_view text) {
  tabbed_.append(static_cast<size_t>(level) * 2, ' ');
  tabbed_ += text;
  tabbed_ += '\n';
}

void Writer::line(int level, std::string_view label, std::string_view value) { put(level, cat(label, ":\t", value)); }

void Writer::list(int level, std::string_view label, const std::vector<std::string>& values) {
  line(level, label, values.empty() ? "<none>" : values[0]);
  for (size_t i = 1; i < values.size(); ++i) put(level, cat("\t", values[i]));
}

void Writer::labels(int level, std::string_view label, const json& map) {
  std::vector<std::string> values;
  for (const auto& [k, v] : map.items()) values.push_back(cat(k, "=", text_of(v)));
  list(level, label, values);
}

void Writer::annotations(int level, const json& map) {
  std::vector<std::string> values;
  for (const auto& [k, v] : map.items()) {
    if (k == kLastApplied) continue;
    std::string value = text_of(v);
    if (ends_with(value, "\n")) value.pop_back();
    if (k.size() + value.size() + 2 <= kAnnotationMax && value.find('\n') == std::string::npos) {
      values.push_back(cat(k, ": ", value));
      continue;
    }
    values.push_back(cat(k, ":"));
    for (const std::string& part : split(value, '\n'))
      values.push_back(cat("  ", part.substr(0, kAnnotationMax - 2), part.size() > kAnnotationMax - 2 ? "..." : ""));
  }
  list(level, "Annotations", values);
}

void Writer::row(int level, std::initializer_list<std::string_view> cells) {
  std::string text;
  for (const std::string_view* cell = cells.begin(); cell != cells.end(); ++cell) text += cat(cell == cells.begin() ? "" : "\t", *cell);
  put(level, text);
}

void Writer::heads(int level, std::initializer_list<std::string_view> names) {
  row(level, names);
  std::string dashes;
  for (std::string_view name : names) dashes += cat(dashes.empty() ? "" : "\t", std::string(name.size(), '-'));
  put(level, dashes);
}

std::string Writer::text() const {
  std::vector<Cells> lines;
  for (const std::string& line : split(tabbed_, '\n')) lines.push_back(split(line, '\t'));
  std::vector<std::string> out(lines.size());
  lay_out(lines, 0, lines.size(), 0, out);
  return join(out, "\n");
}

const json& value_at(const json& object, const char* pointer) {
  static const json none;
  const json::json_pointer at(pointer);
  return object.contains(at) ? object.at(at) : none;
}

std::string text_of(const json& value) { return value.is_null() ? "" : value.is_string() ? value.get<std::string>() : value.dump(); }

std::string text_at(const json& object, const char* pointer, const char* otherwise) {
  const json& value = value_at(object, pointer);
  return value.is_null() ? otherwise : text_of(value);
}

std::string joined(const json& list, std::string_view between) {
  std::string out;
  bool first = true;
  for (const json& item : list) {
    out += cat(first ? "" : between, text_of(item));
    first = false;
  }
  return out;
}

std::string bracketed(const json& list) { return cat("[", joined(list, " "), "]"); }

std::string selector_text(const json& selector) {
  if (!selector.is_object()) return "<none>";
  std::vector<std::pair<std::string, std::string>> terms;  // key, how it reads
  const bool plain = !selector.contains("matchLabels") && !selector.contains("matchExpressions");
  const json labels = plain ? selector : selector.value("matchLabels", json::object());
  for (const auto& [k, v] : labels.items()) terms.emplace_back(k, cat(k, "=", text_of(v)));
  for (const json& e : value_at(selector, "/matchExpressions")) {
    const std::string key = e.value("key", ""), op = e.value("operator", "");
    json values = e.value("values", json::array());
    std::sort(values.begin(), values.end());  // total order: of equal ones none is before the other
    const std::string all = cat("(", joined(values, ","), ")");
    terms.emplace_back(key, op == "Exists" ? key : op == "DoesNotExist" ? cat("!", key) : cat(key, op == "In" ? " in " : " notin ", all));
  }
  std::stable_sort(terms.begin(), terms.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string out;
  for (const auto& [key, term] : terms) out += cat(out.empty() ? "" : ",", term);
  return out.empty() ? "<none>" : out;
}

std::string controller_of(const json& object) {
  for (const json& owner : value_at(object, "/metadata/ownerReferences"))
    if (owner.value("controller", false)) return cat(owner.value("kind", ""), "/", owner.value("name", ""));
  return "";
}

void write_rows(Writer& w, int level, const json& object, std::initializer_list<Row> rows) {
  for (const Row& r : rows) {
    const json& v = value_at(object, r.path);
    const bool there = !v.is_null();
    switch (r.form) {
      case Form::Plain: w.line(level, r.label, text_of(v)); break;
      case Form::IfThere: if (there) w.line(level, r.label, text_of(v)); break;
      case Form::OrNone: w.line(level, r.label, there ? text_of(v) : "<none>"); break;
      case Form::OrUnset: w.line(level, r.label, there ? text_of(v) : "<unset>"); break;
      case Form::Flag: w.line(level, r.label, !there ? "<unset>" : v == true ? "True" : "False"); break;
      case Form::Seconds: if (there) w.line(level, r.label, cat(text_of(v), "s")); break;
      case Form::Time: if (there) w.line(level, r.label, time_1123(text_of(v))); break;
      case Form::Labels: w.labels(level, r.label, v); break;
      case Form::Inline: w.line(level, r.label, selector_text(v)); break;
      case Form::Join: if (!v.empty()) w.line(level, r.label, joined(v, ",")); break;
      case Form::Bracketed: w.line(level, r.label, bracketed(v)); break;
    }
  }
}

std::string time_1123(const std::string& text) {
  WallTime t;
  if (!parse_rfc3339(text, t)) return "<unset>";
  std::string iso = format_rfc3339(t);
  int64_t days = t.ns / 1'000'000'000 / 86400;
  static constexpr const char* kDays[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  int64_t month = 1;
  parse_int64(iso.substr(5, 2), month);
  return cat(kDays[((days % 7) + 7) % 7], ", ", iso.substr(8, 2), " ", kMonths[month - 1], " ", iso.substr(0, 4), " ", iso.substr(11, 8), " +0000");
}

std::string since(const json& time, WallTime now) {
  WallTime t;
  return time.is_string() && parse_rfc3339(time.get<std::string>(), t) ? human_duration(now - t) : "<unknown>";
}

}  // namespace orrery::kubectl
