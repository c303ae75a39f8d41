// A listener with its loop on a thread of its own, over a FakeApi.
#pragma once

#include <stdlib.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <thread>

#include "runtime_native/host/loop_driver.h"
#include "runtime_native/host/real_clock.h"
#include "runtime_native/http/api_gateway.h"
#include "runtime_native/http/listener.h"
#include "runtime_native/http/pki.h"
#include "tests/unit/http/fake_api.h"
#include "tests/unit/http/test_client.h"

namespace orrery::http_test {

inline std::string temporary_folder() {
  char path[] = "/tmp/orrery-test-XXXXXX";
  return ::mkdtemp(path);
}

inline const http::Pki& test_pki() {
  static const http::Pki pki = [] {
    http::PkiOptions options;
    options.dir = temporary_folder();
    return *http::load_or_create_pki(options, host::RealClock().now());
  }();
  return pki;
}

class TestServer {
 public:
  explicit TestServer(http::Limits limits = {}) : api(loop), calls(loop, api), driver_(io_, loop) {
    http::ListenOptions options;
    options.limits = limits;
    options.tls_files = {test_pki().server.cert_pem, test_pki().server.key_pem, test_pki().ca.cert_pem};
    listener = std::move(*http::Listener::open(io_, options, http::api_gateway(calls)));
    thread_ = std::thread([this] { driver_.run(); });
  }
  ~TestServer() {
    driver_.stop();
    thread_.join();
    listener.reset();
    io_.restart();
    io_.poll();
  }
  ClientOptions anonymous() const {
    ClientOptions o;
    o.port = listener->port();
    o.ca_pem = test_pki().ca.cert_pem;
    return o;
  }
  ClientOptions admin() const {
    ClientOptions o = anonymous();
    o.cert_pem = test_pki().admin.cert_pem;
    o.key_pem = test_pki().admin.key_pem;
    return o;
  }
  boost::asio::io_context& io() { return io_; }
  // Runs f on the server's thread and returns what it gives.
  template <class F>
  auto on_loop(F f) {
    std::packaged_task<decltype(f())()> task(std::move(f));
    auto result = task.get_future();
    boost::asio::post(io_, [&task] { task(); });
    return result.get();
  }
  template <class P>
  bool eventually(P p) {
    for (int i = 0; i < 200; ++i) {
      if (on_loop(p)) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

 private:
  boost::asio::io_context io_{1};

 public:
  loop::Loop loop;
  FakeApi api;
  http::ApiCalls calls;
  std::unique_ptr<http::Listener> listener;

 private:
  host::LoopDriver driver_;
  std::thread thread_;
};

}  // namespace orrery::http_test
