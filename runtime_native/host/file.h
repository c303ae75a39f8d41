// Files that must be whole or absent: keys, kubeconfigs, markers. Errors say which file and why in one sentence.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace orrery::host {

// Replaces `path` by a complete new file: written beside it with `mode`, flushed to disk, then renamed over it.
// A reader sees the old file or the new one, never a part. A failure leaves the old file and no temporary one.
Result<void> write_file_atomic(const std::string& path, std::string_view bytes, unsigned mode);

// NotFound when there is no such file; InternalError for everything else.
Result<std::string> read_file(const std::string& path);

bool file_exists(const std::string& path);

// Makes `path` and the folders above it; the new ones get `mode`. Existing folders keep theirs.
Result<void> make_dirs(const std::string& path, unsigned mode);

}  // namespace orrery::host
