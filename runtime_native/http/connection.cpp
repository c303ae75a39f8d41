#include "runtime_native/http/connection.h"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>
#include <optional>

#include "core/base/text.h"
#include "runtime_native/http/gzip.h"
#include "runtime_native/http/tls_context.h"
#include "runtime_native/http/wire.h"

namespace orrery::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;
using Tcp = asio::ip::tcp::socket;
using Tls = asio::ssl::stream<Tcp>;

constexpr size_t kReadAtOnce = 4 << 10;
constexpr size_t kJoinedMax = 16 << 10;  // bodies up to this size go out with their head, larger ones uncopied
constexpr size_t kGzipAbove = 128 << 10;  // apiserver's defaultGzipThresholdBytes
constexpr Duration kCloseMax = seconds(2);

enum class Phase {
  Handshake,
  Idle,       // waits for a request
  Request,    // reads one
  Handling,   // the handler has it
  Answered,   // the whole answer is queued
  Streaming,  // begin_stream was called
  WebSocket,
  Closing,
  Closed,
};

template <class Stream>
class Connection final : public ConnectionBase, public std::enable_shared_from_this<Connection<Stream>> {
 public:
  Connection(Stream stream, std::shared_ptr<ConnectionShared> shared)
      : stream_(std::move(stream)), shared_(std::move(shared)) {
    shared_->connections.insert(this);
  }
  ~Connection() override { shared_->connections.erase(this); }

  void start() {
    error_code ec;
    lowest().set_option(asio::ip::tcp::no_delay(true), ec);
    auto peer = lowest().remote_endpoint(ec);
    if (!ec) peer_ = cat(peer.address().to_string(), ":", peer.port());
    if constexpr (std::is_same_v<Stream, Tls>) {
      set_deadline(limits().handshake_max);
      stream_.async_handshake(asio::ssl::stream_base::server, [self = self()](error_code ec) { self->on_handshake(ec); });
    } else {
      wait_for_request();
    }
  }

  void check_deadline(SteadyTime now) override {
    if (phase_ != Phase::Closed && deadline_ && *deadline_ < now) cut();
  }
  std::optional<SteadyTime> waits_until() const override {
    bool waits = phase_ == Phase::Handshake || phase_ == Phase::Idle || phase_ == Phase::Request;
    return waits ? deadline_ : std::nullopt;
  }
  void drain() override {
    keep_alive_ = false;
    if (phase_ == Phase::Handshake || phase_ == Phase::Idle) cut();
  }
  void cut() override {
    if (phase_ == Phase::Closed) return;
    phase_ = Phase::Closed;
    deadline_.reset();
    auto keep = self();
    error_code ec;
    lowest().close(ec);
    tell_closed();
  }

  // --- called by the exchange -------------------------------------------------------------------------------------
  void answer(uint64_t serial, int status, Headers headers, Str body) {
    if (!current(serial) || phase_ != Phase::Handling) return;
    phase_ = Phase::Answered;
    if (body.size() > kGzipAbove && accepts_coding(request_->header("Accept-Encoding"), "gzip") && !has_coding(headers)) {
      headers.emplace_back("Content-Encoding", "gzip");
      headers.emplace_back("Vary", "Accept-Encoding");
      compress(std::make_shared<GzipJob>(std::move(body)), status, std::move(headers));
      return;
    }
    send_whole(status, headers, body);
  }
  void begin_stream(uint64_t serial, int status, const Headers& headers) {
    if (!current(serial) || phase_ != Phase::Handling) return;
    phase_ = Phase::Streaming;
    if (http10_) keep_alive_ = false;
    HeadOptions head;
    head.status = status;
    head.http10 = http10_;
    head.keep_alive = keep_alive_;
    head.chunked = !http10_;
    head.has_length = false;
    out_ += response_head(head, headers);
    deadline_.reset();
    flush();
  }
  void accept_websocket(uint64_t serial, std::string subprotocol, bool text);
  void write(uint64_t serial, std::string bytes) {
    if (!current(serial) || bytes.empty() || finishing_) return;
    if (phase_ == Phase::WebSocket) {
      queued_ += bytes.size();
      messages_.push_back(std::move(bytes));
    } else if (phase_ == Phase::Streaming) {
      out_ += http10_ ? bytes : chunk(bytes);
    } else {
      return;
    }
    if (queued() > limits().queued_bytes_max) return cut();
    if (queued() > Exchange::kHighWater) above_ = true;
    flush();
  }
  void finish(uint64_t serial) {
    if (!current(serial) || finishing_) return;
    if (phase_ == Phase::Streaming) {
      if (!http10_) out_ += kLastChunk;
    } else if (phase_ != Phase::WebSocket) {
      return;
    }
    finishing_ = true;
    flush();
  }
  void abort(uint64_t serial) {
    if (current(serial)) cut();
  }
  void set_reading(uint64_t serial, bool on) {
    if (!current(serial)) return;
    reading_ = on;
    if (on && phase_ == Phase::WebSocket && !parser_) read_message();
  }
  void set_listener(uint64_t serial, std::weak_ptr<ExchangeListener> listener) {
    if (current(serial)) listener_ = std::move(listener);
  }
  size_t queued() const { return ws_ ? queued_ : out_.size() + in_flight_.size() + whole_.size() + body_in_flight_.size(); }

 private:
  std::shared_ptr<Connection> self() { return this->shared_from_this(); }
  const Limits& limits() const { return shared_->limits; }
  Tcp& lowest() {
    if constexpr (std::is_same_v<Stream, Tls>) return stream_.next_layer();
    else return stream_;
  }
  bool current(uint64_t serial) const { return serial == serial_ && phase_ != Phase::Closed; }
  void set_deadline(Duration d) { deadline_ = std::chrono::steady_clock::now() + std::chrono::nanoseconds(d.ns); }
  static bool has_coding(const Headers& headers) {
    for (const auto& [name, value] : headers) {
      if (to_lower(name) == "content-encoding") return true;
    }
    return false;
  }
  void tell_closed() {
    if (auto listener = std::exchange(listener_, {}).lock()) listener->on_closed();
  }

  void on_handshake(error_code ec) {
    if constexpr (std::is_same_v<Stream, Tls>) {
      if (!ec) return wait_for_request();
      if (ec.category() == asio::error::get_ssl_category() && ERR_GET_REASON(ec.value()) == SSL_R_HTTP_REQUEST) {
        static constexpr std::string_view kText =
            "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
        error_code ignored;
        lowest().non_blocking(true, ignored);
        lowest().write_some(asio::buffer(kText), ignored);
      }
      cut();
    }
  }

  // --- reading a request --------------------------------------------------------------------------------------------
  void wait_for_request() {
    if (phase_ == Phase::Closed) return;
    if (shared_->draining) return cut();
    phase_ = Phase::Idle;
    if (buffer_.size() > 0) return read_request();
    set_deadline(limits().idle_max);
    await_bytes();
  }
  // One read is always under way between requests and while a handler works, so that a vanished client is noticed.
  void await_bytes() {
    if (awaiting_ || read_closed_) return;
    awaiting_ = true;
    stream_.async_read_some(buffer_.prepare(kReadAtOnce), [self = self()](error_code ec, size_t n) {
      self->awaiting_ = false;
      self->on_bytes(ec, n);
    });
  }
  void on_bytes(error_code ec, size_t n) {
    if (phase_ == Phase::Closed) return;
    if (ec) {
      read_closed_ = true;
      bool only_half = ec == asio::error::eof;
      if (phase_ == Phase::Idle || phase_ == Phase::Streaming || !only_half) return cut();
      keep_alive_ = false;  // half closed: the client may still want its answer
      return;
    }
    buffer_.commit(n);
    if (phase_ == Phase::Idle) read_request();
  }
  void read_request() {
    phase_ = Phase::Request;
    set_deadline(limits().header_max);
    parser_.emplace();
    parser_->header_limit(limits().header_bytes_max);
    parser_->body_limit(limits().body_bytes_max);
    bhttp::async_read_header(stream_, buffer_, *parser_, [self = self()](error_code ec, size_t) { self->on_header(ec); });
  }
  void on_header(error_code ec) {
    if (phase_ == Phase::Closed) return;
    if (ec) return refuse(ec);
    http10_ = parser_->get().version() == 10;
    keep_alive_ = parser_->keep_alive() && !shared_->draining;
    if (parser_->is_done()) return on_request({});
    set_deadline(limits().body_max);
    if (to_lower(std::string(parser_->get()[bhttp::field::expect])) == "100-continue") {
      in_flight_ = "HTTP/1.1 100 Continue\r\n\r\n";
      asio::async_write(stream_, asio::buffer(in_flight_), [self = self()](error_code ec, size_t) {
        self->in_flight_.clear();
        if (ec) return self->cut();
        self->read_body();
      });
      return;
    }
    read_body();
  }
  void read_body() {
    bhttp::async_read(stream_, buffer_, *parser_, [self = self()](error_code ec, size_t) { self->on_request(ec); });
  }
  // A request that can't be read: says why when that helps, then closes.
  void refuse(error_code ec) {
    Error error;
    if (ec == bhttp::error::body_limit) {
      error = make_error(Reason::RequestEntityTooLarge,
                         cat("Request entity too large: limit is ", limits().body_bytes_max));
    } else if (ec == bhttp::error::header_limit) {
      error = make_error(Reason::BadRequest, cat("Request header fields too large: limit is ", limits().header_bytes_max));
      error.code = 431;
    } else if (ec.category() == bhttp::make_error_code(bhttp::error::end_of_stream).category() &&
               ec != bhttp::error::end_of_stream && ec != bhttp::error::partial_message) {
      error = make_error(Reason::BadRequest, cat("malformed HTTP request: ", ec.message()));
    } else {
      return cut();
    }
    keep_alive_ = false;
    linger_ = true;
    ++serial_;
    phase_ = Phase::Answered;
    send_whole(error.http(), {{"Content-Type", "application/json"}}, status_body(error));
  }
  void on_request(error_code ec);

  // --- writing --------------------------------------------------------------------------------------------------------
  void compress(std::shared_ptr<GzipJob> job, int status, Headers headers) {
    if (phase_ == Phase::Closed) return;
    if (job->step()) return send_whole(status, headers, job->take());
    asio::post(stream_.get_executor(), [self = self(), job, status, headers = std::move(headers)]() mutable {
      self->compress(job, status, std::move(headers));
    });
  }
  void send_whole(int status, const Headers& headers, const Str& body) {
    HeadOptions head;
    head.status = status;
    head.http10 = http10_;
    head.keep_alive = keep_alive_;
    head.length = body.size();
    out_ += response_head(head, headers);
    if (!head_only_) {
      if (body.size() <= kJoinedMax) out_ += body.view();
      else whole_ = body;
    }
    finishing_ = true;
    flush();
  }
  void flush() {
    if (ws_) return flush_websocket();
    if (writing_ || phase_ == Phase::Closed) return;
    if (out_.empty() && whole_.empty()) {
      if (finishing_) on_sent();
      return;
    }
    writing_ = true;
    in_flight_.clear();
    body_in_flight_ = out_.empty() ? std::exchange(whole_, {}) : Str();
    in_flight_.swap(out_);
    set_deadline(limits().write_stall_max);
    write_some(0);
  }
  // In pieces, so that a slow but living client moves its deadline on with each.
  void write_some(size_t from) {
    constexpr size_t kPiece = 64 << 10;
    std::string_view all = body_in_flight_.empty() ? std::string_view(in_flight_) : body_in_flight_.view();
    size_t n = std::min(kPiece, all.size() - from);
    bool last = from + n == all.size();
    asio::async_write(stream_, asio::buffer(all.data() + from, n), [self = self(), from, n, last](error_code ec, size_t) {
      if (self->phase_ == Phase::Closed) return;
      if (ec) return self->cut();
      if (last) return self->on_written();
      self->set_deadline(self->limits().write_stall_max);
      self->write_some(from + n);
    });
  }
  void on_written() {
    writing_ = false;
    body_in_flight_ = {};
    deadline_.reset();
    if (in_flight_.capacity() > Exchange::kHighWater) in_flight_ = {};
    else in_flight_.clear();
    tell_drained();
    flush();
  }
  void tell_drained() {
    if (!above_ || queued() > Exchange::kLowWater) return;
    above_ = false;
    if (auto listener = listener_.lock()) listener->on_drained();
  }
  // The answer has gone out completely.
  void on_sent() {
    finishing_ = false;
    above_ = false;
    phase_ = Phase::Idle;
    ++serial_;  // the handler's exchange is stale from here
    tell_closed();
    if (phase_ == Phase::Closed) return;
    if (!keep_alive_ || shared_->draining) return close_gracefully();
    wait_for_request();
  }
  void close_gracefully() {
    phase_ = Phase::Closing;
    set_deadline(kCloseMax);
    if constexpr (std::is_same_v<Stream, Tls>) {
      if (!linger_ && !awaiting_) {
        stream_.async_shutdown([self = self()](error_code) { self->cut(); });
        return;
      }
    }
    if (!linger_) return cut();
    error_code ec;
    lowest().shutdown(Tcp::shutdown_send, ec);
    discard();
  }
  // Reads on for a moment: closing with unread bytes would reset the connection before the client saw its answer.
  void discard() {
    stream_.async_read_some(buffer_.prepare(64 << 10), [self = self()](error_code ec, size_t) {
      if (ec || self->phase_ != Phase::Closing) return self->cut();
      self->discard();
    });
  }

  // --- WebSocket ------------------------------------------------------------------------------------------------------
  void flush_websocket();
  void read_message();
  void on_message(error_code ec);

  Stream stream_;
  std::shared_ptr<ConnectionShared> shared_;
  std::string peer_;
  Phase phase_ = Phase::Handshake;
  std::optional<SteadyTime> deadline_;
  beast::flat_buffer buffer_;
  std::optional<bhttp::request_parser<bhttp::string_body>> parser_;
  HttpRequest* request_ = nullptr;  // of the exchange under way; owned by it
  std::shared_ptr<HttpRequest> request_keep_;
  uint64_t serial_ = 0;
  std::weak_ptr<ExchangeListener> listener_;
  std::string out_;        // queued
  std::string in_flight_;  // being written
  Str whole_, body_in_flight_;  // a large body: after out_; being written instead of in_flight_
  bool writing_ = false;
  bool finishing_ = false;
  bool above_ = false;
  bool awaiting_ = false;
  bool read_closed_ = false;
  bool keep_alive_ = true;
  bool http10_ = false;
  bool head_only_ = false;
  bool linger_ = false;
  // WebSocket
  std::unique_ptr<websocket::stream<Stream&>> ws_;
  std::deque<std::string> messages_;
  size_t queued_ = 0;
  bool reading_ = true;
  bool message_under_way_ = false;
};

template <class Stream>
class ExchangeOf final : public Exchange {
 public:
  ExchangeOf(std::shared_ptr<Connection<Stream>> connection, uint64_t serial, std::shared_ptr<HttpRequest> request)
      : connection_(std::move(connection)), serial_(serial), request_(std::move(request)) {}
  ~ExchangeOf() override {
    Error error = make_error(Reason::InternalError, "the request ended without an answer");
    connection_->answer(serial_, 500, {{"Content-Type", "application/json"}}, status_body(error));
    connection_->finish(serial_);
  }
  const HttpRequest& request() const override { return *request_; }
  HttpRequest& request() override { return *request_; }
  void answer(int status, Headers headers, Str body) override {
    connection_->answer(serial_, status, std::move(headers), std::move(body));
  }
  void begin_stream(int status, Headers headers) override { connection_->begin_stream(serial_, status, headers); }
  void accept_websocket(std::string_view subprotocol, bool text) override {
    connection_->accept_websocket(serial_, std::string(subprotocol), text);
  }
  void write(std::string bytes) override { connection_->write(serial_, std::move(bytes)); }
  void finish() override { connection_->finish(serial_); }
  void abort() override { connection_->abort(serial_); }
  size_t queued() const override { return connection_->queued(); }
  void set_reading(bool on) override { connection_->set_reading(serial_, on); }
  void set_listener(std::weak_ptr<ExchangeListener> listener) override {
    connection_->set_listener(serial_, std::move(listener));
  }

 private:
  std::shared_ptr<Connection<Stream>> connection_;
  uint64_t serial_;
  std::shared_ptr<HttpRequest> request_;
};

template <class Stream>
void Connection<Stream>::on_request(error_code ec) {
  if (phase_ == Phase::Closed) return;
  if (ec) return refuse(ec);
  auto request = std::make_shared<HttpRequest>();
  auto& message = parser_->get();
  request->method = std::string(message.method_string());
  request->target = std::string(message.target());
  for (const auto& field : message) request->headers.emplace_back(field.name_string(), field.value());
  request->body = std::move(message.body());
  request->peer = peer_;
  request->upgrade = websocket::is_upgrade(message);
  if constexpr (std::is_same_v<Stream, Tls>) read_peer_cert(stream_.native_handle(), *request);
  head_only_ = request->method == "HEAD";
  request_keep_ = request;
  request_ = request.get();
  phase_ = Phase::Handling;
  deadline_.reset();
  if (!request->upgrade) {
    parser_.reset();
    await_bytes();
  }
  shared_->handler(std::make_shared<ExchangeOf<Stream>>(self(), ++serial_, std::move(request)));
}

template <class Stream>
void Connection<Stream>::accept_websocket(uint64_t serial, std::string subprotocol, bool text) {
  if (!current(serial) || phase_ != Phase::Handling || !parser_) return;
  phase_ = Phase::WebSocket;
  keep_alive_ = false;
  ws_ = std::make_unique<websocket::stream<Stream&>>(stream_);
  websocket::stream_base::timeout timeout{};
  timeout.handshake_timeout = std::chrono::nanoseconds(limits().handshake_max.ns);
  timeout.idle_timeout = std::chrono::nanoseconds(limits().websocket_idle_max.ns);
  timeout.keep_alive_pings = true;
  ws_->set_option(timeout);
  ws_->set_option(websocket::stream_base::decorator([subprotocol](websocket::response_type& response) {
    if (!subprotocol.empty()) response.set(bhttp::field::sec_websocket_protocol, subprotocol);
  }));
  ws_->read_message_max(limits().message_bytes_max);
  ws_->auto_fragment(false);
  ws_->text(text);
  writing_ = true;  // holds messages back until the upgrade is answered
  ws_->async_accept(parser_->get(), [self = self()](error_code ec) {
    if (self->phase_ == Phase::Closed) return;
    if (ec) return self->cut();
    self->parser_.reset();
    self->writing_ = false;
    self->read_message();
    self->flush_websocket();
  });
}

template <class Stream>
void Connection<Stream>::flush_websocket() {
  if (writing_ || phase_ != Phase::WebSocket) return;
  if (messages_.empty()) {
    if (!finishing_) return;
    phase_ = Phase::Closing;
    set_deadline(kCloseMax);
    ws_->async_close(websocket::close_code::normal, [self = self()](error_code) { self->cut(); });
    return;
  }
  writing_ = true;
  set_deadline(limits().write_stall_max);
  ws_->async_write(asio::buffer(messages_.front()), [self = self()](error_code ec, size_t) {
    self->writing_ = false;
    if (self->phase_ == Phase::Closed) return;
    if (ec) return self->cut();
    self->deadline_.reset();
    self->queued_ -= self->messages_.front().size();
    self->messages_.pop_front();
    self->tell_drained();
    self->flush_websocket();
  });
}

template <class Stream>
void Connection<Stream>::read_message() {
  if (message_under_way_ || !reading_) return;
  message_under_way_ = true;
  ws_->async_read(buffer_, [self = self()](error_code ec, size_t) { self->on_message(ec); });
}

template <class Stream>
void Connection<Stream>::on_message(error_code ec) {
  message_under_way_ = false;
  if (phase_ == Phase::Closed) return;
  if (ec) {
    if (phase_ == Phase::WebSocket) cut();
    return;
  }
  auto data = buffer_.data();
  if (auto listener = listener_.lock()) {
    listener->on_message(std::string_view(static_cast<const char*>(data.data()), data.size()));
  }
  buffer_.consume(buffer_.size());
  if (phase_ == Phase::WebSocket) read_message();
}

}  // namespace

void start_connection(Tcp socket, asio::ssl::context* tls, std::shared_ptr<ConnectionShared> shared) {
  if (tls) std::make_shared<Connection<Tls>>(Tls(std::move(socket), *tls), std::move(shared))->start();
  else std::make_shared<Connection<Tcp>>(std::move(socket), std::move(shared))->start();
}

}  // namespace orrery::http
