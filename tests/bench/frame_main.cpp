// The work of a frame without a window: model, layout, draw lists; nothing is rasterised, and the world's own time is left out.
//   bench_frame ASSETS NODES PODS        one object: {"still_ms":..,"move_ms":..,"busy_ms":..,...}
// still: nothing has happened since the last frame. move: the map is panned. busy: a rollout goes on.
#include <imgui.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>

#include "playground/app/page.h"
#include "playground/app/world/simulated_source.h"
#include "tests/unit/playground_world/no_window.h"

using namespace orrery;

namespace {

constexpr double kFrame = 1.0 / 60;
constexpr int kFrames = 200, kEach = 100, kStartMax = 600;  // frames of each kind; pods a Deployment; seconds until all run

// This process's own time, so that other programs on the machine don't count; where nobody tells it, as under Node, the clock's.
double now_ms() {
  timespec spent;
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent) == 0) return double(spent.tv_sec) * 1e3 + double(spent.tv_nsec) / 1e6;
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

class Window final : public platform::NoWindow {
 public:
  explicit Window(std::string assets) : assets_(std::move(assets)) {}
  void load_asset(const std::string& name, std::function<void(std::string)> done) override {
    std::ifstream file(assets_ + "/" + name, std::ios::binary);
    std::string bytes(std::istreambuf_iterator<char>(file), {});
    if (bytes.empty()) std::fprintf(stderr, "bench_frame: no %s in %s\n", name.c_str(), assets_.c_str()), std::exit(1);
    done(std::move(bytes));
  }
  bool prefers_reduced_motion() override { return false; }

 private:
  std::string assets_;
};

// The world behind the page; what its own time takes is summed up apart.
class Timed final : public app::PageSource {
 public:
  explicit Timed(std::unique_ptr<app::PageSource> inner, double& world_ms) : inner_(std::move(inner)), world_ms_(world_ms) {}
  void advance(double seconds, bool to_next_act) override {
    const double from = now_ms();
    inner_->advance(seconds, to_next_act);
    world_ms_ += now_ms() - from;
  }
  void skip(double seconds) override { inner_->skip(seconds); }
  bool refresh(viewmodel::ClusterModel& model) override { return model_ = &model, inner_->refresh(model); }
  bool refresh_share(viewmodel::ClusterModel& model, bool objects, std::size_t traces) override {
    return model_ = &model, inner_->refresh_share(model, objects, traces);
  }
  void set_paused(bool paused) override { inner_->set_paused(paused); }
  void set_speed(double speed) override { inner_->set_speed(speed); }
  void step() override { inner_->step(); }
  void go_to(viewmodel::Nanos at) override { inner_->go_to(at); }
  void open_branch(std::size_t index) override { inner_->open_branch(index); }
  std::string recording() const override { return inner_->recording(); }
  void run_line(std::uint64_t run, const std::string& line) override { inner_->run_line(run, line); }
  void interrupt(std::uint64_t run) override { inner_->interrupt(run); }
  std::vector<viewmodel::ShellOutput> take_output() override { return inner_->take_output(); }
  std::vector<std::string> complete(const std::string& line) override { return inner_->complete(line); }
  void request_text(const viewmodel::ObjectRef& ref, viewmodel::TextForm form) override { inner_->request_text(ref, form); }
  std::vector<viewmodel::ObjectText> take_texts() override { return inner_->take_texts(); }
  void request_usage(const viewmodel::ObjectRef& ref) override { inner_->request_usage(ref); }
  std::vector<viewmodel::UsageReply> take_usage() override { return inner_->take_usage(); }
  viewmodel::Placement placement(const viewmodel::ObjectRef& pod) override { return inner_->placement(pod); }
  double quiet_for() const override { return inner_->quiet_for(); }
  lesson::LessonWorld* lesson_world() override { return inner_->lesson_world(); }

  // Pods, as the model last had them.
  std::size_t ready() const {
    if (!model_) return 0;
    return std::size_t(std::count_if(model_->pods.begin(), model_->pods.end(), [](const viewmodel::Pod& pod) { return pod.ready; }));
  }

 private:
  const viewmodel::ClusterModel* model_ = nullptr;
  std::unique_ptr<app::PageSource> inner_;
  double& world_ms_;
};

lesson::WorldSpec spec_of(int nodes, int pods) {
  lesson::WorldSpec spec;
  spec.seed = 7;
  for (int i = 0; i < nodes; ++i) spec.nodes.push_back({"node-" + std::to_string(i + 1), "", "", {}});
  for (int i = 0; i * kEach < pods; ++i) {
    const std::string name = "shop-" + std::to_string(i);
    spec.manifests += "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name + "}\nspec:\n  replicas: " + std::to_string(std::min(kEach, pods - i * kEach)) +
                      "\n  selector: {matchLabels: {app: " + name + "}}\n  template:\n    metadata: {labels: {app: " + name +
                      "}}\n    spec:\n      containers:\n        - {name: web, image: nginx, resources: {requests: {cpu: 10m, memory: 16Mi}}}\n---\n" +
                      "apiVersion: v1\nkind: Service\nmetadata: {name: " + name + "}\nspec:\n  selector: {app: " + name + "}\n  ports: [{port: 80}]\n---\n";
  }
  return spec;
}

struct Costs {
  std::vector<double> ms, tick, draw;
  double at(double share) {
    std::sort(ms.begin(), ms.end());  // total order: figures only
    return ms[std::min(ms.size() - 1, std::size_t(double(ms.size()) * share))];
  }
  static double mean(const std::vector<double>& all) {
    double sum = 0;
    for (double one : all) sum += one;
    return sum / double(all.size());
  }
};

class Bench {
 public:
  Bench(const std::string& assets, int nodes, int pods) : window_(assets) {
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.DisplaySize = ImVec2(1280, 800);
    io.DeltaTime = float(kFrame);
    io.BackendFlags |= ImGuiBackendFlags_RendererHasTextures | ImGuiBackendFlags_RendererHasVtxOffset;
    const auto open = [&](const lesson::WorldSpec&) {
      auto source = std::make_unique<Timed>(app::open_simulated(spec_of(nodes, pods)), world_ms_);
      source_ = source.get();
      return source;
    };
    page_ = std::make_unique<app::Page>(window_, app::Worlds{open, app::open_recording, {}}, app::PageOptions{"en", "", false, false});
    page_->message("action welcome door welcome.kubectl");
    for (int second = 0; second < kStartMax && source_->ready() < std::size_t(pods); ++second) {
      source_->skip(1);
      frame(nullptr);
    }
    ready = source_->ready() == std::size_t(pods);
    page_->message("run kubectl get nodes");
    for (int i = 0; i < 60; ++i) frame(nullptr);
    source_->set_paused(true);
    for (int i = 0; i < 400; ++i) frame(nullptr);  // all that flew has landed
  }
  ~Bench() {
    page_.reset();
    ImGui::DestroyContext();
  }

  Costs still() { return many([](int) {}); }
  Costs move() {
    page_->message("zoom 4");
    return many([](int i) {
      ImGuiIO& io = ImGui::GetIO();
      io.AddMousePosEvent(float(700 + i % 50 * 4), 300);
      io.AddMouseButtonEvent(0, i % 50 != 49);
    });
  }
  // At ten times the usual speed, one Deployment after the other is rolled.
  Costs busy() {
    ImGui::GetIO().AddMouseButtonEvent(0, false);
    page_->message("zoom 0.25");
    source_->set_paused(false);
    source_->set_speed(10);
    return many([this](int i) {
      if (i % 40 == 0) page_->message("run kubectl rollout restart deployment shop-" + std::to_string(i / 40));
    });
  }
  bool ready = false;

 private:
  template <class Do>
  Costs many(Do act) {
    Costs costs;
    for (int i = 0; i < 20; ++i) frame(nullptr);
    for (int i = 0; i < kFrames; ++i) {
      act(i);
      frame(&costs);
    }
    return costs;
  }

  void frame(Costs* costs) {
    world_ms_ = 0;
    const double from = now_ms();
    page_->tick(kFrame);
    const double ticked = now_ms(), world = world_ms_;
    ImGui::NewFrame();
    page_->draw(kFrame);
    ImGui::Render();
    const double drawn = now_ms();
    for (ImTextureData* texture : ImGui::GetPlatformIO().Textures) {  // as a renderer would
      if (texture->Status == ImTextureStatus_WantCreate) texture->SetTexID(1);
      if (texture->Status == ImTextureStatus_WantDestroy) texture->SetTexID(ImTextureID_Invalid), texture->SetStatus(ImTextureStatus_Destroyed);
      else texture->SetStatus(ImTextureStatus_OK);
    }
    if (!costs) return;
    costs->tick.push_back(ticked - from - world);
    costs->draw.push_back(drawn - ticked);
    costs->ms.push_back(drawn - from - world);
  }

  Window window_;
  double world_ms_ = 0;
  Timed* source_ = nullptr;
  std::unique_ptr<app::Page> page_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return std::fprintf(stderr, "usage: bench_frame ASSETS NODES PODS\n"), 2;
  Bench bench(argv[1], std::atoi(argv[2]), std::atoi(argv[3]));
  if (!bench.ready) return std::fprintf(stderr, "bench_frame: not all pods became ready\n"), 1;
  std::printf("{\"nodes\":%s,\"pods\":%s", argv[2], argv[3]);
  const auto tell = [](const char* name, Costs costs) {
    std::printf(",\"%s_ms\":%.3f,\"%s_p95_ms\":%.3f,\"%s_tick_ms\":%.3f,\"%s_draw_ms\":%.3f", name, costs.at(0.5), name, costs.at(0.95), name, Costs::mean(costs.tick), name,
                Costs::mean(costs.draw));
    std::fflush(stdout);
  };
  tell("still", bench.still());
  tell("move", bench.move());
  tell("busy", bench.busy());
  std::printf("}\n");
  return 0;
}
