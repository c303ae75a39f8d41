// kubectl's port-forward: a WebSocket that carries a SPDY/3.1 connection, in it a pair of streams (error and data) for
// each forwarded connection. Each pair becomes a port-forward call of the API server's own plain protocol. Source:
// client-go tools/portforward, kubelet/pkg/cri/streaming/portforward/httpstream.go.
#pragma once

#include <map>
#include <memory>

#include "runtime_native/http/api_calls.h"
#include "runtime_native/http/exchange.h"
#include "runtime_native/http/spdy_frames.h"

namespace orrery::http {

constexpr std::string_view kSpdyForwardProtocol = "SPDY/3.1+portforward.k8s.io";
constexpr size_t kForwardsMax = 1000;  // connections at a time through one WebSocket

class SpdyForward {
 public:
  // `request` is the port-forward request that the API server accepted; each connection repeats it with its port.
  SpdyForward(ApiCalls& calls, std::shared_ptr<Exchange> exchange, ports::ApiRequestPtr request);
  ~SpdyForward();  // ends all connections

  // Bytes of the client. On an error the exchange is ended.
  void on_message(std::string_view bytes);

 private:
  class Connection;
  void on_frame(const SpdyFrame& frame);
  void open(const SpdyFrame& frame);
  Connection* of_stream(uint32_t stream) const;

  ApiCalls& calls_;
  std::shared_ptr<Exchange> exchange_;
  ports::ApiRequestPtr request_;
  SpdySession session_;
  std::map<std::string, std::shared_ptr<Connection>> connections_;  // by request id
};

}  // namespace orrery::http
