#include "playground/views/terminal_keys.h"

#include <imgui.h>

#include "playground/viewmodel/utf8.h"

namespace orrery::views {
namespace {

using commands::Edit;
using commands::EditLine;

struct Key {
  ImGuiKey key;
  bool ctrl;
  Edit edit;
};

constexpr Key kKeys[] = {
    {ImGuiKey_Backspace, false, Edit::EraseBefore}, {ImGuiKey_Delete, false, Edit::EraseAfter},
    {ImGuiKey_LeftArrow, false, Edit::Left},        {ImGuiKey_RightArrow, false, Edit::Right},
    {ImGuiKey_LeftArrow, true, Edit::WordLeft},     {ImGuiKey_RightArrow, true, Edit::WordRight},
    {ImGuiKey_Home, false, Edit::Home},             {ImGuiKey_End, false, Edit::End},
    {ImGuiKey_UpArrow, false, Edit::Older},         {ImGuiKey_DownArrow, false, Edit::Newer},
    {ImGuiKey_A, true, Edit::Home},                 {ImGuiKey_E, true, Edit::End},
    {ImGuiKey_U, true, Edit::EraseToStart},         {ImGuiKey_K, true, Edit::EraseToEnd},
    {ImGuiKey_W, true, Edit::EraseWord},            {ImGuiKey_L, true, Edit::Clear},
    {ImGuiKey_P, true, Edit::Older},                {ImGuiKey_N, true, Edit::Newer},
    {ImGuiKey_Backspace, true, Edit::EraseWord},    {ImGuiKey_D, true, Edit::EndOfInput},
};

bool characters(commands::CommandQueue& queue) {
  ImGuiIO& io = ImGui::GetIO();
  if (io.KeyCtrl && !io.KeyAlt) return false;
  std::string text;
  for (ImWchar c : io.InputQueueCharacters)
    if (c >= 0x20 && c != 0x7f) text += viewmodel::encode_utf8(char32_t(c));
  io.InputQueueCharacters.resize(0);
  if (text.empty()) return false;
  queue.push(EditLine{Edit::Insert, text});
  return true;
}

}  // namespace

bool read_terminal_keys(const viewmodel::Terminal& terminal, commands::CommandQueue& queue) {
  const ImGuiIO& io = ImGui::GetIO();
  bool any = characters(queue);
  for (const Key& key : kKeys) {
    if (io.KeyAlt || key.ctrl != io.KeyCtrl || !ImGui::IsKeyPressed(key.key, true)) continue;
    queue.push(EditLine{key.edit, "", 0, io.KeyShift});
    any = true;
  }
  if (ImGui::IsKeyPressed(ImGuiKey_Enter, false) || ImGui::IsKeyPressed(ImGuiKey_KeypadEnter, false)) {
    queue.push(EditLine{Edit::Submit});
    any = true;
  }
  if (!io.KeyCtrl && ImGui::IsKeyPressed(ImGuiKey_Tab, false)) {
    queue.push(EditLine{terminal.rescue().empty() ? Edit::Complete : Edit::AcceptRescue});
    any = true;
  }
  if (io.KeyCtrl && ImGui::IsKeyPressed(ImGuiKey_V, false)) {
    const char* text = ImGui::GetClipboardText();
    if (text && *text) queue.push(EditLine{Edit::Insert, text});
    any = true;
  }
  return any;
}

}  // namespace orrery::views
