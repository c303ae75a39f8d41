#include "runtime_native/docker/engine_client.h"

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <deque>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "core/base/text.h"

namespace orrery::docker {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

namespace {

constexpr size_t kReadChunkBytes = 16 * 1024;
constexpr size_t kErrorBodyBytesMax = 64 * 1024;
constexpr uint32_t kHeaderBytesMax = 64 * 1024;

std::string engine_message(std::string_view body) {
  auto json = nlohmann::json::parse(body, nullptr, false);
  if (json.is_object()) {
    auto message = json.find("message");
    if (message != json.end() && message->is_string()) return message->get<std::string>();
  }
  return std::string(trim(body));
}

Error status_error(int status, std::string_view body) {
  std::string message = engine_message(body);
  if (message.empty()) message = cat("the engine answered with status ", status);
  Error error = make_error(reason_from_code(status), message);
  error.code = status;
  return error;
}

std::chrono::nanoseconds chrono_of(Duration d) { return std::chrono::nanoseconds(d.ns); }

}  // namespace

struct EngineClient::Core {
  struct Connection {
    explicit Connection(asio::io_context& io) : socket(io) {}
    asio::generic::stream_protocol::socket socket;
    beast::flat_buffer buffer;
    bool reused = false;
    Clock::time_point idle_since;
  };
  using ConnectionPtr = std::unique_ptr<Connection>;

  Core(asio::io_context& io_in, EngineAddress address_in, EngineLimits limits_in)
      : io(io_in), address(std::move(address_in)), limits(limits_in) {}
  asio::io_context& io;
  EngineAddress address;
  EngineLimits limits;
  std::deque<ConnectionPtr> idle;                 // newest last
  std::set<std::shared_ptr<Exchange>> live;       // by address; order is never seen
  std::deque<std::shared_ptr<Exchange>> waiting;  // also in live
  Counters counters;
  bool closed = false;

  ConnectionPtr take_idle() {
    auto oldest = Clock::now() - chrono_of(limits.idle_max);
    while (!idle.empty() && idle.front()->idle_since < oldest) idle.pop_front();
    if (idle.empty()) return nullptr;
    ConnectionPtr connection = std::move(idle.back());
    idle.pop_back();
    return connection;
  }
  void give_back(ConnectionPtr connection) {
    if (closed || static_cast<int>(idle.size()) >= limits.idle_connections_max) return;
    connection->reused = true;
    connection->idle_since = Clock::now();
    idle.push_back(std::move(connection));
  }
};

// One request and its answer. Alive while an operation is under way (handlers hold it) or it waits in line.
class EngineClient::Exchange final : public EngineStream, public std::enable_shared_from_this<Exchange> {
 public:
  enum class Mode { Whole, Stream, Upgrade };

  Exchange(std::shared_ptr<Core> core, Mode mode, EngineRequest request)
      : core_(std::move(core)),
        timer_(core_->io),
        mode_(mode),
        timeout_(request.timeout),
        counted_(mode == Mode::Whole && !request.dedicated) {
    name_ = cat(request.method, " ", request.target.substr(0, request.target.find('?')));
    message_.version(11);
    message_.method_string(request.method);
    message_.target(cat("/", kApiVersion, request.target));
    message_.set(http::field::host, core_->address.is_unix() ? "docker" : core_->address.host);
    message_.set(http::field::user_agent, "orrery");
    if (mode == Mode::Upgrade) {
      message_.set(http::field::connection, "Upgrade");
      message_.set(http::field::upgrade, "tcp");
    }
    if (!request.body.empty()) message_.set(http::field::content_type, request.content_type);
    message_.body() = std::move(request.body);
    message_.prepare_payload();
  }

  ResponseHandler on_response;
  StreamHandlers handlers;
  bool counted() const { return counted_; }

  void run() {
    core_->counters.requests++;
    timer_.expires_after(chrono_of(timeout_));
    timer_.async_wait([self = shared_from_this()](error_code ec) {
      if (!ec && !self->over_)
        self->finish(make_error(Reason::Timeout, cat("the engine did not answer within ",
                                                     format_go_duration(self->timeout_), " (", self->name_, ")")));
    });
    if (mode_ == Mode::Whole) connection_ = core_->take_idle();
    if (connection_)
      send();
    else
      connect();
  }

  void fail_soon(Error error) {
    asio::post(core_->io, [self = shared_from_this(), error] {
      if (!self->over_) self->finish(error);
    });
  }

  void cancel() override {
    if (over_) return;
    release(false);
  }

  void set_paused(bool paused) override {
    if (paused_ == paused) return;
    paused_ = paused;
    if (!paused && read_held_ && !over_) {
      read_held_ = false;
      asio::post(core_->io, [self = shared_from_this()] { self->read_more(); });
    }
  }

  bool write(std::string bytes) override {
    if (over_ || mode_ != Mode::Upgrade || close_after_writes_ ||
        queued_bytes_ + bytes.size() > core_->limits.write_queue_bytes_max)
      return false;
    if (bytes.empty()) return true;
    queued_bytes_ += bytes.size();
    writes_.push_back(std::move(bytes));
    if (upgraded_ && writes_.size() == 1) write_next();
    return true;
  }

  void close_write() override {
    if (over_ || mode_ != Mode::Upgrade) return;
    close_after_writes_ = true;
    if (upgraded_ && writes_.empty()) shut_down_sending();
  }

 private:
  void connect() {
    connection_ = std::make_unique<Core::Connection>(core_->io);
    core_->counters.connections_opened++;
    const EngineAddress& to = core_->address;
    if (to.is_unix()) return connect_to(asio::local::stream_protocol::endpoint(to.path));
    error_code ec;
    auto ip = asio::ip::make_address(to.host, ec);
    if (!ec) return connect_to(asio::ip::tcp::endpoint(ip, to.port));
    auto resolver = std::make_shared<asio::ip::tcp::resolver>(core_->io);
    resolver->async_resolve(to.host, std::to_string(to.port),
                            [self = shared_from_this(), resolver](error_code ec, const auto& found) {
                              if (self->over_) return;
                              if (ec || found.empty()) return self->cannot_reach(ec);
                              self->connect_to(found.begin()->endpoint());
                            });
  }

  void connect_to(asio::generic::stream_protocol::endpoint endpoint) {
    connection_->socket.async_connect(endpoint, [self = shared_from_this()](error_code ec) {
      if (self->over_) return;
      if (ec) return self->cannot_reach(ec);
      self->send();
    });
  }

  void cannot_reach(error_code ec) {
    finish(make_error(Reason::ServiceUnavailable,
                      cat("cannot reach the engine at ", core_->address.text(), ": ", ec.message())));
  }

  void send() {
    parser_.emplace();
    parser_->body_limit(boost::none);
    parser_->header_limit(kHeaderBytesMax);
    http::async_write(connection_->socket, message_, [self = shared_from_this()](error_code ec, size_t) {
      if (self->over_) return;
      // An engine that refuses a request early answers and closes: the answer may be there in spite of a failed write.
      if (ec && self->retry_when_stale()) return;
      self->read_header(ec);
    });
  }

  void read_header(error_code write_error) {
    http::async_read_header(connection_->socket, connection_->buffer, *parser_,
                            [self = shared_from_this(), write_error](error_code ec, size_t) {
                              if (self->over_) return;
                              if (ec) {
                                if (!self->parser_->got_some() && self->retry_when_stale()) return;
                                return self->broken(write_error ? write_error : ec);
                              }
                              self->got_header();
                            });
  }

  // The engine closes idle connections; a request that met one was not seen by it.
  bool retry_when_stale() {
    if (!connection_->reused) return false;
    core_->counters.stale_retries++;
    core_->idle.clear();  // the others are as old
    connect();
    return true;
  }

  void broken(error_code ec) {
    std::string why = ec == http::error::end_of_stream || ec == http::error::partial_message || ec == asio::error::eof
                          ? "the engine closed the connection"
                          : ec.message();
    bool malformed = ec.category() == http::make_error_code(http::error::bad_version).category() &&
                     ec != http::error::end_of_stream && ec != http::error::partial_message;
    finish(make_error(
        malformed ? Reason::InternalError : Reason::ServiceUnavailable,
        cat(malformed ? "the engine's answer is malformed: " : "the engine went away: ", why, " (", name_, ")")));
  }

  void got_header() {
    int status = parser_->get().result_int();
    head_.status = status;
    auto type = parser_->get().find(http::field::content_type);
    if (type != parser_->get().end()) head_.content_type = std::string(type->value());
    failed_ = status >= 300 && status != 304;
    if (mode_ != Mode::Whole && !failed_) {
      timer_.cancel();
      upgraded_ = mode_ == Mode::Upgrade;
      if (handlers.on_start) handlers.on_start(head_);
      if (over_) return;
      if (upgraded_) {
        if (!writes_.empty())
          write_next();
        else if (close_after_writes_)
          shut_down_sending();
        return read_raw_rest();
      }
    }
    read_more();
  }

  void read_more() {
    if (over_) return;
    if (paused_) {
      read_held_ = true;
      return;
    }
    if (upgraded_) return read_raw();
    if (parser_->is_done()) return got_all();
    parser_->get().body().data = chunk_.data();
    parser_->get().body().size = chunk_.size();
    http::async_read_some(
        connection_->socket, connection_->buffer, *parser_, [self = shared_from_this()](error_code ec, size_t) {
          if (self->over_) return;
          if (ec == http::error::need_buffer) ec = {};
          size_t n = self->chunk_.size() - self->parser_->get().body().size;
          if (n > 0) self->got_bytes({self->chunk_.data(), n});
          if (self->over_) return;
          if (ec == http::error::end_of_stream || (ec == asio::error::eof && self->parser_->is_done()))
            return self->got_all();
          if (ec) return self->broken(ec);
          self->read_more();
        });
  }

  void got_bytes(std::string_view bytes) {
    if (mode_ != Mode::Whole && !failed_) {
      if (handlers.on_data) handlers.on_data(bytes);
      return;
    }
    if (failed_) bytes = bytes.substr(0, kErrorBodyBytesMax - std::min(kErrorBodyBytesMax, head_.body.size()));
    if (head_.body.size() + bytes.size() > core_->limits.answer_bytes_max)
      return finish(make_error(
          Reason::RequestEntityTooLarge,
          cat("the engine's answer is longer than ", core_->limits.answer_bytes_max, " bytes (", name_, ")")));
    head_.body.append(bytes);
  }

  void got_all() {
    reusable_ =
        parser_->is_done() && parser_->keep_alive() && connection_->buffer.size() == 0 && mode_ != Mode::Upgrade;
    if (failed_) return finish(status_error(head_.status, head_.body));
    finish(std::nullopt);
  }

  // Bytes that came in one read with the header.
  void read_raw_rest() {
    auto rest = connection_->buffer.data();
    if (rest.size() > 0) {
      std::string bytes(static_cast<const char*>(rest.data()), rest.size());
      connection_->buffer.consume(rest.size());
      got_bytes(bytes);
    }
    read_more();
  }

  void read_raw() {
    connection_->socket.async_read_some(asio::buffer(chunk_), [self = shared_from_this()](error_code ec, size_t n) {
      if (self->over_) return;
      if (n > 0) self->got_bytes({self->chunk_.data(), n});
      if (self->over_) return;
      if (ec == asio::error::eof) return self->finish(std::nullopt);
      if (ec) return self->broken(ec);
      self->read_more();
    });
  }

  void write_next() {
    asio::async_write(connection_->socket, asio::buffer(writes_.front()),
                      [self = shared_from_this()](error_code ec, size_t) {
                        if (self->over_) return;
                        self->queued_bytes_ -= self->writes_.front().size();
                        self->writes_.pop_front();
                        // A failed write says only that the other side takes no more input; what it sends is read to
                        // its end.
                        if (ec) {
                          self->writes_.clear();
                          self->queued_bytes_ = 0;
                          self->close_after_writes_ = true;
                        } else if (!self->writes_.empty())
                          self->write_next();
                        else if (self->close_after_writes_)
                          self->shut_down_sending();
                      });
  }

  void shut_down_sending() {
    error_code ignored;
    connection_->socket.shutdown(asio::socket_base::shutdown_send, ignored);
  }

  // Hands out the result, once; `error` empty means success.
  void finish(std::optional<Error> error) {
    ResponseHandler response = std::move(on_response);
    auto end = std::move(handlers.on_end);
    release(!error || reusable_);
    if (mode_ == Mode::Whole) {
      if (response) response(error ? Result<EngineResponse>(*error) : Result<EngineResponse>(std::move(head_)));
    } else if (end) {
      end(error ? Result<void>(*error) : Result<void>());
    }
  }

  void release(bool keep_connection);

  std::shared_ptr<Core> core_;
  asio::steady_timer timer_;
  Mode mode_;
  Duration timeout_;
  std::string name_;
  http::request<http::string_body> message_;
  std::optional<http::response_parser<http::buffer_body>> parser_;
  Core::ConnectionPtr connection_;
  EngineResponse head_;
  std::array<char, kReadChunkBytes> chunk_;
  std::deque<std::string> writes_;
  size_t queued_bytes_ = 0;
  bool counted_;
  bool failed_ = false, upgraded_ = false, paused_ = false, read_held_ = false, close_after_writes_ = false,
       reusable_ = false, over_ = false;
};

void EngineClient::Exchange::release(bool keep_connection) {
  auto self = shared_from_this();
  over_ = true;
  timer_.cancel();
  on_response = nullptr;
  if (connection_ && keep_connection && reusable_) core_->give_back(std::move(connection_));
  if (connection_) {
    // Operations under way still refer to the connection's buffer: let them end before it goes.
    error_code ignored;
    connection_->socket.close(ignored);
    asio::post(core_->io, [self, gone = std::shared_ptr<Core::Connection>(std::move(connection_))] {});
  }
  // Handlers may hold what must outlive their own call.
  asio::post(core_->io, [self, handlers = std::move(handlers)] {});
  handlers = {};
  core_->live.erase(self);
  if (!counted_) return;
  core_->counters.in_flight--;
  counted_ = false;
  while (!core_->closed && !core_->waiting.empty() && core_->counters.in_flight < core_->limits.requests_max) {
    auto next = core_->waiting.front();
    core_->waiting.pop_front();
    core_->counters.waiting--;
    core_->counters.in_flight++;
    next->run();
  }
}

EngineClient::EngineClient(asio::io_context& io, EngineAddress address, EngineLimits limits)
    : core_(std::make_shared<Core>(io, std::move(address), limits)) {}

EngineClient::~EngineClient() {
  core_->closed = true;
  core_->waiting.clear();
  auto live = std::move(core_->live);
  core_->live.clear();
  for (auto& exchange : live) exchange->cancel();
  core_->idle.clear();
}

const EngineAddress& EngineClient::address() const { return core_->address; }
asio::io_context& EngineClient::io() const { return core_->io; }
EngineClient::Counters EngineClient::counters() const { return core_->counters; }

void EngineClient::request(EngineRequest request, ResponseHandler handler) {
  auto exchange = std::make_shared<Exchange>(core_, Exchange::Mode::Whole, std::move(request));
  exchange->on_response = std::move(handler);
  core_->live.insert(exchange);
  if (!exchange->counted()) return exchange->run();
  if (core_->counters.in_flight < core_->limits.requests_max) {
    core_->counters.in_flight++;
    return exchange->run();
  }
  if (core_->counters.waiting >= core_->limits.waiting_max) {
    core_->counters.in_flight++;  // finish() takes it back
    return exchange->fail_soon(make_error(Reason::TooManyRequests, "too many requests wait for the engine"));
  }
  core_->counters.waiting++;
  core_->waiting.push_back(std::move(exchange));
}

EngineStreamPtr EngineClient::stream(EngineRequest request, StreamHandlers handlers) {
  auto exchange = std::make_shared<Exchange>(core_, Exchange::Mode::Stream, std::move(request));
  exchange->handlers = std::move(handlers);
  core_->live.insert(exchange);
  exchange->run();
  return exchange;
}

EngineStreamPtr EngineClient::upgrade(EngineRequest request, StreamHandlers handlers) {
  auto exchange = std::make_shared<Exchange>(core_, Exchange::Mode::Upgrade, std::move(request));
  exchange->handlers = std::move(handlers);
  core_->live.insert(exchange);
  exchange->run();
  return exchange;
}

std::string url_part(std::string_view text) { return percent_encode(text); }

}  // namespace orrery::docker
