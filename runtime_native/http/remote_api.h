// The API of a server elsewhere as a ports::ApiHandler: HTTPS with a client certificate or a token, one connection a call,
// WebSockets for exec and attach; answers are bytes, or objects where a caller wants them (core/client does). For
// `orrery kubectl` and the commands that read a live cluster.
#pragma once

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <string>

#include "core/ports/api.h"

namespace orrery::http {

struct RemoteServer {
  std::string host;
  uint16_t port = 0;
  std::string prefix;           // of every path: "/k8s/clusters/c-1", or ""
  std::string ca_pem;           // "": the machine's authorities
  std::string client_cert_pem;  // "": none
  std::string client_key_pem;
  std::string token;            // a bearer token; "": none
  std::string name;             // that its certificate must have; "": host
  bool any_certificate = false; // kubeconfig's insecure-skip-tls-verify
};

class RemoteApi final : public ports::ApiHandler {
 public:
  // Runs on the io_context's thread, which must also be the loop's. Identities in requests are ignored: the server knows
  // who asks by the certificate. A server that can't be reached answers 503 with a Status.
  RemoteApi(boost::asio::io_context& io, ports::TaskQueue& queue, RemoteServer server);
  ~RemoteApi() override;
  uint64_t call(ports::ApiRequestPtr request, ports::ReplyTo reply) override;
  void send(uint64_t call, Str frame) override;
  void cancel(uint64_t call) override;
  // Parts are handed on as they come; a slow receiver holds memory, not the server.
  void consumed(uint64_t, uint32_t) override {}

 private:
  class Call;
  struct Shared;
  std::shared_ptr<Shared> shared_;
  std::map<uint64_t, std::weak_ptr<Call>> calls_;
  uint64_t last_ = 0;
};

}  // namespace orrery::http
