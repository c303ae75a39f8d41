#include "playground/app/live/live_source.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "playground/app/live/json_text.h"
#include "playground/app/object_views.h"

namespace orrery::app {
namespace {

using nlohmann::json;
using viewmodel::Part;
using viewmodel::PartKind;

constexpr uint32_t kTrace = 1, kTraceAgain = 2;
constexpr Duration kTraceWait = seconds(5);  // until a trace that ended is asked for again

// A record as runtime_native/http/page_socket.h writes it.
std::optional<viewmodel::Trace> trace_of(const std::string& line) {
  const json r = json::parse(line, nullptr, false);
  if (!r.is_object() || !r.contains("id")) return std::nullopt;
  viewmodel::Trace out;
  out.seq = r.value("id", std::uint64_t{0});
  out.cause = r.value("cause", std::uint64_t{0});
  out.at = r.value("at_ns", std::int64_t{0});
  out.from = text_of(r, "from");
  out.to = text_of(r, "to");
  out.verb = text_of(r, "verb");
  out.object = {text_of(r, "kind"), text_of(r, "namespace"), text_of(r, "name")};
  out.revision = r.value("revision", std::int64_t{0});
  out.why = text_of(r, "why");
  out.heartbeat = r.contains("heartbeat") && (r["heartbeat"] == true || r["heartbeat"] == 1);
  return out;
}

kubectl::Options page_user() {
  kubectl::Options options;
  options.identity.user = "kubernetes-admin";  // the server knows who asks by the session
  return options;
}

}  // namespace

WallTime LiveSource::WallClock::now() const {
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
}

bool LiveSource::Files::read(std::string_view path, std::string& text) {
  const auto found = files_.find(path);
  if (found == files_.end()) return false;
  text = found->second;
  return true;
}

bool LiveSource::Files::write(std::string_view path, std::string_view text) {
  files_[std::string(path)] = text;
  return true;
}

std::vector<std::string> LiveSource::Files::list(std::string_view) {
  std::vector<std::string> out;
  for (const auto& file : files_) out.push_back(file.first);
  return out;
}

std::string LiveSource::keep_file(const std::string& stem, const std::string& text) {
  const std::string name = stem + ".yaml";
  files_.write(name, text);
  return name;
}

LiveSource::LiveSource(ServerLine line)
    : api_(loop_, line.send),
      client_(api_, loop_, ports::Identity(), "page"),
      kubectl_(loop_, api_, clock_, files_, page_user()),
      feed_(client_, loop_),
      shell_(loop_, kubectl_, files_),
      texts_(loop_, kubectl_),
      usage_(client_),
      id_(loop_.attach(*this)) {
  const std::weak_ptr<bool> alive = alive_;
  line.listen([this, alive](const std::string& message) { if (!alive.expired()) api_.receive(message); },
              [this, alive](bool open) { if (!alive.expired()) opened(open); });
}

LiveSource::~LiveSource() { loop_.detach(id_); }

void LiveSource::opened(bool open) {
  api_.set_open(open);
  changed_ = true;
  if (!open) return;
  if (attached_ == 0) attached_ = clock_.now().ns;
  if (!std::exchange(started_, true)) feed_.start();
  watch_trace();
}

void LiveSource::watch_trace() {
  ports::ApiRequest request;
  request.method = "GET";
  request.path = "/orrery/trace";
  request.query.push_back({"after", cat(last_trace_)});
  trace_rest_.clear();
  trace_call_ = api_.call(std::make_shared<const ports::ApiRequest>(std::move(request)), {id_, kTrace, 0});
}

void LiveSource::on_task(const ports::Task& task) {
  if (task.kind == kTraceAgain) {
    if (api_.open()) watch_trace();
    return;
  }
  const auto& reply = task.as<ports::ApiReply>();
  if (reply.call != trace_call_) return;
  trace_rest_ += reply.body.view();
  size_t from = 0;
  for (size_t end; (end = trace_rest_.find('\n', from)) != std::string::npos; from = end + 1) {
    auto trace = trace_of(trace_rest_.substr(from, end - from));
    if (!trace) continue;
    last_trace_ = std::max(last_trace_, trace->seq);
    trace->at = clock_.now().ns;  // the server counts from its own start
    if (!trace->heartbeat) traces_.push_back(std::move(*trace));
  }
  trace_rest_.erase(0, from);
  if (reply.error && reply.status == 404) {  // any other Kubernetes: there is no trace to wait for
    foreign_ = changed_ = true;
    return;
  }
  const bool over = reply.error || reply.part == ports::ApiReply::Part::End || reply.part == ports::ApiReply::Part::Whole;
  if (over) loop_.post_after(kTraceWait, id_, kTraceAgain);
}

void LiveSource::advance(double real_seconds, bool) { loop_.run_until(loop_.now() + nanos(int64_t(real_seconds * 1e9))); }

bool LiveSource::refresh(viewmodel::ClusterModel& model) {
  loop_.run_until(loop_.now());
  bool changed = feed_.update(model);
  if (!traces_.empty()) {
    for (viewmodel::Trace& trace : traces_) model.traces.push_back(std::move(trace));
    traces_.clear();
    if (model.traces.size() > viewmodel::kMaxTraces) model.traces.drop_front(model.traces.size() - viewmodel::kMaxTraces);
    changed = true;
  }
  changed |= std::exchange(changed_, false);
  if (changed || model.parts.empty()) take_parts(model);
  model.connected = api_.open();
  model.simulated = false;
  model.clock.now = clock_.now().ns;
  model.clock.start = attached_;
  model.clock.end = model.clock.now;
  model.clock.controllable = false;
  return changed;
}

// A node's agents run as long as the node is ready: the API tells no more. Of a cluster without a trace it tells less:
// etcd and the controllers may not even be processes that one could name.
void LiveSource::take_parts(viewmodel::ClusterModel& model) {
  const bool up = api_.open();
  std::vector<Part> parts = {{PartKind::User, "kubectl", "", true, false},
                             {PartKind::ApiServer, "apiserver", "", up, false},
                             {PartKind::Etcd, "etcd", "", up, false, !foreign_},
                             {PartKind::Scheduler, "scheduler", "", up, false, !foreign_},
                             {PartKind::ControllerManager, "controller-manager", "", up, false, !foreign_}};
  for (const viewmodel::Node& node : model.nodes) {
    parts.push_back({PartKind::Kubelet, "kubelet/" + node.name, node.name, node.ready, false});
    parts.push_back({PartKind::KubeProxy, "kube-proxy/" + node.name, node.name, node.ready, false, !foreign_});
    parts.push_back({PartKind::Runtime, "runtime/" + node.name, node.name, node.ready, false});
  }
  const bool same = parts.size() == model.parts.size() &&
                    std::equal(parts.begin(), parts.end(), model.parts.begin(), [](const Part& a, const Part& b) { return a.id == b.id && a.running == b.running && a.known == b.known; });
  if (same) return;
  model.parts = std::move(parts);
  ++model.version;
}

double LiveSource::quiet_for() const {
  const auto due = loop_.next_due();
  return due ? std::max(0.001, double((*due - loop_.now()).ns) / 1e9) : std::numeric_limits<double>::infinity();
}

std::unique_ptr<PageSource> open_live(ServerLine line) { return std::make_unique<LiveSource>(std::move(line)); }

}  // namespace orrery::app
