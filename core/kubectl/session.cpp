#include "core/kubectl/session.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/kubectl/streams.h"

namespace orrery::kubectl {

using ports::ApiReply;
using ports::ApiRequest;

Kubectl::Kubectl(ports::TaskQueue& queue, ports::ApiHandler& api, const ports::Clock& clock, FileSource& files,
                 Options options)
    : queue_(queue), api_(api), clock_(clock), files_(files), options_(std::move(options)), id_(queue.attach(*this)) {}

Kubectl::~Kubectl() { queue_.detach(id_); }

void Kubectl::copy_from(const Kubectl& other) {
  options_ = other.options_;
  sessions_.clear();
  for (const auto& [id, session] : other.sessions_) sessions_[id] = std::make_unique<Session>(*session);
  tokens_ = other.tokens_;
  next_session_ = other.next_session_;
  next_token_ = other.next_token_;
  custom_ = other.custom_;
}

void Kubectl::redirect(uint64_t session, ports::ReplyTo to) {
  auto it = sessions_.find(session);
  if (it != sessions_.end()) it->second->to = to;
}

std::vector<uint64_t> Kubectl::sessions() const {
  std::vector<uint64_t> out;
  for (const auto& [id, session] : sessions_) out.push_back(id);
  return out;
}

uint64_t Kubectl::run(std::vector<std::string> argv, std::string input, ports::ReplyTo to) {
  auto s = std::make_unique<Session>();
  s->id = next_session_++;
  s->argv = std::move(argv);
  s->input = std::move(input);
  s->to = to;
  uint64_t id = s->id;
  sessions_[id] = std::move(s);
  queue_.post(id_, kRun, id);
  return id;
}

void Kubectl::print(Session& s, uint8_t channel, std::string_view text) {
  if (text.empty()) return;
  Output o;
  o.session = s.id;
  o.channel = channel;
  o.text = text;
  queue_.reply(s.to, std::move(o));
}

void Kubectl::finish(Session& s, int exit_code) {
  if (s.stream_call) api_.cancel(s.stream_call);
  for (Session::Call& c : s.calls) {
    if (!c.done && c.api) api_.cancel(c.api);
    if (!c.done && c.timer) queue_.cancel(c.timer);
    tokens_.erase(c.token);
  }
  tokens_.erase(s.stream_token);
  Output o;
  o.session = s.id;
  o.end = true;
  o.exit_code = exit_code;
  queue_.reply(s.to, std::move(o));
  sessions_.erase(s.id);
}

void Kubectl::interrupt(uint64_t session) {
  auto it = sessions_.find(session);
  if (it != sessions_.end()) finish(*it->second, 130);
}

namespace {

// Global flags may stand before the command: `kubectl -n prod get pods`. Takes them off.
std::vector<std::string> take_leading_flags(std::vector<std::string>& argv) {
  std::vector<std::string> flags;
  size_t n = 0;
  while (n < argv.size() && argv[n].size() > 1 && argv[n][0] == '-' && argv[n] != "--") {
    const std::string& flag = argv[n];
    bool valued = flag == "-n" || flag == "--namespace" || flag == "--context" || flag == "--as" || flag == "-v" ||
                  flag == "--kubeconfig" || flag == "--request-timeout";
    n += valued && n + 1 < argv.size() ? 2 : 1;
  }
  flags.assign(argv.begin(), argv.begin() + static_cast<long>(n));
  argv.erase(argv.begin(), argv.begin() + static_cast<long>(n));
  return flags;
}

}  // namespace

// What kubectl learns from discovery: the definitions' kinds. False: waits for the answer.
bool Kubectl::learn_kinds(Context& context, Session& s) {
  const ApiReply* reply = context.get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions");
  if (!reply) return false;
  s.asked_for_definitions = true;
  auto list = api::from_json<api::apiextensions_v1::CustomResourceDefinitionList>(reply->body);
  custom_.clear();
  if (reply->error || !list.ok()) return true;
  for (const auto& definition : list->items)
    for (const auto& version : definition.spec.versions)
      if (version.served) custom_.push_back(std::make_shared<const api::CustomType>(definition, version));
  return true;
}

// No command of that name: what a group of commands holds, where the line names only the group.
void Kubectl::no_command(Session& s) {
  const size_t known = group_words(s.argv);
  const std::string group = join({s.argv.begin(), s.argv.begin() + static_cast<long>(known)}, " ");
  const std::vector<std::string> rest(s.argv.begin() + static_cast<long>(known), s.argv.end());
  if (known == 0) {
    print(s, 2, cat("error: unknown command ", orrery::quoted(rest.empty() ? "" : rest[0]), " for \"kubectl\"\n"));
  } else if (!rest.empty()) {
    print(s, 2, cat("error: unknown command ", orrery::quoted(join(rest, " ")), "\nSee 'kubectl ", group, " -h' for help and examples\n"));
  } else {
    std::string below;
    for (const std::string& word : complete_words(split(group + " ", ' '))) below += cat("  ", word, "\n");
    print(s, 1, cat("Available Commands:\n", below, "\nUsage:\n  kubectl ", group, " [flags] [options]\n"));
  }
  finish(s, known > 0 && rest.empty() ? 0 : 1);
}

void Kubectl::execute(Session& s) {
  size_t used = 0;
  std::vector<std::string> flags = take_leading_flags(s.argv);
  const Command* command = find_command(s.argv, used);
  if (!command || group_words(s.argv) > used) return no_command(s);
  s.argv.insert(s.argv.begin() + static_cast<long>(used), flags.begin(), flags.end());
  Args args;
  std::string error;
  if (!args.parse(s.argv, used, command->flags, error)) {
    print(s, 2, cat("error: ", error, "\nSee 'kubectl ", full_name(*command), " --help' for usage.\n"));
    return finish(s, 1);
  }
  if (args.has("help")) {
    print(s, 1, cat(command->usage, "\n"));
    return finish(s, 0);
  }
  Context context(*this, s, args);
  Step step = command->run(context);
  if (step == Step::Failed && context.unknown_kind() && !s.asked_for_definitions) {
    if (!learn_kinds(context, s)) return;
    context.forget_calls(0);
    s.items.clear();
    s.asked.clear();
    s.manifests.reset();
    return execute(s);
  }
  for (int channel : {1, 2}) {
    const std::string& text = context.text(channel);
    if (text.size() > s.printed[channel]) {
      print(s, static_cast<uint8_t>(channel), std::string_view(text).substr(s.printed[channel]));
      s.printed[channel] = text.size();
    }
  }
  if (step != Step::Wait) return finish(s, step == Step::Done ? s.stream_exit.value_or(0) : s.stream_exit.value_or(1));
}

namespace {

// Puts a streamed answer (a log) together; true when it is whole.
bool take_part(Session::Call& call, const ApiReply& part) {
  if (part.part == ApiReply::Part::Whole) {
    call.reply = part;
    return true;
  }
  if (part.part == ApiReply::Part::Head) call.reply = part;
  if (part.part == ApiReply::Part::Data) call.streamed += part.body.view();
  if (part.part != ApiReply::Part::End) return false;
  call.reply.body = call.streamed;
  if (part.error) call.reply.error = part.error;
  return true;
}

}  // namespace

void Kubectl::on_task(const ports::Task& task) {
  if (task.kind == kRun) {
    auto it = sessions_.find(task.arg);
    if (it != sessions_.end()) execute(*it->second);
    return;
  }
  auto at = tokens_.find(task.arg);
  if (at == tokens_.end()) return;
  auto it = sessions_.find(at->second.first);
  if (it == sessions_.end()) return;
  Session& s = *it->second;
  if (task.arg == s.stream_token) {
    const ApiReply& part = task.as<ApiReply>();
    if (!part.body.empty() && s.stream_call) api_.consumed(s.stream_call, part.body.size());
    StreamOutput out = on_stream_part(s, part, clock_.now());
    print(s, 1, out.text);
    print(s, 2, out.errors);
    if (out.again || s.stream_exit || s.stream_error) execute(s);
    return;
  }
  Session::Call& call = s.calls[at->second.second];
  if (task.kind == kReply && !take_part(call, task.as<ApiReply>())) {
    api_.consumed(call.api, task.as<ApiReply>().body.size());
    return;
  }
  call.done = true;
  execute(s);
}

void Kubectl::input(uint64_t session, std::string_view bytes) {
  auto it = sessions_.find(session);
  if (it == sessions_.end()) return;
  Session& s = *it->second;
  if (s.editing) {
    s.editing = false;
    s.edited = true;
    s.edit_text = bytes;
    return execute(s);
  }
  if (keys(session) != Keys::None) api_.send(s.stream_call, cat('\0', bytes));
}

Keys Kubectl::keys(uint64_t session) const {
  auto it = sessions_.find(session);
  if (it == sessions_.end()) return Keys::None;
  const Session& s = *it->second;
  const bool open = (s.stream == StreamKind::Exec || s.stream == StreamKind::Attach) && s.stream_call && s.takes_input;
  return !open ? Keys::None : s.tty ? Keys::Terminal : Keys::Lines;
}

void Kubectl::type(uint64_t session, std::string_view text) {
  if (keys(session) == Keys::Lines && text == "\4") close_input(session);
  else if (keys(session) != Keys::None) input(session, text);
}

void Kubectl::close_input(uint64_t session) {
  auto it = sessions_.find(session);
  if (it != sessions_.end() && it->second->stream_call) api_.send(it->second->stream_call, std::string("\xff\0", 2));
}

void Kubectl::resize(uint64_t session, uint16_t width, uint16_t height) {
  auto it = sessions_.find(session);
  if (it != sessions_.end() && it->second->stream_call && it->second->tty)
    api_.send(it->second->stream_call, cat('\4', "{\"Width\":", width, ",\"Height\":", height, "}"));
}

const ApiReply* Context::call(ApiRequest request) {
  size_t n = next_call_++;
  if (n < s_.calls.size()) return s_.calls[n].done ? &s_.calls[n].reply : nullptr;
  request.identity = k_.options_.identity;
  request.source = "kubectl";
  uint64_t token = k_.next_token_++;
  s_.calls.push_back({});
  s_.calls[n].token = token;
  k_.tokens_[token] = {s_.id, n};
  s_.calls[n].api = k_.api_.call(std::make_shared<const ApiRequest>(std::move(request)), {k_.id_, Kubectl::kReply, token});
  return nullptr;
}

namespace {

// "/api/v1/pods?limit=500&x=y" -> path and decoded query
void set_target(ApiRequest& r, const std::string& target) {
  size_t mark = target.find('?');
  r.path = percent_decode(target.substr(0, mark));
  if (mark == std::string::npos) return;
  for (const std::string& pair : split(target.substr(mark + 1), '&')) {
    size_t eq = pair.find('=');
    r.query.push_back({percent_decode(pair.substr(0, eq)),
                       eq == std::string::npos ? Str() : Str(percent_decode(pair.substr(eq + 1), true))});
  }
}

}  // namespace

const ApiReply* Context::get(const std::string& path, const char* accept) {
  ApiRequest r;
  r.method = "GET";
  set_target(r, path);
  r.headers.set("accept", accept);
  return call(std::move(r));
}

const ApiReply* Context::send(const char* method, const std::string& path, const std::string& body, const char* type) {
  ApiRequest r;
  r.method = method;
  set_target(r, path);
  r.headers.set("accept", "application/json");
  r.headers.set("user-agent", "kubectl");
  if (!body.empty()) r.headers.set("content-type", type);
  if (args.has("as")) r.headers.set("impersonate-user", Str(args.get("as")));
  if (args.has("as-group")) r.headers.set("impersonate-group", Str(join(args.all("as-group"), ",")));
  r.body = body;
  return call(std::move(r));
}

std::vector<const api::KindInfo*> Context::kinds() const {
  std::vector<const api::KindInfo*> out;
  for (const api::KindInfo& k : api::all_kinds()) out.push_back(&k);
  for (const auto& type : k_.custom_) out.push_back(&type->kind());
  return out;
}

bool Context::sleep(Duration wait) {
  size_t n = next_call_++;
  if (n < s_.calls.size()) return s_.calls[n].done;
  uint64_t token = k_.next_token_++;
  s_.calls.push_back({});
  s_.calls[n].token = token;
  k_.tokens_[token] = {s_.id, n};
  s_.calls[n].timer = k_.queue_.post_after(wait, k_.id_, Kubectl::kWake, token);
  return false;
}

Duration Context::waited() const {
  Duration all;
  for (const auto& [call, asked] : s_.asked) all = all + asked.waited;
  return all;
}

void Context::forget_calls(size_t from) {
  for (size_t i = from; i < s_.calls.size(); ++i) k_.tokens_.erase(s_.calls[i].token);
  s_.calls.resize(std::min(from, s_.calls.size()));
  next_call_ = from;
}

Poll::Poll(Context& c) : c_(c), first_call_(c.next_call_) {
  for (int channel : {1, 2}) begin_[channel] = c.text_[channel].size();
  const auto asked = c.s_.asked.find(first_call_);
  if (asked == c.s_.asked.end()) return;
  for (int channel : {1, 2}) c.text_[channel] += asked->second.text[channel];
}

Duration Poll::waited() const {
  const auto asked = c_.s_.asked.find(first_call_);
  return asked == c_.s_.asked.end() ? Duration{} : asked->second.waited;
}

bool Poll::again(Duration wait) {
  if (!c_.sleep(wait)) return false;
  Session::Asked& asked = c_.s_.asked[first_call_];
  for (int channel : {1, 2}) asked.text[channel] = c_.text_[channel].substr(begin_[channel]);
  asked.waited = asked.waited + wait;
  c_.forget_calls(first_call_);
  return true;
}

void Context::stream(StreamKind kind, ApiRequest request) {
  if (s_.stream != StreamKind::None) return;
  std::string target = request.path.str();
  request.path = {};
  set_target(request, target);
  request.identity = k_.options_.identity;
  request.source = "kubectl";
  s_.stream = kind;
  k_.tokens_.erase(s_.stream_token);  // of one that was captured before
  s_.stream_token = k_.next_token_++;
  k_.tokens_[s_.stream_token] = {s_.id, 0};
  s_.stream_call = k_.api_.call(std::make_shared<const ApiRequest>(std::move(request)), {k_.id_, Kubectl::kReply, s_.stream_token});
}

const Session::Captured* Context::capture(ApiRequest request, std::string_view input) {
  const size_t n = next_capture_++;
  if (n < s_.captured.size()) return s_.captured[n].exit ? &s_.captured[n] : nullptr;
  s_.captured.emplace_back();
  stream(StreamKind::Capture, std::move(request));
  if (!input.empty()) k_.api_.send(s_.stream_call, cat('\0', input));
  k_.api_.send(s_.stream_call, std::string("\xff\0", 2));
  return nullptr;
}

bool Context::attach(ApiRequest request, bool tty, bool input) {
  if (s_.attached) return true;
  s_.tty = tty;
  s_.takes_input = input;
  stream(StreamKind::Attach, std::move(request));
  return false;
}

bool Context::edit(const std::string& text, std::string& edited) {
  if (s_.edited) {
    edited = s_.edit_text;
    return true;
  }
  if (!s_.editing) {
    s_.editing = true;
    Output o;
    o.session = s_.id;
    o.text = text;
    o.edit = true;
    k_.queue_.reply(s_.to, std::move(o));
  }
  return false;
}

// kubectl pkg/cmd/util/helpers.go: what StandardErrorMessage and checkErr print.
bool Context::item() {
  if (next_item_ < s_.items.size()) {
    const Session::Item& done = s_.items[next_item_++];
    for (int channel : {1, 2}) text_[channel] += done.text[channel];
    next_call_ = done.calls;
    return true;
  }
  for (int channel : {1, 2}) item_text_[channel] = text_[channel].size();
  return false;
}

void Context::item_done(bool failed) {
  Session::Item done;
  for (int channel : {1, 2}) done.text[channel] = text_[channel].substr(item_text_[channel]);
  done.calls = next_call_;
  done.failed = failed;
  s_.items.push_back(std::move(done));
  ++next_item_;
}

bool Context::any_item_failed() const {
  for (const Session::Item& item : s_.items)
    if (item.failed) return true;
  return false;
}

Step Context::fail(const Error& e) {
  const bool no_server = e.reason == Reason::ServiceUnavailable && e.message.view().find("dial tcp") != std::string_view::npos;
  if (no_server && ends_with(e.message.view(), "connection refused")) {
    std::string_view host = options().server.view();
    host.remove_prefix(std::min(host.find("//") + 2, host.size()));
    err(cat("The connection to the server ", host, " was refused - did you specify the right host or port?\n"));
  } else if (no_server)
    err(cat("Unable to connect to the server: ", e.message, "\n"));
  else if (e.reason == Reason::Invalid && !e.kind.empty()) {
    // kubectl shortens an invalid object to: The Pod "x" is invalid: ...
    std::string text = cat("The ", e.kind, " ", quoted(e.name), " is invalid");
    if (e.causes.size() == 1) {
      text += cat(": ", e.causes[0].field, ": ", e.causes[0].message);
    } else {
      text += ": ";
      for (const Cause& c : e.causes) text += cat("\n* ", c.field, ": ", c.message);
    }
    err(text + "\n");
  } else if (e.reason == Reason::Unknown) {
    err(cat("Error from server: ", e.message, "\n"));
  } else {
    err(cat("Error from server (", reason_text(e.reason), "): ", e.message, "\n"));
  }
  return Step::Failed;
}

Step Context::fail(std::string_view message) {
  err(cat("error: ", message, "\n"));
  return Step::Failed;
}

Step Context::usage(std::string_view message) {
  err(cat("error: ", message, "\nSee 'kubectl ", s_.argv[0], " -h' for help and examples\n"));
  return Step::Failed;
}

Str Context::ns() const { return args.has("namespace") ? Str(args.get("namespace")) : k_.options_.ns; }
bool Context::all_namespaces() const { return args.on("all-namespaces"); }

std::vector<std::string> split_line(std::string_view line, std::string& error) {
  std::vector<std::string> out;
  std::string word;
  bool any = false;
  char quote = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    if (quote) {
      if (c == quote) quote = 0;
      else if (c == '\\' && quote == '"' && i + 1 < line.size() && (line[i + 1] == '"' || line[i + 1] == '\\')) word += line[++i];
      else word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      any = true;
    } else if (c == '\\' && i + 1 < line.size()) {
      word += line[++i];
      any = true;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      if (any) out.push_back(word);
      word.clear();
      any = false;
    } else {
      word += c;
      any = true;
    }
  }
  if (quote) error = "unterminated quoted string";
  if (any) out.push_back(word);
  return out;
}

}  // namespace orrery::kubectl
