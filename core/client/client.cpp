#include "core/client/client.h"

#include "core/api/gen/core_v1.h"
#include "core/api/gen/policy_v1.h"
#include "core/api/kinds.h"

namespace orrery::client {
namespace {

using api::meta_v1::DeleteOptions;
using ports::ApiRequest;
using ports::ReplyTo;

const Str kGet = "GET", kPost = "POST", kPut = "PUT", kPatch = "PATCH", kDelete = "DELETE";  // of every request

ApiRequest request(const Str& method, std::string_view path) {
  ApiRequest r;
  r.method = method;
  r.path = path;
  return r;
}

void add(ApiRequest& r, const char* name, Str value) {
  if (!value.empty()) r.query.push_back({name, std::move(value)});
}

void add(ApiRequest& r, const Selection& what) {
  add(r, "labelSelector", what.label_selector);
  add(r, "fieldSelector", what.field_selector);
}

DeleteOptions options(const Removal& how) {
  DeleteOptions o;
  o.gracePeriodSeconds = how.grace_s;
  if (!how.propagation.empty()) o.propagationPolicy = how.propagation;
  if (!how.uid.empty()) o.preconditions.mut().uid = how.uid;
  if (!how.resource_version.empty()) o.preconditions.mut().resourceVersion = how.resource_version;
  return o;
}

const api::KindInfo& pods() { return api::kind<api::core_v1::Pod>(); }

}  // namespace

Client::Client(ports::ApiHandler& api, ports::TaskQueue& queue, ports::Identity identity, Str source)
    : api_(&api), queue_(&queue), identity_(std::move(identity)), source_(std::move(source)) {}

std::string Client::path(const Kind& kind, const Str& ns, std::string_view name, std::string_view subresource) {
  const bool within = kind.namespaced && !ns.empty();
  return cat(kind.group.empty() ? "/api/" : "/apis/", kind.group, kind.group.empty() ? "" : "/", kind.version,
             within ? "/namespaces/" : "", within ? ns.view() : std::string_view(), "/", kind.plural, name.empty() ? "" : "/",
             name, subresource.empty() ? "" : "/", subresource);
}

uint64_t Client::call(ApiRequest r, ReplyTo to) {
  r.want_object = true;
  r.identity = identity_;
  r.source = source_;
  if (!why_.empty()) r.headers.set(kWhyHeader, std::exchange(why_, Str()));
  return api_->call(std::make_shared<const ApiRequest>(std::move(r)), to);
}

uint64_t Client::get(const Kind& kind, const Key& key, ReplyTo to) {
  return call(request(kGet, path(kind, key.ns, key.name)), to);
}

uint64_t Client::list(const Kind& kind, const Selection& what, const ListPage& page, ReplyTo to) {
  ApiRequest r = request(kGet, path(kind, what.ns));
  add(r, what);
  if (page.limit > 0) add(r, "limit", cat(page.limit));
  add(r, "continue", page.continue_);
  add(r, "resourceVersion", page.resource_version);
  return call(std::move(r), to);
}

uint64_t Client::create(const Kind& kind, api::ObjectPtr object, ReplyTo to) {
  ApiRequest r = request(kPost, path(kind, object.meta().namespace_));
  r.object = std::move(object);
  return call(std::move(r), to);
}

uint64_t Client::update(const Kind& kind, api::ObjectPtr object, ReplyTo to, std::string_view subresource) {
  const api::meta_v1::ObjectMeta& meta = object.meta();
  ApiRequest r = request(kPut, path(kind, meta.namespace_, meta.name, subresource));
  r.object = std::move(object);
  return call(std::move(r), to);
}

uint64_t Client::patch(const Kind& kind, const Key& key, const Patch& patch, ReplyTo to) {
  ApiRequest r = request(kPatch, path(kind, key.ns, key.name, patch.subresource));
  r.headers.set("content-type", patch.type);
  add(r, "fieldManager", patch.field_manager);
  if (patch.force) add(r, "force", "true");
  r.body = patch.body;
  return call(std::move(r), to);
}

uint64_t Client::remove(const Kind& kind, const Key& key, const Removal& how, ReplyTo to) {
  ApiRequest r = request(kDelete, path(kind, key.ns, key.name));
  r.object = api::make_object(options(how));
  return call(std::move(r), to);
}

uint64_t Client::remove_all(const Kind& kind, const Selection& what, const Removal& how, ReplyTo to) {
  ApiRequest r = request(kDelete, path(kind, what.ns));
  add(r, what);
  r.object = api::make_object(options(how));
  return call(std::move(r), to);
}

uint64_t Client::bind(const Key& pod, const Str& uid, const Str& node, ReplyTo to) {
  api::core_v1::Binding binding;
  binding.metadata.namespace_ = pod.ns;
  binding.metadata.name = pod.name;
  binding.metadata.uid = uid;
  binding.target.kind = "Node";
  binding.target.name = node;
  ApiRequest r = request(kPost, path(pods(), pod.ns, pod.name, "binding"));
  r.object = api::make_object(std::move(binding));
  return call(std::move(r), to);
}

uint64_t Client::evict(const Key& pod, const Removal& how, ReplyTo to) {
  api::policy_v1::Eviction eviction;
  eviction.metadata.namespace_ = pod.ns;
  eviction.metadata.name = pod.name;
  eviction.deleteOptions = options(how);
  ApiRequest r = request(kPost, path(pods(), pod.ns, pod.name, "eviction"));
  r.object = api::make_object(std::move(eviction));
  return call(std::move(r), to);
}

uint64_t Client::watch(const Kind& kind, const Selection& what, const WatchFrom& from, ReplyTo to) {
  ApiRequest r = request(kGet, path(kind, what.ns));
  add(r, "watch", "true");
  add(r, "allowWatchBookmarks", "true");
  add(r, what);
  if (from.initial) {
    add(r, "sendInitialEvents", "true");
    add(r, "resourceVersionMatch", "NotOlderThan");
  } else {
    add(r, "resourceVersion", cat(from.revision));
  }
  return call(std::move(r), to);
}

uint64_t Client::read(const Str& path, const Str& label_selector, ReplyTo to) {
  const size_t question = path.view().find('?');
  ApiRequest r = request(kGet, Str(path.view().substr(0, question)));
  if (!label_selector.empty()) add(r, "labelSelector", label_selector);
  if (question != std::string_view::npos) {
    const std::string_view parameter = path.view().substr(question + 1);
    const size_t equals = parameter.find('=');
    r.query.push_back({Str(parameter.substr(0, equals)), Str(parameter.substr(equals + 1))});
  }
  return call(std::move(r), to);
}

uint64_t Client::put(const Str& path, api::ObjectPtr object, ReplyTo to) {
  ApiRequest r = request(kPut, path);
  r.object = std::move(object);
  return call(std::move(r), to);
}

}  // namespace orrery::client
