// Reviews: kinds that are answered, never stored. Source: pkg/registry/{authentication,authorization}.
#include "core/api/gen/authentication_v1.h"
#include "core/api/gen/authorization_v1.h"
#include "core/apiserver/apiserver.h"
#include "core/apiserver/auth.h"
#include "core/apiserver/codec.h"
#include "core/apiserver/errors.h"

namespace orrery::apiserver {

namespace {

namespace authn = api::authentication_v1;
namespace authz = api::authorization_v1;

struct Question {
  ports::Identity who;
  Box<authz::ResourceAttributes> resource;
  Box<authz::NonResourceAttributes> path;
};

authz::SubjectAccessReviewStatus judge(const Question& q) {
  CallRecord call;
  ports::ApiRequest request;
  call.user = q.who;
  if (q.resource) {
    const auto& r = *q.resource;
    call.info.is_resource = true;
    call.info.verb = r.verb.str();
    call.info.group = r.group;
    call.info.version = r.version;
    call.info.resource = r.resource;
    call.info.subresource = r.subresource;
    call.info.ns = r.namespace_;
    call.info.name = r.name;
  } else if (q.path) {
    call.info.verb = q.path->verb.str();
    request.path = q.path->path;
    request.method = q.path->verb == "get" ? "GET" : "POST";
  }
  call.request = std::make_shared<const ports::ApiRequest>(std::move(request));
  authz::SubjectAccessReviewStatus status;
  status.allowed = authorize(call).ok();
  return status;
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

}  // namespace

Answer ApiServer::review(CallRecord& call) {
  const KindInfo& kind = *call.info.kind;
  if (call.info.verb != "create") return fail(method_not_supported(kind, call.info.verb));
  auto body = read_body(call, *kind.type, kind.kind);
  if (!body.ok()) return fail(body.error());
  if (kind.kind == "SelfSubjectReview") {
    body->as<authn::SelfSubjectReview>().status.userInfo = user_info(call.user);
    body->meta().creationTimestamp = WallTime{clock_.now().ns / 1'000'000'000 * 1'000'000'000};
  } else if (kind.kind == "SelfSubjectAccessReview") {
    auto& r = body->as<authz::SelfSubjectAccessReview>();
    r.status = judge({call.user, r.spec.resourceAttributes, r.spec.nonResourceAttributes});
  } else if (kind.kind == "SubjectAccessReview") {
    auto& r = body->as<authz::SubjectAccessReview>();
    r.status = judge({identity(r.spec.user, r.spec.groups), r.spec.resourceAttributes, r.spec.nonResourceAttributes});
  } else if (kind.kind == "LocalSubjectAccessReview") {
    auto& r = body->as<authz::LocalSubjectAccessReview>();
    r.status = judge({identity(r.spec.user, r.spec.groups), r.spec.resourceAttributes, r.spec.nonResourceAttributes});
  } else if (kind.kind == "SelfSubjectRulesReview") {
    auto& r = body->as<authz::SelfSubjectRulesReview>();
    bool all = judge({call.user, [] { authz::ResourceAttributes a; a.verb = "*"; a.resource = "*"; a.group = "*"; return Box<authz::ResourceAttributes>(a); }(), {}}).allowed;
    if (all) {
      authz::ResourceRule rule;
      rule.verbs = {Str("*")};
      rule.apiGroups = {Str("*")};
      rule.resources = {Str("*")};
      r.status.resourceRules.push_back(std::move(rule));
      authz::NonResourceRule path;
      path.verbs = {Str("*")};
      path.nonResourceURLs = {Str("*")};
      r.status.nonResourceRules.push_back(std::move(path));
    }
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
