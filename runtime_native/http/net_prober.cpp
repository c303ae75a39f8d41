#include "runtime_native/http/net_prober.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <optional>

#include "runtime_native/http/net_words.h"

namespace orrery::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using ports::ProbeOutcome;

constexpr size_t kAnswerMax = 10 << 10;  // pkg/probe/http maxRespBodyLength
constexpr size_t kSpaceInStatusLine = 9;

// One probe; holds itself until it has answered.
class Probe final : public std::enable_shared_from_this<Probe> {
 public:
  Probe(asio::io_context& io, ports::TaskQueue& queue, ports::ReplyTo reply)
      : io_(io), queue_(queue), reply_(reply), resolver_(io), timer_(io), context_(asio::ssl::context::tls_client), stream_(io, context_) {}

  void start(std::string host, int32_t port, Duration timeout, std::optional<ports::HttpProbe> probe) {
    probe_ = std::move(probe);
    where_ = cat(host.find(':') == std::string::npos ? host : cat("[", host, "]"), ":", port);
    timer_.expires_after(std::chrono::nanoseconds(timeout.ns));
    timer_.async_wait([self = shared_from_this()](error_code ec) {
      if (!ec) self->on_timeout();
    });
    resolver_.async_resolve(host, std::to_string(port), [self = shared_from_this()](error_code ec, tcp::resolver::results_type found) {
      if (ec) return self->finish(false, cat("lookup: ", ec.message()));
      asio::async_connect(self->socket(), found, [self](error_code ec, const tcp::endpoint&) { self->on_connect(ec); });
    });
  }

 private:
  tcp::socket& socket() { return stream_.next_layer(); }
  bool tls() const { return probe_ && probe_->scheme == "HTTPS"; }
  std::string url() const { return cat(tls() ? "https://" : "http://", where_, probe_->path); }

  void on_timeout() {
    if (!probe_) return finish(false, cat("dial tcp ", where_, ": i/o timeout"));
    finish(false, cat("Get \"", url(), "\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"));
  }
  void failed(error_code ec, bool dialing) {
    std::string words = dialing ? cat("dial tcp ", where_, ": ", go_words(ec)) : go_words(ec);
    finish(false, probe_ ? cat("Get \"", url(), "\": ", words) : words);
  }
  void on_connect(error_code ec) {
    if (done_) return;
    if (ec) return failed(ec, true);
    if (!probe_) return finish(true, "");
    if (!tls()) return send();
    stream_.async_handshake(asio::ssl::stream_base::client, [self = shared_from_this()](error_code ec) {
      if (self->done_) return;
      if (ec) return self->failed(ec, false);
      self->send();
    });
  }
  void send() {
    text_ = cat("GET ", probe_->path.empty() ? "/" : probe_->path.view(), " HTTP/1.1\r\n");
    bool host = false, agent = false, accept = false;
    for (const auto& [name, value] : probe_->headers) {
      std::string_view n = name;
      host = host || n == "Host" || n == "host";
      agent = agent || n == "User-Agent";
      accept = accept || n == "Accept";
      text_ += cat(name, ": ", value, "\r\n");
    }
    if (!host) text_ += cat("Host: ", where_, "\r\n");
    if (!agent) text_ += "User-Agent: kube-probe/1.35\r\n";
    if (!accept) text_ += "Accept: */*\r\n";
    text_ += "Connection: close\r\n\r\n";
    auto then = [self = shared_from_this()](error_code ec, size_t) {
      if (self->done_) return;
      if (ec) return self->failed(ec, false);
      self->text_.clear();
      self->read();
    };
    if (tls()) asio::async_write(stream_, asio::buffer(text_), then);
    else asio::async_write(socket(), asio::buffer(text_), then);
  }
  void read() {
    auto then = [self = shared_from_this()](error_code ec, size_t n) { self->on_read(ec, n); };
    if (tls()) stream_.async_read_some(asio::buffer(piece_), then);
    else socket().async_read_some(asio::buffer(piece_), then);
  }
  // The status line decides; the rest is not waited for.
  void on_read(error_code ec, size_t n) {
    if (done_) return;
    text_.append(piece_, n);
    size_t end = text_.find("\r\n");
    if (end == std::string::npos) {
      if (ec) return failed(ec, false);
      if (text_.size() > kAnswerMax) return finish(false, cat("Get \"", url(), "\": malformed HTTP response"));
      return read();
    }
    int status = text_.compare(0, 5, "HTTP/") == 0 && end > kSpaceInStatusLine ? std::atoi(text_.c_str() + kSpaceInStatusLine) : 0;
    if (status == 0) return finish(false, cat("Get \"", url(), "\": net/http: HTTP/1.x transport connection broken: malformed HTTP response"));
    answered_ = true;
    if (status >= 200 && status < 400) return finish(true, "");
    finish(false, cat("HTTP probe failed with statuscode: ", status));
  }
  void finish(bool success, std::string message) {
    if (done_) return;
    done_ = true;
    timer_.cancel();
    resolver_.cancel();
    error_code ec;
    socket().close(ec);
    ProbeOutcome outcome;
    outcome.success = success;
    outcome.answered = answered_;
    outcome.message = message;
    queue_.reply(reply_, std::move(outcome));
  }

  asio::io_context& io_;
  ports::TaskQueue& queue_;
  ports::ReplyTo reply_;
  tcp::resolver resolver_;
  asio::steady_timer timer_;
  asio::ssl::context context_;
  asio::ssl::stream<tcp::socket> stream_;
  std::optional<ports::HttpProbe> probe_;
  std::string where_, text_;
  char piece_[1024];
  bool done_ = false, answered_ = false;
};

}  // namespace

void NetProber::http(ports::HttpProbe probe, ports::ReplyTo reply) {
  auto one = std::make_shared<Probe>(io_, queue_, reply);
  std::string host = probe.host.str();
  int32_t port = probe.port;
  Duration timeout = probe.timeout;
  one->start(std::move(host), port, timeout, std::move(probe));
}

void NetProber::tcp(Str host, int32_t port, Duration timeout, ports::ReplyTo reply) {
  std::make_shared<Probe>(io_, queue_, reply)->start(host.str(), port, timeout, std::nullopt);
}

void NetProber::grpc(Str, int32_t, Str, Duration, ports::ReplyTo reply) {
  ProbeOutcome outcome;
  outcome.message = "gRPC probes are not supported: use an exec, httpGet or tcpSocket probe";
  queue_.reply(reply, std::move(outcome));
}

}  // namespace orrery::http
