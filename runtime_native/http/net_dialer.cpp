#include "runtime_native/http/net_dialer.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <deque>

#include "core/base/text.h"
#include "runtime_native/http/net_words.h"

namespace orrery::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using ports::StreamPart;

Error dial_error(const std::string& where, error_code ec) {
  return make_error(Reason::InternalError, cat("dial tcp ", where, ": ", go_words(ec)));
}

std::string where_of(const Str& address, int32_t port) {
  return cat(address.view().find(':') == std::string_view::npos ? address.str() : cat("[", address, "]"), ":", port);
}

}  // namespace

// A TCP connection whose bytes are StreamParts; keeps itself until both sides are done.
class NetDialer::Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(asio::io_context& io, ports::TaskQueue& queue, ports::ReplyTo reply)
      : queue_(queue), reply_(reply), stream_(io) {}

  void start(const Str& address, int32_t port) {
    where_ = where_of(address, port);
    error_code ec;
    auto ip = asio::ip::make_address(address.str(), ec);
    if (ec) return finish(dial_error(where_, ec));
    stream_.expires_after(std::chrono::nanoseconds(kDialTimeout.ns));
    stream_.async_connect(tcp::endpoint(ip, static_cast<uint16_t>(port)), [self = shared_from_this()](error_code ec) {
      if (self->over_) return;
      if (ec) return self->finish(dial_error(self->where_, ec));
      self->stream_.expires_never();
      self->connected_ = true;
      self->say({});
      self->read();
      self->write();
    });
  }
  void send(Str bytes) {
    if (over_ || bytes.empty()) return;
    waiting_.push_back(std::move(bytes));
    write();
  }
  void close_input() {
    input_closed_ = true;
    write();
  }
  void cancel() {
    over_ = true;
    stream_.close();
  }

 private:
  void read() {
    stream_.async_read_some(asio::buffer(piece_), [self = shared_from_this()](error_code ec, size_t n) {
      if (self->over_) return;
      if (n > 0) self->say(std::string_view(self->piece_, n));
      if (ec) return self->finish(std::nullopt);
      self->read();
    });
  }
  void write() {
    if (!connected_ || writing_ || over_) return;
    if (waiting_.empty()) {
      error_code ec;
      if (input_closed_) stream_.socket().shutdown(tcp::socket::shutdown_send, ec);
      return;
    }
    writing_ = true;
    asio::async_write(stream_, asio::buffer(waiting_.front().view().data(), waiting_.front().size()),
                      [self = shared_from_this()](error_code ec, size_t) {
                        self->writing_ = false;
                        if (self->over_) return;
                        self->waiting_.pop_front();
                        if (!ec) self->write();
                      });
  }
  void say(std::string_view bytes) {
    StreamPart part;
    part.data = Str(bytes);
    queue_.reply(reply_, std::move(part));
  }
  void finish(std::optional<Error> error) {
    if (over_) return;
    over_ = true;
    stream_.close();
    StreamPart part;
    part.end = true;
    part.error = std::move(error);
    queue_.reply(reply_, std::move(part));
  }

  ports::TaskQueue& queue_;
  ports::ReplyTo reply_;
  beast::tcp_stream stream_;
  std::string where_;
  std::deque<Str> waiting_;  // the first is being written
  bool connected_ = false, writing_ = false, input_closed_ = false, over_ = false;
  char piece_[16 << 10];
};

namespace {

// One proxied request; keeps itself until it has answered.
class Fetch final : public std::enable_shared_from_this<Fetch> {
 public:
  Fetch(asio::io_context& io, ports::TaskQueue& queue, ports::ReplyTo reply, ports::HttpFetch what)
      : queue_(queue),
        reply_(reply),
        what_(std::move(what)),
        context_(asio::ssl::context::tls_client),
        stream_(io, context_) {}

  void start() {
    where_ = where_of(what_.address, what_.port);
    error_code ec;
    auto ip = asio::ip::make_address(what_.address.str(), ec);
    if (ec) return fail(dial_error(where_, ec));
    tcp_layer().expires_after(std::chrono::nanoseconds(what_.timeout.ns));
    tcp_layer().async_connect(tcp::endpoint(ip, static_cast<uint16_t>(what_.port)),
                              [self = shared_from_this()](error_code ec) {
                                if (ec) return self->fail(dial_error(self->where_, ec));
                                if (!self->tls()) return self->send();
                                self->stream_.async_handshake(asio::ssl::stream_base::client, [self](error_code ec) {
                                  if (ec) return self->fail(make_error(Reason::InternalError, ec.message()));
                                  self->send();
                                });
                              });
  }

 private:
  beast::tcp_stream& tcp_layer() { return stream_.next_layer(); }
  bool tls() const { return what_.scheme == "https"; }

  void send() {
    request_.version(11);
    request_.method_string(what_.method.str());
    request_.target(what_.target.str());
    for (const auto& [name, value] : what_.headers) request_.set(name.str(), value.str());
    request_.set(bhttp::field::host, where_);
    request_.set(bhttp::field::connection, "close");
    request_.body() = what_.body.str();
    request_.prepare_payload();
    auto then = [self = shared_from_this()](error_code ec, size_t) {
      if (ec) return self->fail(make_error(Reason::InternalError, ec.message()));
      self->receive();
    };
    if (tls())
      bhttp::async_write(stream_, request_, then);
    else
      bhttp::async_write(tcp_layer(), request_, then);
  }
  void receive() {
    parser_.body_limit(ports::kFetchBodyMax);
    if (what_.method == "HEAD") parser_.skip(true);
    auto then = [self = shared_from_this()](error_code ec, size_t) {
      if (ec && !self->parser_.is_done()) return self->fail(make_error(Reason::InternalError, go_words(ec)));
      self->answer();
    };
    if (tls())
      bhttp::async_read(stream_, buffer_, parser_, then);
    else
      bhttp::async_read(tcp_layer(), buffer_, parser_, then);
  }
  void answer() {
    auto out = std::make_shared<ports::HttpAnswer>();
    const auto& message = parser_.get();
    out->status = message.result_int();
    for (const auto& field : message) {
      std::string name = to_lower(std::string_view(field.name_string().data(), field.name_string().size()));
      if (name == "connection" || name == "transfer-encoding" || name == "content-length" || name == "keep-alive")
        continue;
      out->headers.set(name, Str(std::string_view(field.value().data(), field.value().size())));
    }
    out->body = Str(message.body());
    StreamPart part;
    part.http = std::move(out);
    finish(std::move(part));
  }
  void fail(Error error) {
    StreamPart part;
    part.error = std::move(error);
    finish(std::move(part));
  }
  void finish(StreamPart part) {
    if (over_) return;
    over_ = true;
    tcp_layer().close();
    part.end = true;
    queue_.reply(reply_, std::move(part));
  }

  ports::TaskQueue& queue_;
  ports::ReplyTo reply_;
  ports::HttpFetch what_;
  asio::ssl::context context_;
  beast::ssl_stream<beast::tcp_stream> stream_;
  beast::flat_buffer buffer_;
  bhttp::request<bhttp::string_body> request_;
  bhttp::response_parser<bhttp::string_body> parser_;
  std::string where_;
  bool over_ = false;
};

}  // namespace

NetDialer::NetDialer(asio::io_context& io, ports::TaskQueue& queue) : io_(io), queue_(queue) {}

NetDialer::~NetDialer() {
  for (auto& [id, weak] : open_)
    if (auto connection = weak.lock()) connection->cancel();
}

uint64_t NetDialer::connect(Str address, int32_t port, ports::ReplyTo reply) {
  for (auto it = open_.begin(); it != open_.end();) it = it->second.expired() ? open_.erase(it) : std::next(it);
  uint64_t id = next_++;
  auto connection = std::make_shared<Connection>(io_, queue_, reply);
  open_[id] = connection;
  connection->start(address, port);
  return id;
}

std::shared_ptr<NetDialer::Connection> NetDialer::find(uint64_t stream) const {
  auto it = open_.find(stream);
  return it == open_.end() ? nullptr : it->second.lock();
}

void NetDialer::send(uint64_t stream, Str bytes) {
  if (auto c = find(stream)) c->send(std::move(bytes));
}

void NetDialer::close_input(uint64_t stream) {
  if (auto c = find(stream)) c->close_input();
}

void NetDialer::cancel(uint64_t stream) {
  if (auto c = find(stream)) c->cancel();
  open_.erase(stream);
}

void NetDialer::fetch(ports::HttpFetch fetch, ports::ReplyTo reply) {
  std::make_shared<Fetch>(io_, queue_, reply, std::move(fetch))->start();
}

}  // namespace orrery::http
