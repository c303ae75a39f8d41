// A tar archive (ustar) of one small file, which is all that importing the pause image needs.
#pragma once

#include <string>
#include <string_view>

namespace orrery::docker {

// `name` has at most 100 bytes; `mode` as in chmod.
std::string tar_of_file(std::string_view name, std::string_view content, int mode);

}  // namespace orrery::docker
