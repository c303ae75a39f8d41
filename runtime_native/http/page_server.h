// The page's port: plain HTTP on loopback, its files, and one WebSocket into the API with the administrator's rights.
//
// Anyone on this machine may load the files; the WebSocket needs the session cookie, which the one-time token of the
// printed address buys. Host and Origin are checked, so that no other site's page can speak for the user
// (DNS rebinding, cross-site WebSockets).
//   GET /?token=T          sets the cookie and goes on to /?live; the token is spent and a new one is made. With a spent one:
//                          on to /?live if the browser has the cookie, else 403
//   GET /orrery/session    {"native":true,"attached":BOOL}: whether this browser may open the WebSocket
//   GET /orrery/socket     the WebSocket (page_socket.h)
//   GET /...               a file
#pragma once

#include <functional>
#include <string>

#include "core/ports/api.h"
#include "runtime_native/http/api_calls.h"
#include "runtime_native/http/exchange.h"
#include "runtime_native/http/page_files.h"
#include "runtime_native/host/trace_hub.h"

namespace orrery::http {

struct PageOptions {
  std::string web_dir;
  std::string session_secret;  // the cookie's value; kept over restarts so that open pages reconnect
  ports::Identity identity;    // of the page's calls
};

class PageServer {
 public:
  // `calls` and `trace` must outlive it and its exchanges.
  PageServer(PageOptions options, ApiCalls& calls, host::TraceHub* trace);
  // To be called once the port is known.
  void set_port(uint16_t port);
  // "http://127.0.0.1:8080/?token=..." with a token that works once.
  std::string url() const;
  // Called with each new url() after a token was spent.
  void on_new_url(std::function<void(const std::string&)> f) { on_new_url_ = std::move(f); }

  Handler handler();

 private:
  void handle(const std::shared_ptr<Exchange>& exchange);
  void try_token(Exchange& exchange, std::string_view token);
  bool own_host(std::string_view host) const;
  bool own_origin(std::string_view origin) const;
  bool has_session(const HttpRequest& request) const;

  PageOptions options_;
  ApiCalls& calls_;
  host::TraceHub* trace_;
  PageFiles files_;
  uint16_t port_ = 0;
  std::string token_;
  std::function<void(const std::string&)> on_new_url_;
};

}  // namespace orrery::http
