// The load client of the API benches: bench_load MODE HOST PORT CERT KEY [NAME=VALUE ...]. Closed loop over TLS with
// connections that stay open; prints one JSON object.
//
//   create    n= connections= namespace=   creates pods of about 500 bytes
//   get       n= connections= namespace=   gets pods that create made
//   list      n= namespace=                lists all pods n times, while one connection gets one pod again and again
//   watch     watchers= events=            each watcher gets as many ConfigMap events of about 300 bytes
//   nodes     n=                           creates nodes
//   fill      n= nodes= namespace=         creates pods that are bound to nodes
//   churn     seconds= leases= pods=       renews that many leases and replaces that many pods a second
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using Tls = asio::ssl::stream<asio::ip::tcp::socket>;

double ms_since(Clock::time_point t) { return std::chrono::duration<double, std::milli>(Clock::now() - t).count(); }

[[noreturn]] void die(const std::string& why) {
  std::fprintf(stderr, "bench_load: %s\n", why.c_str());
  std::exit(1);
}

struct Target {
  std::string host, port;
  asio::io_context io{1};
  asio::ssl::context tls{asio::ssl::context::tls_client};
};

// One connection: a request at a time, or a watch whose lines are counted.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(Target& t) : target_(t), stream_(t.io, t.tls) {}

  void open() {
    asio::ip::tcp::resolver resolver(target_.io);
    asio::connect(stream_.next_layer(), resolver.resolve(target_.host, target_.port));
    stream_.next_layer().set_option(asio::ip::tcp::no_delay(true));
    stream_.handshake(asio::ssl::stream_base::client);
  }

  // done(status, bytes of the body)
  void request(std::string_view method, std::string_view path, std::string_view body,
               std::function<void(int, size_t)> done, std::string_view type = "application/json") {
    out_.clear();
    out_ += method;
    out_ += ' ';
    out_ += path;
    out_ += " HTTP/1.1\r\nHost: orrery\r\nAccept: application/json\r\n";
    if (!body.empty()) {
      out_ += "Content-Type: ";
      out_ += type;
      out_ += "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    }
    out_ += "\r\n";
    out_ += body;
    done_ = std::move(done);
    begun_ = Clock::now();
    asio::async_write(stream_, asio::buffer(out_), [self = shared_from_this()](error_code ec, size_t) {
      if (ec) die("write: " + ec.message());
      self->read();
    });
  }
  // Calls line(count so far) for each line of a watch.
  void watch(const std::string& path, std::function<void(size_t)> line) {
    line_ = std::move(line);
    request("GET", path, "", nullptr);
  }
  double last_ms() const { return ms_since(begun_); }

 private:
  void read() {
    stream_.async_read_some(asio::buffer(piece_), [self = shared_from_this()](error_code ec, size_t n) {
      if (ec) die("read: " + ec.message());
      self->take(n);
    });
  }
  void take(size_t n) {
    if (line_) {
      // The head has no line that ends without \r, the chunks' sizes neither.
      const char* begin = piece_.data();
      const char* end = begin + n;
      for (const char* at = begin; (at = static_cast<const char*>(std::memchr(at, '\n', static_cast<size_t>(end - at)))); ++at)
        if ((at == begin ? last_ : at[-1]) != '\r') line_(++lines_);
      last_ = end[-1];
      return read();
    }
    if (body_left_ == kHead) {
      head_.append(piece_.data(), n);
      size_t end = head_.find("\r\n\r\n");
      if (end == std::string::npos) return read();
      size_t at = head_.find("Content-Length: ");
      if (at == std::string::npos || at > end) die("an answer without a length: " + head_.substr(0, end));
      length_ = std::strtoull(head_.c_str() + at + 16, nullptr, 10);
      status_ = std::atoi(head_.c_str() + 9);
      body_left_ = length_;
      n = head_.size() - end - 4;
    }
    body_left_ -= std::min(n, body_left_);
    if (body_left_ > 0) return read();
    body_left_ = kHead;
    if (status_ >= 400) last_error_ = head_;
    head_.clear();
    auto done = std::move(done_);
    done(status_, length_);
  }

 public:
  std::string last_error_;

 private:
  static constexpr size_t kHead = ~size_t{0};
  Target& target_;
  Tls stream_;
  std::string out_, head_;
  std::array<char, 64 << 10> piece_;
  std::function<void(int, size_t)> done_;
  std::function<void(size_t)> line_;
  Clock::time_point begun_;
  size_t body_left_ = kHead, length_ = 0, lines_ = 0;
  int status_ = 0;
  char last_ = 0;
};

using Arguments = std::map<std::string, std::string>;
size_t number(const Arguments& a, const char* name, size_t otherwise) {
  auto it = a.find(name);
  return it == a.end() ? otherwise : std::strtoull(it->second.c_str(), nullptr, 10);
}
std::string text(const Arguments& a, const char* name, const char* otherwise) {
  auto it = a.find(name);
  return it == a.end() ? otherwise : it->second;
}

double percentile(std::vector<double>& all, double p) {
  if (all.empty()) return 0;
  auto at = all.begin() + static_cast<long>(static_cast<double>(all.size() - 1) * p);
  std::nth_element(all.begin(), at, all.end());
  return *at;
}

std::string pods_path(const std::string& ns) { return "/api/v1/namespaces/" + ns + "/pods"; }

// About 500 bytes.
std::string pod(const std::string& name, const std::string& node) {
  std::string out = R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":")" + name +
                    R"(","labels":{"app":"load","tier":"bench"},"annotations":{"example.com/note":"a pod of the load bench"}},"spec":{)";
  if (!node.empty()) out += R"("nodeName":")" + node + R"(",)";
  return out + R"("schedulerName":"none","automountServiceAccountToken":false,"terminationGracePeriodSeconds":0,"containers":[{"name":"web","image":"registry.example.com/web:1.2.3","ports":[{"containerPort":8080,"name":"http"}],"env":[{"name":"MODE","value":"production"}],"resources":{"requests":{"cpu":"100m","memory":"64Mi"}}}]}})";
}

struct Loop {
  Target& target;
  size_t n, connections;
  std::function<void(Connection&, size_t, std::function<void(int, size_t)>)> send;
  int expected;
  size_t next = 0, finished = 0;
  std::vector<double> times;

  double run() {
    std::vector<std::shared_ptr<Connection>> all;
    for (size_t i = 0; i < connections; ++i) all.push_back(std::make_shared<Connection>(target)), all.back()->open();
    times.reserve(n);
    auto begun = Clock::now();
    for (auto& c : all) step(c);
    target.io.run();
    target.io.restart();
    return ms_since(begun) / 1000;
  }
  void step(std::shared_ptr<Connection> c) {
    if (next >= n) return;
    size_t i = next++;
    send(*c, i, [this, c](int status, size_t) {
      if (status != expected) die("status " + std::to_string(status) + ": " + c->last_error_);
      times.push_back(c->last_ms());
      ++finished;
      step(c);
    });
  }
};

void print(double seconds, Loop& loop) {
  std::printf("{\"n\":%zu,\"seconds\":%.4f,\"per_second\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f}\n", loop.finished,
              seconds, static_cast<double>(loop.finished) / seconds, percentile(loop.times, 0.5), percentile(loop.times, 0.99),
              percentile(loop.times, 1));
}

void create(Target& t, const Arguments& a, bool fill) {
  std::string path = pods_path(text(a, "namespace", "default"));
  size_t nodes = number(a, "nodes", 0);
  Loop loop{t, number(a, "n", 1000), number(a, "connections", 16),
            [&](Connection& c, size_t i, auto done) {
              std::string node = fill && nodes ? "node-" + std::to_string(i % nodes) : "";
              c.request("POST", path, pod("load-" + std::to_string(i), node), std::move(done));
            },
            201};
  double s = loop.run();
  print(s, loop);
}

void get(Target& t, const Arguments& a) {
  std::string path = pods_path(text(a, "namespace", "default")) + "/load-";
  size_t pods = number(a, "pods", 1000);
  Loop loop{t, number(a, "n", 1000), number(a, "connections", 16),
            [&](Connection& c, size_t i, auto done) { c.request("GET", path + std::to_string(i * 7919 % pods), "", std::move(done)); },
            200};
  double s = loop.run();
  print(s, loop);
}

void nodes(Target& t, const Arguments& a) {
  Loop loop{t, number(a, "n", 100), number(a, "connections", 16),
            [&](Connection& c, size_t i, auto done) {
              c.request("POST", "/api/v1/nodes",
                        R"({"metadata":{"name":"node-)" + std::to_string(i) +
                            R"(","labels":{"kubernetes.io/os":"linux"}},"status":{"capacity":{"cpu":"16","memory":"64Gi","pods":"110"},"conditions":[{"type":"Ready","status":"True","reason":"KubeletReady"}]}})",
                        std::move(done));
            },
            201};
  double s = loop.run();
  print(s, loop);
}

// The list's time, and what it adds to requests that come meanwhile.
void list(Target& t, const Arguments& a) {
  std::string path = pods_path(text(a, "namespace", "default"));
  size_t rounds = number(a, "n", 5);
  auto lister = std::make_shared<Connection>(t), other = std::make_shared<Connection>(t);
  lister->open();
  other->open();
  std::vector<double> lists, idle, busy;
  bool listing = false, over = false;
  size_t bytes = 0;
  std::function<void()> ping = [&] {
    if (over) return;
    bool was = listing;
    other->request("GET", path + "/load-1", "", [&, was](int, size_t) {
      (was || listing ? busy : idle).push_back(other->last_ms());
      ping();
    });
  };
  asio::steady_timer timer(t.io);
  std::function<void()> next = [&] {
    if (lists.size() >= rounds) {
      over = true;
      return;
    }
    timer.expires_after(std::chrono::milliseconds(100));
    timer.async_wait([&](error_code) {
      listing = true;
      lister->request("GET", path, "", [&](int status, size_t n) {
        if (status != 200) die("list: " + std::to_string(status));
        listing = false;
        bytes = n;
        lists.push_back(lister->last_ms());
        next();
      });
    });
  };
  ping();
  next();
  t.io.run();
  std::printf("{\"list_ms\":%.2f,\"bytes\":%zu,\"idle_p99_ms\":%.3f,\"busy_p99_ms\":%.3f,\"busy_max_ms\":%.3f}\n",
              percentile(lists, 0.5), bytes, percentile(idle, 0.99), percentile(busy, 0.99), percentile(busy, 1));
}

void watch(Target& t, const Arguments& a) {
  size_t watchers = number(a, "watchers", 1000), events = number(a, "events", 1000), ready = 0;
  std::vector<std::shared_ptr<Connection>> all;
  for (size_t i = 0; i < watchers; ++i) all.push_back(std::make_shared<Connection>(t)), all.back()->open();
  std::string base = "/api/v1/namespaces/" + text(a, "namespace", "default") + "/configmaps";
  // A first object tells that each watch has begun.
  Clock::time_point begun;
  std::vector<std::shared_ptr<Connection>> writers;
  for (int i = 0; i < 16; ++i) writers.push_back(std::make_shared<Connection>(t)), writers.back()->open();
  std::string note(200, 'x');
  size_t wrote = 0;
  std::function<void(std::shared_ptr<Connection>)> write = [&](std::shared_ptr<Connection> writer) {
    if (wrote == events) return;
    std::string body = R"({"metadata":{"name":"c)" + std::to_string(wrote++) + R"("},"data":{"note":")" + note + R"("}})";
    writer->request("POST", base, body, [&, writer](int status, size_t) {
      if (status != 201) die("configmap: " + std::to_string(status));
      write(writer);
    });
  };
  size_t finished = 0;
  double seconds = 0;
  for (auto& c : all)
    c->watch(base + "?watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan", [&](size_t n) {
      // One bookmark ends the initial events of an empty namespace.
      if (n == 1 && ++ready == watchers) {
        begun = Clock::now();
        for (auto& writer : writers) write(writer);
      }
      if (n == events + 1 && ++finished == watchers) {
        seconds = ms_since(begun) / 1000;
        t.io.stop();
      }
    });
  t.io.run();
  std::printf("{\"watchers\":%zu,\"events\":%zu,\"seconds\":%.3f}\n", watchers, events, seconds);
  std::fflush(stdout);
  std::_Exit(0);
}

// A steady load: leases renewed, pods deleted and created anew.
void churn(Target& t, const Arguments& a) {
  size_t leases = number(a, "leases", 500), pods = number(a, "pods", 100), seconds = number(a, "seconds", 60);
  std::vector<std::shared_ptr<Connection>> idle;
  for (size_t i = 0; i < 32; ++i) idle.push_back(std::make_shared<Connection>(t)), idle.back()->open();
  std::vector<std::function<void(std::shared_ptr<Connection>)>> due;
  std::vector<double> times;
  size_t refused = 0;
  auto release = [&](std::shared_ptr<Connection> c) {
    times.push_back(c->last_ms());
    if (due.empty()) return idle.push_back(std::move(c));
    auto job = std::move(due.back());
    due.pop_back();
    job(std::move(c));
  };
  auto submit = [&](std::function<void(std::shared_ptr<Connection>)> job) {
    if (idle.empty()) return due.push_back(std::move(job));
    auto c = std::move(idle.back());
    idle.pop_back();
    job(std::move(c));
  };
  std::string lease_path = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases", pod_path = pods_path("bench");
  size_t round = 0, pod_round = 0;
  auto lease = [&](size_t i) {
    submit([&, i](std::shared_ptr<Connection> c) {
      std::string stamp = std::to_string(round % 60 + 100).substr(1);
      std::string name = "soak-" + std::to_string(i);
      c->request("PATCH", lease_path + "/" + name + "?fieldManager=soak&force=true",
                 R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":")" + name +
                     R"("},"spec":{"holderIdentity":")" + name + R"(","leaseDurationSeconds":40,"renewTime":"2026-01-01T00:00:)" +
                     stamp + R"(.000000Z"}})",
                 [&, c](int status, size_t) { refused += status >= 300, release(c); }, "application/apply-patch+yaml");
    });
  };
  auto replace = [&](size_t i) {
    submit([&, i](std::shared_ptr<Connection> c) {
      std::string name = "soak-" + std::to_string(i);
      c->request("DELETE", pod_path + "/" + name, "", [&, c, name](int, size_t) {
        c->request("POST", pod_path, pod(name, ""), [&, c](int status, size_t) { refused += status != 201, release(c); });
      });
    });
  };
  asio::steady_timer timer(t.io);
  auto begun = Clock::now();
  std::function<void()> tick = [&] {  // every tenth of a second
    if (ms_since(begun) > static_cast<double>(seconds) * 1000) return;
    for (size_t i = 0; i < leases / 10; ++i) lease((round % 10) * (leases / 10) + i);
    for (size_t i = 0; i < pods / 10; ++i) replace(pod_round++ % 1000);
    ++round;
    timer.expires_at(begun + std::chrono::milliseconds(100 * round));
    timer.async_wait([&](error_code) { tick(); });
  };
  tick();
  t.io.run();
  std::printf("{\"requests\":%zu,\"refused\":%zu,\"p50_ms\":%.3f,\"p99_ms\":%.3f}\n", times.size(), refused, percentile(times, 0.5),
              percentile(times, 0.99));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) die("usage: bench_load MODE HOST PORT CERT KEY [NAME=VALUE ...]");
  Target target;
  target.host = argv[2];
  target.port = argv[3];
  target.tls.use_certificate_chain_file(argv[4]);
  target.tls.use_private_key_file(argv[5], asio::ssl::context::pem);
  Arguments a;
  for (int i = 6; i < argc; ++i) {
    std::string word = argv[i];
    size_t eq = word.find('=');
    if (eq == std::string::npos) die("not NAME=VALUE: " + word);
    a[word.substr(0, eq)] = word.substr(eq + 1);
  }
  std::string mode = argv[1];
  if (mode == "create" || mode == "fill") create(target, a, mode == "fill");
  else if (mode == "get") get(target, a);
  else if (mode == "list") list(target, a);
  else if (mode == "watch") watch(target, a);
  else if (mode == "nodes") nodes(target, a);
  else if (mode == "churn") churn(target, a);
  else die("no mode " + mode);
}
