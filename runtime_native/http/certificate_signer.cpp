#include "runtime_native/http/certificate_signer.h"

#include <arpa/inet.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

#include "core/base/text.h"
#include "runtime_native/http/openssl_parts.h"

namespace orrery::http {
namespace {

void free_names(GENERAL_NAMES* names) { GENERAL_NAMES_free(names); }
void free_extensions(STACK_OF(X509_EXTENSION) * list) { sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free); }
using Request = std::unique_ptr<X509_REQ, Freer<X509_REQ_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;
using Extensions = std::unique_ptr<STACK_OF(X509_EXTENSION), Freer<free_extensions>>;
using Names = std::unique_ptr<GENERAL_NAMES, Freer<free_names>>;

constexpr Duration kBackdate =
    minutes(5);  // other machines' clocks may be behind (pkg/controller/certificates/authority)

Error unreadable(std::string_view what) {
  ERR_clear_error();
  return make_error(Reason::BadRequest, std::string(what));
}

// A usage of the API as OpenSSL's configuration names it; a key usage or an extended one.
struct Usage {
  std::string_view name;
  const char* text;
  bool extended;
};
constexpr Usage kUsages[] = {
    {"signing", "digitalSignature", false},
    {"digital signature", "digitalSignature", false},
    {"content commitment", "nonRepudiation", false},
    {"key encipherment", "keyEncipherment", false},
    {"data encipherment", "dataEncipherment", false},
    {"key agreement", "keyAgreement", false},
    {"server auth", "serverAuth", true},
    {"client auth", "clientAuth", true},
    {"code signing", "codeSigning", true},
    {"email protection", "emailProtection", true},
};

Result<void> usages_of(const List<Str>& usages, std::string& plain, std::string& extended) {
  for (const Str& name : usages) {
    const Usage* found = nullptr;
    for (const Usage& u : kUsages)
      if (u.name == name.view()) found = &u;
    if (!found) return make_error(Reason::BadRequest, cat("unrecognized usage ", quoted(name)));
    std::string& list = found->extended ? extended : plain;
    if (list.find(found->text) == std::string::npos) list += cat(list.empty() ? "" : ",", found->text);
  }
  return {};
}

Result<Request> request_of(std::string_view pem) {
  Request request(PEM_read_bio_X509_REQ(bio_over(pem).get(), nullptr, nullptr, nullptr));
  if (!request) return unreadable("PEM block type must be CERTIFICATE REQUEST");
  if (X509_REQ_verify(request.get(), X509_REQ_get0_pubkey(request.get())) != 1)
    return unreadable("the request's signature is not its key's");
  return request;
}

Str name_text(const ASN1_STRING* s) {
  unsigned char* utf8 = nullptr;
  const int n = ASN1_STRING_to_UTF8(&utf8, s);
  if (n < 0) return {};
  Str out(std::string_view(reinterpret_cast<const char*>(utf8), static_cast<size_t>(n)));
  OPENSSL_free(utf8);
  return out;
}

Str ip_text(const ASN1_OCTET_STRING* bytes) {
  char text[INET6_ADDRSTRLEN] = "";
  const int n = ASN1_STRING_length(bytes);
  const int family = n == 4 ? AF_INET : AF_INET6;
  if (n == 4 || n == 16) inet_ntop(family, ASN1_STRING_get0_data(bytes), text, sizeof text);
  return Str(text);
}

bool add(X509* cert, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, cert, nullptr, nullptr, 0);
  Extension e(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return e && X509_add_ext(cert, e.get(), -1) == 1;
}

// The names are taken over as they stand in the request; nothing else of its extensions is.
bool copy_names(const X509_REQ* request, X509* cert) {
  Extensions all(X509_REQ_get_extensions(const_cast<X509_REQ*>(request)));
  const int at = all ? X509v3_get_ext_by_NID(all.get(), NID_subject_alt_name, -1) : -1;
  return at < 0 || X509_add_ext(cert, X509v3_get_ext(all.get(), at), -1) == 1;
}

int64_t seconds_of(const ASN1_TIME* time) {
  std::tm parts{};
  return ASN1_TIME_to_tm(time, &parts) == 1 ? static_cast<int64_t>(timegm(&parts)) : 0;
}

}  // namespace

Result<ports::CertificateRequest> CaCertificateSigner::read(std::string_view pem) const {
  auto request = request_of(pem);
  if (!request) return request.error();
  ports::CertificateRequest out;
  const X509_NAME* subject = X509_REQ_get_subject_name(request->get());
  for (int i = 0; i < X509_NAME_entry_count(subject); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(subject, i);
    const int nid = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
    const Str value = name_text(X509_NAME_ENTRY_get_data(entry));
    if (nid == NID_commonName) out.common_name = value;
    if (nid == NID_organizationName) out.organisations.push_back(value);
  }
  Extensions all(X509_REQ_get_extensions(request->get()));
  Names names(all ? static_cast<GENERAL_NAMES*>(X509V3_get_d2i(all.get(), NID_subject_alt_name, nullptr, nullptr))
                  : nullptr);
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS)
      out.dns_names.push_back(name_text(name->d.dNSName));
    else if (name->type == GEN_IPADD)
      out.ip_addresses.push_back(ip_text(name->d.iPAddress));
    else
      ++out.other_names;
  }
  return out;
}

Result<Str> CaCertificateSigner::sign(std::string_view pem, const List<Str>& usages, Duration life,
                                      WallTime now) const {
  auto request = request_of(pem);
  if (!request) return request.error();
  std::string plain, extended;
  if (auto bad = usages_of(usages, plain, extended); !bad.ok()) return bad.error();
  Cert ca(PEM_read_bio_X509(bio_over(ca_.cert_pem).get(), nullptr, nullptr, nullptr));
  Key key(PEM_read_bio_PrivateKey(bio_over(ca_.key_pem).get(), nullptr, nullptr, nullptr));
  if (!ca || !key) return make_error(Reason::InternalError, "cannot read the cluster's certificate authority");
  Cert cert(X509_new());
  X509_set_version(cert.get(), 2);
  const int64_t begin_s = (now - kBackdate).ns / 1'000'000'000, end_s = (now + life).ns / 1'000'000'000;
  ASN1_TIME_set(X509_getm_notBefore(cert.get()), begin_s);
  ASN1_TIME_set(X509_getm_notAfter(cert.get()), std::min(end_s, seconds_of(X509_get0_notAfter(ca.get()))));
  bool ok = set_serial(cert.get());
  ok = ok && X509_set_subject_name(cert.get(), X509_REQ_get_subject_name(request->get())) == 1;
  ok = ok && X509_set_issuer_name(cert.get(), X509_get_subject_name(ca.get())) == 1;
  ok = ok && X509_set_pubkey(cert.get(), X509_REQ_get0_pubkey(request->get())) == 1;
  ok = ok && add(cert.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE");
  if (!plain.empty()) ok = ok && add(cert.get(), ca.get(), NID_key_usage, cat("critical,", plain));
  if (!extended.empty()) ok = ok && add(cert.get(), ca.get(), NID_ext_key_usage, extended);
  ok = ok && add(cert.get(), ca.get(), NID_authority_key_identifier, "keyid:always");
  ok = ok && copy_names(request->get(), cert.get());
  ok = ok && X509_sign(cert.get(), key.get(), EVP_sha256()) > 0;
  Mem out(BIO_new(BIO_s_mem()));
  ok = ok && PEM_write_bio_X509(out.get(), cert.get()) == 1;
  ERR_clear_error();
  if (!ok) return make_error(Reason::InternalError, "cannot sign the certificate");
  char* data = nullptr;
  const long n = BIO_get_mem_data(out.get(), &data);
  return Str(std::string_view(data, static_cast<size_t>(n)));
}

}  // namespace orrery::http
