// ServiceAccount tokens: what they claim, and whom they prove. Source: pkg/serviceaccount/claims.go, jwt.go.
#pragma once

#include "core/api/gen/authentication_v1.h"
#include "core/api/gen/core_v1.h"
#include "core/apiserver/registry/registry.h"
#include "core/ports/api.h"
#include "core/ports/token_signer.h"

namespace orrery::apiserver {

inline constexpr const char* kTokenIssuer = "https://kubernetes.default.svc.cluster.local";  // also the API's audience
inline constexpr int64_t kTokenLifeMin_s = 600;
inline constexpr int64_t kTokenLifeMax_s = int64_t{1} << 32;
inline constexpr const char* kCredentialId = "authentication.kubernetes.io/credential-id";

// What a token is bound to besides its account: valid while this object lives.
struct TokenBinding {
  api::ObjectPtr pod, secret, node;
};
// The payload of a token for the account. `id` becomes its jti.
std::string token_claims(const api::core_v1::ServiceAccount& account, const TokenBinding& binding,
                         const List<Str>& audiences, int64_t life_s, WallTime now, const Str& id);

// A new Secret of type kubernetes.io/service-account-token gets its account's token, which holds while both live, as
// kube-controller-manager's tokens controller does it. Nothing happens when the account is not there. Source:
// pkg/controller/serviceaccount/tokens_controller.go
void fill_token_secret(Registry& registry, ports::TokenSigner& signer, const Stored& secret, Writer& writer);

struct TokenProof {
  ports::Identity who;
  List<Str> audiences;  // those of the token that were asked for
};
// Errors say what TokenReview shows: "[invalid bearer token, token has expired]". An account, pod, secret or node that
// the token is bound to must still be there, with the same uid.
Result<TokenProof> prove_token(const Registry& registry, ports::TokenSigner& signer, std::string_view token,
                               const List<Str>& audiences, WallTime now);

}  // namespace orrery::apiserver
