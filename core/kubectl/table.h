// Columns as kubectl prints them (cli-runtime pkg/printers/tableprinter.go over liggitt/tabwriter): upper-case heads,
// three blanks between columns, no trailing blanks in the last one.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace orrery::kubectl {

struct TableStyle {
  bool wide = false;           // columns of priority > 0 too
  bool headers = true;
  bool with_namespace = false; // a first column NAMESPACE, from each row's object
  bool labels = false;         // --show-labels
  std::vector<std::string> label_columns;  // -L
  std::string prefix;          // "pod/" before names when several kinds are printed
};

// Cells of a meta.k8s.io/v1 Table.
std::vector<std::vector<std::string>> table_cells(const nlohmann::json& table, const TableStyle& style);
std::string align(const std::vector<std::vector<std::string>>& rows);
std::string print_table(const nlohmann::json& table, const TableStyle& style);

// Rows of a watch event's Table. `kept` carries style and widths from one event to the next; start it with watch_style().
std::string watch_style(const TableStyle& style, bool header_printed);
std::string print_watch_rows(const nlohmann::json& table, std::string& kept);

}  // namespace orrery::kubectl
