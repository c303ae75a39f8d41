// binding, eviction, scale, finalize: answers made of what is decided elsewhere.
#include "core/apiserver/apiserver.h"
#include "core/apiserver/codec.h"
#include "core/apiserver/errors.h"
#include "core/apiserver/subresource/pod_actions.h"
#include "core/apiserver/subresource/scale.h"

namespace orrery::apiserver {

namespace {

api::ObjectPtr success() {
  api::meta_v1::Status s;
  s.status = "Success";
  return api::make_object(std::move(s));
}

}  // namespace

Answer ApiServer::bind(CallRecord& call) {
  using api::core_v1::Binding;
  auto body = read_body(call, api::desc<Binding>(), "Binding");
  if (!body.ok()) return fail(body.error());
  const Binding& binding = body->as<Binding>();
  Str name = call.info.subresource.empty() ? binding.metadata.name : call.info.name;
  if (!binding.metadata.name.empty() && binding.metadata.name != name)
    return fail(bad_request("name in URL does not match name in Binding object"));
  Writer writer = writer_for(call);
  auto stored = bind_pod(registry_, call.info.ns, name, binding, writer);
  if (stored.ok()) stored->object = success(), stored->created = true;
  return stored_answer(call, std::move(stored), writer, 201);
}

Answer ApiServer::evict(CallRecord& call) {
  using api::policy_v1::Eviction;
  auto body = read_body(call, api::desc<Eviction>(), "Eviction");
  if (!body.ok()) return fail(body.error());
  Writer writer = writer_for(call);
  auto stored = evict_pod(registry_, call.info.ns, call.info.name, body->as<Eviction>(), writer);
  if (stored.ok()) stored->object = success(), stored->created = true;
  return stored_answer(call, std::move(stored), writer, 201);
}

Answer ApiServer::finalize(CallRecord& call) {
  auto body = read_body(call, *call.info.kind->type, call.info.kind->kind);
  if (!body.ok()) return fail(body.error());
  Writer writer = writer_for(call);
  return stored_answer(
      call, registry_.update(*call.info.kind, {}, call.info.name, "finalize", std::move(*body), writer), writer, 200);
}

Answer ApiServer::scale(CallRecord& call) {
  using api::autoscaling_v1::Scale;
  const RequestInfo& info = call.info;
  const KindInfo& kind = *info.kind;
  Writer writer = writer_for(call);
  if (info.verb == "get") {
    api::ObjectPtr object = registry_.get(kind, info.ns, info.name);
    if (!object) return fail(not_found(kind, info.name));
    Answer a;
    a.object = api::make_object(scale_of(object));
    return a;
  }
  api::ObjectPtr head = registry_.head(kind, info.ns, info.name, writer);
  if (!head) return stored_answer(call, not_found(kind, info.name), writer, 0);
  api::ObjectPtr current = api::make_object(scale_of(head));
  auto next = info.verb == "patch" ? read_patch(call, current, "Scale") : read_body(call, api::desc<Scale>(), "Scale");
  if (!next.ok()) return stored_answer(call, next.error(), writer, 0);
  const Scale& wanted = next->as<Scale>();
  if (!wanted.metadata.resourceVersion.empty() && wanted.metadata.resourceVersion != head.meta().resourceVersion)
    return stored_answer(call, modified(kind, info.name), writer, 0);
  if (wanted.spec.replicas < 0) {
    Error e = make_error(Reason::Invalid, cat("Scale.autoscaling \"", info.name,
                                              "\" is invalid: spec.replicas: Invalid value: ", wanted.spec.replicas,
                                              ": must be greater than or equal to 0"));
    e.name = info.name;
    e.group = "autoscaling";
    e.kind = "Scale";
    e.causes.push_back({"FieldValueInvalid",
                        cat("Invalid value: ", wanted.spec.replicas, ": must be greater than or equal to 0"),
                        "spec.replicas"});
    return stored_answer(call, std::move(e), writer, 0);
  }
  api::MutableObject object(head);
  set_replicas(object, wanted.spec.replicas);
  auto stored = registry_.update(kind, info.ns, info.name, "scale", std::move(object), writer);
  if (stored.ok()) stored->object = api::make_object(scale_of(stored->object));
  return stored_answer(call, std::move(stored), writer, 200);
}

}  // namespace orrery::apiserver
