#include "runtime_native/http/token_signer.h"

#include "core/base/text.h"

namespace orrery::http {

Result<std::unique_ptr<KeyTokenSigner>> KeyTokenSigner::open(const Pki& pki) {
  auto id = key_id(pki.service_account_public_key_pem);
  if (!id.ok()) return id.error();
  auto point = public_point(pki.service_account_public_key_pem);
  if (!point.ok()) return point.error();
  auto signer = std::make_unique<KeyTokenSigner>();
  signer->private_pem_ = pki.service_account_key_pem;
  signer->public_pem_ = pki.service_account_public_key_pem;
  signer->id_ = *id;
  signer->jwks_ = cat("{\"keys\":[{\"use\":\"sig\",\"kty\":\"EC\",\"kid\":\"", *id,
                      "\",\"crv\":\"P-256\",\"alg\":\"ES256\",\"x\":\"", point->x, "\",\"y\":\"", point->y, "\"}]}");
  return signer;
}

Result<Str> KeyTokenSigner::sign(std::string_view payload_json) {
  auto token = sign_jwt(private_pem_, id_, payload_json);
  if (!token.ok()) return token.error();
  return Str(*token);
}

Result<Str> KeyTokenSigner::verify(std::string_view token) {
  auto payload = verify_jwt(public_pem_, token);
  if (!payload.ok()) return payload.error();
  return Str(*payload);
}

}  // namespace orrery::http
