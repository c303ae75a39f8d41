// An engine on a unix socket that answers with the bytes a test gives it.
#pragma once

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime_native/docker/engine_client.h"

namespace orrery::docker {

class FakeEngine {
 public:
  using Socket = boost::asio::local::stream_protocol::socket;
  struct Peer : std::enable_shared_from_this<Peer> {
    explicit Peer(Socket s) : socket(std::move(s)) {}
    Socket socket;
    std::string in;    // bytes not yet taken as a request
    bool raw = false;  // set by a test: bytes go to raw_in instead
    std::string raw_in;
    bool input_ended = false;
    std::function<void(Peer&)> on_raw;
    void send(std::string_view bytes) { boost::asio::write(socket, boost::asio::buffer(bytes)); }
    void close() { socket.close(); }
  };

  explicit FakeEngine(boost::asio::io_context& io)
      : path(cat("/tmp/orrery-fake-", ::getpid(), "-", next_++, ".sock")),
        io_(io),
        acceptor_(io, boost::asio::local::stream_protocol::endpoint(path)) {
    accept();
  }
  ~FakeEngine() { ::unlink(path.c_str()); }

  EngineAddress address() const { return *parse_engine_address(path); }
  static std::string status(std::string_view line, std::string_view body) {
    return cat("HTTP/1.1 ", line, "\r\nContent-Length: ", body.size(), "\r\n\r\n", body);
  }
  static std::string ok(std::string_view body, std::string_view more_headers = "") {
    return cat("HTTP/1.1 200 OK\r\nContent-Length: ", body.size(), "\r\n", more_headers, "\r\n", body);
  }

  std::string path;
  int connections = 0;
  std::vector<std::string> requests;  // head and body
  std::vector<std::shared_ptr<Peer>> peers;
  std::function<void(Peer&, const std::string& request)> on_request;

 private:
  void accept() {
    acceptor_.async_accept([this](boost::system::error_code ec, Socket socket) {
      if (ec) return;
      ++connections;
      auto peer = std::make_shared<Peer>(std::move(socket));
      peers.push_back(peer);
      read(peer);
      accept();
    });
  }
  void read(std::shared_ptr<Peer> peer) {
    auto chunk = std::make_shared<std::array<char, 4096>>();
    peer->socket.async_read_some(boost::asio::buffer(*chunk),
                                 [this, peer, chunk](boost::system::error_code ec, size_t n) {
                                   (peer->raw ? peer->raw_in : peer->in).append(chunk->data(), n);
                                   if (ec) peer->input_ended = true;
                                   if (peer->raw) {
                                     if (peer->on_raw) peer->on_raw(*peer);
                                   } else {
                                     take_requests(*peer);
                                   }
                                   if (!ec && peer->socket.is_open()) read(peer);
                                 });
  }
  void take_requests(Peer& peer) {
    size_t end = peer.in.find("\r\n\r\n");
    if (end == std::string::npos) return;
    size_t body = 0, at = peer.in.find("Content-Length: ");
    if (at != std::string::npos && at < end) body = std::stoul(peer.in.substr(at + 16));
    if (peer.in.size() < end + 4 + body) return;
    std::string request = peer.in.substr(0, end + 4 + body);
    peer.in.erase(0, request.size());
    requests.push_back(request);
    if (on_request) on_request(peer, request);
  }
  inline static int next_ = 0;
  boost::asio::io_context& io_;
  boost::asio::local::stream_protocol::acceptor acceptor_;
};

// Runs the loop until done() or the time is up; says which.
template <class Done>
bool run_until(boost::asio::io_context& io, Done done, int ms_max = 5000) {
  auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms_max);
  while (!done() && std::chrono::steady_clock::now() < end) io.run_one_for(std::chrono::milliseconds(20));
  return done();
}

inline void run_for(boost::asio::io_context& io, int ms) {
  run_until(
      io, [] { return false; }, ms);
}

}  // namespace orrery::docker
