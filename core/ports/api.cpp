#include "core/ports/api.h"

namespace orrery::ports {

std::string_view watch_type_text(WatchType type) {
  switch (type) {
    case WatchType::Added: return "ADDED";
    case WatchType::Modified: return "MODIFIED";
    case WatchType::Deleted: return "DELETED";
    case WatchType::Bookmark: return "BOOKMARK";
    case WatchType::Error: return "ERROR";
  }
  return "";
}

}  // namespace orrery::ports
