#include "runtime_native/docker/pull_progress.h"

#include "core/base/text.h"
#include "runtime_native/docker/json_fields.h"

namespace orrery::docker {

void LineReader::feed(std::string_view bytes, const std::function<void(std::string_view)>& sink) {
  while (!bytes.empty()) {
    size_t end = bytes.find('\n');
    std::string_view piece = bytes.substr(0, end);
    if (!dropping_ && rest_.size() + piece.size() > kLineBytesMax) {
      dropping_ = true;
      rest_.clear();
    }
    if (end == std::string_view::npos) {
      if (!dropping_) rest_.append(piece);
      return;
    }
    if (dropping_) {
      dropping_ = false;
    } else if (rest_.empty()) {
      sink(piece);
    } else {
      rest_.append(piece);
      std::string whole = std::move(rest_);
      rest_.clear();
      sink(whole);
    }
    bytes.remove_prefix(end + 1);
  }
}

void PullProgress::feed(std::string_view bytes) {
  lines_.feed(bytes, [this](std::string_view text) { line(text); });
}

void PullProgress::line(std::string_view text) {
  Json json = parse_json(text);
  std::string_view error = text_at(json, "errorDetail", "message");
  if (error.empty()) error = text_at(json, "error");
  if (!error.empty()) error_ = error;
  std::string_view status = text_at(json, "status");
  if (!status.empty()) status_ = cat(status, " ", text_at(json, "progress"));
}

Result<void> PullProgress::result() {
  feed("\n");  // a last line without an end
  if (error_.empty()) return {};
  return make_error(Reason::InternalError, error_);
}

}  // namespace orrery::docker
