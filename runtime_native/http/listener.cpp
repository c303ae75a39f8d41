#include "runtime_native/http/listener.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "runtime_native/http/connection.h"
#include "runtime_native/http/tls_context.h"

namespace orrery::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using asio::ip::tcp;

constexpr auto kSweep = std::chrono::seconds(1);
constexpr auto kAcceptRetry = std::chrono::milliseconds(100);

class ListenerImpl final : public Listener {
 public:
  ListenerImpl(asio::io_context& io, ListenOptions options, Handler handler)
      : acceptor_(io), sweep_(io), retry_(io), grace_(io), shared_(std::make_shared<ConnectionShared>()) {
    shared_->limits = options.limits;
    shared_->handler = std::move(handler);
  }
  ~ListenerImpl() override {
    *alive_ = false;
    shared_->draining = true;
    cut_all();
  }

  Result<void> bind(const ListenOptions& options) {
    if (options.tls) {
      Result<std::unique_ptr<asio::ssl::context>> context = make_server_context(options.tls_files);
      if (!context) return context.error();
      context_ = std::move(*context);
    }
    error_code ec;
    tcp::endpoint endpoint(asio::ip::make_address(options.address, ec), options.port);
    if (ec) return make_error(Reason::BadRequest, cat(options.address, " is not an IP address"));
    acceptor_.open(endpoint.protocol(), ec);
    if (!ec) acceptor_.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec) acceptor_.bind(endpoint, ec);
    if (!ec) acceptor_.listen(asio::socket_base::max_listen_connections, ec);
    if (ec) return bind_error(options, ec);
    accept();
    return {};
  }

  uint16_t port() const override {
    error_code ec;
    return acceptor_.local_endpoint(ec).port();
  }
  int connections() const override { return static_cast<int>(shared_->connections.size()); }
  void stop(Duration grace) override {
    if (shared_->draining) return;
    shared_->draining = true;
    error_code ec;
    acceptor_.close(ec);
    retry_.cancel();
    for_each([](ConnectionBase& c) { c.drain(); });
    if (shared_->connections.empty()) return;
    grace_.expires_after(std::chrono::nanoseconds(grace.ns));
    grace_.async_wait([this, alive = alive_](error_code ec) {
      if (!ec && *alive) cut_all();
    });
  }

 private:
  static Error bind_error(const ListenOptions& options, error_code ec) {
    std::string where = cat("port ", options.port, " of ", options.address);
    if (ec == asio::error::address_in_use) {
      return make_error(Reason::Conflict, cat(where, " is in use by another program; choose another port, or 0 for any free one"));
    }
    if (ec == asio::error::access_denied) return make_error(Reason::Forbidden, cat("no permission to listen on ", where));
    return make_error(Reason::InternalError, cat("cannot listen on ", where, ": ", ec.message()));
  }
  template <class F>
  void for_each(F f) {
    std::set<ConnectionBase*> copy = shared_->connections;  // f may remove any of them
    for (ConnectionBase* c : copy) {
      if (shared_->connections.count(c)) f(*c);
    }
  }
  void cut_all() {
    for_each([](ConnectionBase& c) { c.cut(); });
  }
  void accept() {
    acceptor_.async_accept([this, alive = alive_](error_code ec, tcp::socket socket) {
      if (!*alive || !acceptor_.is_open()) return;
      if (ec && ec != asio::error::connection_aborted) return accept_later();  // out of descriptors
      if (!ec && make_room()) {
        start_connection(std::move(socket), context_.get(), shared_);
        sweep();
      }
      accept();
    });
  }
  // At the limit the connection that would be given up first makes room: ten thousand idle clients keep nobody out.
  bool make_room() {
    if (connections() < shared_->limits.connections_max) return true;
    ConnectionBase* first = nullptr;
    for (ConnectionBase* c : shared_->connections)
      if (auto until = c->waits_until(); until && (!first || *until < *first->waits_until())) first = c;
    if (first) first->cut();
    return first != nullptr;
  }
  void accept_later() {
    retry_.expires_after(kAcceptRetry);
    retry_.async_wait([this, alive = alive_](error_code ec) {
      if (!ec && *alive) accept();
    });
  }
  // Looks at all deadlines once a second while there are connections.
  void sweep() {
    if (sweeping_) return;
    sweeping_ = true;
    sweep_.expires_after(kSweep);
    sweep_.async_wait([this, alive = alive_](error_code ec) {
      if (ec || !*alive) return;
      sweeping_ = false;
      SteadyTime now = std::chrono::steady_clock::now();
      for_each([now](ConnectionBase& c) { c.check_deadline(now); });
      if (!shared_->connections.empty()) sweep();
      else if (shared_->draining) grace_.cancel();
    });
  }

  tcp::acceptor acceptor_;
  asio::steady_timer sweep_, retry_, grace_;
  std::unique_ptr<asio::ssl::context> context_;
  std::shared_ptr<ConnectionShared> shared_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  bool sweeping_ = false;
};

}  // namespace

Result<std::unique_ptr<Listener>> Listener::open(asio::io_context& io, ListenOptions options, Handler handler) {
  auto listener = std::make_unique<ListenerImpl>(io, options, std::move(handler));
  Result<void> bound = listener->bind(options);
  if (!bound) return bound.error();
  return std::unique_ptr<Listener>(std::move(listener));
}

}  // namespace orrery::http
