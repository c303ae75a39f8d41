#include "playground/widgets/fonts.h"

#include <utility>

#include "playground/viewmodel/utf8.h"

namespace orrery::widgets {
namespace {

constexpr const char* kRegular = "fonts/ui_regular.otf";
constexpr const char* kBold = "fonts/ui_bold.otf";
constexpr const char* kMono = "fonts/mono.ttf";
constexpr const char* kSigns = "fonts/signs.ttf";
constexpr const char* kMore = "fonts/ui_more.otf";
constexpr const char* kMoreBold = "fonts/ui_more_bold.otf";
constexpr const char* kAll = "fonts/ui_all.otf";

}  // namespace

const std::vector<std::string>& Fonts::needed() {
  static const std::vector<std::string> names = {kRegular, kBold, kMono, kSigns};
  return names;
}

void Fonts::arrived(const std::string& name, std::string bytes) {
  files_[name] = std::move(bytes);
  for (const std::string& file : needed())
    if (!files_.count(file)) return;
  make();
}

void Fonts::make() {
  ImGui::GetIO().Fonts->Clear();  // this Dear ImGui merges only into the font added last, so a late file makes all anew
  faces_[int(Face::Regular)] = face(kRegular, {kSigns, kMore});
  faces_[int(Face::Bold)] = face(kBold, {kSigns, kMoreBold});
  faces_[int(Face::Mono)] = face(kMono, {kRegular, kSigns, kMore});
  faces_[int(Face::Signs)] = face(kSigns, {kRegular, kMore});
  made_ = true;
}

ImFont* Fonts::face(const std::string& first, std::vector<std::string> more) {
  const std::string& bytes = files_[first];
  ImFont* font = nullptr;
  if (bytes.empty()) {
    font = ImGui::GetIO().Fonts->AddFontDefault();
  } else {
    ImFontConfig config;
    config.FontDataOwnedByAtlas = false;
    font = ImGui::GetIO().Fonts->AddFontFromMemoryTTF(const_cast<char*>(bytes.data()), int(bytes.size()), 0, &config);
  }
  more.push_back(kAll);
  for (const std::string& name : more) merge(font, name);
  return font;
}

void Fonts::merge(ImFont* font, const std::string& name) {
  const auto file = files_.find(name);
  if (file == files_.end() || file->second.empty() || !font) return;
  const std::string& bytes = file->second;
  ImFontConfig config;
  config.FontDataOwnedByAtlas = false;
  config.MergeMode = true;
  config.DstFont = font;
  ImGui::GetIO().Fonts->AddFontFromMemoryTTF(const_cast<char*>(bytes.data()), int(bytes.size()), 0, &config);
}

void Fonts::give(Theme& theme) const {
  for (int i = 0; i < kFaces; ++i) theme.faces[i] = faces_[i];
}

std::vector<char32_t> Fonts::missing(const std::string& text) const {
  std::vector<char32_t> missing;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = viewmodel::decode_utf8(text, at);
    if (c >= 0x80 && !faces_[int(Face::Regular)]->IsGlyphInFont(ImWchar(c))) missing.push_back(c);
  }
  return missing;
}

std::vector<std::string> Fonts::wanted(const std::string& text) {
  if (!made_) return {};
  std::string lacking;
  for (const char32_t c : missing(lacking_ + text))
    if (c >= 0xAC00 && c <= 0xD7A3) lacking += viewmodel::encode_utf8(c);
  lacking_ = std::move(lacking);
  if (lacking_.empty() || asked_all_) return {};
  if (!asked_common_) return common();
  if (!files_.count(kMore) || !files_.count(kMoreBold)) return {};
  asked_all_ = true;
  return {kAll};
}

std::vector<std::string> Fonts::common() {
  if (std::exchange(asked_common_, true)) return {};
  return {kMore, kMoreBold};
}

}  // namespace orrery::widgets
