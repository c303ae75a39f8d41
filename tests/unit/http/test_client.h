// A blocking HTTP client of raw bytes, for tests: TLS or plain.
#pragma once

#include <openssl/ssl.h>

#include <string>
#include <string_view>
#include <vector>

namespace orrery::http_test {

struct ClientOptions {
  uint16_t port = 0;
  bool tls = true;
  std::string ca_pem;    // trusted; empty: the server is not verified
  std::string cert_pem;  // client certificate
  std::string key_pem;
  std::vector<std::string> alpn;  // offered
};

struct Answer {
  int status = 0;
  std::string head;
  std::string body;  // chunks joined
  std::string header(const std::string& name) const;
};

class TestClient {
 public:
  explicit TestClient(const ClientOptions& options);
  ~TestClient();
  bool connected() const { return connected_; }
  std::string alpn() const;
  bool send(std::string_view bytes);
  // Up to n bytes, at least one; "" when the connection has ended or 5 s have passed.
  std::string receive(size_t n = 65536);
  // Reads until `mark` stands in what was read; returns all of it including the mark.
  std::string read_until(std::string_view mark);
  std::string read_exactly(size_t n);
  Answer read_answer();
  Answer get(const std::string& target, const std::string& headers = "");
  // WebSocket: upgrade, then frames.
  Answer upgrade(const std::string& target, const std::string& headers);
  bool send_frame(int opcode, std::string_view payload);
  std::string read_frame(int& opcode);

 private:
  int fd_ = -1;
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  bool connected_ = false;
  std::string buffer_;
};

}  // namespace orrery::http_test
