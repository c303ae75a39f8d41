// The TLS side of a listener. Internal to runtime_native/http: includes Asio.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "core/base/result.h"
#include "runtime_native/http/exchange.h"
#include "runtime_native/http/listener.h"

namespace orrery::http {

// TLS 1.2 and later, only http/1.1 through ALPN, client certificates asked for but not required.
Result<std::unique_ptr<boost::asio::ssl::context>> make_server_context(const TlsFiles& files);

// Fills cert, cert_user and cert_groups after the handshake.
void read_peer_cert(SSL* ssl, HttpRequest& request);

}  // namespace orrery::http
