#include "core/apiserver/auth.h"

#include "core/apiserver/errors.h"
#include "core/base/text.h"

namespace orrery::apiserver {

Result<ports::Identity> authenticate(const ports::ApiRequest& request) {
  ports::Identity user = request.identity;
  if (user.user.empty()) {
    if (request.headers.contains("authorization")) return unauthorized();
    user.user = "system:anonymous";
    user.groups = {Str("system:unauthenticated")};
    return user;
  }
  if (!user.groups.contains("system:authenticated")) user.groups.push_back("system:authenticated");
  return user;
}

namespace {

bool open_to_all(std::string_view path) {
  for (std::string_view prefix : {"/healthz", "/livez", "/readyz", "/version"})
    if (starts_with(path, prefix)) return true;
  return false;
}

// Own components act under users that only in-process callers can have.
bool is_component(const ports::Identity& user) { return starts_with(user.user, "system:") && user.user != "system:anonymous"; }

}  // namespace

Result<void> authorize(const CallRecord& call) {
  const ports::Identity& user = call.user;
  if (user.groups.contains("system:masters") || is_component(user)) return {};
  const RequestInfo& info = call.info;
  if (!info.is_resource && open_to_all(call.request->path)) return {};
  if (user.user == "system:anonymous") return unauthorized();
  if (!info.is_resource) {
    // system:discovery and system:basic-user: whoever is known may look at what is served.
    for (std::string_view prefix : {"/api", "/apis", "/openapi"})
      if (starts_with(call.request->path, prefix) && call.request->method == "GET") return {};
    return make_error(Reason::Forbidden, cat("forbidden: User ", quoted(user.user), " cannot ", info.verb, " path ",
                                             quoted(call.request->path)));
  }
  std::string resource = info.resource.str();
  if (!info.subresource.empty()) resource += cat('/', info.subresource);
  std::string where = info.ns.empty() ? " at the cluster scope" : cat(" in the namespace ", quoted(info.ns));
  std::string why = cat("User ", quoted(user.user), " cannot ", info.verb, " resource ", quoted(resource),
                        " in API group ", quoted(info.group), where);
  Error e = make_error(Reason::Forbidden, "");
  std::string qualified = info.group.empty() ? info.resource.str() : cat(info.resource, '.', info.group);
  e.message = info.name.empty() ? Str(cat(qualified, " is forbidden: ", why))
                                : Str(cat(qualified, " ", quoted(info.name), " is forbidden: ", why));
  e.name = info.name;
  e.group = info.group;
  e.kind = info.resource;
  return e;
}

}  // namespace orrery::apiserver
