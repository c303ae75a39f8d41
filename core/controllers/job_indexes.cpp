#include "core/controllers/job_indexes.h"

#include "core/base/str.h"
#include "core/base/text.h"

namespace orrery::controllers {

std::vector<int32_t> parse_indexes(std::string_view text) {
  std::vector<int32_t> out;
  if (text.empty()) return out;
  for (const std::string& part : split(text, ',')) {
    std::vector<std::string> ends = split(part, '-');
    int64_t first = 0, last = 0;
    if (!parse_int64(ends[0], first)) continue;
    last = first;
    if (ends.size() == 2 && !parse_int64(ends[1], last)) continue;
    for (int64_t i = first; i <= last && i < INT32_MAX; ++i) out.push_back(static_cast<int32_t>(i));
  }
  return out;
}

std::string format_indexes(const std::vector<int32_t>& sorted) {
  std::string out;
  for (size_t i = 0; i < sorted.size();) {
    size_t end = i;
    while (end + 1 < sorted.size() && sorted[end + 1] == sorted[end] + 1) ++end;
    if (!out.empty()) out += ',';
    out += cat(sorted[i]);
    if (end > i) out += cat(end == i + 1 ? "," : "-", sorted[end]);
    i = end + 1;
  }
  return out;
}

}  // namespace orrery::controllers
