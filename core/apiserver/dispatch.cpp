// The pipeline: who asks, may they, what for.
#include "core/apiserver/adapter.h"
#include "core/apiserver/apiserver.h"
#include "core/apiserver/auth.h"
#include "core/apiserver/errors.h"
#include "core/apiserver/nonresource.h"

namespace orrery::apiserver {

namespace {

// KindInfo::verbs is a list with commas.
bool serves(const KindInfo& kind, std::string_view verb) {
  std::string_view left = kind.verbs;
  for (;;) {
    size_t comma = left.find(',');
    if (left.substr(0, comma) == verb) return true;
    if (comma == std::string_view::npos) return false;
    left.remove_prefix(comma + 1);
  }
}

}  // namespace

Answer ApiServer::handle(CallRecord& call) {
  const ports::ApiRequest& request = *call.request;
  call.texts = &texts_;
  call.info = read_request(request, state_.custom, &texts_);
  if (!request.want_object && !call.info.resource.empty()) {
    auto accept = negotiate(request, call.info.subresource.empty() && call.info.kind &&
                                         (is_stored(*call.info.kind) || is_measured(*call.info.kind)));
    if (!accept.ok()) return fail(accept.error());
    call.accept = *accept;
  }
  auto user = authenticate(request, registry_, options_.tokens, clock_.now(), decisions_);
  if (!user.ok()) return fail(user.error());
  call.user = std::move(*user);
  call.trace = trace(call);
  if (!state_.started) {
    Error e = make_error(Reason::ServiceUnavailable, "the server is currently unable to handle the request");
    e.retry_after_s = 1;
    return fail(std::move(e));
  }
  if (auto no = authorize(call.user, call.info, request.path, registry_, decisions_); !no.ok()) return fail(no.error());
  if (!call.info.is_resource || call.info.resource.empty())
    return answer_nonresource(call, options_, state_.custom, documents_);
  const bool adapted = has_adapter(options_.metrics) && is_adapted(call.info);
  if (!call.info.kind && !adapted) return not_served();
  auto query = read_query(request);
  if (!query.ok()) return fail(query.error());
  call.query = std::move(*query);
  if (adapted) return answer_adapted(call, registry_, *options_.metrics, clock_.now());
  return handle_resource(call);
}

Answer ApiServer::handle_resource(CallRecord& call) {
  const RequestInfo& info = call.info;
  const KindInfo& kind = *info.kind;
  if (kind.custom && !kind.custom->deprecation().empty()) call.warnings.push_back(Str(kind.custom->deprecation()));
  if (kind.kind == "Binding" && info.verb == "create") return bind(call);
  if (is_measured(kind)) {
    if (!serves(kind, info.verb) || !info.subresource.empty()) return fail(method_not_supported(kind, info.verb));
    Answer later;
    later.later = metrics(call);
    return later;
  }
  if (!is_stored(kind)) return review(call);
  if (!info.subresource.empty()) return handle_subresource(call);
  Answer later;
  later.later = true;
  if (!serves(kind, info.verb)) return fail(method_not_supported(kind, info.verb));
  if (info.verb == "get") return get(call);
  if (info.verb == "list") return list(call) ? later : Answer();
  if (info.verb == "watch") return watch(call) ? later : Answer();
  if (info.verb == "create" && info.name.empty()) return create(call);
  if (info.verb == "update" && !info.name.empty()) return update(call);
  if (info.verb == "patch" && !info.name.empty()) return patch(call);
  if (info.verb == "delete") return remove(call);
  if (info.verb == "deletecollection") return remove_collection(call);
  return fail(method_not_supported(kind, info.verb));
}

void ApiServer::refuse(CallRecord& call, Error error) { answer(call, fail(std::move(error))); }

}  // namespace orrery::apiserver
