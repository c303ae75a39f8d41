#include <SDL.h>
#include <emscripten.h>
#include <imgui.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "playground/platform/platform.h"
#include "playground/platform/sdl_window.h"
#include "playground/platform/web/bridge.h"
#include "playground/platform/web/web_platform.h"

namespace orrery::platform {
namespace {

constexpr double kNapMin = 0.05;  // shorter quiet isn't worth stopping the browser's frame callback

class Loop {
 public:
  Loop(const Options& options, const MakeProgram& make) : window_(options, GlKind::Es30) {
    ImGuiPlatformIO& io = ImGui::GetPlatformIO();
    io.Platform_SetClipboardTextFn = [](ImGuiContext*, const char* text) { orrery_js_clipboard(text); };
    io.Platform_GetClipboardTextFn = [](ImGuiContext*) { return instance->pasted_.c_str(); };
    instance = this;
    ImGui::GetIO().ConfigMacOSXBehaviors = !ask_page("mac").empty();
    program_ = make(platform_);
    before_ = emscripten_get_now();
    SDL_StartTextInput();
  }

  void turn() {
    const double now = emscripten_get_now();
    const double passed = std::min(nap_ + 1, (now - before_) / 1000);  // a hidden tab's time does not count
    nap_ = 0;
    before_ = now;
    SDL_Event event;
    while (SDL_PollEvent(&event)) {
      window_.handle(event);
      platform_.wake();
    }
    const double from = emscripten_get_now();
    const double quiet = program_->tick(passed);
    if (quiet <= 0 || platform_.take_frame()) {
      draw(passed, from);
    } else if (quiet > kNapMin) {
      asleep_ = true;
      nap_ = std::min(quiet, 60.0);
      emscripten_pause_main_loop();
      orrery_js_sleep(int(nap_ * 1000) + 1);
    }
  }

  void wake() {
    platform_.wake();
    resume();
  }

  // Time goes on, with nothing to draw as yet.
  void resume() {
    if (!asleep_) return;
    asleep_ = false;
    orrery_js_sleep(0);
    emscripten_resume_main_loop();
  }

  void paste(const char* text) {
    pasted_ = text;
    ImGuiIO& io = ImGui::GetIO();
    const ImGuiKey command = io.ConfigMacOSXBehaviors ? ImGuiMod_Super : ImGuiMod_Ctrl;
    io.AddKeyEvent(command, true);
    io.AddKeyEvent(ImGuiKey_V, true);
    io.AddKeyEvent(ImGuiKey_V, false);
    io.AddKeyEvent(command, false);
    wake();
  }

  void add_text(const char* text) {
    platform_.compose("");
    ImGui::GetIO().AddInputCharactersUTF8(text);
    wake();
  }

  void press(int key) {
    ImGui::GetIO().AddKeyEvent(ImGuiKey(key), true);
    ImGui::GetIO().AddKeyEvent(ImGuiKey(key), false);
    wake();
  }

  void compose(const char* text) {
    platform_.compose(text);
    wake();
  }

  WebPlatform& platform() { return platform_; }
  Program& program() { return *program_; }
  int frames() const { return int(frames_); }

  static Loop* instance;  // the page has one canvas

 private:
  void draw(double passed, double from) {
    window_.begin_frame();
    program_->draw(passed);
    ImGui::Render();
    const double work = emscripten_get_now() - from;
    ++frames_;
    window_.end_frame();
    if (frames_ % 30 == 1)
      platform_.publish("frames", std::to_string(frames_) + " " + std::to_string(work));
  }

  SdlWindow window_;
  WebPlatform platform_;
  std::unique_ptr<Program> program_;
  std::string pasted_;
  double before_ = 0, nap_ = 0;
  long frames_ = 0;
  bool asleep_ = false;
};

Loop* Loop::instance = nullptr;

}  // namespace

int run(const Options& options, const MakeProgram& make) {
  SDL_SetHint(SDL_HINT_EMSCRIPTEN_KEYBOARD_ELEMENT, "#keys");
  SDL_SetHint(SDL_HINT_EMSCRIPTEN_ASYNCIFY, "0");
  try {
    new Loop(options, make);  // lives as long as the page
  } catch (const std::runtime_error& error) {
    orrery_js_publish("failed", error.what());
    return 1;
  }
  emscripten_set_main_loop([] { Loop::instance->turn(); }, 0, 0);
  return 0;
}

}  // namespace orrery::platform

// What the page calls.
extern "C" {
using orrery::platform::Loop;

EMSCRIPTEN_KEEPALIVE void orrery_asset(int id, const char* bytes, int size) {
  Loop::instance->platform().asset_arrived(id, std::string(bytes, std::size_t(size)));
  Loop::instance->wake();
}
EMSCRIPTEN_KEEPALIVE void orrery_line_open(int open) {
  Loop::instance->platform().line_open(open != 0);
  Loop::instance->wake();
}
// Not every message changes what is drawn: the program is only let go on.
EMSCRIPTEN_KEEPALIVE void orrery_line_said(const char* message) {
  Loop::instance->platform().line_said(message);
  Loop::instance->resume();
}
EMSCRIPTEN_KEEPALIVE void orrery_resume() { Loop::instance->resume(); }
EMSCRIPTEN_KEEPALIVE void orrery_wake() { Loop::instance->wake(); }
EMSCRIPTEN_KEEPALIVE void orrery_paste(const char* text) { Loop::instance->paste(text); }
EMSCRIPTEN_KEEPALIVE void orrery_text(const char* text) { Loop::instance->add_text(text); }
EMSCRIPTEN_KEEPALIVE void orrery_preedit(const char* text) { Loop::instance->compose(text); }
EMSCRIPTEN_KEEPALIVE void orrery_backspace() { Loop::instance->press(ImGuiKey_Backspace); }
EMSCRIPTEN_KEEPALIVE void orrery_enter() { Loop::instance->press(ImGuiKey_Enter); }
EMSCRIPTEN_KEEPALIVE int orrery_frames() { return Loop::instance->frames(); }
EMSCRIPTEN_KEEPALIVE void orrery_message(const char* line) {
  Loop::instance->program().message(line);
  Loop::instance->wake();
}
}
