#include "core/kubectl/table.h"

#include <nlohmann/json.hpp>

#include "core/base/str.h"
#include "core/base/text.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

constexpr size_t kPadding = 3, kMinWidth = 6;

// Columns a terminal character takes: wide for CJK, one else.
size_t width_of(std::string_view text) {
  size_t width = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned char c = static_cast<unsigned char>(text[i]);
    if ((c & 0xC0) == 0x80) continue;
    ++width;
  }
  return width;
}

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return text;
}

std::string cell_text(const json& cell) {
  if (cell.is_string()) {
    std::string text = cell.get<std::string>();
    size_t nl = text.find_first_of("\n\r\f");
    return nl == std::string::npos ? text : text.substr(0, nl) + "...";
  }
  if (cell.is_null()) return "<none>";
  return cell.dump();
}

std::string labels_of(const json& object) {
  std::string out;
  if (object.contains("metadata") && object["metadata"].contains("labels"))
    for (const auto& [key, value] : object["metadata"]["labels"].items())
      out += cat(out.empty() ? "" : ",", key, "=", value.get<std::string>());
  return out.empty() ? "<none>" : out;
}

std::string meta_of(const json& object, const char* field) {
  if (!object.contains("metadata")) return "";
  return object["metadata"].value(field, "");
}

}  // namespace

std::vector<std::vector<std::string>> table_cells(const json& table, const TableStyle& style) {
  std::vector<std::vector<std::string>> out;
  std::vector<size_t> columns;
  std::vector<std::string> head;
  size_t name_column = SIZE_MAX;
  const json& definitions = table.value("columnDefinitions", json::array());
  for (size_t i = 0; i < definitions.size(); ++i) {
    if (definitions[i].value("priority", 0) > 0 && !style.wide) continue;
    if (definitions[i].value("format", "") == "name") name_column = i;
    columns.push_back(i);
    head.push_back(upper(definitions[i].value("name", "")));
  }
  if (style.with_namespace) head.insert(head.begin(), "NAMESPACE");
  for (const std::string& label : style.label_columns) head.push_back(upper(label.substr(label.rfind('/') + 1)));
  if (style.labels) head.push_back("LABELS");
  if (style.headers) out.push_back(head);
  for (const json& row : table.value("rows", json::array())) {
    const json& object = row.contains("object") ? row["object"] : json::object();
    std::vector<std::string> cells;
    if (style.with_namespace) cells.push_back(meta_of(object, "namespace"));
    for (size_t i : columns) {
      std::string text = i < row["cells"].size() ? cell_text(row["cells"][i]) : "";
      cells.push_back(i == name_column ? style.prefix + text : text);
    }
    for (const std::string& label : style.label_columns) {
      std::string value;
      if (object.contains("metadata") && object["metadata"].contains("labels")) value = object["metadata"]["labels"].value(label, "");
      cells.push_back(value);
    }
    if (style.labels) cells.push_back(labels_of(object));
    out.push_back(std::move(cells));
  }
  return out;
}

namespace {

std::string align_to(const std::vector<std::vector<std::string>>& rows, std::vector<size_t>& widths) {
  for (const auto& row : rows) {
    if (widths.size() < row.size()) widths.resize(row.size(), 0);
    for (size_t i = 0; i < row.size(); ++i) {
      size_t w = width_of(row[i]) + kPadding;
      if (w < kMinWidth) w = kMinWidth;
      if (w > widths[i]) widths[i] = w;
    }
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - width_of(row[i]), ' ');
    }
    out += line + "\n";
  }
  return out;
}

}  // namespace

std::string align(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  return align_to(rows, widths);
}

std::string print_table(const json& table, const TableStyle& style) { return align(table_cells(table, style)); }

std::string watch_style(const TableStyle& style, bool header_printed) {
  json kept{{"wide", style.wide},     {"headers", style.headers && !header_printed}, {"ns", style.with_namespace},
            {"labels", style.labels}, {"columns", style.label_columns},              {"prefix", style.prefix},
            {"definitions", json::array()}, {"widths", json::array()}};
  return kept.dump();
}

std::string print_watch_rows(const json& table, std::string& kept_text) {
  json kept = json::parse(kept_text, nullptr, false);
  if (kept.is_discarded()) return {};
  json full = table;
  // Only a watch's first event carries the column definitions.
  if (full.value("columnDefinitions", json::array()).empty()) full["columnDefinitions"] = kept["definitions"];
  else kept["definitions"] = full["columnDefinitions"];
  TableStyle style;
  style.wide = kept["wide"];
  style.headers = kept["headers"];
  style.with_namespace = kept["ns"];
  style.labels = kept["labels"];
  style.label_columns = kept["columns"].get<std::vector<std::string>>();
  style.prefix = kept["prefix"];
  std::vector<size_t> widths = kept["widths"].get<std::vector<size_t>>();
  std::string out = align_to(table_cells(full, style), widths);
  kept["headers"] = false;
  kept["widths"] = widths;
  kept_text = kept.dump();
  return out;
}

}  // namespace orrery::kubectl
