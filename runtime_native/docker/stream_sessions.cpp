#include "runtime_native/docker/stream_sessions.h"

#include <csignal>
#include <fstream>

#include "core/base/text.h"
#include "runtime_native/docker/stream_frames.h"

namespace orrery::docker {

namespace {

constexpr Duration kExitCodePoll = millis(20);
constexpr int kExitCodePollsMax = 100;
constexpr Duration kResizeRetry = millis(50);  // until the process has its terminal
constexpr int kResizeRetriesMax = 40;
constexpr Duration kKillPoll = millis(100);  // until a process whose session is over is seen to have ended
constexpr int kKillPollsMax = 100;
constexpr std::string_view kEndOfTransmission = "\x04";

EngineRequest post_request(std::string target, const Json& body) {
  EngineRequest r;
  r.method = "POST";
  r.target = std::move(target);
  r.body = body.is_null() ? std::string() : dump_json(body);
  return r;
}

std::string log_target(const Str& container, const ports::LogOptions& o) {
  std::string target = cat("/containers/", url_part(container), "/logs?stdout=1&stderr=1", o.follow ? "&follow=1" : "",
                           o.timestamps ? "&timestamps=1" : "");
  if (o.tail_lines >= 0) target += cat("&tail=", o.tail_lines);
  if (o.since) {
    std::string fraction = std::to_string(1'000'000'000 + o.since.ns % 1'000'000'000).substr(1);
    target += cat("&since=", o.since.ns / 1'000'000'000, ".", fraction);
  }
  return target;
}

// Whether a process of this machine belongs to the container: guards against a socket that leads to another machine.
bool runs_in(int64_t pid, const Str& container) {
  std::ifstream file(cat("/proc/", pid, "/cgroup"));
  std::string text((std::istreambuf_iterator<char>(file)), {});
  return text.find(container.view()) != std::string::npos;
}

}  // namespace

struct StreamSessions::Session {
  uint64_t number = 0;
  Str container;
  Str exec_id;  // of an exec, once it is made
  bool tty = false;
  Sink sink;
  EngineStreamPtr stream;
  FrameReader frames;
  bool over = false;
  std::string early_input;  // until there is a stream
  bool input_closed = false;
  uint16_t width = 0, height = 0;
  int64_t bytes_left = -1;  // of a log with a limit
  Duration timeout;         // of an exec, from the moment the engine begins it; 0: none
  std::string words;        // its command
};

StreamSessions::StreamSessions(EngineContainers& containers, bool local) : containers_(containers), local_(local) {}

StreamSessions::~StreamSessions() {
  for (auto& [number, session] : open_) {
    session->over = true;
    if (session->stream) session->stream->cancel();
  }
}

StreamSessions::SessionPtr StreamSessions::open(const Str& container, bool tty, Sink sink) {
  auto session = std::make_shared<Session>();
  session->number = ++last_;
  session->container = container;
  session->tty = tty;
  session->sink = std::move(sink);
  open_[session->number] = session;
  return session;
}

StreamSessions::SessionPtr StreamSessions::find(uint64_t number) const {
  auto it = open_.find(number);
  return it == open_.end() ? nullptr : it->second;
}

void StreamSessions::finish(const SessionPtr& session, std::optional<Error> error, int32_t exit_code) {
  if (session->over) return;
  session->over = true;
  open_.erase(session->number);
  if (session->stream) session->stream->cancel();
  ports::StreamPart part;
  part.end = true;
  part.exit_code = exit_code;
  part.error = std::move(error);
  session->sink(std::move(part));
}

void StreamSessions::deliver(const SessionPtr& session, std::string_view bytes) {
  if (session->over) return;
  ports::StreamPart part;
  std::string data;
  // Frames of one read and one channel become one part.
  auto flush = [&] {
    if (data.empty() || session->over) return;
    part.data = data;
    data.clear();
    session->sink(part);
  };
  auto take = [&](StreamKind kind, std::string_view payload) {
    uint8_t channel = kind == StreamKind::Stderr || kind == StreamKind::SystemError ? 2 : 1;
    if (channel != part.channel) flush();
    part.channel = channel;
    if (session->bytes_left >= 0) {
      payload = payload.substr(0, static_cast<size_t>(session->bytes_left));
      session->bytes_left -= static_cast<int64_t>(payload.size());
    }
    data.append(payload);
  };
  if (session->tty)
    take(StreamKind::Stdout, bytes);
  else if (!session->frames.feed(bytes, take)) {
    flush();
    return finish(session, make_error(Reason::InternalError, "the engine's stream is not framed as announced"));
  }
  flush();
  if (session->bytes_left == 0) finish(session, std::nullopt);
}

StreamHandlers StreamSessions::handlers_of(const SessionPtr& session) {
  StreamHandlers handlers;
  handlers.on_start = [this, session](const EngineResponse&) {
    apply_size(session, kResizeRetriesMax);
    if (session->timeout.ns > 0) containers_.after(session->timeout, [this, session] { time_out(session); });
  };
  handlers.on_data = [this, session](std::string_view bytes) { deliver(session, bytes); };
  handlers.on_end = [this, session](Result<void> r) {
    if (session->over) return;
    if (!r) return finish(session, r.error());
    if (session->exec_id.empty()) return finish(session, std::nullopt);
    fetch_exit_code(session, kExitCodePollsMax);
  };
  return handlers;
}

void StreamSessions::attach_stream(const SessionPtr& session, EngineStreamPtr stream) {
  session->stream = std::move(stream);
  session->sink({});
  if (session->over) return;
  if (!session->early_input.empty()) session->stream->write(std::move(session->early_input));
  session->early_input.clear();
  if (session->input_closed) {
    session->input_closed = false;
    close_input(session->number);
  }
}

uint64_t StreamSessions::exec(const Str& container, ports::ExecOptions options, Sink sink) {
  SessionPtr session = open(container, options.tty, std::move(sink));
  session->timeout = options.timeout;
  for (const Str& word : options.command) session->words += (session->words.empty() ? "" : " ") + word.str();
  Json command = Json::array();
  for (const Str& word : options.command) command.push_back(word.str());
  Json body = {{"AttachStdin", options.stdin_open},
               {"AttachStdout", true},
               {"AttachStderr", !options.tty},
               {"Tty", options.tty},
               {"Cmd", command}};
  containers_.post(cat("/containers/", url_part(container), "/exec"), body, [this, session](Result<Json> made) {
    if (session->over) return;
    if (!made) return finish(session, made.error());
    session->exec_id = text_at(*made, "Id");
    auto request = post_request(cat("/exec/", session->exec_id, "/start"), {{"Detach", false}, {"Tty", session->tty}});
    attach_stream(session, containers_.client().upgrade(std::move(request), handlers_of(session)));
  });
  return session->number;
}

uint64_t StreamSessions::attach(const Str& container, bool stdin_open, bool tty, Sink sink) {
  SessionPtr session = open(container, tty, std::move(sink));
  auto request = post_request(
      cat("/containers/", url_part(container), "/attach?stream=1&stdout=1&stderr=1", stdin_open ? "&stdin=1" : ""),
      Json());
  attach_stream(session, containers_.client().upgrade(std::move(request), handlers_of(session)));
  return session->number;
}

uint64_t StreamSessions::logs(const Str& container, ports::LogOptions options, Sink sink) {
  SessionPtr session = open(container, false, std::move(sink));
  session->bytes_left = options.limit_bytes;
  containers_.inspect(container, [this, session, options](Result<Json> r) {
    if (session->over) return;
    if (!r) return finish(session, r.error());
    session->tty = flag_at(*r, "Config", "Tty");
    if (session->bytes_left == 0) return finish(session, std::nullopt);
    EngineRequest request;
    request.target = log_target(session->container, options);
    attach_stream(session, containers_.client().stream(std::move(request), handlers_of(session)));
  });
  return session->number;
}

void StreamSessions::exec_sync(const Str& container, ports::ExecOptions options,
                               std::function<void(Result<ports::ExecResult>)> done) {
  auto output = std::make_shared<std::string>();
  exec(container, std::move(options), [output, done = std::move(done)](ports::StreamPart part) {
    if (!part.end) {
      output->append(part.data.view().substr(0, ports::kExecOutputMax - output->size()));
      return;
    }
    if (part.error) return done(*part.error);
    done(ports::ExecResult{part.exit_code, *output});
  });
}

void StreamSessions::fetch_exit_code(const SessionPtr& session, int tries) {
  containers_.get(cat("/exec/", session->exec_id, "/json"), [this, session, tries](Result<Json> r) {
    if (session->over) return;
    if (!r) return finish(session, r.error());
    // The output ends a little before the engine has the exit code.
    if (flag_at(*r, "Running") && tries > 0)
      return containers_.after(kExitCodePoll, [this, session, tries] { fetch_exit_code(session, tries - 1); });
    finish(session, std::nullopt, static_cast<int32_t>(number_at(*r, "ExitCode")));
  });
}

void StreamSessions::input(uint64_t number, const Str& bytes) {
  SessionPtr session = find(number);
  if (!session || session->input_closed) return;
  if (!session->stream) {
    session->early_input += bytes.view();
  } else if (!session->stream->write(bytes.str())) {
    kill_process(session, kKillPollsMax);
    finish(session,
           make_error(Reason::RequestEntityTooLarge, "the process does not read its input as fast as it comes"));
  }
}

void StreamSessions::close_input(uint64_t number) {
  SessionPtr session = find(number);
  if (!session || session->input_closed) return;
  session->input_closed = true;
  if (!session->stream) return;
  // A half-closed TTY session loses output; a terminal's own way to say "no more" is ^D.
  if (session->tty)
    session->stream->write(std::string(kEndOfTransmission));
  else
    session->stream->close_write();
}

void StreamSessions::resize(uint64_t number, uint16_t width, uint16_t height) {
  SessionPtr session = find(number);
  if (!session || width == 0 || height == 0) return;
  session->width = width;
  session->height = height;
  if (session->stream) apply_size(session, kResizeRetriesMax);
}

void StreamSessions::apply_size(const SessionPtr& session, int tries) {
  if (session->over || !session->tty || session->width == 0) return;
  std::string path =
      session->exec_id.empty() ? cat("/containers/", url_part(session->container)) : cat("/exec/", session->exec_id);
  uint16_t width = session->width, height = session->height;
  auto request = post_request(cat(path, "/resize?h=", height, "&w=", width), Json());
  containers_.client().request(std::move(request), [this, session, tries, width, height](Result<EngineResponse> r) {
    bool newest = session->width == width && session->height == height;
    if (!r && newest && tries > 0)
      containers_.after(kResizeRetry, [this, session, tries] { apply_size(session, tries - 1); });
  });
}

void StreamSessions::time_out(const SessionPtr& session) {
  if (session->over) return;
  kill_process(session, kKillPollsMax);
  finish(session, make_error(Reason::Timeout, cat("command timed out: ", orrery::quoted(session->words),
                                                  " timed out after ", format_go_duration(session->timeout))));
}

void StreamSessions::kill_process(const SessionPtr& session, int tries) {
  if (!local_ || session->exec_id.empty()) return;
  containers_.get(cat("/exec/", session->exec_id, "/json"), [this, session, tries](Result<Json> r) {
    if (!r) return;
    if (flag_at(*r, "Running")) {
      int64_t pid = number_at(*r, "Pid");
      if (pid > 1 && runs_in(pid, session->container)) ::kill(static_cast<pid_t>(pid), SIGKILL);
    }
    // Asked before the engine got round to starting it: the process is still to come. (Running is set before the pid.)
    bool to_come = field(*r, "ExitCode").is_null();
    if (to_come && tries > 0)
      containers_.after(kKillPoll, [this, session, tries] { kill_process(session, tries - 1); });
  });
}

void StreamSessions::cancel(uint64_t number) {
  SessionPtr session = find(number);
  if (!session) return;
  session->over = true;
  open_.erase(number);
  if (session->stream) session->stream->cancel();
  kill_process(session, kKillPollsMax);
}

}  // namespace orrery::docker
