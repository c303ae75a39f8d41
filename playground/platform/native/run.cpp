#include <SDL.h>
#include <imgui.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "gl.h"
#include "playground/platform/native/native_platform.h"
#include "playground/platform/native/png.h"
#include "playground/platform/platform.h"
#include "playground/platform/sdl_window.h"

namespace orrery::platform {
namespace {

constexpr double kLongestSleep = 0.5;

double seconds_now() { return double(SDL_GetPerformanceCounter()) / double(SDL_GetPerformanceFrequency()); }

Picture read_back(const SdlWindow& window) {
  Picture picture;
  window.pixel_size(picture.width, picture.height);
  const std::size_t stride = std::size_t(picture.width) * 3;
  std::vector<unsigned char> flipped(stride * std::size_t(picture.height));
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadBuffer(GL_BACK);
  glReadPixels(0, 0, picture.width, picture.height, GL_RGB, GL_UNSIGNED_BYTE, flipped.data());
  for (int y = picture.height - 1; y >= 0; --y)
    picture.rgb.insert(picture.rgb.end(), flipped.begin() + std::ptrdiff_t(stride) * y,
                       flipped.begin() + std::ptrdiff_t(stride) * (y + 1));
  return picture;
}

struct Costs {
  double total = 0, worst = 0;
  int frames = 0;
  void add(double seconds) {
    total += seconds;
    worst = std::max(worst, seconds);
    ++frames;
  }
};

class Loop {
 public:
  Loop(const Options& options, const MakeProgram& make)
      : options_(options), window_(options, GlKind::Core32), platform_(options), program_(make(platform_)) {}

  int run() {
    SDL_StartTextInput();
    double before = seconds_now();
    while (!quit_) {
      const double now = seconds_now();
      // A picture for a test shows the same moment on every machine.
      const double passed = counted() ? 1.0 / 60 : now - before;
      before = now;
      const double quiet = program_->tick(passed);
      const bool events = take_events(counted() ? 0 : std::min(quiet, kLongestSleep));
      if (events) platform_.wake();
      const bool due = quiet <= 0;
      if (due || platform_.take_frame() || counted()) frame(passed);
      if (counted() && costs_.frames >= options_.frames) return finish();
    }
    return 0;
  }

 private:
  bool counted() const { return options_.frames > 0; }

  bool take_events(double wait_s) {
    SDL_Event event;
    bool any = false;
    if (wait_s > 0 && SDL_WaitEventTimeout(&event, int(wait_s * 1000) + 1)) any = handle(event);
    while (SDL_PollEvent(&event)) any |= handle(event);
    return any;
  }

  bool handle(const SDL_Event& event) {
    if (event.type == SDL_QUIT) quit_ = true;
    if (event.type == SDL_TEXTEDITING) platform_.compose(event.edit.text);
    if (event.type == SDL_TEXTINPUT) platform_.compose("");
    window_.handle(event);
    return true;
  }

  void frame(double passed) {
    const double from = seconds_now();
    window_.begin_frame();
    program_->draw(passed);
    ImGui::Render();
    costs_.add(seconds_now() - from);
    window_.end_frame();
    if (!(counted() && costs_.frames >= options_.frames)) window_.swap();
  }

  int finish() {
    std::printf("frames %d, work per frame %.2f ms mean, %.2f ms worst\n", costs_.frames,
                costs_.total / costs_.frames * 1000, costs_.worst * 1000);
    if (options_.screenshot.empty()) return 0;
    if (write_png(options_.screenshot, read_back(window_))) return 0;
    std::fprintf(stderr, "orrery: can't write %s\n", options_.screenshot.c_str());
    return 1;
  }

  Options options_;
  SdlWindow window_;
  NativePlatform platform_;
  std::unique_ptr<Program> program_;
  Costs costs_;
  bool quit_ = false;
};

}  // namespace

int run(const Options& options, const MakeProgram& make) try {
  return Loop(options, make).run();
} catch (const std::runtime_error& error) {
  std::fprintf(stderr, "orrery: %s\n", error.what());
  return 1;
}

}  // namespace orrery::platform
