#include "core/apiserver/tokens.h"

#include <nlohmann/json.hpp>

#include "core/api/json.h"

namespace orrery::apiserver {

using api::core_v1::Node;
using api::core_v1::Pod;
using api::core_v1::Secret;
using api::core_v1::ServiceAccount;
using nlohmann::json;

namespace {

std::string text_of(const json& in, const char* name) {
  auto found = in.is_object() ? in.find(name) : in.end();
  return in.is_object() && found != in.end() && found->is_string() ? found->get<std::string>() : std::string();
}

int64_t number_in(const json& in, const char* name) {
  auto found = in.is_object() ? in.find(name) : in.end();
  return in.is_object() && found != in.end() && found->is_number() ? found->get<int64_t>() : 0;
}

json part_of(const json& in, const char* name) {
  return in.is_object() && in.contains(name) && in[name].is_object() ? in[name] : json();
}

Error not_valid(std::string_view why) {
  return make_error(Reason::Unauthorized, cat("[invalid bearer token, ", why, "]"));
}

// The object that a claim names still lives, as the same one.
template <class T>
bool lives(const Registry& registry, const Str& ns, const json& claim) {
  api::ObjectPtr object = registry.get(api::kind<T>(), ns, Str(text_of(claim, "name")));
  return object && object.meta().uid == text_of(claim, "uid");
}

List<Str> common(const json& claimed, const List<Str>& wanted) {
  List<Str> out;
  for (const json& one : claimed.is_array() ? claimed : json::array({claimed}))
    if (one.is_string() && wanted.contains(Str(one.get<std::string>()))) out.push_back(Str(one.get<std::string>()));
  return out;
}

}  // namespace

// Written out, members in order: each pod's kubelet asks for one.
std::string token_claims(const ServiceAccount& account, const TokenBinding& binding, const List<Str>& audiences,
                         int64_t life_s, WallTime now, const Str& id) {
  int64_t now_s = now.ns / 1'000'000'000;
  std::string out = "{\"aud\":[";
  for (uint32_t i = 0; i < audiences.size(); ++i) {
    if (i) out += ',';
    api::append_json_string(out, audiences[i]);
  }
  out += cat("],\"exp\":", now_s + life_s, ",\"iat\":", now_s, ",\"iss\":");
  api::append_json_string(out, kTokenIssuer);
  out += ",\"jti\":";
  api::append_json_string(out, id);
  out += ",\"kubernetes.io\":{\"namespace\":";
  api::append_json_string(out, account.metadata.namespace_);
  auto reference = [&out](std::string_view name, const api::meta_v1::ObjectMeta& meta) {
    out += cat(",\"", name, "\":{\"name\":");
    api::append_json_string(out, meta.name);
    out += ",\"uid\":";
    api::append_json_string(out, meta.uid);
    out += '}';
  };
  if (binding.node) reference("node", binding.node.meta());
  if (binding.pod) reference("pod", binding.pod.meta());
  if (binding.secret) reference("secret", binding.secret.meta());
  reference("serviceaccount", account.metadata);
  out += cat("},\"nbf\":", now_s, ",\"sub\":");
  api::append_json_string(out, cat("system:serviceaccount:", account.metadata.namespace_, ":", account.metadata.name));
  return out + "}";
}

void fill_token_secret(Registry& registry, ports::TokenSigner& signer, const Stored& stored, Writer& writer) {
  const auto* secret = stored.object ? stored.object.as<Secret>() : nullptr;
  if (!secret || secret->type != "kubernetes.io/service-account-token" || secret->data.contains("token")) return;
  const Str& ns = secret->metadata.namespace_;
  Str name = secret->metadata.annotations.get("kubernetes.io/service-account.name");
  api::ObjectPtr account = registry.head(api::kind<ServiceAccount>(), ns, name, writer);
  if (!account) return;
  Str asked = secret->metadata.annotations.get("kubernetes.io/service-account.uid");
  if (!asked.empty() && asked != account.meta().uid) return;
  TokenBinding binding;
  binding.secret = stored.object;
  Str id(registry.state().rng.uuid());
  auto token = signer.sign(token_claims(*account.as<ServiceAccount>(), binding, List<Str>{Str(kTokenIssuer)},
                                        kTokenLifeMax_s, writer.now, id));
  if (!token.ok()) return;
  api::MutableObject next(stored.object);
  Secret& filled = next.as<Secret>();
  filled.metadata.annotations.set("kubernetes.io/service-account.uid", account.meta().uid);
  filled.data.set("token", *token);
  filled.data.set("namespace", ns);
  api::ObjectPtr root = registry.head(api::kind<api::core_v1::ConfigMap>(), ns, "kube-root-ca.crt", writer);
  if (root) filled.data.set("ca.crt", root.as<api::core_v1::ConfigMap>()->data.get("ca.crt"));
  registry.put(api::kind<Secret>(), ns, secret->metadata.name, std::move(next), writer);
}

Result<TokenProof> prove_token(const Registry& registry, ports::TokenSigner& signer, std::string_view token,
                               const List<Str>& audiences, WallTime now) {
  auto payload = signer.verify(token);
  if (!payload.ok()) return not_valid("square/go-jose: error in cryptographic primitive");
  json claims = json::parse(payload->view(), nullptr, false);
  json own = part_of(claims, "kubernetes.io");
  int64_t now_s = now.ns / 1'000'000'000;
  if (text_of(claims, "iss") != kTokenIssuer || own.is_null())
    return not_valid("service account token has been invalidated");
  if (number_in(claims, "exp") <= now_s) return not_valid("service account token has expired");
  if (number_in(claims, "nbf") > now_s) return not_valid("service account token is not valid yet");
  TokenProof proof;
  proof.audiences = common(claims.value("aud", json()), audiences);
  if (proof.audiences.empty())
    return not_valid(
        cat("token audiences ", claims.value("aud", json()).dump(), " is invalid for the target audiences"));
  Str ns(text_of(own, "namespace"));
  json account = part_of(own, "serviceaccount");
  if (!lives<ServiceAccount>(registry, ns, account)) return not_valid("service account token has been invalidated");
  proof.who.user = cat("system:serviceaccount:", ns, ":", text_of(account, "name"));
  proof.who.uid = Str(text_of(account, "uid"));
  proof.who.groups = {"system:serviceaccounts", Str(cat("system:serviceaccounts:", ns)), "system:authenticated"};
  auto extra = [&](const char* key, const std::string& value) {
    if (!value.empty()) proof.who.extra.set(cat("authentication.kubernetes.io/", key), List<Str>{Str(value)});
  };
  extra("credential-id", cat("JTI=", text_of(claims, "jti")));
  if (json pod = part_of(own, "pod"); !pod.is_null()) {
    if (!lives<Pod>(registry, ns, pod)) return not_valid("service account token has been invalidated");
    extra("pod-name", text_of(pod, "name"));
    extra("pod-uid", text_of(pod, "uid"));
  }
  if (json secret = part_of(own, "secret"); !secret.is_null() && !lives<Secret>(registry, ns, secret))
    return not_valid("service account token has been invalidated");
  if (json node = part_of(own, "node"); !node.is_null()) {
    if (part_of(own, "pod").is_null() && !lives<Node>(registry, {}, node))
      return not_valid("service account token has been invalidated");
    extra("node-name", text_of(node, "name"));
    extra("node-uid", text_of(node, "uid"));
  }
  return proof;
}

}  // namespace orrery::apiserver
