#include "core/apiserver/auth.h"

#include "core/apiserver/errors.h"
#include "core/apiserver/rbac/node_authorizer.h"
#include "core/apiserver/tokens.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

// Asked of every call.
const Str kEveryonesGroup = "system:authenticated";

// `detail`: what an authorizer said of it, or "".
Error refusal(const ports::Identity& user, const RequestInfo& info, std::string_view path,
              std::string_view detail = {}) {
  if (!info.is_resource)
    return make_error(Reason::Forbidden,
                      cat("forbidden: User ", quoted(user.user), " cannot ", info.verb, " path ", quoted(path)));
  std::string resource = info.resource.str();
  if (!info.subresource.empty()) resource += cat('/', info.subresource);
  std::string where = info.ns.empty() ? " at the cluster scope" : cat(" in the namespace ", quoted(info.ns));
  std::string why = cat("User ", quoted(user.user), " cannot ", info.verb, " resource ", quoted(resource),
                        " in API group ", quoted(info.group), where, detail.empty() ? "" : ": ", detail);
  Error e = make_error(Reason::Forbidden, "");
  std::string qualified = info.group.empty() ? info.resource.str() : cat(info.resource, '.', info.group);
  e.message = info.name.empty() ? Str(cat(qualified, " is forbidden: ", why))
                                : Str(cat(qualified, " ", quoted(info.name), " is forbidden: ", why));
  e.name = info.name;
  e.group = info.group;
  e.kind = info.resource;
  return e;
}

// Source: apiserver pkg/endpoints/filters/impersonation.go
Result<ports::Identity> impersonate(const ports::ApiRequest& request, ports::Identity user, const Registry& registry,
                                    Decisions& decisions) {
  Str name = request.headers.get("impersonate-user");
  Str groups = request.headers.get("impersonate-group");
  if (name.empty() && groups.empty()) return user;
  if (name.empty())
    return make_error(Reason::InternalError, "requested [" + groups.str() + "] without impersonating a user");
  ports::Identity other;
  other.user = name;
  if (!groups.empty())
    for (const std::string& g : split(groups, ',')) other.groups.push_back(Str(trim(g)));
  auto ask = [&](const char* resource, const Str& what) {
    RequestInfo info;
    info.is_resource = true;
    info.verb = "impersonate";
    info.resource = resource;
    info.name = what;
    return authorize(user, info, {}, registry, decisions);
  };
  if (auto no = ask("users", name); !no.ok()) return no.error();
  for (const Str& g : other.groups)
    if (auto no = ask("groups", g); !no.ok()) return no.error();
  other.groups.push_back("system:authenticated");
  return other;
}

}  // namespace

Result<ports::Identity> authenticate(const ports::ApiRequest& request, const Registry& registry,
                                     ports::TokenSigner* tokens, WallTime now, Decisions& decisions) {
  ports::Identity user = request.identity;
  if (user.user.empty()) {
    if (const Str* header = request.headers.find("authorization")) {
      constexpr std::string_view kBearer = "bearer ";
      if (!tokens || to_lower(header->view().substr(0, kBearer.size())) != kBearer) return unauthorized();
      auto proof = prove_token(registry, *tokens, trim(header->view().substr(kBearer.size())), {kTokenIssuer}, now);
      if (!proof.ok()) return unauthorized();
      return impersonate(request, std::move(proof->who), registry, decisions);
    }
    user.user = "system:anonymous";
    user.groups = {Str("system:unauthenticated")};
    return user;
  }
  if (!user.groups.contains(kEveryonesGroup)) user.groups.push_back(kEveryonesGroup);
  if (request.want_object) return user;
  return impersonate(request, std::move(user), registry, decisions);
}

Result<void> authorize(const ports::Identity& who, const RequestInfo& request, std::string_view path,
                       const Registry& registry, Decisions& decisions) {
  if (who.groups.contains(kMasters)) return {};
  // A kubelet acts by the node authorizer, or by what roles its name and groups were given beside that.
  const std::string_view node = node_of(who);
  std::string why = node.empty() ? std::string() : node_refusal(registry, node, request);
  if (!node.empty() && why.empty()) return {};
  if (decisions.allows(registry, who, request, path)) return {};
  if (who.user == "system:anonymous") return unauthorized();
  return refusal(who, request, path, why);
}

Result<void> authorize(const ports::Identity& who, const RequestInfo& request, std::string_view path,
                       const Registry& registry) {
  Decisions fresh;
  return authorize(who, request, path, registry, fresh);
}

}  // namespace orrery::apiserver
