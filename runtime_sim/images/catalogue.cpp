#include "core/base/rng.h"
#include "core/base/text.h"
#include "runtime_sim/images/image.h"

namespace orrery::sim {

namespace {

constexpr int64_t kMi = 1 << 20;

Image web_server(Str repository, List<Str> tags, uint64_t size, Str body) {
  Image i;
  i.repository = std::move(repository);
  i.tags = std::move(tags);
  i.size_bytes = size;
  i.entrypoint = {"nginx", "-g", "daemon off;"};
  i.program.start_delay = millis(80);
  i.program.listens = {80};
  i.program.answers = {{"/healthz", 200, "ok\n", 100, {}}, {"/*", 200, std::move(body), 400, {}}};
  i.program.memory_bytes = 6 * kMi;
  i.program.access_log = true;
  i.program.start_logs = {"nginx: start worker processes"};
  return i;
}

Image shell_image(Str repository, uint64_t size) {
  Image i;
  i.repository = std::move(repository);
  i.size_bytes = size;
  i.cmd = {"sh"};
  i.shell_main = true;
  i.program.memory_bytes = kMi;
  i.files = {{"/etc/os-release", "NAME=\"BusyBox\"\n"}, {"/etc/hostname", ""}};
  return i;
}

List<Image> make() {
  List<Image> all;
  all.push_back(web_server("nginx", {}, 62958873, "<h1>Welcome to nginx!</h1>\n"));
  all.push_back(web_server("httpd", {}, 58100000, "<html><body><h1>It works!</h1></body></html>\n"));
  // Orrery's own small web server: each tag answers with its version and the pod's name.
  Image web = web_server("orrery/web", {"1", "2", "3", "latest"}, 4200000, "web $VERSION from $HOSTNAME\n");
  web.entrypoint = {"/web"};
  web.program.listens = {8080};
  web.program.start_logs = {"web $VERSION listening on :8080"};
  all.push_back(web);
  Image echo = web;
  echo.repository = "hashicorp/http-echo";
  echo.tags = {};
  echo.entrypoint = {"/http-echo"};
  echo.program.listens = {5678};
  all.push_back(echo);
  // The server of Kubernetes' autoscaling walkthrough: each request computes for some milliseconds.
  Image busy = web_server("registry.k8s.io/hpa-example", {}, 181000000, "OK!");
  busy.entrypoint = {"apache2-foreground"};
  busy.program.answers = {{"/*", 200, "OK!", 8000, {}}};
  busy.program.start_logs = {"AH00094: Command line: 'apache2 -D FOREGROUND'"};
  all.push_back(busy);
  Image store;
  store.repository = "redis";
  store.size_bytes = 45500000;
  store.entrypoint = {"redis-server"};
  store.program.start_delay = millis(120);
  store.program.listens = {6379};
  store.program.key_value_store = true;
  store.program.memory_bytes = 10 * kMi;
  store.program.start_logs = {"* Ready to accept connections tcp"};
  all.push_back(store);
  Image kv = store;
  kv.repository = "orrery/store";
  kv.tags = {"1", "latest"};
  kv.size_bytes = 5100000;
  kv.entrypoint = {"/store"};
  kv.program.listens = {7000};
  all.push_back(kv);
  Image crasher;
  crasher.repository = "orrery/crasher";
  crasher.tags = {"1", "latest"};
  crasher.size_bytes = 3100000;
  crasher.entrypoint = {"/crasher"};
  crasher.program.runs_for = seconds(2);
  crasher.program.exit_code = 1;
  crasher.program.start_logs = {"starting", "fatal: cannot open /data/config: no such file or directory"};
  all.push_back(crasher);
  Image slow = web;
  slow.repository = "orrery/slow";
  slow.entrypoint = {"/slow"};
  slow.program.start_delay = seconds(12);
  slow.program.start_logs = {"warming up, ready in 12s"};
  all.push_back(slow);
  Image batch;
  batch.repository = "orrery/batch";
  batch.tags = {"1", "latest"};
  batch.size_bytes = 3300000;
  batch.entrypoint = {"/batch"};
  batch.program.runs_for = seconds(5);
  batch.program.start_logs = {"working"};
  batch.program.cpu_milli = 500;
  all.push_back(batch);
  Image leak = web;
  leak.repository = "orrery/leak";
  leak.entrypoint = {"/leak"};
  leak.program.memory_per_second = 4 * kMi;
  all.push_back(leak);
  Image pause;
  pause.repository = "registry.k8s.io/pause";
  pause.size_bytes = 300000;
  pause.entrypoint = {"/pause"};
  pause.program.memory_bytes = kMi / 4;
  all.push_back(pause);
  all.push_back(shell_image("busybox", 2222260));
  all.push_back(shell_image("alpine", 3800000));
  all.push_back(shell_image("debian", 48500000));
  all.push_back(shell_image("ubuntu", 29700000));
  all.push_back(shell_image("curlimages/curl", 8900000));
  all.push_back(shell_image("orrery/shell", 2100000));
  return all;
}

}  // namespace

const List<Image>& catalogue() {
  static const List<Image> all = make();
  return all;
}

ImageName parse_image(std::string_view ref) {
  ImageName name;
  if (size_t at = ref.find('@'); at != std::string_view::npos) {
    name.digest = ref.substr(at + 1);
    ref = ref.substr(0, at);
  }
  size_t slash = ref.rfind('/'), colon = ref.rfind(':');
  if (colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash)) {
    name.tag = ref.substr(colon + 1);
    ref = ref.substr(0, colon);
  }
  for (std::string_view prefix : {"docker.io/library/", "docker.io/", "library/"})
    if (starts_with(ref, prefix)) {
      ref.remove_prefix(prefix.size());
      break;
    }
  name.repository = ref;
  if (name.tag.empty()) name.tag = "latest";
  return name;
}

const Image* find_image(std::string_view reference) {
  ImageName name = parse_image(reference);
  for (const Image& i : catalogue()) {
    if (i.repository != name.repository) continue;
    return i.tags.empty() || i.tags.contains(name.tag) ? &i : nullptr;
  }
  return nullptr;
}

Str image_id(std::string_view reference) {
  ImageName name = parse_image(reference);
  uint64_t h = fnv1a(name.tag, fnv1a(name.repository));
  std::string id = "sha256:";
  for (int i = 0; i < 4; ++i) id += hex64(h = fnv1a("layer", h));
  return id;
}

}  // namespace orrery::sim
