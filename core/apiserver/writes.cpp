// create, update, delete, deletecollection. Source: apiserver pkg/endpoints/handlers/{create,update,delete}.go.
#include "core/api/defaults.h"
#include "core/apiserver/admission/admission.h"
#include "core/apiserver/apiserver.h"
#include "core/apiserver/auth.h"
#include "core/apiserver/codec.h"
#include "core/apiserver/errors.h"
#include "core/apiserver/present.h"
#include "core/apiserver/rbac/certificates.h"
#include "core/apiserver/rbac/escalation.h"
#include "core/apiserver/tokens.h"
#include "core/base/text.h"

namespace orrery::apiserver {

using api::meta_v1::DeleteOptions;

namespace {
constexpr uint8_t kAccountTries = 10;  // admission/serviceaccount: getServiceAccount
constexpr Duration kAccountWait = millis(100);
}  // namespace

Writer ApiServer::writer_for(const CallRecord& call) const {
  Writer w;
  w.user = call.user.user;
  w.uid = call.user.uid;
  w.groups = call.user.groups;
  w.masters = call.user.groups.contains(kMasters);
  w.field_manager = call.query.field_manager;
  w.dry_run = call.query.dry_run;
  w.cause = call.trace;
  w.now = clock_.now();
  return w;
}

Answer ApiServer::stored_answer(CallRecord& call, Result<Stored> stored, Writer& writer, int status) {
  Answer a = stored.ok() ? Answer() : fail(stored.error());
  if (stored.ok()) {
    a.status = stored->created ? 201 : status;
    a.object = stored->object;
    present(call, a, clock_.now());
  }
  a.after = writer.after;
  for (const Str& w : writer.warnings) call.warnings.push_back(w);
  return a;
}

// A new namespace gets its default account from a controller: pods that come first wait a little for it.
Answer ApiServer::try_again(CallRecord& call) {
  ++call.tries;
  uint64_t id = call.id;
  state_.retrying.emplace(id, std::move(call));
  loop_.post_after(kAccountWait, self_, kRetry, id);
  Answer later;
  later.later = true;
  return later;
}

// What all writes of an object have in common: admission, the write, and what quotas are charged for it.
Result<Stored> ApiServer::admit_and_store(const CallRecord& call, api::MutableObject object, const api::ObjectPtr& old,
                                          Writer& writer) {
  const RequestInfo& info = call.info;
  bool creates = info.verb == "create" || (!old && info.verb == "patch");
  AdmissionRequest request{registry_,        writer,   *info.kind, info.ns, creates ? "CREATE" : "UPDATE",
                           info.subresource, info.name};
  if (creates) registry_.generate_name(*info.kind, info.ns, object);
  if (auto no = check_no_escalation(registry_, call.user, *info.kind, info.ns, object); !no.ok()) return no.error();
  if (auto no = check_certificate(registry_, call.user, *info.kind, info.subresource, object, old, options_.certificates); !no.ok())
    return no.error();
  if (auto no = admit(request, &object, old); !no.ok()) return no.error();
  auto stored = creates ? registry_.create(*info.kind, info.ns, std::move(object), writer)
                        : registry_.update(*info.kind, info.ns, info.name, info.subresource, std::move(object), writer);
  if (stored.ok() && !writer.dry_run) take_charges(registry_, info.ns, writer);
  return stored;
}

Answer ApiServer::create(CallRecord& call) {
  const KindInfo& kind = *call.info.kind;
  if (kind.namespaced && call.info.ns.empty()) return fail(method_not_supported(kind, "create"));
  auto object = read_body(call, *kind.type, kind.kind);
  if (!object.ok()) return fail(object.error());
  api::set_defaults(*object);
  track(call, nullptr, *object);
  Writer writer = writer_for(call);
  auto stored = admit_and_store(call, std::move(*object), nullptr, writer);
  if (writer.wait_for_account && call.tries < kAccountTries) return try_again(call);
  if (stored.ok() && !writer.dry_run && options_.tokens)
    fill_token_secret(registry_, *options_.tokens, *stored, writer);
  return stored_answer(call, std::move(stored), writer, 201);
}

Answer ApiServer::update(CallRecord& call) {
  const KindInfo& kind = *call.info.kind;
  auto object = read_body(call, *kind.type, kind.kind);
  if (!object.ok()) return fail(object.error());
  Writer writer = writer_for(call);
  if (changes_spec(call.info.subresource)) api::set_defaults(*object);
  api::ObjectPtr old = registry_.head(kind, call.info.ns, call.info.name, writer);
  track(call, old, *object);
  return stored_answer(call, admit_and_store(call, std::move(*object), old, writer), writer, 200);
}

namespace {

// Options of a deletion stand in the body, or in the query when there is none.
Result<DeleteOptions> delete_options(const CallRecord& call) {
  auto body = read_options(call, api::desc<DeleteOptions>());
  if (!body.ok()) return body.error();
  DeleteOptions o = body->as<DeleteOptions>();
  const ports::ApiRequest& r = *call.request;
  if (!r.object && r.body.empty()) {
    int64_t grace = 0;
    Str text = r.param("gracePeriodSeconds");
    if (!text.empty()) {
      if (!parse_int64(text, grace))
        return bad_request(cat("strconv.ParseInt: parsing ", quoted(text), ": invalid syntax"));
      o.gracePeriodSeconds = grace;
    }
    if (r.has_param("propagationPolicy")) o.propagationPolicy = r.param("propagationPolicy");
    if (r.has_param("orphanDependents")) o.orphanDependents = r.param("orphanDependents") != "false";
  }
  if (o.propagationPolicy && *o.propagationPolicy != "Orphan" && *o.propagationPolicy != "Background" &&
      *o.propagationPolicy != "Foreground")
    return make_error(
        Reason::Invalid,
        cat("DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: ",
            quoted(*o.propagationPolicy), ": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\""));
  return o;
}

}  // namespace

Answer ApiServer::remove(CallRecord& call) {
  const RequestInfo& info = call.info;
  auto options = delete_options(call);
  if (!options.ok()) return fail(options.error());
  if (options->dryRun.contains("All")) call.query.dry_run = true;
  Writer writer = writer_for(call);
  AdmissionRequest request{registry_, writer, *info.kind, info.ns, "DELETE", "", info.name};
  if (auto no = admit(request, nullptr, nullptr); !no.ok()) return stored_answer(call, no.error(), writer, 0);
  auto stored = registry_.remove(*info.kind, info.ns, info.name, *options, writer);
  if (stored.ok() && stored->deleted && !strategy_of(storage_type(*info.kind)).returns_deleted) {
    const auto& meta = stored->object.meta();
    stored->object = api::make_object(deleted_status(*info.kind, meta.name, meta.uid));
  }
  return stored_answer(call, std::move(stored), writer, 200);
}

Answer ApiServer::remove_collection(CallRecord& call) {
  const RequestInfo& info = call.info;
  const KindInfo& kind = *info.kind;
  auto options = delete_options(call);
  if (!options.ok()) return fail(options.error());
  if (options->dryRun.contains("All")) call.query.dry_run = true;
  auto selection = read_selection(kind, call.query.label_selector, call.query.field_selector);
  if (!selection.ok()) return fail(selection.error());
  Writer writer = writer_for(call);
  std::vector<std::pair<Str, store::Item>> found;
  store::ListSpec spec;
  spec.table = registry_.table(kind);
  spec.ns = kind.namespaced ? info.ns : Str();
  store_.list(spec, 0, found);
  std::vector<api::ObjectPtr> removed;
  for (const auto& entry : found) {
    const api::ObjectPtr& object = entry.second.object;
    if (!selection->matches(kind, object)) continue;
    AdmissionRequest request{registry_, writer, kind, object.meta().namespace_, "DELETE", "", object.meta().name};
    if (auto no = admit(request, nullptr, nullptr); !no.ok()) return stored_answer(call, no.error(), writer, 0);
    auto stored = registry_.remove(kind, object.meta().namespace_, object.meta().name, *options, writer);
    if (!stored.ok()) {
      if (stored.error().reason == Reason::NotFound) continue;  // gone meanwhile
      return stored_answer(call, stored.error(), writer, 0);
    }
    removed.push_back(stored->object);
  }
  Answer a;
  a.after = writer.after;
  api::meta_v1::ListMeta meta;
  meta.resourceVersion = Str(cat(std::max(store_.revision(), writer.after)));
  if (call.request->want_object || call.accept.as == Accept::As::Object)
    a.object = typed_list(kind, removed, meta);
  else {
    std::string json = present_list_head(call, meta);
    for (size_t i = 0; i < removed.size(); ++i) present_list_item(call, removed[i], clock_.now(), i == 0, json);
    a.body = Str(finish_json(json + "]}", call.accept));
    a.content_type = Str(content_type_of(call.accept));
  }
  return a;
}

}  // namespace orrery::apiserver
