#include "core/kubectl/describe_writer.h"

#include <nlohmann/json.hpp>

#include "core/base/str.h"
#include "core/base/text.h"
#include "core/kubectl/table.h"

namespace orrery::kubectl {

using nlohmann::json;

void Writer::line(int indent, std::string_view name, std::string_view value) {
  lines_.push_back({indent, name.empty() ? "" : cat(name, ":"), std::string(value)});
}

void Writer::list(int indent, std::string_view name, const std::vector<std::string>& values) {
  line(indent, name, values.empty() ? "<none>" : values[0]);
  for (size_t i = 1; i < values.size(); ++i) line(indent, "", values[i]);
}

void Writer::map(int indent, std::string_view name, const json& map, std::string_view between) {
  std::vector<std::string> values;
  for (const auto& [k, v] : map.items()) values.push_back(cat(k, between, v.get<std::string>()));
  list(indent, name, values);
}

void Writer::table(int indent, const std::vector<std::vector<std::string>>& rows) {
  std::string pad(static_cast<size_t>(indent), ' ');
  std::vector<size_t> widths;
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i) {
      if (widths.size() <= i) widths.push_back(0);
      widths[i] = row[i].size() > widths[i] ? row[i].size() : widths[i];
    }
  for (const auto& row : rows) {
    std::string out = pad;
    for (size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - row[i].size() + 2, ' ');
    }
    raw(out + "\n");
  }
}

void Writer::raw(std::string_view text) { lines_.push_back({-1, std::string(text), {}}); }

std::string Writer::text() {
  std::string out;
  for (size_t i = 0; i < lines_.size();) {
    if (lines_[i].indent < 0) {
      out += lines_[i++].name;
      continue;
    }
    size_t end = i, width = 0;
    for (; end < lines_.size() && lines_[end].indent >= 0; ++end) {
      size_t w = static_cast<size_t>(lines_[end].indent) + lines_[end].name.size();
      width = w > width ? w : width;
    }
    for (; i < end; ++i) {
      std::string line = std::string(static_cast<size_t>(lines_[i].indent), ' ') + lines_[i].name;
      if (!lines_[i].value.empty()) line.append(width - line.size() + 2, ' ');
      out += line + lines_[i].value + "\n";
    }
  }
  return out;
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

std::string age_of(const json& object, WallTime now) {
  WallTime t;
  if (!object["metadata"].contains("creationTimestamp") || !parse_rfc3339(object["metadata"].value("creationTimestamp", ""), t)) return "<unknown>";
  return human_duration(now - t);
}

json shown_annotations(const json& object) {
  json out = object["metadata"].value("annotations", json::object());
  out.erase("kubectl.kubernetes.io/last-applied-configuration");
  return out;
}

}  // namespace orrery::kubectl
