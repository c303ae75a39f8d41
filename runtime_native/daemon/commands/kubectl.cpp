// `orrery kubectl ...`: our own kubectl over HTTPS to the cluster of the state folder, with this terminal.
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "core/kubectl/kubectl.h"
#include "runtime_native/daemon/commands/commands.h"
#include "runtime_native/daemon/state_dir.h"
#include "runtime_native/host/file.h"
#include "runtime_native/host/loop_driver.h"
#include "runtime_native/host/real_clock.h"
#include "runtime_native/http/remote_api.h"

namespace orrery::daemon {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

// The user's own files; "-" is not asked of it.
class LocalFiles final : public kubectl::FileSource {
 public:
  bool read(std::string_view path, std::string& text) override {
    Result<std::string> bytes = host::read_file(std::string(path));
    if (bytes.ok()) text = std::move(*bytes);
    return bytes.ok();
  }
  bool write(std::string_view path, std::string_view text) override {
    std::error_code ec;
    if (const fs::path folder = fs::path(path).parent_path(); !folder.empty()) fs::create_directories(folder, ec);
    return host::write_file_atomic(std::string(path), text, 0644).ok();
  }
  std::vector<std::string> list(std::string_view folder) override {
    std::vector<std::string> out;
    std::error_code ec;
    for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(folder), ec)) {
      if (entry.is_regular_file(ec)) out.push_back(entry.path().filename().string());
    }
    std::sort(out.begin(), out.end());
    return out;
  }
};

// Keys go through unchanged while a terminal session runs.
class RawTerminal {
 public:
  RawTerminal() {
    if (!::isatty(STDIN_FILENO) || ::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios raw = before_;
    ::cfmakeraw(&raw);
    on_ = ::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
  }
  ~RawTerminal() {
    if (on_) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
  }

 private:
  termios before_{};
  bool on_ = false;
};

bool has_flag(const std::vector<std::string>& argv, char letter, std::string_view name) {
  for (const std::string& arg : argv) {
    if (arg == "--") return false;
    if (arg == name || arg == cat(name, "=true")) return true;
    if (arg.size() > 1 && arg[0] == '-' && arg[1] != '-' && arg.find(letter) != std::string::npos && arg.find('=') == std::string::npos &&
        arg.size() <= 3) {
      return true;
    }
  }
  return false;
}

std::string all_input() {
  std::string text;
  char buffer[65536];
  for (ssize_t n; (n = ::read(STDIN_FILENO, buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<size_t>(n));
  return text;
}

// One command line from start to exit.
class Run final : public ports::Target {
 public:
  Run(http::RemoteServer server, kubectl::Options options)
      : driver_(io_, loop_), self_(loop_.attach(*this)), api_(io_, loop_, std::move(server)),
        kubectl_(loop_, api_, clock_, files_, std::move(options)), keys_(io_), signals_(io_) {}

  int run(std::vector<std::string> argv) {
    bool streams = !argv.empty() && (argv[0] == "exec" || argv[0] == "attach" || argv[0] == "run") && has_flag(argv, 'i', "--stdin");
    bool tty = streams && has_flag(argv, 't', "--tty");
    bool reads = false;
    for (size_t i = 0; i < argv.size(); ++i) reads = reads || argv[i] == "-" || argv[i] == "-f-" || argv[i] == "--filename=-";
    std::optional<RawTerminal> raw;
    if (tty) raw.emplace();
    session_ = kubectl_.run(std::move(argv), reads && !streams ? all_input() : "", {self_, 0, 0});
    if (streams) read_keys();
    if (tty) send_size();
    wait_for_signal(tty);
    driver_.run();
    return exit_code_;
  }

  void on_task(const ports::Task& task) override {
    const auto& out = task.as<kubectl::Output>();
    if (out.edit) return edit(out.text.str());
    std::FILE* to = out.channel == 2 ? stderr : stdout;
    std::fwrite(out.text.c_str(), 1, out.text.size(), to);
    std::fflush(to);
    if (!out.end) return;
    exit_code_ = out.exit_code;
    driver_.stop();
  }

 private:
  void read_keys() {
    if (!keys_.is_open()) {
      boost::system::error_code ec;
      keys_.assign(::dup(STDIN_FILENO), ec);
      if (ec) return read_file_input();
    }
    keys_.async_read_some(asio::buffer(piece_), [this](boost::system::error_code ec, size_t n) {
      if (ec == asio::error::operation_aborted) return;
      if (ec && ec != asio::error::eof) return read_file_input();
      if (ec) return kubectl_.close_input(session_);
      kubectl_.input(session_, std::string_view(piece_, n));
      read_keys();
    });
  }
  // A plain file can't be waited for: it is read at once.
  void read_file_input() {
    std::string text = all_input();
    if (!text.empty()) kubectl_.input(session_, text);
    kubectl_.close_input(session_);
  }
  void send_size() {
    winsize size{};
    if (::ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col) kubectl_.resize(session_, size.ws_col, size.ws_row);
  }
  void wait_for_signal(bool tty) {
    boost::system::error_code ec;
    signals_.clear(ec);
    signals_.add(SIGINT, ec);
    signals_.add(SIGTERM, ec);
    if (tty) signals_.add(SIGWINCH, ec);
    signals_.async_wait([this, tty](boost::system::error_code ec, int number) {
      if (ec) return;
      if (number == SIGWINCH) send_size();
      else kubectl_.interrupt(session_);
      wait_for_signal(tty);
    });
  }
  // `kubectl edit`: $KUBE_EDITOR, $EDITOR or vi on a temporary file.
  void edit(const std::string& text) {
    char path[] = "/tmp/orrery-edit-XXXXXX.yaml";
    int fd = ::mkstemps(path, 5);
    if (fd < 0) return kubectl_.interrupt(session_);
    ::close(fd);
    const char* editor = ::getenv("KUBE_EDITOR");
    if (!editor) editor = ::getenv("EDITOR");
    bool ok = host::write_file_atomic(path, text, 0600).ok() && std::system(cat(editor ? editor : "vi", " ", path).c_str()) == 0;
    Result<std::string> edited = host::read_file(path);
    ::unlink(path);
    if (!ok || !edited) return kubectl_.interrupt(session_);
    kubectl_.input(session_, *edited);
  }

  asio::io_context io_{1};
  loop::Loop loop_;
  host::LoopDriver driver_;
  ports::TargetId self_;
  host::RealClock clock_;
  LocalFiles files_;
  http::RemoteApi api_;
  kubectl::Kubectl kubectl_;
  asio::posix::stream_descriptor keys_;
  asio::signal_set signals_;
  uint64_t session_ = 0;
  int exit_code_ = 1;
  char piece_[4096];
};

}  // namespace

int kubectl(const KubectlOptions& options) {
  StateDir dir = state_dir(options.state_dir);
  Result<RunFile> run = read_run_file(dir);
  if (!run || !is_alive(dir, *run)) return fail(make_error(Reason::NotFound, cat("no cluster runs with the state in ", dir.path)));
  http::RemoteServer server;
  server.host = "127.0.0.1";
  server.port = run->api_port;
  for (auto [name, text] : {std::pair{"ca.crt", &server.ca_pem}, std::pair{"admin.crt", &server.client_cert_pem},
                            std::pair{"admin.key", &server.client_key_pem}}) {
    Result<std::string> pem = host::read_file(cat(dir.pki(), "/", name));
    if (!pem) return fail(pem.error());
    *text = *pem;
  }
  orrery::kubectl::Options kubectl_options;
  kubectl_options.identity.user = "kubernetes-admin";
  kubectl_options.server = cat("https://127.0.0.1:", run->api_port);
  Run session(std::move(server), std::move(kubectl_options));
  return session.run(options.arguments);
}

}  // namespace orrery::daemon
