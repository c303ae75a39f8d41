// Completion indexes of an Indexed Job as its status and its policies write them: "0-2,5".
// Source: pkg/controller/job/indexed_job_utils.go.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::controllers {

// Parts that can't be read are passed over.
std::vector<int32_t> parse_indexes(std::string_view text);
// Two neighbours stand as "1,2", three or more as "1-3".
std::string format_indexes(const std::vector<int32_t>& sorted);

}  // namespace orrery::controllers
