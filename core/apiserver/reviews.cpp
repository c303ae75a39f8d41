// Reviews: kinds that are answered, never stored. Source: pkg/registry/{authentication,authorization}.
#include "core/api/gen/authentication_v1.h"
#include "core/api/gen/authorization_v1.h"
#include "core/apiserver/apiserver.h"
#include "core/apiserver/auth.h"
#include "core/apiserver/codec.h"
#include "core/apiserver/errors.h"
#include "core/apiserver/rbac/rbac.h"
#include "core/apiserver/tokens.h"
#include "core/base/stamp.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

namespace authn = api::authentication_v1;
namespace authz = api::authorization_v1;

struct Question {
  ports::Identity who;
  Box<authz::ResourceAttributes> resource;
  Box<authz::NonResourceAttributes> path;
};

authz::SubjectAccessReviewStatus judge(const Question& q, const Registry& registry) {
  RequestInfo info;
  std::string_view path;
  if (q.resource) {
    const auto& r = *q.resource;
    info.is_resource = true;
    info.verb = r.verb.str();
    info.group = r.group;
    info.version = r.version;
    info.resource = r.resource;
    info.subresource = r.subresource;
    info.ns = r.namespace_;
    info.name = r.name;
  } else if (q.path) {
    info.verb = q.path->verb.str();
    path = q.path->path;
  }
  authz::SubjectAccessReviewStatus status;
  status.allowed = authorize(q.who, info, path, registry).ok();
  return status;
}

// What kubectl auth can-i --list shows.
void list_rules(const Registry& registry, const ports::Identity& who, const Str& ns,
                authz::SubjectRulesReviewStatus& out) {
  std::vector<api::rbac_v1::PolicyRule> rules = rules_for(registry, who, ns);
  for (const auto& r : rules) {
    if (!r.nonResourceURLs.empty()) {
      authz::NonResourceRule path;
      path.verbs = r.verbs;
      path.nonResourceURLs = r.nonResourceURLs;
      out.nonResourceRules.push_back(std::move(path));
    } else {
      authz::ResourceRule rule;
      rule.verbs = r.verbs;
      rule.apiGroups = r.apiGroups;
      rule.resources = r.resources;
      rule.resourceNames = r.resourceNames;
      out.resourceRules.push_back(std::move(rule));
    }
  }
}

ports::Identity identity(const Str& user, const List<Str>& groups) {
  ports::Identity who;
  who.user = user;
  who.groups = groups;
  return who;
}

authn::UserInfo user_info(const ports::Identity& who) {
  authn::UserInfo u;
  u.username = who.user;
  u.uid = who.uid;
  u.groups = who.groups;
  for (const auto& e : who.extra) u.extra.set(e.key, e.value);
  return u;
}

// Source: pkg/registry/authentication/tokenreview/storage.go
void review_token(const Registry& registry, ports::TokenSigner* tokens, authn::TokenReview& review, WallTime now) {
  List<Str> audiences = review.spec.audiences;
  if (audiences.empty()) audiences.push_back(kTokenIssuer);
  authn::TokenReviewStatus status;
  Result<TokenProof> proof = make_error(Reason::Unauthorized, "[invalid bearer token]");
  if (tokens) proof = prove_token(registry, *tokens, review.spec.token, audiences, now);
  if (proof.ok()) {
    status.authenticated = true;
    status.user = user_info(proof->who);
    status.audiences = proof->audiences;
  } else {
    status.error = proof.error().message;
  }
  review.status = std::move(status);
}

}  // namespace

Answer ApiServer::review(CallRecord& call) {
  const KindInfo& kind = *call.info.kind;
  if (call.info.verb != "create") return fail(method_not_supported(kind, call.info.verb));
  auto body = read_body(call, *kind.type, kind.kind);
  if (!body.ok()) return fail(body.error());
  if (kind.kind == "SelfSubjectReview") {
    body->as<authn::SelfSubjectReview>().status.userInfo = user_info(call.user);
    body->meta().creationTimestamp = whole_second(clock_.now());
  } else if (kind.kind == "TokenReview") {
    review_token(registry_, options_.tokens, body->as<authn::TokenReview>(), clock_.now());
  } else if (kind.kind == "SelfSubjectAccessReview") {
    auto& r = body->as<authz::SelfSubjectAccessReview>();
    r.status = judge({call.user, r.spec.resourceAttributes, r.spec.nonResourceAttributes}, registry_);
  } else if (kind.kind == "SubjectAccessReview") {
    auto& r = body->as<authz::SubjectAccessReview>();
    r.status = judge({identity(r.spec.user, r.spec.groups), r.spec.resourceAttributes, r.spec.nonResourceAttributes},
                     registry_);
  } else if (kind.kind == "LocalSubjectAccessReview") {
    auto& r = body->as<authz::LocalSubjectAccessReview>();
    if (r.spec.resourceAttributes && r.spec.resourceAttributes->namespace_ != call.info.ns)
      return fail(invalid(kind, r.metadata.name,
                          {{"FieldValueInvalid",
                            cat("Invalid value: ", orrery::quoted(r.spec.resourceAttributes->namespace_),
                                ": must match metadata.namespace"),
                            "spec.resourceAttributes.namespace"}}));
    r.status = judge({identity(r.spec.user, r.spec.groups), r.spec.resourceAttributes, r.spec.nonResourceAttributes},
                     registry_);
  } else if (kind.kind == "SelfSubjectRulesReview") {
    auto& r = body->as<authz::SelfSubjectRulesReview>();
    list_rules(registry_, call.user, r.spec.namespace_, r.status);
    r.status.incomplete = false;
  } else {
    return fail(method_not_supported(kind, call.info.verb));
  }
  Answer a;
  a.status = 201;
  a.object = std::move(*body).freeze();
  return a;
}

}  // namespace orrery::apiserver
