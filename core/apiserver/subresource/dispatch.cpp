// Requests below an object. Source: pkg/registry/core/rest/storage_core.go and the registries' storage.go.
#include "core/apiserver/apiserver.h"
#include "core/apiserver/errors.h"
#include "core/apiserver/subresource/pod_actions.h"
#include "core/apiserver/subresource/subresources.h"

namespace orrery::apiserver {

Answer ApiServer::handle_subresource(CallRecord& call) {
  const RequestInfo& info = call.info;
  const KindInfo& kind = *info.kind;
  const Str& sub = info.subresource;
  if (!kind.has_subresource(sub)) return not_served();
  const std::string& verb = info.verb;
  bool changes = verb == "update" || verb == "patch";
  if (sub == "status" || sub == "ephemeralcontainers" || sub == "resize" || sub == "approval") {
    if (verb == "get") return get(call);
    if (changes) return verb == "update" ? update(call) : patch(call);
  } else if (sub == "scale") {
    if (verb == "get" || changes) return scale(call);
  } else if (sub == "binding" && verb == "create") {
    return bind(call);
  } else if (sub == "eviction" && verb == "create") {
    return evict(call);
  } else if (sub == "token" && verb == "create") {
    return create_token(call);
  } else if (sub == "finalize" && verb == "update") {
    return finalize(call);
  } else if (sub == "proxy" && kind.kind != "Node") {
    return proxy(call);
  } else if (sub == "log" || sub == "exec" || sub == "attach" || sub == "portforward" ||
             (sub == "proxy" && kind.kind == "Node")) {
    if (verb == "get" || verb == "create") return reach_node(call);
  } else {
    return not_served();
  }
  return fail(method_not_supported(kind, verb));
}

}  // namespace orrery::apiserver
