#include "runtime_native/http/api_gateway.h"

#include <cctype>

#include "core/base/text.h"
#include "runtime_native/http/spdy_forward.h"
#include "runtime_native/http/wire.h"

namespace orrery::http {
namespace {

using ports::ApiReply;

// Sub-protocols that carry a plain answer (logs, watch) over a WebSocket; the API server need not know them.
constexpr std::string_view kBinary = "binary.k8s.io";

bool good_percents(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') continue;
    auto hex = [&](size_t at) { return at < text.size() && std::isxdigit(static_cast<unsigned char>(text[at])); };
    if (!hex(i + 1) || !hex(i + 2)) return false;
    i += 2;
  }
  return true;
}

// One HTTP exchange and its call. Owned by the exchange's connection through `keep_`, which is dropped at the end.
class Bridge final : public ApiSink, public ExchangeListener, public std::enable_shared_from_this<Bridge> {
 public:
  Bridge(ApiCalls& calls, std::shared_ptr<Exchange> exchange) : calls_(calls), exchange_(std::move(exchange)) {}

  void start(ports::ApiRequest request) {
    keep_ = shared_from_this();
    upgrade_ = exchange_->request().upgrade;
    offered_ = split(exchange_->request().header("Sec-WebSocket-Protocol"), ',');
    exchange_->set_listener(weak_from_this());
    request_ = std::make_shared<const ports::ApiRequest>(std::move(request));
    id_ = calls_.start(request_, weak_from_this());
  }

  void on_part(const ApiReply& part) override {
    if (!exchange_) return;
    auto keep = keep_;
    switch (part.part) {
      case ApiReply::Part::Whole: return on_whole(part);
      case ApiReply::Part::Head: return on_head(part);
      case ApiReply::Part::Data: return on_data(part);
      case ApiReply::Part::End:
        ended_ = true;
        return exchange_->finish();
    }
  }
  void on_message(std::string_view bytes) override {
    if (forward_) return forward_->on_message(bytes);
    if (duplex_ && !bytes.empty()) calls_.send(id_, Str(bytes));
  }
  void on_drained() override { grant(); }
  void on_closed() override {
    if (!ended_) calls_.cancel(id_);
    ended_ = true;
    auto keep = std::move(keep_);
    forward_.reset();
    exchange_.reset();
  }

 private:
  void on_whole(const ApiReply& part) {
    ended_ = true;
    if (upgrade_ && part.status < 300) {  // logs without follow, over a WebSocket
      exchange_->accept_websocket(plain_subprotocol(), false);
      exchange_->write(part.body.str());
      return exchange_->finish();
    }
    exchange_->answer(part.status, reply_headers(part), part.body);
  }
  void on_head(const ApiReply& part) {
    if (!upgrade_ || part.status >= 300) return exchange_->begin_stream(part.status, reply_headers(part));
    duplex_ = !part.subprotocol.empty() && part.subprotocol != kBinary;
    lines_ = !duplex_ && part.content_type.view().find("stream=watch") != std::string_view::npos;
    lines_ = lines_ || (!duplex_ && part.content_type.view().find("json") != std::string_view::npos);
    if (part.subprotocol == kSpdyForwardProtocol) forward_ = std::make_unique<SpdyForward>(calls_, exchange_, request_);
    exchange_->accept_websocket(duplex_ ? part.subprotocol.view() : std::string_view(plain_subprotocol()), lines_);
  }
  void on_data(const ApiReply& part) {
    if (lines_) write_lines(part.body);
    else exchange_->write(part.body.str());
    unconsumed_ += part.body.size();
    if (exchange_ && exchange_->queued() < Exchange::kHighWater) grant();
  }
  // A watch over a WebSocket: one event a message.
  void write_lines(std::string_view text) {
    while (!text.empty()) {
      size_t end = text.find('\n');
      std::string_view line = text.substr(0, end);
      if (!line.empty()) exchange_->write(std::string(line));
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
  }
  void grant() {
    if (!ended_) calls_.consumed(id_, unconsumed_);
    unconsumed_ = 0;
  }
  std::string plain_subprotocol() const {
    for (const std::string& offer : offered_) {
      if (trim(offer) == kBinary) return std::string(kBinary);
    }
    return {};
  }

  ApiCalls& calls_;
  std::shared_ptr<Exchange> exchange_;
  std::shared_ptr<Bridge> keep_;
  ports::ApiRequestPtr request_;
  std::unique_ptr<SpdyForward> forward_;  // kubectl's port-forward: its frames are unpacked here
  uint64_t id_ = 0;
  uint32_t unconsumed_ = 0;
  std::vector<std::string> offered_;
  bool upgrade_ = false;
  bool duplex_ = false;
  bool lines_ = false;
  bool ended_ = false;
};

void answer_error(Exchange& exchange, const Error& error) {
  exchange.answer(error.http(), {{"Content-Type", "application/json"}}, status_body(error));
}

std::string warning_text(std::string_view text) {
  std::string out = "299 - \"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}

// "retry-after" -> "Retry-After", as Go's net/http writes names.
std::string canonical_name(std::string_view name) {
  std::string out(name);
  bool up = true;
  for (char& c : out) {
    if (up && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    up = c == '-';
  }
  return out;
}

}  // namespace

List<ports::QueryParameter> parse_query(std::string_view text) {
  List<ports::QueryParameter> out;
  if (text.empty()) return out;
  for (const std::string& piece : split(text, '&')) {
    if (piece.empty()) continue;
    size_t equals = piece.find('=');
    ports::QueryParameter parameter;
    parameter.name = percent_decode(std::string_view(piece).substr(0, equals), true);
    if (equals != std::string::npos) parameter.value = percent_decode(std::string_view(piece).substr(equals + 1), true);
    out.push_back(std::move(parameter));
  }
  return out;
}

Result<ports::ApiRequest> to_api_request(const HttpRequest& request) {
  std::string_view target = request.target;
  size_t question = target.find('?');
  std::string_view path = target.substr(0, question);
  if (path.empty() || path[0] != '/' || !good_percents(target)) {
    return make_error(Reason::BadRequest, cat("the request target ", quoted(target), " is not a path"));
  }
  ports::ApiRequest out;
  out.method = request.method;
  out.path = percent_decode(path);
  if (question != std::string_view::npos) out.query = parse_query(target.substr(question + 1));
  for (const auto& [name, value] : request.headers) {
    std::string key = to_lower(name);
    const Str* had = out.headers.find(key);
    out.headers.set(key, had ? Str(cat(*had, ", ", value)) : Str(value));
  }
  out.body = request.body;
  if (request.upgrade) {
    out.subprotocols = request.header("Sec-WebSocket-Protocol");
    if (out.subprotocols.empty()) out.subprotocols = kBinary;
  }
  if (request.cert == PeerCert::Trusted) {
    out.identity.user = request.cert_user;
    for (const std::string& group : request.cert_groups) out.identity.groups.push_back(group);
  }
  std::string agent(request.header("User-Agent"));
  out.source = agent.substr(0, agent.find('/'));
  return out;
}

Headers reply_headers(const ApiReply& reply) {
  Headers out;
  if (!reply.content_type.empty()) out.emplace_back("Content-Type", reply.content_type.str());
  bool cache = false;
  for (const auto& [name, value] : reply.headers) {
    cache = cache || name == "cache-control";
    out.emplace_back(canonical_name(name), value.str());
  }
  if (!cache) out.emplace_back("Cache-Control", "no-cache, private");
  for (const Str& warning : reply.warnings) out.emplace_back("Warning", warning_text(warning));
  return out;
}

Handler api_gateway(ApiCalls& calls) {
  return [&calls](std::shared_ptr<Exchange> exchange) {
    if (exchange->request().cert == PeerCert::Untrusted) {
      return answer_error(*exchange, make_error(Reason::Unauthorized, "Unauthorized"));
    }
    Result<ports::ApiRequest> request = to_api_request(exchange->request());
    if (!request) return answer_error(*exchange, request.error());
    std::make_shared<Bridge>(calls, std::move(exchange))->start(std::move(*request));
  };
}

}  // namespace orrery::http
