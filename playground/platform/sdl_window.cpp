#include "playground/platform/sdl_window.h"

#include <imgui.h>
#include <imgui_impl_opengl3.h>
#include <imgui_impl_sdl2.h>

#include <cmath>
#include <stdexcept>

#include "gl.h"  // native/gl.h or web/gl.h

namespace orrery::platform {
namespace {

void ask_for(GlKind gl) {
  const bool es = gl == GlKind::Es30;
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_PROFILE_MASK, es ? SDL_GL_CONTEXT_PROFILE_ES : SDL_GL_CONTEXT_PROFILE_CORE);
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_MAJOR_VERSION, 3);
  SDL_GL_SetAttribute(SDL_GL_CONTEXT_MINOR_VERSION, es ? 0 : 2);
  SDL_GL_SetAttribute(SDL_GL_DOUBLEBUFFER, 1);
  SDL_GL_SetAttribute(SDL_GL_DEPTH_SIZE, 0);
}

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what + ": " + SDL_GetError()); }

}  // namespace

SdlWindow::SdlWindow(const Options& options, GlKind gl) : forced_density_(options.density) {
  if (SDL_Init(SDL_INIT_VIDEO) != 0) fail("no display to open a window on");
  ask_for(gl);
  const double scale = forced_density_ > 0 ? forced_density_ : 1;
  window_ = SDL_CreateWindow(options.title.c_str(), SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED,
                             int(options.width * scale), int(options.height * scale),
                             SDL_WINDOW_OPENGL | SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
  if (!window_) fail("the window could not be opened");
  context_ = SDL_GL_CreateContext(window_);
  if (!context_) fail("OpenGL 3.2 or WebGL 2 is missing");
  SDL_GL_MakeCurrent(window_, context_);
  IMGUI_CHECKVERSION();
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
  ImGui_ImplSDL2_InitForOpenGL(window_, context_);
  ImGui_ImplOpenGL3_Init(gl == GlKind::Es30 ? "#version 300 es" : "#version 150");
}

SdlWindow::~SdlWindow() {
  ImGui_ImplOpenGL3_Shutdown();
  ImGui_ImplSDL2_Shutdown();
  ImGui::DestroyContext();
  SDL_GL_DeleteContext(context_);
  SDL_DestroyWindow(window_);
  SDL_Quit();
}

void SdlWindow::handle(SDL_Event event) {
  if (forced_density_ > 0 && event.type == SDL_MOUSEMOTION) {
    event.motion.x = int(std::lround(event.motion.x / forced_density_));
    event.motion.y = int(std::lround(event.motion.y / forced_density_));
  }
  ImGui_ImplSDL2_ProcessEvent(&event);
}

void SdlWindow::begin_frame() {
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplSDL2_NewFrame();
  if (forced_density_ > 0) {
    ImGuiIO& io = ImGui::GetIO();
    int width = 0, height = 0;
    pixel_size(width, height);
    const float density = float(forced_density_);
    io.DisplaySize = ImVec2(float(width) / density, float(height) / density);
    io.DisplayFramebufferScale = ImVec2(density, density);
  }
  ImGui::NewFrame();
}

void SdlWindow::end_frame() {
  ImGui::Render();
  int width = 0, height = 0;
  pixel_size(width, height);
  glViewport(0, 0, width, height);
  const ImVec4 ground = ImGui::GetStyle().Colors[ImGuiCol_WindowBg];
  glClearColor(ground.x, ground.y, ground.z, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
}

void SdlWindow::swap() { SDL_GL_SwapWindow(window_); }

void SdlWindow::pixel_size(int& width, int& height) const { SDL_GL_GetDrawableSize(window_, &width, &height); }

}  // namespace orrery::platform
