#include "core/kubectl/streams.h"

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/kubectl/table.h"

namespace orrery::kubectl {

using ports::ApiReply;

namespace {

// A frame of v5.channel.k8s.io: channel byte, then data; channel 3 carries the final Status.
void on_exec_frame(Session& s, std::string_view frame, StreamOutput& out) {
  if (frame.empty()) return;
  char channel = frame[0];
  std::string_view data = frame.substr(1);
  if (channel == 1) out.text += data;
  if (channel == 2) out.errors += data;
  if (channel != 3) return;
  nlohmann::json status = nlohmann::json::parse(data, nullptr, false);
  if (status.is_discarded() || status.value("status", "") == "Success") {
    s.stream_exit = 0;
    return;
  }
  int code = 1;
  if (status.value("reason", "") == "NonZeroExitCode") {
    for (const auto& cause : status["details"].value("causes", nlohmann::json::array()))
      if (cause.value("reason", "") == "ExitCode") {
        int64_t n = 1;
        parse_int64(cause.value("message", "1"), n);
        code = static_cast<int>(n);
      }
    out.errors += cat("command terminated with exit code ", code, "\n");
  } else {
    out.errors += cat("error: ", status.value("message", "exec failed"), "\n");
  }
  s.stream_exit = code;
}

// Watch events, a line of JSON each: their Tables are printed row by row under the first header.
void on_watch_lines(Session& s, StreamOutput& out, WallTime) {
  size_t nl;
  while ((nl = s.buffer.find('\n')) != std::string::npos) {
    std::string line = s.buffer.substr(0, nl);
    s.buffer.erase(0, nl + 1);
    nlohmann::json event = nlohmann::json::parse(line, nullptr, false);
    if (event.is_discarded() || !event.contains("object")) continue;
    if (event.value("type", "") == "BOOKMARK") continue;
    if (event.value("type", "") == "ERROR") {
      s.stream_error = make_error(reason_from_text(event["object"].value("reason", "")), event["object"].value("message", ""));
      continue;
    }
    if (s.stream == StreamKind::WatchUntil) {
      s.kept = line;
      out.again = true;
      continue;
    }
    out.text += print_watch_rows(event["object"], s.kept);
  }
}

}  // namespace

namespace {

// An exec whose output its command reads: that goes on when it has ended.
void on_captured(Session& s, std::string_view frame, bool ended, StreamOutput& out) {
  StreamOutput part;
  on_exec_frame(s, frame, part);
  Session::Captured& captured = s.captured.back();
  captured.output += part.text;
  if (!starts_with(part.errors, "command terminated")) captured.errors += part.errors;
  if (!ended) return;
  captured.exit = s.stream_exit.value_or(0);
  s.stream_exit.reset();
  s.stream = StreamKind::None;
  out.again = true;
}

}  // namespace

StreamOutput on_stream_part(Session& s, const ApiReply& part, WallTime now) {
  StreamOutput out;
  if (part.error && part.part != ApiReply::Part::Data) {
    s.stream_error = part.error;
    s.stream_call = 0;
    return out;
  }
  switch (s.stream) {
    case StreamKind::Logs: out.text += part.body; break;
    case StreamKind::Exec:
    case StreamKind::Attach: on_exec_frame(s, part.part == ApiReply::Part::Head ? std::string_view() : part.body.view(), out); break;
    case StreamKind::Capture: break;
    case StreamKind::WatchTable:
    case StreamKind::WatchUntil:
      s.buffer += part.body.view();
      on_watch_lines(s, out, now);
      break;
    case StreamKind::None: break;
  }
  bool ended = part.part == ApiReply::Part::End || part.part == ApiReply::Part::Whole;
  if (ended) s.stream_call = 0;
  if (s.stream == StreamKind::Capture) {
    on_captured(s, part.part == ApiReply::Part::Head ? std::string_view() : part.body.view(), ended, out);
    return out;
  }
  if (s.stream == StreamKind::Attach) {
    if (!ended) return out;
    s.attached = s.stream_exit.value_or(0);
    s.stream_exit.reset();
    s.stream = StreamKind::None;
    out.again = true;
    return out;
  }
  if (ended && s.stream == StreamKind::WatchUntil) {  // the command says what that means
    s.stream = StreamKind::None;
    s.kept = kStreamEnded;
    out.again = true;
  } else if (ended && !s.stream_exit) {
    s.stream_exit = 0;
  }
  return out;
}

}  // namespace orrery::kubectl
