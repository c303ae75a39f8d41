// serviceaccounts/NAME/token. Source: pkg/registry/core/serviceaccount/storage/token.go,
// pkg/apis/authentication/validation.
#include "core/apiserver/apiserver.h"
#include "core/apiserver/codec.h"
#include "core/apiserver/errors.h"
#include "core/apiserver/tokens.h"
#include "core/base/stamp.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

using api::authentication_v1::TokenRequest;
using api::core_v1::Node;
using api::core_v1::Pod;
using api::core_v1::Secret;
using api::core_v1::ServiceAccount;

constexpr int64_t kLifeDefault_s = 3600;

Result<void> check_life(const TokenRequest& request) {
  int64_t life = request.spec.expirationSeconds.value_or(kLifeDefault_s);
  const char* why = life < kTokenLifeMin_s   ? "may not specify a duration less than 10 minutes"
                    : life > kTokenLifeMax_s ? "may not specify a duration larger than 2^32 seconds"
                                             : nullptr;
  if (!why) return {};
  Error e = make_error(Reason::Invalid, cat("TokenRequest.authentication.k8s.io \"", request.metadata.name,
                                            "\" is invalid: spec.expirationSeconds: Invalid value: ", life, ": ", why));
  e.group = "authentication.k8s.io";
  e.kind = "TokenRequest";
  e.name = request.metadata.name;
  e.causes.push_back({"FieldValueInvalid", cat("Invalid value: ", life, ": ", why), "spec.expirationSeconds"});
  return e;
}

Result<TokenBinding> read_binding(const Registry& registry, const Str& ns, const Str& account,
                                  const TokenRequest& request) {
  TokenBinding out;
  if (!request.spec.boundObjectRef) return out;
  const auto& ref = *request.spec.boundObjectRef;
  api::ObjectPtr found;
  const KindInfo* kind = ref.apiVersion == "v1" ? api::find_kind("v1", ref.kind) : nullptr;
  bool known = kind && (kind->kind == "Pod" || kind->kind == "Secret" || kind->kind == "Node");
  if (!known) return bad_request(cat("cannot bind token to object of type ", ref.apiVersion, ", Kind=", ref.kind));
  found = registry.get(*kind, kind->namespaced ? ns : Str(), ref.name);
  if (!found) return not_found(*kind, ref.name);
  if (kind->kind == "Pod") {
    const Pod& pod = *found.as<Pod>();
    if (pod.spec.serviceAccountName != account)
      return bad_request(cat("cannot bind token for serviceaccount ", orrery::quoted(account),
                             " to pod running with different serviceaccount name."));
    out.pod = found;
    if (!pod.spec.nodeName.empty()) out.node = registry.get(api::kind<Node>(), {}, pod.spec.nodeName);
  } else {
    (kind->kind == "Secret" ? out.secret : out.node) = found;
  }
  if (!ref.uid.empty() && ref.uid != found.meta().uid)
    return conflict(*kind, ref.name,
                    cat("the UID in the bound object reference (", ref.uid, ") does not match the UID in record (",
                        found.meta().uid, "). The object might have been deleted and then recreated"));
  return out;
}

}  // namespace

Answer ApiServer::create_token(CallRecord& call) {
  const RequestInfo& info = call.info;
  auto body = read_body(call, api::desc<TokenRequest>(), "TokenRequest");
  if (!body.ok()) return fail(body.error());
  TokenRequest& request = body->as<TokenRequest>();
  if (!options_.tokens) return fail(no_such_resource());
  if (auto bad = check_life(request); !bad.ok()) return fail(bad.error());
  api::ObjectPtr account = registry_.get(*info.kind, info.ns, info.name);
  if (!account) return fail(not_found(*info.kind, info.name));
  auto binding = read_binding(registry_, info.ns, info.name, request);
  if (!binding.ok()) return fail(binding.error());
  int64_t life = request.spec.expirationSeconds.value_or(kLifeDefault_s);
  request.spec.expirationSeconds = life;
  if (request.spec.audiences.empty()) request.spec.audiences.push_back(kTokenIssuer);
  Str id(registry_.state().rng.uuid());
  auto token = options_.tokens->sign(
      token_claims(*account.as<ServiceAccount>(), *binding, request.spec.audiences, life, clock_.now(), id));
  if (!token.ok()) return fail(token.error());
  request.metadata.name = info.name;
  request.metadata.namespace_ = info.ns;
  request.metadata.creationTimestamp = whole_second(clock_.now());
  request.status.token = *token;
  request.status.expirationTimestamp = request.metadata.creationTimestamp + seconds(life);
  Answer a;
  a.status = 201;
  a.object = std::move(*body).freeze();
  return a;
}

}  // namespace orrery::apiserver
