// The cluster's keys and certificates, made at first start and kept as PEM files (0600) in one folder.
//
// All keys are ECDSA P-256: making the whole set takes some milliseconds. The CA lasts ten years, what it signs one
// year; a leaf that nears its end or lacks a name is issued anew at the next start by the same CA, so kubeconfigs
// that were handed out keep trusting the server.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"

namespace orrery::http {

struct KeyPair {
  std::string cert_pem;
  std::string key_pem;
};

struct Pki {
  KeyPair ca;
  KeyPair server;  // serverAuth, with the SANs of PkiOptions
  KeyPair admin;   // clientAuth: CN=kubernetes-admin, O=system:masters
  std::string service_account_key_pem;         // private, signs ServiceAccount tokens (ES256)
  std::string service_account_public_key_pem;
};

struct PkiOptions {
  std::string dir;
  std::string host_name;               // added to the server certificate's names
  std::vector<std::string> extra_sans; // DNS names or IP addresses
};

// Loads what is in `dir`, makes what is missing, renews what is due. An unreadable or foreign file is an error that
// names it; nothing is overwritten then.
Result<Pki> load_or_create_pki(const PkiOptions& options, WallTime now);

// A client certificate for `user` in `groups` (kubelets, tests), signed by `ca`.
Result<KeyPair> issue_client_cert(const KeyPair& ca, const std::string& user, const std::vector<std::string>& groups,
                                  WallTime now);

// A fresh random token of 32 bytes, URL-safe base64 without padding.
std::string random_token();

// JSON Web Tokens, ES256 (RFC 7515, RFC 7518 section 3.4): "header.payload.signature".
Result<std::string> sign_jwt(const std::string& key_pem, const std::string& key_id, std::string_view payload_json);
// The payload of a token whose signature the key made; Unauthorized otherwise. Times and audiences are the caller's.
Result<std::string> verify_jwt(const std::string& public_key_pem, std::string_view token);
// Base64url of the SHA-256 of the public key: names the key in tokens and in /openid/v1/jwks.
Result<std::string> key_id(const std::string& public_key_pem);
// The public key's point on P-256, each coordinate as base64url (RFC 7518, 6.2.1).
struct EcPoint {
  std::string x, y;
};
Result<EcPoint> public_point(const std::string& public_key_pem);

}  // namespace orrery::http
