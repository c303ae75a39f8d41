// ustar archives of plain files, never compressed: what `kubectl cp` and the tar of a container exchange.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace orrery {

// Adds a file; of a name beyond 99 bytes the beginning is kept.
void tar_add(std::string& archive, std::string_view name, std::string_view content);
void tar_end(std::string& archive);
// Hands over each plain file, until `each` returns false. False when the archive breaks off in a file.
bool untar(std::string_view archive, const std::function<bool(std::string_view name, std::string_view content)>& each);

}  // namespace orrery
