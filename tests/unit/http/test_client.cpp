#include "tests/unit/http/test_client.h"

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "core/base/text.h"

namespace orrery::http_test {
namespace {

BIO* over(const std::string& pem) { return BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())); }

void use_files(SSL_CTX* context, const ClientOptions& o) {
  if (!o.ca_pem.empty()) {
    BIO* bio = over(o.ca_pem);
    X509* ca = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), ca);
    X509_free(ca);
    BIO_free(bio);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  }
  if (!o.cert_pem.empty()) {
    BIO* bio = over(o.cert_pem);
    X509* cert = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    SSL_CTX_use_certificate(context, cert);
    X509_free(cert);
    BIO_free(bio);
    bio = over(o.key_pem);
    EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
    SSL_CTX_use_PrivateKey(context, key);
    EVP_PKEY_free(key);
    BIO_free(bio);
  }
  std::string protocols;
  for (const std::string& name : o.alpn) protocols += static_cast<char>(name.size()) + name;
  if (!protocols.empty()) {
    SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(protocols.data()),
                            static_cast<unsigned>(protocols.size()));
  }
}

}  // namespace

std::string Answer::header(const std::string& name) const {
  for (const std::string& line : split(head, '\n')) {
    size_t colon = line.find(':');
    if (colon != std::string::npos && to_lower(line.substr(0, colon)) == to_lower(name)) {
      return std::string(trim(std::string_view(line).substr(colon + 1)));
    }
  }
  return {};
}

TestClient::TestClient(const ClientOptions& o) {
  ::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  timeval wait{5, 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(o.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return;
  connected_ = true;
  if (!o.tls) return;
  context_ = SSL_CTX_new(TLS_client_method());
  use_files(context_, o);
  ssl_ = SSL_new(context_);
  SSL_set_fd(ssl_, fd_);
  SSL_set1_host(ssl_, "localhost");
  connected_ = SSL_connect(ssl_) == 1;
}

TestClient::~TestClient() {
  if (ssl_) SSL_free(ssl_);
  if (context_) SSL_CTX_free(context_);
  if (fd_ >= 0) ::close(fd_);
}

std::string TestClient::alpn() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_, &name, &size);
  return std::string(reinterpret_cast<const char*>(name), size);
}

bool TestClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t n = ssl_ ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                     : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

std::string TestClient::receive(size_t n) {
  if (!buffer_.empty()) {
    std::string out = buffer_.substr(0, n);
    buffer_.erase(0, out.size());
    return out;
  }
  std::string out(n, '\0');
  ssize_t got = ssl_ ? SSL_read(ssl_, out.data(), static_cast<int>(n)) : ::recv(fd_, out.data(), n, 0);
  out.resize(got > 0 ? static_cast<size_t>(got) : 0);
  return out;
}

std::string TestClient::read_until(std::string_view mark) {
  std::string all;
  for (;;) {
    size_t at = all.find(mark);
    if (at != std::string::npos) {
      buffer_ = all.substr(at + mark.size()) + buffer_;
      all.resize(at + mark.size());
      return all;
    }
    std::string more = receive();
    if (more.empty()) return all;
    all += more;
  }
}

std::string TestClient::read_exactly(size_t n) {
  std::string all;
  while (all.size() < n) {
    std::string more = receive(n - all.size());
    if (more.empty()) break;
    all += more;
  }
  return all;
}

Answer TestClient::read_answer() {
  Answer answer;
  answer.head = read_until("\r\n\r\n");
  if (answer.head.size() > 12) answer.status = std::atoi(answer.head.c_str() + 9);
  if (answer.header("Transfer-Encoding") == "chunked") {
    for (;;) {
      size_t size = std::strtoul(read_until("\r\n").c_str(), nullptr, 16);
      answer.body += read_exactly(size);
      read_until("\r\n");
      if (size == 0) break;
    }
  } else {
    answer.body = read_exactly(std::strtoul(answer.header("Content-Length").c_str(), nullptr, 10));
  }
  return answer;
}

Answer TestClient::get(const std::string& target, const std::string& headers) {
  send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
  return read_answer();
}

Answer TestClient::upgrade(const std::string& target, const std::string& headers) {
  send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
       "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + headers + "\r\n");
  return read_answer();
}

bool TestClient::send_frame(int opcode, std::string_view payload) {
  std::string frame(1, static_cast<char>(0x80 | opcode));
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80 | payload.size());
  } else {
    frame += static_cast<char>(0x80 | 127);
    for (int shift = 56; shift >= 0; shift -= 8) frame += static_cast<char>(payload.size() >> shift);
  }
  frame += std::string(4, '\0');  // a mask of zeros changes nothing
  frame += payload;
  return send(frame);
}

std::string TestClient::read_frame(int& opcode) {
  std::string head = read_exactly(2);
  if (head.size() < 2) {
    opcode = -1;
    return {};
  }
  opcode = head[0] & 15;
  size_t size = static_cast<unsigned char>(head[1]) & 127;
  int extra = size == 126 ? 2 : size == 127 ? 8 : 0;
  if (extra) {
    size = 0;
    for (unsigned char c : read_exactly(static_cast<size_t>(extra))) size = size << 8 | c;
  }
  return read_exactly(size);
}

}  // namespace orrery::http_test
