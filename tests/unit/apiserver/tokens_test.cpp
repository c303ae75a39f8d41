#include "tests/unit/apiserver/world.h"

#include "core/base/text.h"
#include "core/ports/token_signer.h"

using namespace orrery;
using namespace orrery::test;

namespace {

// "signed.<payload in base64>": what is signed can be read back, nothing else can.
struct PlainSigner final : ports::TokenSigner {
  Result<Str> sign(std::string_view payload) override { return Str(cat("signed.", base64_encode(payload))); }
  Result<Str> verify(std::string_view token) override {
    std::string out;
    if (!starts_with(token, "signed.") || !base64_decode(token.substr(7), out))
      return make_error(Reason::Unauthorized, "no");
    return Str(out);
  }
  Str jwks() override { return "{\"keys\":[]}"; }
  Str algorithm() const override { return "PLAIN"; }
};

struct Tokens {
  PlainSigner signer;
  World w;
  Tokens() : w(options(signer)) {
    w.call("POST", kAccounts, R"({"metadata":{"name":"default"}})");
    w.call("POST", kAccounts, R"({"metadata":{"name":"builder"}})");
  }
  static apiserver::Options options(PlainSigner& signer) {
    apiserver::Options o;
    o.tokens = &signer;
    return o;
  }
  ports::ApiReply ask(std::string_view account, std::string_view spec) {
    return w.call("POST", cat(kAccounts, "/", account, "/token"),
                  cat(R"({"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":)", spec, "}"));
  }
  std::string token(std::string_view account, std::string_view spec = "{}") {
    std::string body = ask(account, spec).body.str();
    size_t at = body.find("\"token\":\"") + 9;
    return body.substr(at, body.find('"', at) - at);
  }
  ports::ApiReply as(const std::string& token, const char* method, std::string_view url, std::string_view body = {}) {
    ports::ApiRequest r = w.request(method, url, body);
    r.identity = {};
    r.headers.set("authorization", cat("Bearer ", token));
    return w.call(std::move(r));
  }
  ports::ApiReply who(const std::string& token) {
    return as(token, "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews",
              R"({"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"})");
  }
  static constexpr const char* kAccounts = "/api/v1/namespaces/default/serviceaccounts";
  static constexpr const char* kPods = "/api/v1/namespaces/default/pods";
};

}  // namespace

// https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
TEST_CASE("Token: its bearer is the service account, in its groups") {
  Tokens t;
  std::string me = t.who(t.token("builder")).body.str();
  CHECK(has(me, R"("username":"system:serviceaccount:default:builder")"));
  CHECK(has(me, R"("groups":["system:serviceaccounts","system:serviceaccounts:default","system:authenticated"])"));
  CHECK(has(me, R"("authentication.kubernetes.io/credential-id":["JTI=)"));
  CHECK(t.who("signed.nonsense").status == 401);
  CHECK(t.as(t.token("builder"), "GET", Tokens::kPods).error->message ==
        "pods is forbidden: User \"system:serviceaccount:default:builder\" cannot list resource \"pods\" in API group "
        "\"\" "
        "in the namespace \"default\"");
}

TEST_CASE("Token: a token of an account in kube-system has no more rights than any other") {
  Tokens t;
  t.w.call("POST", "/api/v1/namespaces/kube-system/serviceaccounts",
           R"({"metadata":{"name":"deployment-controller"}})");
  std::string body = t.w.call("POST", "/api/v1/namespaces/kube-system/serviceaccounts/deployment-controller/token",
                              R"({"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{}})")
                         .body.str();
  size_t at = body.find("\"token\":\"") + 9;
  CHECK(t.as(body.substr(at, body.find('"', at) - at), "GET", "/api/v1/secrets").status == 403);
}

TEST_CASE("Token: ends with its life, its account and what it is bound to") {
  Tokens t;
  std::string short_lived = t.token("builder", R"({"expirationSeconds":600})");
  std::string long_lived = t.token("builder", R"({"expirationSeconds":86400})");
  t.w.wait(seconds(601));
  CHECK(t.who(short_lived).status == 401);
  CHECK(t.who(long_lived).status == 201);
  REQUIRE(t.w.call("POST", Tokens::kPods, pod_json("a", "", ",\"serviceAccountName\":\"builder\"")).status == 201);
  std::string bound = t.token("builder", R"({"boundObjectRef":{"apiVersion":"v1","kind":"Pod","name":"a"}})");
  CHECK(has(t.who(bound).body, R"("authentication.kubernetes.io/pod-name":["a"])"));
  t.w.call("DELETE", cat(Tokens::kPods, "/a?gracePeriodSeconds=0"));
  CHECK(t.who(bound).status == 401);
  t.w.call("DELETE", cat(Tokens::kAccounts, "/builder"));
  CHECK(t.who(long_lived).status == 401);
}

TEST_CASE("Token: what cannot be asked for") {
  Tokens t;
  CHECK(t.ask("builder", R"({"expirationSeconds":10})").error->message ==
        "TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: 10: may not "
        "specify a "
        "duration less than 10 minutes");
  CHECK(t.ask("nobody", "{}").error->message == "serviceaccounts \"nobody\" not found");
  CHECK(t.ask("builder", R"({"boundObjectRef":{"apiVersion":"v1","kind":"Pod","name":"x"}})").error->message ==
        "pods \"x\" not found");
  REQUIRE(t.w.call("POST", Tokens::kPods, pod_json("a")).status == 201);
  CHECK(t.ask("builder", R"({"boundObjectRef":{"apiVersion":"v1","kind":"Pod","name":"a"}})").error->message ==
        "cannot bind token for serviceaccount \"builder\" to pod running with different serviceaccount name.");
}

TEST_CASE("Token: a review tells whose it is, or why it is none") {
  Tokens t;
  auto review = [&](const std::string& token, const char* audiences) {
    return t.w
        .call("POST", "/apis/authentication.k8s.io/v1/tokenreviews",
              cat(R"({"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview","spec":{"token":")", token, "\"",
                  audiences, "}}"))
        .body.str();
  };
  std::string token = t.token("builder", R"({"audiences":["vault"]})");
  CHECK(has(review(token, R"(,"audiences":["vault","other"])"), R"("audiences":["vault"]})"));
  CHECK(has(review(token, R"(,"audiences":["vault"])"), R"("authenticated":true)"));
  CHECK(has(review(token, ""), R"("error":"[invalid bearer token, token audiences)"));
  CHECK(t.who(token).status == 401);  // not meant for the API
}

// plugin/pkg/admission/serviceaccount
TEST_CASE("Admission: a pod runs as an account that exists, whose token each container mounts") {
  Tokens t;
  std::string pod = t.w.call("POST", Tokens::kPods, pod_json("a")).body.str();
  CHECK(has(pod, "\"serviceAccountName\":\"default\""));
  CHECK(has(pod, R"("readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount")"));
  CHECK(has(pod, R"({"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}})"));
  CHECK(!has(t.w.call("POST", Tokens::kPods, pod_json("b", "", ",\"automountServiceAccountToken\":false")).body,
             "kube-api-access"));
  CHECK(t.w.call("POST", Tokens::kPods, pod_json("c", "", ",\"serviceAccountName\":\"foo\"")).error->message ==
        "pods \"c\" is forbidden: error looking up service account default/foo: serviceaccount \"foo\" not found");
}

TEST_CASE("Admission: a pod waits a second for the default account of a new namespace") {
  Tokens t;
  t.w.call("POST", "/api/v1/namespaces", R"({"metadata":{"name":"fresh"}})");
  uint64_t early = t.w.begin(t.w.request("POST", "/api/v1/namespaces/fresh/pods", pod_json("a")));
  t.w.wait(millis(250));
  CHECK(t.w.replies[early].empty());
  t.w.call("POST", "/api/v1/namespaces/fresh/serviceaccounts", R"({"metadata":{"name":"default"}})");
  t.w.wait(millis(100));
  REQUIRE(t.w.replies[early].size() == 1);
  CHECK(t.w.replies[early][0].status == 201);
  t.w.call("DELETE", "/api/v1/namespaces/fresh/serviceaccounts/default");
  uint64_t late = t.w.begin(t.w.request("POST", "/api/v1/namespaces/fresh/pods", pod_json("b")));
  t.w.wait(seconds(2));
  REQUIRE(t.w.replies[late].size() == 1);
  CHECK(t.w.replies[late][0].status == 403);
}

// https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets
TEST_CASE("Token: a secret of the account's type is given one, which ends with the secret") {
  Tokens t;
  constexpr const char* kSecrets = "/api/v1/namespaces/default/secrets";
  auto made = t.w.call("POST", kSecrets, R"({"metadata":{"name":"key","annotations":{
      "kubernetes.io/service-account.name":"builder"}},"type":"kubernetes.io/service-account-token"})");
  REQUIRE(made.status == 201);
  CHECK(!has(made.body, "\"data\""));
  std::string body = t.w.get(cat(kSecrets, "/key")).body.str();
  CHECK(has(body, "\"kubernetes.io/service-account.uid\""));
  CHECK(has(body, cat("\"namespace\":\"", base64_encode("default"), '"')));
  size_t at = body.find("\"token\":\"") + 9;
  std::string token;
  REQUIRE(base64_decode(body.substr(at, body.find('"', at) - at), token));
  CHECK(has(t.who(token).body, R"("username":"system:serviceaccount:default:builder")"));
  t.w.call("DELETE", cat(kSecrets, "/key"));
  CHECK(t.who(token).status == 401);
}
