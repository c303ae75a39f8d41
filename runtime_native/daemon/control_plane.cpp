#include "runtime_native/daemon/control_plane.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "core/cluster/control_plane.h"
#include "runtime_native/daemon/nodes.h"
#include "runtime_native/daemon/recording_player.h"
#include "runtime_native/host/file.h"
#include "runtime_native/host/host_info.h"
#include "runtime_native/host/loop_driver.h"
#include "runtime_native/host/real_clock.h"
#include "runtime_native/host/trace_hub.h"
#include "runtime_native/http/api_gateway.h"
#include "runtime_native/http/certificate_signer.h"
#include "runtime_native/http/kubeconfig.h"
#include "runtime_native/http/listener.h"
#include "runtime_native/http/page_server.h"
#include "runtime_native/http/pki.h"
#include "runtime_native/http/token_signer.h"
#include "runtime_native/sqlite/sqlite_journal.h"

namespace orrery::daemon {
namespace {

namespace asio = boost::asio;

constexpr Duration kStopGrace = seconds(2);
constexpr Duration kStopPoll = millis(20);

ports::Identity administrator() {
  ports::Identity identity;
  identity.user = "kubernetes-admin";
  identity.groups.push_back("system:masters");
  return identity;
}

class ControlPlaneImpl final : public ControlPlane, public ports::Target {
 public:
  explicit ControlPlaneImpl(ControlPlaneOptions options)
      : options_(std::move(options)),
        driver_(io_, loop_),
        self_(loop_.attach(*this)),
        signals_(io_, SIGINT, SIGTERM) {}  // from here on: one that comes before run() ends it at once
  ~ControlPlaneImpl() override {
    api_listener_.reset();
    page_listener_.reset();
    io_.restart();
    io_.poll();  // lets cut connections end
  }

  Result<void> start();

  uint16_t api_port() const override { return api_listener_->port(); }
  uint16_t page_port() const override { return page_listener_->port(); }
  std::string page_url() const override { return page_->url(); }
  void on_new_page_url(std::function<void(const std::string&)> f) override { page_->on_new_url(std::move(f)); }
  void run() override;
  void on_task(const ports::Task& task) override;

 private:
  enum Kind : uint32_t { kStopped };

  Result<void> listen(const http::Pki& pki);
  Result<std::string> page_secret() const;
  void on_signal();

  const ControlPlaneOptions options_;
  asio::io_context io_{1};
  loop::Loop loop_;
  host::LoopDriver driver_;
  ports::TargetId self_;
  host::RealClock clock_;
  host::TraceHub trace_;
  std::unique_ptr<sqlite::SqliteJournal> journal_;
  std::unique_ptr<http::KeyTokenSigner> tokens_;
  std::unique_ptr<http::CaCertificateSigner> certificates_;
  sim::SimExternalMetrics outside_;
  std::unique_ptr<cluster::ControlPlane> control_;
  std::unique_ptr<Nodes> nodes_;
  std::unique_ptr<RecordingPlayer> player_;
  std::unique_ptr<http::ApiCalls> calls_;
  std::unique_ptr<http::PageServer> page_;
  std::unique_ptr<http::Listener> api_listener_;
  std::unique_ptr<http::Listener> page_listener_;
  asio::signal_set signals_;
  bool stopping_ = false;
};

Result<void> ControlPlaneImpl::start() {
  Result<void> done = host::make_dirs(options_.state.path, 0700);
  if (!done) return done;
  bool fresh = !host::file_exists(options_.state.journal());
  sqlite::JournalOptions journal;
  journal.path = options_.state.journal();
  auto opened = sqlite::SqliteJournal::open(journal, driver_);
  if (!opened) return opened.error();
  journal_ = std::move(*opened);
  http::PkiOptions pki_options;
  pki_options.dir = options_.state.pki();
  pki_options.host_name = host::read_host_info().host_name;
  if (options_.api_address != "0.0.0.0" && options_.api_address != "::")
    pki_options.extra_sans = {options_.api_address};
  Result<http::Pki> pki = http::load_or_create_pki(pki_options, clock_.now());
  if (!pki) return pki.error();
  cluster::ControlPlanePorts ports{loop_, *journal_, clock_, &trace_, nullptr};
  cluster::ControlPlaneOptions control;
  control.controllers.root_ca = pki->ca.cert_pem;
  certificates_ = std::make_unique<http::CaCertificateSigner>(pki->ca);
  control.controllers.certificates = certificates_.get();
  control.api.certificates = certificates_.get();
  auto tokens = http::KeyTokenSigner::open(*pki);
  if (!tokens) return tokens.error();
  tokens_ = std::move(*tokens);
  control.api.tokens = tokens_.get();
  if (!options_.engine) control.outside = &outside_;  // nobody measures what real containers answer
  control_ = std::make_unique<cluster::ControlPlane>(ports, Rng(host::random_seed()), control);
  done = control_->start();
  if (!done) return done;
  if (options_.api_only)
    for (const char* part : {"controller-manager", "scheduler", "metrics-server"}) control_->stop_part(part);
  calls_ = std::make_unique<http::ApiCalls>(loop_, control_->api());
  done = listen(*pki);
  if (!done) return done;
  NodePorts node_ports{loop_, control_->api(), clock_, &trace_, control_->nodes()};
  if (options_.engine) {
    DockerNodesOptions docker{io_,           driver_, *options_.engine, options_.cluster_id, options_.state.volumes(),
                              options_.nodes,  options_.node_prefix};
    nodes_ = docker_nodes(node_ports, docker);
  } else {
    sim::WorldOptions world = options_.recording ? options_.recording->world : sim::WorldOptions{};
    world.seed = options_.seed;
    if (!options_.recording) world.node_count = static_cast<uint32_t>(options_.nodes);
    nodes_ = simulated_nodes(node_ports, world);
  }
  if (options_.recording && fresh)
    player_ = std::make_unique<RecordingPlayer>(loop_, control_->api(), clock_, administrator(), *options_.recording,
                                                options_.engine ? nullptr : &outside_);
  return {};
}

Result<void> ControlPlaneImpl::listen(const http::Pki& pki) {
  http::ListenOptions api;
  api.address = options_.api_address;
  api.port = options_.api_port;
  api.tls_files = {pki.server.cert_pem, pki.server.key_pem, pki.ca.cert_pem};
  auto api_listener = http::Listener::open(io_, api, http::api_gateway(*calls_));
  if (!api_listener) return api_listener.error();
  api_listener_ = std::move(*api_listener);

  Result<std::string> secret = page_secret();
  if (!secret) return secret.error();
  http::PageOptions page;
  page.web_dir = options_.web_dir;
  page.session_secret = *secret;
  page.identity = administrator();
  page_ = std::make_unique<http::PageServer>(page, *calls_, &trace_);
  http::ListenOptions plain;
  plain.tls = false;
  plain.port = options_.page_port;
  auto page_listener = http::Listener::open(io_, plain, page_->handler());
  if (!page_listener) return page_listener.error();
  page_listener_ = std::move(*page_listener);
  page_->set_port(page_listener_->port());

  http::Kubeconfig config;
  config.server = cat("https://127.0.0.1:", api_listener_->port());
  config.ca_pem = pki.ca.cert_pem;
  config.client_cert_pem = pki.admin.cert_pem;
  config.client_key_pem = pki.admin.key_pem;
  return http::write_kubeconfig(options_.state.kubeconfig(), config);
}

// The cookie's value outlives the process, so that an open page reconnects after a restart.
Result<std::string> ControlPlaneImpl::page_secret() const {
  Result<std::string> secret = host::read_file(options_.state.page_secret());
  if (secret.ok() && !secret->empty()) return secret;
  if (!secret.ok() && secret.error().reason != Reason::NotFound) return secret;
  std::string fresh = http::random_token();
  Result<void> saved = host::write_file_atomic(options_.state.page_secret(), fresh, 0600);
  if (!saved) return saved.error();
  return fresh;
}

void ControlPlaneImpl::run() {
  on_signal();
  driver_.run();
  calls_.reset();
  player_.reset();
  nodes_.reset();
  control_.reset();
  journal_.reset();
}

void ControlPlaneImpl::on_signal() {
  signals_.async_wait([this](boost::system::error_code ec, int) {
    if (ec) return;
    if (stopping_) return driver_.stop();
    stopping_ = true;
    api_listener_->stop(kStopGrace);
    page_listener_->stop(kStopGrace);
    loop_.post(self_, kStopped);
    on_signal();
  });
}

void ControlPlaneImpl::on_task(const ports::Task&) {
  if (api_listener_->connections() + page_listener_->connections() == 0) return driver_.stop();
  loop_.post_after(kStopPoll, self_, kStopped);
}

}  // namespace

Result<std::unique_ptr<ControlPlane>> ControlPlane::open(const ControlPlaneOptions& options) {
  auto plane = std::make_unique<ControlPlaneImpl>(options);
  Result<void> started = plane->start();
  if (!started) return started.error();
  return std::unique_ptr<ControlPlane>(std::move(plane));
}

}  // namespace orrery::daemon
