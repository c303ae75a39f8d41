#include "runtime_sim/copy/cluster_reader.h"

#include "core/api/kinds.h"
#include "core/base/text.h"

namespace orrery::sim {

using nlohmann::json;

namespace {

constexpr int kForbidden = 403, kGone = 410;

bool served_by_us(const std::string& group) {
  for (const api::KindInfo& kind : api::all_kinds())
    if (kind.group == group) return true;
  return false;
}

std::string message_of(const json& status, int code) {
  return status.is_object() ? status.value("message", cat("status ", code)) : cat("status ", code);
}

bool has_verb(const json& resource, std::string_view verb) {
  const json verbs = resource.value("verbs", json::array());
  for (const json& v : verbs)
    if (v == verb) return true;
  return false;
}

}  // namespace

bool is_ready(const json& object) {
  for (const json& c : object.value("/status/conditions"_json_pointer, json::array()))
    if (c.value("type", "") == "Ready") return c.value("status", "") == "True";
  return false;
}

const Listing* Reading::find(std::string_view resource) const {
  for (const Listing& listing : listings)
    if (listing.resource() == resource) return &listing;
  return nullptr;
}

ClusterReader::ClusterReader(ports::TaskQueue& queue, ports::ApiHandler& api, ReaderOptions options,
                             ports::ReplyTo done)
    : queue_(queue), api_(api), options_(std::move(options)), done_to_(done), id_(queue.attach(*this)) {
  calls_.push_back({Step::Core, "/api/v1", "", "v1", 0, {}, 0});
  calls_.push_back({Step::Groups, "/apis", "", "", 0, {}, 0});
  next();
}

ClusterReader::~ClusterReader() { queue_.detach(id_); }

void ClusterReader::next() {
  if (calls_.empty() || reading_.failed) {
    done_ = true;
    queue_.post(done_to_.target, done_to_.kind, done_to_.token);
    return;
  }
  const Call& call = calls_.front();
  auto request = std::make_shared<ports::ApiRequest>();
  request->method = "GET";
  request->path = call.path;
  if (call.step == Step::List) {
    request->query.push_back({"limit", cat(kListPage)});
    if (!call.from.empty()) request->query.push_back({"continue", call.from});
  }
  request->headers.set("accept", "application/json");
  request->headers.set("user-agent", "orrery");
  request->identity = options_.identity;
  request->source = "orrery";
  body_.clear();
  status_ = 0;
  api_.call(std::move(request), {id_, 0, ++token_});
}

void ClusterReader::on_task(const ports::Task& task) {
  if (task.arg != token_ || done_) return;
  const auto& part = task.as<ports::ApiReply>();
  if (part.part != ports::ApiReply::Part::End && part.part != ports::ApiReply::Part::Data) status_ = part.status;
  body_ += part.body.view();
  if (part.part != ports::ApiReply::Part::Whole && part.part != ports::ApiReply::Part::End) return;
  const Call call = std::move(calls_.front());
  calls_.pop_front();
  answered(call, status_, body_);
  next();
}

void ClusterReader::answered(const Call& call, int status, const std::string& body) {
  json answer = json::parse(body, nullptr, false);
  if (call.step == Step::List) return on_list(call, status, answer);
  if (status >= 400 || !answer.is_object()) {
    if (call.step == Step::Core)
      reading_.failed = make_error(reason_from_code(status), message_of(answer, status));
    else
      reading_.trouble.push_back(cat(call.path, ": ", message_of(answer, status)));
    return;
  }
  if (call.step == Step::Groups)
    on_groups(answer);
  else
    on_resources(call, answer);
}

void ClusterReader::on_groups(const json& groups) {
  const json list = groups.value("groups", json::array());
  for (const json& group : list) {
    const std::string name = group.value("name", "");
    const std::string preferred = group.value("/preferredVersion/version"_json_pointer, std::string());
    std::vector<std::string> versions;
    const json served = group.value("versions", json::array());
    for (const json& version : served) {
      std::string v = version.value("version", "");
      versions.insert(v == preferred ? versions.begin() : versions.end(), v);
    }
    for (const std::string& v : versions)
      calls_.push_back({Step::Resources, cat("/apis/", name, "/", v), name, v, 0, {}, 0});
  }
}

bool ClusterReader::wanted(const json& resource, const std::string& name, const std::string& group) const {
  if (name.find('/') != std::string::npos || !has_verb(resource, "list")) return false;
  if (group == "metrics.k8s.io") return options_.usage && name == "pods";
  return has_verb(resource, "create") && !options_.skip.count(group.empty() ? name : cat(name, ".", group));
}

void ClusterReader::on_resources(const Call& call, const json& resources) {
  const json list = resources.value("resources", json::array());
  for (const json& r : list) {
    Listing listing;
    listing.group = call.group;
    listing.version = call.version;
    listing.kind = r.value("kind", "");
    listing.plural = r.value("name", "");
    listing.namespaced = r.value("namespaced", false);
    if (!wanted(r, listing.plural, call.group) || reading_.find(listing.resource())) continue;
    // Of a kind that Orrery knows only the version that it knows helps.
    bool ours = served_by_us(call.group);
    const api::KindInfo* known = api::find_resource(call.group, call.version, listing.plural);
    bool other_version = ours && !known;
    if (other_version)
      for (const api::KindInfo& kind : api::all_kinds())
        if (kind.group == call.group && kind.plural == listing.plural) known = &kind;
    if (other_version && known) continue;
    std::string base = call.group.empty() ? "/api/v1" : cat("/apis/", call.group, "/", call.version);
    calls_.push_back(
        {Step::List, cat(base, "/", listing.plural), call.group, call.version, reading_.listings.size(), {}, 0});
    reading_.listings.push_back(std::move(listing));
  }
}

void ClusterReader::on_list(Call call, int status, const json& answer) {
  Listing& listing = reading_.listings[call.listing];
  if (status == kGone && call.restarts < kListRestartsMax) {
    listing.objects.clear();
    call.from.clear();
    ++call.restarts;
    calls_.push_front(std::move(call));
    return;
  }
  if (status >= 400 || !answer.is_object()) {
    bool again = status == kForbidden && listing.namespaced && !options_.ns.empty() && listing.refused.empty();
    listing.refused = message_of(answer, status);
    if (!again) return;
    size_t slash = call.path.rfind('/');
    call.path.insert(slash, cat("/namespaces/", options_.ns));
    call.from.clear();
    calls_.push_front(std::move(call));
    return;
  }
  const std::string version = listing.group.empty() ? listing.version : cat(listing.group, "/", listing.version);
  const json items = answer.value("items", json::array());
  for (const json& item : items) {
    listing.objects.push_back(item);
    listing.objects.back()["apiVersion"] = version;
    listing.objects.back()["kind"] = listing.kind;
  }
  call.from = answer.value("/metadata/continue"_json_pointer, std::string());
  if (!call.from.empty()) calls_.push_front(std::move(call));
}

}  // namespace orrery::sim
