#include "runtime_native/http/pki.h"

#include <arpa/inet.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>

#include "core/base/text.h"
#include "runtime_native/host/file.h"
#include "runtime_native/http/openssl_parts.h"

namespace orrery::http {
namespace {

using MdCtx = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
using EcSig = std::unique_ptr<ECDSA_SIG, Freer<ECDSA_SIG_free>>;

constexpr int64_t kDay_s = 86'400;
constexpr int64_t kCaDays = 3650;
constexpr int64_t kLeafDays = 365;
constexpr int64_t kRenewDays = 30;
constexpr int kEs256HalfBytes = 32;

Error crypto_error(std::string_view what) {
  char text[256] = "unknown reason";
  if (unsigned long code = ERR_get_error()) ERR_error_string_n(code, text, sizeof text);
  ERR_clear_error();
  return make_error(Reason::InternalError, cat("cannot ", what, ": ", text));
}

std::string bio_text(BIO* bio) {
  char* data = nullptr;
  long n = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<size_t>(n));
}

std::string pem_of(X509* cert) {
  Mem bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), cert);
  return bio_text(bio.get());
}
std::string pem_of_private(EVP_PKEY* key) {
  Mem bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return bio_text(bio.get());
}
std::string pem_of_public(EVP_PKEY* key) {
  Mem bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PUBKEY(bio.get(), key);
  return bio_text(bio.get());
}
Key private_key(std::string_view pem) {
  return Key(PEM_read_bio_PrivateKey(bio_over(pem).get(), nullptr, nullptr, nullptr));
}
Key public_key(std::string_view pem) { return Key(PEM_read_bio_PUBKEY(bio_over(pem).get(), nullptr, nullptr, nullptr)); }
Cert certificate(std::string_view pem) { return Cert(PEM_read_bio_X509(bio_over(pem).get(), nullptr, nullptr, nullptr)); }

struct CertSpec {
  std::string common_name;
  std::vector<std::string> organisations;
  std::vector<std::string> sans;
  bool is_ca = false;
  const char* usage = nullptr;  // extendedKeyUsage
  int64_t days = kLeafDays;
};

bool is_ip(const std::string& name) {
  unsigned char bytes[16];
  return inet_pton(AF_INET, name.c_str(), bytes) == 1 || inet_pton(AF_INET6, name.c_str(), bytes) == 1;
}

bool add_extension(X509* cert, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX ctx;
  X509V3_set_ctx_nodb(&ctx);
  X509V3_set_ctx(&ctx, issuer, cert, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &ctx, nid, value.c_str());
  if (!extension) return false;
  bool ok = X509_add_ext(cert, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return ok;
}

void add_name(X509_NAME* name, const char* field, const std::string& value) {
  X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.data()),
                             static_cast<int>(value.size()), -1, 0);
}

std::string san_text(const std::vector<std::string>& sans) {
  std::string out;
  for (const std::string& san : sans) {
    if (!out.empty()) out += ',';
    out += cat(is_ip(san) ? "IP:" : "DNS:", san);
  }
  return out;
}

// Signs a certificate for `key`. A CA signs itself: issuer_cert and issuer_key null.
Result<std::string> make_cert(const CertSpec& spec, EVP_PKEY* key, X509* issuer_cert, EVP_PKEY* issuer_key,
                              WallTime now) {
  Cert cert(X509_new());
  X509* issuer = issuer_cert ? issuer_cert : cert.get();
  int64_t now_s = now.ns / 1'000'000'000;
  X509_set_version(cert.get(), 2);
  bool ok = set_serial(cert.get());
  ASN1_TIME_set(X509_getm_notBefore(cert.get()), now_s - kDay_s);  // other machines' clocks may be behind
  ASN1_TIME_set(X509_getm_notAfter(cert.get()), now_s + spec.days * kDay_s);
  X509_NAME* subject = X509_get_subject_name(cert.get());
  for (const std::string& organisation : spec.organisations) add_name(subject, "O", organisation);
  add_name(subject, "CN", spec.common_name);
  ok = ok && X509_set_issuer_name(cert.get(), X509_get_subject_name(issuer)) == 1;
  ok = ok && X509_set_pubkey(cert.get(), key) == 1;
  ok = ok && add_extension(cert.get(), issuer, NID_basic_constraints, spec.is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
  ok = ok && add_extension(cert.get(), issuer, NID_key_usage,
                           spec.is_ca ? "critical,digitalSignature,keyCertSign,cRLSign" : "critical,digitalSignature");
  ok = ok && add_extension(cert.get(), issuer, NID_subject_key_identifier, "hash");
  ok = ok && add_extension(cert.get(), issuer, NID_authority_key_identifier, "keyid:always");
  if (spec.usage) ok = ok && add_extension(cert.get(), issuer, NID_ext_key_usage, spec.usage);
  if (!spec.sans.empty()) ok = ok && add_extension(cert.get(), issuer, NID_subject_alt_name, san_text(spec.sans));
  ok = ok && X509_sign(cert.get(), issuer_key ? issuer_key : key, EVP_sha256()) > 0;
  if (!ok) return crypto_error(cat("make the certificate of ", spec.common_name));
  return pem_of(cert.get());
}

Result<KeyPair> make_pair(const CertSpec& spec, const KeyPair* ca, WallTime now) {
  Key key(EVP_EC_gen("P-256"));
  if (!key) return crypto_error("make a key");
  Cert ca_cert;
  Key ca_key;
  if (ca) {
    ca_cert = certificate(ca->cert_pem);
    ca_key = private_key(ca->key_pem);
    if (!ca_cert || !ca_key) return crypto_error("read the cluster's certificate authority");
  }
  Result<std::string> cert = make_cert(spec, key.get(), ca_cert.get(), ca_key.get(), now);
  if (!cert) return cert.error();
  KeyPair pair;
  pair.cert_pem = *cert;
  pair.key_pem = pem_of_private(key.get());
  return pair;
}

bool has_san(X509* cert, const std::string& san) {
  return is_ip(san) ? X509_check_ip_asc(cert, san.c_str(), 0) == 1
                    : X509_check_host(cert, san.data(), san.size(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr) == 1;
}

// A leaf is kept when the CA signed it, the key fits, no name is missing and enough time is left.
bool still_good(const KeyPair& pair, const KeyPair& ca, const CertSpec& spec, WallTime now) {
  Cert cert = certificate(pair.cert_pem);
  Key key = private_key(pair.key_pem);
  Cert ca_cert = certificate(ca.cert_pem);
  if (!cert || !key || !ca_cert) return false;
  Key ca_public(X509_get_pubkey(ca_cert.get()));
  bool ok = X509_verify(cert.get(), ca_public.get()) == 1 && X509_check_private_key(cert.get(), key.get()) == 1;
  time_t due = static_cast<time_t>(now.ns / 1'000'000'000 + kRenewDays * kDay_s);
  ok = ok && X509_cmp_time(X509_get0_notAfter(cert.get()), &due) > 0;
  for (const std::string& san : spec.sans) ok = ok && has_san(cert.get(), san);
  ERR_clear_error();
  return ok;
}

struct PairFiles {
  std::string cert;
  std::string key;
};

// Both files, or an empty pair when either is absent.
Result<KeyPair> load_pair(const PairFiles& files) {
  KeyPair pair;
  for (auto [path, text] : {std::pair{&files.cert, &pair.cert_pem}, std::pair{&files.key, &pair.key_pem}}) {
    Result<std::string> bytes = host::read_file(*path);
    if (bytes.ok()) *text = std::move(*bytes);
    else if (bytes.error().reason != Reason::NotFound) return bytes.error();
  }
  if (pair.cert_pem.empty() || pair.key_pem.empty()) return KeyPair{};
  return pair;
}

Result<void> save_pair(const PairFiles& files, const KeyPair& pair) {
  Result<void> saved = host::write_file_atomic(files.key, pair.key_pem, 0600);
  if (!saved) return saved;
  return host::write_file_atomic(files.cert, pair.cert_pem, 0600);
}

Result<KeyPair> load_or_make_ca(const std::string& dir, WallTime now) {
  PairFiles files{dir + "/ca.crt", dir + "/ca.key"};
  Result<KeyPair> loaded = load_pair(files);
  if (!loaded) return loaded;
  if (!loaded->key_pem.empty()) {
    Cert cert = certificate(loaded->cert_pem);
    Key key = private_key(loaded->key_pem);
    if (!cert || !key || X509_check_private_key(cert.get(), key.get()) != 1) {
      ERR_clear_error();
      return make_error(Reason::InternalError,
                        cat(files.cert, " and ", files.key, " are not a certificate and its key; restore them or remove both"));
    }
    return loaded;
  }
  CertSpec spec;
  spec.common_name = "kubernetes";
  spec.is_ca = true;
  spec.days = kCaDays;
  Result<KeyPair> made = make_pair(spec, nullptr, now);
  if (!made) return made;
  Result<void> saved = save_pair(files, *made);
  if (!saved) return saved.error();
  return made;
}

Result<KeyPair> load_or_make_leaf(const PairFiles& files, const CertSpec& spec, const KeyPair& ca, WallTime now) {
  Result<KeyPair> loaded = load_pair(files);
  if (!loaded) return loaded;
  if (!loaded->key_pem.empty() && still_good(*loaded, ca, spec, now)) return loaded;
  Result<KeyPair> made = make_pair(spec, &ca, now);
  if (!made) return made;
  Result<void> saved = save_pair(files, *made);
  if (!saved) return saved.error();
  return made;
}

Result<void> load_or_make_signer(const std::string& dir, Pki& pki) {
  std::string path = dir + "/sa.key";
  Result<std::string> pem = host::read_file(path);
  if (!pem.ok() && pem.error().reason != Reason::NotFound) return pem.error();
  Key key = pem.ok() ? private_key(*pem) : Key(EVP_EC_gen("P-256"));
  if (!key) return crypto_error(cat("read ", path));
  if (!pem.ok()) {
    Result<void> saved = host::write_file_atomic(path, pem_of_private(key.get()), 0600);
    if (!saved) return saved;
  }
  pki.service_account_key_pem = pem_of_private(key.get());
  pki.service_account_public_key_pem = pem_of_public(key.get());
  return {};
}

std::vector<std::string> server_sans(const PkiOptions& options) {
  std::vector<std::string> sans{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
                                "kubernetes.default.svc.cluster.local", "127.0.0.1", "::1", "10.96.0.1"};
  auto add = [&](const std::string& name) {
    if (!name.empty() && std::find(sans.begin(), sans.end(), name) == sans.end()) sans.push_back(name);
  };
  add(options.host_name);
  for (const std::string& extra : options.extra_sans) add(extra);
  return sans;
}

std::string base64url(std::string_view bytes) {
  std::string out = base64_encode(bytes);
  while (!out.empty() && out.back() == '=') out.pop_back();
  std::replace(out.begin(), out.end(), '+', '-');
  std::replace(out.begin(), out.end(), '/', '_');
  return out;
}

bool base64url_decode(std::string_view text, std::string& out) {
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '-', '+');
  std::replace(plain.begin(), plain.end(), '_', '/');
  while (plain.size() % 4) plain += '=';
  return base64_decode(plain, out);
}

}  // namespace

Result<Pki> load_or_create_pki(const PkiOptions& options, WallTime now) {
  Result<void> made = host::make_dirs(options.dir, 0700);
  if (!made) return made.error();
  Pki pki;
  Result<KeyPair> ca = load_or_make_ca(options.dir, now);
  if (!ca) return ca.error();
  pki.ca = std::move(*ca);
  CertSpec server;
  server.common_name = "kube-apiserver";
  server.sans = server_sans(options);
  server.usage = "serverAuth";
  Result<KeyPair> leaf = load_or_make_leaf({options.dir + "/server.crt", options.dir + "/server.key"}, server, pki.ca, now);
  if (!leaf) return leaf.error();
  pki.server = std::move(*leaf);
  CertSpec admin;
  admin.common_name = "kubernetes-admin";
  admin.organisations = {"system:masters"};
  admin.usage = "clientAuth";
  leaf = load_or_make_leaf({options.dir + "/admin.crt", options.dir + "/admin.key"}, admin, pki.ca, now);
  if (!leaf) return leaf.error();
  pki.admin = std::move(*leaf);
  Result<void> signer = load_or_make_signer(options.dir, pki);
  if (!signer) return signer.error();
  return pki;
}

Result<KeyPair> issue_client_cert(const KeyPair& ca, const std::string& user, const std::vector<std::string>& groups,
                                  WallTime now) {
  CertSpec spec;
  spec.common_name = user;
  spec.organisations = groups;
  spec.usage = "clientAuth";
  return make_pair(spec, &ca, now);
}

std::string random_token() {
  unsigned char bytes[32];
  ORRERY_CHECK(RAND_bytes(bytes, sizeof bytes) == 1, "the system has a random source");
  return base64url(std::string_view(reinterpret_cast<const char*>(bytes), sizeof bytes));
}

Result<std::string> sign_jwt(const std::string& key_pem, const std::string& kid, std::string_view payload_json) {
  Key key = private_key(key_pem);
  std::string text = cat(base64url(cat("{\"alg\":\"ES256\",\"kid\":\"", kid, "\"}")), ".", base64url(payload_json));
  MdCtx ctx(EVP_MD_CTX_new());
  unsigned char der[128];
  size_t size = sizeof der;
  if (!key || EVP_DigestSignInit(ctx.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
      EVP_DigestSign(ctx.get(), der, &size, reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1) {
    return crypto_error("sign a token");
  }
  const unsigned char* at = der;
  EcSig signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)));
  unsigned char raw[2 * kEs256HalfBytes];
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw, kEs256HalfBytes);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw + kEs256HalfBytes, kEs256HalfBytes);
  return cat(text, ".", base64url(std::string_view(reinterpret_cast<char*>(raw), sizeof raw)));
}

Result<std::string> verify_jwt(const std::string& public_key_pem, std::string_view token) {
  Error refused = make_error(Reason::Unauthorized, "invalid bearer token");
  size_t first = token.find('.');
  size_t last = token.rfind('.');
  if (first == std::string_view::npos || first == last) return refused;
  std::string header, payload, raw;
  if (!base64url_decode(token.substr(0, first), header) || header.find("\"ES256\"") == std::string::npos ||
      !base64url_decode(token.substr(first + 1, last - first - 1), payload) ||
      !base64url_decode(token.substr(last + 1), raw) || raw.size() != 2 * kEs256HalfBytes) {
    return refused;
  }
  const auto* bytes = reinterpret_cast<const unsigned char*>(raw.data());
  EcSig signature(ECDSA_SIG_new());
  ECDSA_SIG_set0(signature.get(), BN_bin2bn(bytes, kEs256HalfBytes, nullptr),
                 BN_bin2bn(bytes + kEs256HalfBytes, kEs256HalfBytes, nullptr));
  unsigned char* der = nullptr;
  int size = i2d_ECDSA_SIG(signature.get(), &der);
  if (size <= 0) return refused;
  Key key = public_key(public_key_pem);
  MdCtx ctx(EVP_MD_CTX_new());
  std::string_view text = token.substr(0, last);
  bool good = key && EVP_DigestVerifyInit(ctx.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
              EVP_DigestVerify(ctx.get(), der, static_cast<size_t>(size),
                               reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  OPENSSL_free(der);
  ERR_clear_error();
  if (!good) return refused;
  return payload;
}

Result<std::string> key_id(const std::string& public_key_pem) {
  Key key = public_key(public_key_pem);
  unsigned char* der = nullptr;
  int size = key ? i2d_PUBKEY(key.get(), &der) : 0;
  if (size <= 0) return crypto_error("read a public key");
  unsigned char digest[32];
  unsigned int n = sizeof digest;
  EVP_Digest(der, static_cast<size_t>(size), digest, &n, EVP_sha256(), nullptr);
  OPENSSL_free(der);
  return base64url(std::string_view(reinterpret_cast<char*>(digest), n));
}

Result<EcPoint> public_point(const std::string& public_key_pem) {
  Key key = public_key(public_key_pem);
  unsigned char point[1 + 2 * kEs256HalfBytes];  // 4, x, y
  size_t size = 0;
  if (!key || EVP_PKEY_get_octet_string_param(key.get(), "pub", point, sizeof point, &size) != 1 || size != sizeof point)
    return crypto_error("read a public key");
  auto half = [&](int i) {
    return base64url(std::string_view(reinterpret_cast<char*>(point) + 1 + i * kEs256HalfBytes, kEs256HalfBytes));
  };
  return EcPoint{half(0), half(1)};
}

}  // namespace orrery::http
