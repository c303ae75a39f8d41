// `orrery play --kubeconfig FILE`: the page, served on loopback, on any Kubernetes cluster that the file reaches. The page
// asks this program, and this program asks the cluster with the file's user: the browser never holds a credential.
#include <fmt/core.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>

#include "core/base/text.h"
#include "runtime_native/daemon/commands/commands.h"
#include "runtime_native/host/loop_driver.h"
#include "runtime_native/http/api_calls.h"
#include "runtime_native/http/cluster_access.h"
#include "runtime_native/http/listener.h"
#include "runtime_native/http/page_server.h"
#include "runtime_native/http/pki.h"

namespace orrery::daemon {
namespace {

class ClusterPage {
 public:
  ClusterPage(const http::ClusterAccess& access, const std::string& web_dir)
      : driver_(io_, loop_), api_(io_, loop_, access.server), calls_(loop_, api_), page_(options_of(web_dir), calls_, nullptr) {}

  Result<void> listen(uint16_t port) {
    http::ListenOptions plain;
    plain.tls = false;
    plain.port = port;
    auto listener = http::Listener::open(io_, plain, page_.handler());
    if (!listener) return listener.error();
    listener_ = std::move(*listener);
    page_.set_port(listener_->port());
    return {};
  }
  std::string url() const { return page_.url(); }
  // Until a signal; pages that are still open are cut.
  void run() {
    boost::asio::signal_set signals(io_, SIGINT, SIGTERM);
    signals.async_wait([this](boost::system::error_code ec, int) {
      if (ec) return;
      listener_->stop(Duration{});
      driver_.stop();
    });
    driver_.run();
  }

 private:
  static http::PageOptions options_of(const std::string& web_dir) {
    http::PageOptions options;
    options.web_dir = web_dir;
    options.session_secret = http::random_token();
    return options;
  }

  boost::asio::io_context io_;
  loop::Loop loop_;
  host::LoopDriver driver_;
  http::RemoteApi api_;
  http::ApiCalls calls_;
  http::PageServer page_;
  std::unique_ptr<http::Listener> listener_;
};

}  // namespace

int play_cluster(const PlayClusterOptions& options) {
  Result<http::ClusterAccess> access = http::read_kubeconfig(options.kubeconfig);
  if (!access) return fail(access.error());
  ClusterPage page(*access, options.web_dir.empty() ? built_web_dir() : options.web_dir);
  Result<void> listening = page.listen(options.page_port);
  if (!listening) return fail(listening.error());
  fmt::print("cluster: {}\npage: {}\n", access->url, page.url());
  std::fflush(stdout);
  page.run();
  return 0;
}

}  // namespace orrery::daemon
