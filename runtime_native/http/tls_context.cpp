#include "runtime_native/http/tls_context.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <boost/asio/buffer.hpp>
#include <cstring>

namespace orrery::http {
namespace {

namespace ssl = boost::asio::ssl;

int select_http11(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                  unsigned int offered_size, void*) {
  static const unsigned char kOurs[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  int rc = SSL_select_next_proto(&chosen, out_size, kOurs, sizeof kOurs - 1, offered, offered_size);
  if (rc != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

std::vector<std::string> name_entries(const X509_NAME* name, int nid) {
  std::vector<std::string> out;
  for (int at = -1; (at = X509_NAME_get_index_by_NID(name, nid, at)) >= 0;) {
    unsigned char* utf8 = nullptr;
    int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (size >= 0) out.emplace_back(reinterpret_cast<char*>(utf8), static_cast<size_t>(size));
    OPENSSL_free(utf8);
  }
  return out;
}

}  // namespace

Result<std::unique_ptr<ssl::context>> make_server_context(const TlsFiles& files) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
  boost::system::error_code ec;
  auto buffer = [](const std::string& text) { return boost::asio::buffer(text.data(), text.size()); };
  const char* step = "server certificate";
  context->use_certificate_chain(buffer(files.cert_pem), ec);
  if (!ec) {
    step = "server key";
    context->use_private_key(buffer(files.key_pem), ssl::context::pem, ec);
  }
  if (!ec && !files.client_ca_pem.empty()) {
    step = "client certificate authority";
    context->add_certificate_authority(buffer(files.client_ca_pem), ec);
  }
  if (ec) return make_error(Reason::InternalError, cat("cannot use the ", step, ": ", ec.message()));
  SSL_CTX* raw = context->native_handle();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(raw, 0);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(raw, select_http11, nullptr);
  if (!files.client_ca_pem.empty()) {
    // A certificate that our CA did not sign passes the handshake; the request then answers 401 with a Status.
    SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
    X509_STORE* store = SSL_CTX_get_cert_store(raw);
    STACK_OF(X509_OBJECT)* objects = X509_STORE_get0_objects(store);
    for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i) {
      if (X509* ca = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i))) SSL_CTX_add_client_CA(raw, ca);
    }
  }
  return context;
}

void read_peer_cert(SSL* ssl, HttpRequest& request) {
  X509* cert = SSL_get0_peer_certificate(ssl);
  if (!cert) return;
  if (SSL_get_verify_result(ssl) != X509_V_OK) {
    request.cert = PeerCert::Untrusted;
    return;
  }
  const X509_NAME* subject = X509_get_subject_name(cert);
  std::vector<std::string> names = name_entries(subject, NID_commonName);
  request.cert = PeerCert::Trusted;
  request.cert_user = names.empty() ? "" : names.back();
  request.cert_groups = name_entries(subject, NID_organizationName);
}

}  // namespace orrery::http
