#include "core/ports/watch_lines.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "core/api/json.h"
#include "core/api/status.h"
#include "core/base/text.h"

namespace orrery::ports {
namespace {

using nlohmann::json;

constexpr const char* kInitialEnd = "k8s.io/initial-events-end";

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

json part_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_object() ? *found : json::object();
}

WatchType type_of(const std::string& text) {
  if (text == "MODIFIED") return WatchType::Modified;
  if (text == "DELETED") return WatchType::Deleted;
  if (text == "BOOKMARK") return WatchType::Bookmark;
  return text == "ERROR" ? WatchType::Error : WatchType::Added;
}

std::optional<WatchEvent> event_of(std::string_view line) {
  const json parsed = json::parse(line, nullptr, false);
  if (!parsed.is_object() || !parsed.contains("object") || !parsed["object"].is_object()) return std::nullopt;
  const json& object = parsed["object"];
  WatchEvent event;
  event.type = type_of(text_of(parsed, "type"));
  if (event.type == WatchType::Error) {
    const auto code = object.find("code");
    event.error = api::error_of_status(code != object.end() && code->is_number_integer() ? code->get<int>() : 500, object.dump());
    return event;
  }
  const json meta = part_of(object, "metadata");
  int64_t revision = 0;
  parse_int64(text_of(meta, "resourceVersion"), revision);
  event.revision = static_cast<uint64_t>(revision);
  if (event.type == WatchType::Bookmark) {
    event.initial_end = text_of(part_of(meta, "annotations"), kInitialEnd) == "true";
    return event;
  }
  const auto read = api::any_object_from_json(object.dump());
  if (!read) return std::nullopt;
  event.object = *read;
  return event;
}

}  // namespace

void WatchLines::feed(std::string_view bytes, List<WatchEvent>& events) {
  rest_ += bytes;
  size_t from = 0;
  for (size_t end; (end = rest_.find('\n', from)) != std::string::npos; from = end + 1)
    if (auto event = event_of(std::string_view(rest_).substr(from, end - from))) events.push_back(std::move(*event));
  rest_.erase(0, from);
}

}  // namespace orrery::ports
