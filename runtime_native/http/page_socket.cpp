#include "runtime_native/http/page_socket.h"

#include <map>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "runtime_native/http/api_gateway.h"
#include "runtime_native/http/wire.h"

namespace orrery::http {
namespace {

using nlohmann::json;
using ports::ApiReply;

constexpr size_t kCallsMax = 256;

bool is_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    auto c = static_cast<unsigned char>(text[i]);
    size_t size = c < 0x80 ? 1 : c >= 0xf0 && c < 0xf5 ? 4 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xc2 && c < 0xe0 ? 2 : 0;
    if (!size || i + size > text.size()) return false;
    for (size_t k = 1; k < size; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return false;
    }
    i += size;
  }
  return true;
}

std::string text_of(const json& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

class PageSocket;

// One call of the page.
class PageCall final : public ApiSink {
 public:
  PageCall(PageSocket& socket, uint64_t id) : socket_(&socket), id_(id) {}
  void on_part(const ApiReply& part) override;
  void detach() { socket_ = nullptr; }

  uint64_t call = 0;   // in ApiCalls; 0: a trace stream
  uint64_t trace = 0;  // in TraceHub
  uint32_t unconsumed = 0;

 private:
  PageSocket* socket_;
  uint64_t id_;
  bool duplex_ = false;
};

class PageSocket final : public ExchangeListener, public std::enable_shared_from_this<PageSocket> {
 public:
  PageSocket(std::shared_ptr<Exchange> exchange, ApiCalls& calls, host::TraceHub* trace, ports::Identity identity)
      : exchange_(std::move(exchange)), api_(calls), trace_(trace), identity_(std::move(identity)) {}

  void start() {
    keep_ = shared_from_this();
    exchange_->set_listener(weak_from_this());
    exchange_->accept_websocket("", true);
  }

  void on_message(std::string_view bytes) override {
    json message = json::parse(bytes, nullptr, false);
    auto id = message.is_object() ? message.find("id") : message.end();
    if (!message.is_object() || id == message.end() || !id->is_number_unsigned() || id->get<uint64_t>() == 0) {
      return send("{\"id\":0,\"status\":400,\"body\":\"a message is a JSON object with an id\"}");
    }
    on_object(id->get<uint64_t>(), message);
  }
  void on_drained() override {
    for (auto& [id, call] : calls_) grant(*call);
  }
  void on_closed() override {
    auto keep = std::move(keep_);
    exchange_.reset();
    while (!calls_.empty()) drop(calls_.begin());
  }

  void send(std::string text) {
    if (exchange_) exchange_->write(std::move(text));
  }
  void consume(PageCall& call, uint32_t amount) {
    call.unconsumed += amount;
    if (exchange_ && exchange_->queued() < Exchange::kHighWater) grant(call);
  }
  void ended(uint64_t id) {
    auto found = calls_.find(id);
    if (found == calls_.end()) return;
    found->second->detach();
    done_ = std::move(found->second);  // the call itself is still on the stack
    calls_.erase(found);
  }

 private:
  using Calls = std::map<uint64_t, std::shared_ptr<PageCall>>;

  void on_object(uint64_t id, const json& message) {
    auto found = calls_.find(id);
    if (message.contains("method")) {
      if (found != calls_.end() || calls_.size() >= kCallsMax) {
        return refuse(id, found != calls_.end() ? "this id is in use" : "too many calls at once");
      }
      return begin(id, message);
    }
    if (found == calls_.end()) return;  // it ended meanwhile
    if (message.contains("cancel")) return drop(found);
    std::string frame;
    if (found->second->call && base64_decode(text_of(message, "frame"), frame) && !frame.empty()) {
      api_.send(found->second->call, Str(frame));
    }
  }
  void begin(uint64_t id, const json& message) {
    HttpRequest request;
    request.method = text_of(message, "method");
    request.target = text_of(message, "path");
    request.body = text_of(message, "body");
    auto headers = message.find("headers");
    if (headers != message.end() && headers->is_object()) {
      for (const auto& [name, value] : headers->items()) {
        if (value.is_string()) request.headers.emplace_back(name, value.get<std::string>());
      }
    }
    Result<ports::ApiRequest> made = to_api_request(request);
    if (!made) return refuse(id, made.error().message.str());
    auto call = std::make_shared<PageCall>(*this, id);
    calls_[id] = call;
    if (made->path == "/orrery/trace" && trace_) return begin_trace(id, *call, made->param("after"));
    made->subprotocols = text_of(message, "subprotocols");
    made->identity = identity_;
    made->source = "page";
    call->call = api_.start(std::make_shared<const ports::ApiRequest>(std::move(*made)), call);
  }
  void begin_trace(uint64_t id, PageCall& call, const Str& after_text) {
    int64_t after = 0;
    parse_int64(after_text, after);
    send(cat("{\"id\":", id, ",\"status\":200,\"headers\":{\"content-type\":\"application/json;stream=trace\"},\"stream\":true}"));
    call.trace = trace_->watch(static_cast<uint64_t>(after < 0 ? 0 : after), [self = weak_from_this(), id](const ports::TraceRecord& record) {
      auto socket = self.lock();
      // A page that reads too slowly misses dots, not cluster state.
      if (!socket || !socket->exchange_ || socket->exchange_->queued() > Exchange::kHighWater) return;
      socket->send(cat("{\"id\":", id, ",\"chunk\":", json_string(trace_json(record) + "\n"), "}"));
    });
  }
  void refuse(uint64_t id, const std::string& why) {
    Error error = make_error(Reason::BadRequest, why);
    send(cat("{\"id\":", id, ",\"status\":400,\"headers\":{\"content-type\":\"application/json\"},\"body\":",
             json_string(status_body(error)), "}"));
  }
  void drop(Calls::iterator at) {
    std::shared_ptr<PageCall> call = std::move(at->second);
    calls_.erase(at);
    call->detach();
    if (call->trace) trace_->unwatch(call->trace);
    if (call->call) api_.cancel(call->call);
  }
  void grant(PageCall& call) {
    if (call.call) api_.consumed(call.call, call.unconsumed);
    call.unconsumed = 0;
  }

  std::shared_ptr<Exchange> exchange_;
  std::shared_ptr<PageSocket> keep_;
  ApiCalls& api_;
  host::TraceHub* trace_;
  ports::Identity identity_;
  Calls calls_;
  std::shared_ptr<PageCall> done_;
};

std::string headers_json(const ApiReply& part) {
  std::string out = "{";
  for (const auto& [name, value] : reply_headers(part)) {
    if (out.size() > 1) out += ',';
    out += cat(json_string(to_lower(name)), ":", json_string(value));
  }
  return out += '}';
}

void PageCall::on_part(const ApiReply& part) {
  if (!socket_) return;
  std::string out = cat("{\"id\":", id_);
  switch (part.part) {
    case ApiReply::Part::Whole:
      out += cat(",\"status\":", part.status, ",\"headers\":", headers_json(part), ",\"body\":", json_string(part.body), "}");
      socket_->send(std::move(out));
      return socket_->ended(id_);
    case ApiReply::Part::Head:
      duplex_ = !part.subprotocol.empty();
      out += cat(",\"status\":", part.status, ",\"headers\":", headers_json(part), ",\"stream\":true");
      if (duplex_) out += cat(",\"subprotocol\":", json_string(part.subprotocol));
      return socket_->send(out + "}");
    case ApiReply::Part::Data:
      if (duplex_) out += cat(",\"frame\":\"", base64_encode(part.body), "\"}");
      else if (is_utf8(part.body)) out += cat(",\"chunk\":", json_string(part.body), "}");
      else out += cat(",\"chunk64\":\"", base64_encode(part.body), "\"}");
      socket_->send(std::move(out));
      return socket_->consume(*this, part.body.size());
    case ApiReply::Part::End:
      socket_->send(out + ",\"end\":true}");
      return socket_->ended(id_);
  }
}

}  // namespace

void serve_page_socket(std::shared_ptr<Exchange> exchange, ApiCalls& calls, host::TraceHub* trace,
                       const ports::Identity& identity) {
  std::make_shared<PageSocket>(std::move(exchange), calls, trace, identity)->start();
}

std::string trace_json(const ports::TraceRecord& r) {
  std::string out = cat("{\"id\":", r.id, ",\"cause\":", r.cause, ",\"at_ns\":", r.at.ns, ",\"travel_ns\":", r.travel.ns,
                        ",\"revision\":", r.revision, ",\"heartbeat\":", r.heartbeat);
  const std::pair<const char*, const Str&> texts[] = {{"from", r.from}, {"to", r.to},     {"verb", r.verb}, {"kind", r.kind},
                                                      {"namespace", r.ns}, {"name", r.name}, {"why", r.why}};
  for (const auto& [name, text] : texts) out += cat(",\"", name, "\":", json_string(text));
  return out += '}';
}

}  // namespace orrery::http
