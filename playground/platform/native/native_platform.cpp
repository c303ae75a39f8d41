#include "playground/platform/native/native_platform.h"

#include <SDL.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace orrery::platform {
namespace {

std::string folder_of_program() {
  char* base = SDL_GetBasePath();
  std::string path = base ? base : "";
  SDL_free(base);
  return path;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::map<std::string, std::string> read_settings(const std::string& path) {
  std::map<std::string, std::string> settings;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const std::size_t equals = line.find('=');
    if (equals != std::string::npos) settings[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return settings;
}

}  // namespace

NativePlatform::NativePlatform(const Options& options)
    : assets_(options.assets.empty() ? folder_of_program() + "assets" : options.assets),
      open_(options.open),
      keeps_settings_(options.screenshot.empty()) {}

void NativePlatform::load_asset(const std::string& name, std::function<void(std::string)> done) {
  std::ifstream file(assets_ + "/" + name, std::ios::binary);
  done(std::string(std::istreambuf_iterator<char>(file), {}));
}

std::string NativePlatform::settings_path() const {
  std::string folder = environment("XDG_CONFIG_HOME");
  if (folder.empty()) folder = environment("HOME") + "/.config";
  return folder + "/orrery/settings";
}

std::string NativePlatform::setting(const std::string& key) {
  if (!keeps_settings_) return "";
  const auto settings = read_settings(settings_path());
  const auto found = settings.find(key);
  return found == settings.end() ? "" : found->second;
}

// A file that can't be read is opened as one that holds nothing: the page says so.
std::string NativePlatform::opened_with() {
  if (open_.empty()) return "";
  std::ifstream file(open_, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  return text.empty() ? " " : text;
}

void NativePlatform::save_setting(const std::string& key, const std::string& value) {
  if (!keeps_settings_ || value.find('\n') != std::string::npos) return;
  auto settings = read_settings(settings_path());
  settings[key] = value;
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(settings_path()).parent_path(), ignored);
  std::ofstream file(settings_path());
  for (const auto& [name, text] : settings) file << name << '=' << text << '\n';
}

std::string NativePlatform::preferred_language() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const std::string value = environment(name);
    if (!value.empty()) return value.substr(0, 2);
  }
  return "en";
}

void NativePlatform::set_clipboard(const std::string& text) { SDL_SetClipboardText(text.c_str()); }

void NativePlatform::set_caret(const Caret& caret) {
  if (!caret.wants_text) return;
  SDL_Rect rect{int(caret.x), int(caret.y), 1, int(caret.height)};
  SDL_SetTextInputRect(&rect);
}

}  // namespace orrery::platform
