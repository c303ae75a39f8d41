// Dear ImGui without a window: Orrery's fonts and theme in a context of its own, as wide and high as asked for.
#pragma once

#include <imgui.h>

#include <fstream>
#include <iterator>
#include <string>

#include "playground/widgets/fonts.h"
#include "playground/widgets/theme.h"

namespace orrery::test {

struct OffScreen {
  widgets::Fonts fonts;

  OffScreen(float width, float height) {
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.DisplaySize = ImVec2(width, height);
    io.DeltaTime = 1.0f / 60;
    io.BackendFlags |= ImGuiBackendFlags_RendererHasTextures | ImGuiBackendFlags_RendererHasVtxOffset;
    for (const std::string& name : widgets::Fonts::needed()) load(name);
  }
  ~OffScreen() { ImGui::DestroyContext(); }
  OffScreen(const OffScreen&) = delete;
  OffScreen& operator=(const OffScreen&) = delete;

  void load(const std::string& name) {
    std::ifstream file(std::string(ORRERY_TEST_ASSETS) + "/" + name, std::ios::binary);
    fonts.arrived(name, std::string(std::istreambuf_iterator<char>(file), {}));
  }
};

}  // namespace orrery::test
