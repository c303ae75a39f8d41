#include "runtime_native/http/page_server.h"

#include <openssl/crypto.h>

#include "core/base/text.h"
#include "runtime_native/http/api_gateway.h"
#include "runtime_native/http/page_socket.h"
#include "runtime_native/http/pki.h"

namespace orrery::http {
namespace {

// The page runs its own WebAssembly and talks to nobody but us.
constexpr std::string_view kContentPolicy =
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' 'unsafe-eval' 'unsafe-inline'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' data: blob:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void answer_text(Exchange& exchange, int status, std::string text) {
  exchange.answer(status, {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-store"}}, std::move(text));
}

}  // namespace

PageServer::PageServer(PageOptions options, ApiCalls& calls, host::TraceHub* trace)
    : options_(std::move(options)), calls_(calls), trace_(trace), files_(options_.web_dir), token_(random_token()) {}

void PageServer::set_port(uint16_t port) { port_ = port; }

std::string PageServer::url() const { return cat("http://127.0.0.1:", port_, "/?token=", token_); }

Handler PageServer::handler() {
  return [this](std::shared_ptr<Exchange> exchange) { handle(exchange); };
}

void PageServer::handle(const std::shared_ptr<Exchange>& exchange) {
  const HttpRequest& request = exchange->request();
  if (!own_host(request.header("Host"))) return answer_text(*exchange, 421, "this server answers only to 127.0.0.1 and localhost\n");
  std::string_view target = request.target;
  size_t question = target.find('?');
  std::string path = percent_decode(target.substr(0, question));
  if (request.method != "GET" && request.method != "HEAD") return answer_text(*exchange, 405, "only GET\n");
  if (path == "/orrery/socket") {
    if (!request.upgrade) return answer_text(*exchange, 400, "this address is a WebSocket\n");
    if (!own_origin(request.header("Origin"))) return answer_text(*exchange, 403, "the Origin is another site\n");
    if (!has_session(request)) return answer_text(*exchange, 401, "open the address that orrery printed first\n");
    return serve_page_socket(exchange, calls_, trace_, options_.identity);
  }
  if (request.upgrade) return answer_text(*exchange, 404, "not found\n");
  if (path == "/orrery/session") {
    return exchange->answer(200, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
                            cat("{\"native\":true,\"attached\":", has_session(request), "}\n"));
  }
  if (path == "/" && question != std::string_view::npos) {
    for (const ports::QueryParameter& p : parse_query(target.substr(question + 1))) {
      if (p.name == "token") return try_token(*exchange, p.value);
    }
  }
  FileAnswer file = files_.get(path, request.header("Accept-Encoding"), request.header("If-None-Match"));
  file.headers.emplace_back("X-Content-Type-Options", "nosniff");
  file.headers.emplace_back("Content-Security-Policy", kContentPolicy);
  file.headers.emplace_back("Referrer-Policy", "no-referrer");
  exchange->answer(file.status, std::move(file.headers), std::move(file.body));
}

void PageServer::try_token(Exchange& exchange, std::string_view token) {
  if (!same_secret(token, token_)) {
    if (has_session(exchange.request())) return exchange.answer(303, {{"Location", "/?live"}, {"Cache-Control", "no-store"}}, "");
    return answer_text(exchange, 403, "this address was used before; open the newest one that orrery printed\n");
  }
  token_ = random_token();
  if (on_new_url_) on_new_url_(url());
  exchange.answer(303,
                  {{"Location", "/?live"},
                   {"Set-Cookie", cat("orrery-", port_, "=", options_.session_secret, "; HttpOnly; SameSite=Strict; Path=/")},
                   {"Cache-Control", "no-store"},
                   {"Referrer-Policy", "no-referrer"}},
                  "");
}

bool PageServer::own_host(std::string_view host) const {
  for (const char* name : {"127.0.0.1", "localhost", "[::1]"}) {
    if (host == cat(name, ":", port_) || (port_ == 80 && host == name)) return true;
  }
  return false;
}

bool PageServer::own_origin(std::string_view origin) const {
  return starts_with(origin, "http://") && own_host(origin.substr(7));
}

bool PageServer::has_session(const HttpRequest& request) const {
  std::string name = cat("orrery-", port_, "=");
  for (const std::string& piece : split(request.header("Cookie"), ';')) {
    std::string_view item = trim(piece);
    if (starts_with(item, name) && same_secret(item.substr(name.size()), options_.session_secret)) return true;
  }
  return false;
}

}  // namespace orrery::http
