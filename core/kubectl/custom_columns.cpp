#include "core/kubectl/custom_columns.h"

#include <nlohmann/json.hpp>

#include "core/api/jsonpath.h"
#include "core/base/str.h"
#include "core/base/text.h"
#include "core/kubectl/table.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

// As Go's fmt.Sprint writes a decoded value, which is how kubectl fills a column: map[app:web tier:front], [a b].
// Source: k8s.io/kubectl/pkg/cmd/get/customcolumn.go printOneObject.
std::string go_sprint(const json& value) {
  if (value.is_null()) return "<nil>";
  if (!value.is_structured()) return api::jsonpath_text(value);
  std::string out;
  for (auto entry = value.begin(); entry != value.end(); ++entry)
    out += cat(out.empty() ? "" : " ", value.is_object() ? entry.key() + ":" : "", go_sprint(*entry));
  return value.is_object() ? cat("map[", out, "]") : cat("[", out, "]");
}

}  // namespace

bool print_custom_columns(const json& object, const std::string& spec, bool headers, std::string& out, std::string& error) {
  std::vector<std::vector<std::string>> rows(1);
  std::vector<std::string> paths;
  for (const std::string& column : split(spec, ',')) {
    size_t colon = column.find(':');
    if (colon == std::string::npos) {
      error = cat("unexpected custom-columns spec: ", column, ", expected <header>:<json-path-expr>");
      return false;
    }
    rows[0].push_back(column.substr(0, colon));
    std::string path = column.substr(colon + 1);
    if (starts_with(path, "{") && ends_with(path, "}")) path = path.substr(1, path.size() - 2);
    paths.push_back(starts_with(path, ".") ? path : "." + path);
  }
  auto row = [&](const json& item) {
    std::vector<std::string> cells;
    for (const std::string& path : paths) {
      std::string ignored, cell;
      for (const json* v : api::at_path(item, path, ignored))
        cell += (cell.empty() ? "" : ",") + go_sprint(*v);
      cells.push_back(cell.empty() ? "<none>" : cell);
    }
    rows.push_back(std::move(cells));
  };
  if (object.contains("items"))
    for (const json& item : object["items"]) row(item);
  else
    row(object);
  if (!headers) rows.erase(rows.begin());
  out += align(rows);
  return true;
}

}  // namespace orrery::kubectl
