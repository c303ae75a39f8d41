// The SDL window with its OpenGL context and Dear ImGui's back ends: what native and web have in common.
#pragma once

#include <SDL.h>

#include <string>

#include "playground/platform/platform.h"

namespace orrery::platform {

enum class GlKind { Core32, Es30 };

class SdlWindow {
 public:
  // Throws std::runtime_error with one sentence when there is no display or no suitable OpenGL.
  SdlWindow(const Options& options, GlKind gl);
  ~SdlWindow();
  SdlWindow(const SdlWindow&) = delete;
  SdlWindow& operator=(const SdlWindow&) = delete;

  // Hands one event to ImGui. `density` as in begin_frame.
  void handle(SDL_Event event);
  void begin_frame();
  void end_frame();  // everything but the swap
  void swap();
  SDL_Window* window() const { return window_; }
  void pixel_size(int& width, int& height) const;

 private:
  SDL_Window* window_ = nullptr;
  SDL_GLContext context_ = nullptr;
  double forced_density_ = 0;
};

}  // namespace orrery::platform
