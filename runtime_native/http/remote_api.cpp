#include "runtime_native/http/remote_api.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>
#include <optional>

#include "core/api/json.h"
#include "core/api/status.h"
#include "core/base/text.h"
#include "core/ports/request_target.h"
#include "core/ports/watch_lines.h"
#include "runtime_native/http/wire.h"

namespace orrery::http {
namespace {

namespace asio = boost::asio;
namespace bhttp = boost::beast::http;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;
using ports::ApiReply;
using Stream = asio::ssl::stream<tcp::socket>;

constexpr size_t kPiece = 64 << 10;
constexpr size_t kMessageMax = 64 << 20;

}  // namespace

struct RemoteApi::Shared {
  Shared(asio::io_context& i, ports::TaskQueue& q, RemoteServer s)
      : io(i), queue(q), server(std::move(s)), context(asio::ssl::context::tls_client) {
    auto pem = [](const std::string& text) { return asio::buffer(text.data(), text.size()); };
    error_code ec;
    context.set_verify_mode(server.any_certificate ? asio::ssl::verify_none : asio::ssl::verify_peer);
    if (server.ca_pem.empty()) context.set_default_verify_paths(ec);
    else context.add_certificate_authority(pem(server.ca_pem), ec);
    if (!server.client_cert_pem.empty()) {
      context.use_certificate_chain(pem(server.client_cert_pem), ec);
      context.use_private_key(pem(server.client_key_pem), asio::ssl::context::pem, ec);
    }
    if (!server.any_certificate) context.set_verify_callback(asio::ssl::host_name_verification(server.name.empty() ? server.host : server.name), ec);
  }
  asio::io_context& io;
  ports::TaskQueue& queue;
  RemoteServer server;
  asio::ssl::context context;
  bool alive = true;
};

class RemoteApi::Call final : public std::enable_shared_from_this<Call> {
 public:
  Call(std::shared_ptr<Shared> shared, uint64_t id, ports::ApiRequestPtr request, ports::ReplyTo reply)
      : shared_(std::move(shared)), id_(id), request_(std::move(request)), reply_(reply), resolver_(shared_->io),
        stream_(shared_->io, shared_->context) {}

  void start() {
    resolver_.async_resolve(shared_->server.host, std::to_string(shared_->server.port),
                            [self = shared_from_this()](error_code ec, tcp::resolver::results_type found) {
                              if (ec) return self->fail(ec);
                              asio::async_connect(self->stream_.next_layer(), found,
                                                  [self](error_code ec, const tcp::endpoint&) { self->on_connect(ec); });
                            });
  }
  void send(const Str& frame) {
    out_.push_back(frame.str());
    flush();
  }
  void cancel() {
    done_ = true;
    resolver_.cancel();
    error_code ec;
    stream_.next_layer().close(ec);
  }

 private:
  void on_connect(error_code ec) {
    if (ec) return fail(ec);
    error_code address;
    const std::string& name = shared_->server.name.empty() ? shared_->server.host : shared_->server.name;
    asio::ip::make_address(name, address);
    if (address) SSL_set_tlsext_host_name(stream_.native_handle(), name.c_str());  // an address is no server name
    stream_.async_handshake(asio::ssl::stream_base::client, [self = shared_from_this()](error_code ec) {
      if (ec) return self->fail(ec);
      if (!self->request_->subprotocols.empty()) return self->upgrade();
      self->send_request();
    });
  }
  void send_request() {
    const ports::ApiRequest& r = *request_;
    const std::string body = r.object ? api::to_json(r.object) : r.body.str();
    text_ = cat(r.method, " ", shared_->server.prefix, ports::request_target(r), " HTTP/1.1\r\nHost: ", shared_->server.host, ":", shared_->server.port,
                "\r\nConnection: close\r\n");
    if (!shared_->server.token.empty()) text_ += cat("Authorization: Bearer ", shared_->server.token, "\r\n");
    for (const auto& [name, value] : r.headers) text_ += cat(name, ": ", value, "\r\n");
    if (r.object) text_ += "Content-Type: application/json\r\n";
    if (!body.empty() || r.method == "POST" || r.method == "PUT" || r.method == "PATCH") {
      text_ += cat("Content-Length: ", body.size(), "\r\n");
    }
    text_ += "\r\n" + body;
    asio::async_write(stream_, asio::buffer(text_), [self = shared_from_this()](error_code ec, size_t) {
      if (ec) return self->fail(ec);
      self->text_.clear();
      self->parser_.emplace();
      self->parser_->body_limit(boost::none);
      bhttp::async_read_header(self->stream_, self->buffer_, *self->parser_, [self](error_code ec, size_t) { self->on_header(ec); });
    });
  }
  void on_header(error_code ec) {
    if (ec) return fail(ec);
    read_head(parser_->get());
    // A chunked answer may be a stream: it is handed on as it comes. A length means a whole answer.
    if (parser_->chunked() && head_.status < 400) {
      streaming_ = true;
      head_.part = ApiReply::Part::Head;
      deliver(head_);
    }
    read_piece();
  }
  template <class Message>
  void read_head(const Message& message) {
    head_.call = id_;
    head_.status = static_cast<int>(message.result_int());
    for (const auto& field : message) {
      std::string name = to_lower(std::string_view(field.name_string()));
      std::string value(field.value());
      if (name == "content-type") head_.content_type = value;
      else if (name == "warning") head_.warnings.push_back(warning_text(value));
      else head_.headers.set(name, value);
    }
  }
  // `299 - "text"` -> text
  static std::string warning_text(const std::string& value) {
    size_t open = value.find('"'), close = value.rfind('"');
    if (open == std::string::npos || close == open) return value;
    return replace_all(replace_all(value.substr(open + 1, close - open - 1), "\\\"", "\""), "\\\\", "\\");
  }
  void read_piece() {
    parser_->get().body().data = piece_;
    parser_->get().body().size = sizeof piece_;
    bhttp::async_read_some(stream_, buffer_, *parser_, [self = shared_from_this()](error_code ec, size_t) { self->on_piece(ec); });
  }
  void on_piece(error_code ec) {
    if (done_) return;
    if (ec && ec != bhttp::error::need_buffer) return streaming_ ? end() : fail(ec);
    std::string_view bytes(piece_, sizeof piece_ - parser_->get().body().size);
    if (!streaming_) {
      text_.append(bytes);
    } else if (!bytes.empty()) {
      ApiReply part;
      part.part = ApiReply::Part::Data;
      part.call = id_;
      if (request_->want_object) lines_.feed(bytes, part.events);
      else part.body = bytes;
      deliver(std::move(part));
    }
    if (!parser_->is_done()) return read_piece();
    if (streaming_) return end();
    head_.part = ApiReply::Part::Whole;
    head_.body = text_;
    if (request_->want_object && head_.status < 400)
      if (auto object = api::any_object_from_json(text_)) head_.object = *object;
    finish(std::move(head_));
  }

  void upgrade() {
    ws_.emplace(stream_);
    ws_->read_message_max(kMessageMax);
    ws_->binary(true);
    ws_->set_option(websocket::stream_base::decorator([this](websocket::request_type& request) {
      request.set(bhttp::field::sec_websocket_protocol, std::string(request_->subprotocols.view()));
      if (!shared_->server.token.empty()) request.set(bhttp::field::authorization, "Bearer " + shared_->server.token);
    }));
    ws_->async_handshake(response_, cat(shared_->server.host, ":", shared_->server.port), cat(shared_->server.prefix, ports::request_target(*request_)),
                         [self = shared_from_this()](error_code ec) { self->on_upgraded(ec); });
  }
  void on_upgraded(error_code ec) {
    if (done_) return;
    read_head(response_);
    if (ec == websocket::error::upgrade_declined) {
      head_.part = ApiReply::Part::Whole;
      head_.body = response_.body();
      return finish(std::move(head_));
    }
    if (ec) return fail(ec);
    head_.part = ApiReply::Part::Head;
    head_.subprotocol = std::string(response_[bhttp::field::sec_websocket_protocol]);
    upgraded_ = true;
    deliver(head_);
    flush();
    read_message();
  }
  void read_message() {
    ws_->async_read(buffer_, [self = shared_from_this()](error_code ec, size_t) {
      if (self->done_) return;
      if (ec) return self->end();
      ApiReply part;
      part.part = ApiReply::Part::Data;
      part.call = self->id_;
      auto data = self->buffer_.data();
      part.body = std::string_view(static_cast<const char*>(data.data()), data.size());
      self->buffer_.consume(self->buffer_.size());
      self->deliver(std::move(part));
      self->read_message();
    });
  }
  void flush() {
    if (!upgraded_ || writing_ || out_.empty() || done_) return;
    writing_ = true;
    ws_->async_write(asio::buffer(out_.front()), [self = shared_from_this()](error_code ec, size_t) {
      self->writing_ = false;
      if (ec || self->done_) return;
      self->out_.pop_front();
      self->flush();
    });
  }

  void deliver(ApiReply part) {
    if (part.part == ApiReply::Part::Whole && part.status >= 400 && !part.error) part.error = api::error_of_status(part.status, part.body);
    if (shared_->alive && !done_) shared_->queue.reply(reply_, std::move(part));
  }
  void finish(ApiReply part) {
    deliver(std::move(part));
    cancel();
  }
  void end() {
    ApiReply part;
    part.part = ApiReply::Part::End;
    part.call = id_;
    finish(std::move(part));
  }
  void fail(error_code ec) {
    if (done_) return;
    std::string where = cat(shared_->server.host, ":", shared_->server.port);
    std::string why = ec == asio::error::connection_refused
                          ? cat("The connection to the server ", where, " was refused - did you specify the right host or port?")
                          : cat("Unable to connect to the server ", where, ": ", ec.message());
    ApiReply part;
    part.call = id_;
    part.error = make_error(Reason::ServiceUnavailable, why);
    part.status = part.error->http();
    part.content_type = "application/json";
    part.body = status_body(*part.error);
    finish(std::move(part));
  }

  std::shared_ptr<Shared> shared_;
  uint64_t id_;
  ports::ApiRequestPtr request_;
  ports::ReplyTo reply_;
  tcp::resolver resolver_;
  Stream stream_;
  boost::beast::flat_buffer buffer_;
  std::optional<bhttp::response_parser<bhttp::buffer_body>> parser_;
  std::optional<websocket::stream<Stream&>> ws_;
  websocket::response_type response_;
  std::deque<std::string> out_;
  std::string text_;
  ports::WatchLines lines_;
  ApiReply head_;
  char piece_[kPiece];
  bool streaming_ = false, upgraded_ = false, writing_ = false, done_ = false;
};

RemoteApi::RemoteApi(asio::io_context& io, ports::TaskQueue& queue, RemoteServer server)
    : shared_(std::make_shared<Shared>(io, queue, std::move(server))) {}

RemoteApi::~RemoteApi() {
  shared_->alive = false;
  for (auto& [id, call] : calls_) {
    if (auto running = call.lock()) running->cancel();
  }
}

uint64_t RemoteApi::call(ports::ApiRequestPtr request, ports::ReplyTo reply) {
  uint64_t id = ++last_;
  auto call = std::make_shared<Call>(shared_, id, std::move(request), reply);
  calls_[id] = call;
  call->start();
  return id;
}

void RemoteApi::send(uint64_t id, Str frame) {
  auto found = calls_.find(id);
  if (found == calls_.end()) return;
  if (auto running = found->second.lock()) running->send(frame);
}

void RemoteApi::cancel(uint64_t id) {
  auto found = calls_.find(id);
  if (found == calls_.end()) return;
  if (auto running = found->second.lock()) running->cancel();
  calls_.erase(found);
}

}  // namespace orrery::http
