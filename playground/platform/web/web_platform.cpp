#include "playground/platform/web/web_platform.h"

#include <cstdlib>

#include "playground/platform/web/bridge.h"

namespace orrery::platform {
namespace {

std::string taken(char* text) {
  std::string copy = text;
  std::free(text);
  return copy;
}

}  // namespace

std::string ask_page(const char* what) { return taken(orrery_js_ask(what)); }

void WebPlatform::load_asset(const std::string& name, std::function<void(std::string)> done) {
  waiting_[next_asset_] = std::move(done);
  orrery_js_load_asset(next_asset_++, name.c_str());
}

void WebPlatform::asset_arrived(int id, std::string bytes) {
  const auto found = waiting_.find(id);
  if (found == waiting_.end()) return;
  const auto done = std::move(found->second);
  waiting_.erase(found);
  done(std::move(bytes));
  wake();
}

std::string WebPlatform::setting(const std::string& key) { return taken(orrery_js_setting(key.c_str())); }

std::string WebPlatform::opened_with() { return ask_page("opened"); }

void WebPlatform::save_setting(const std::string& key, const std::string& value) {
  orrery_js_save_setting(key.c_str(), value.c_str());
}

std::string WebPlatform::preferred_language() { return ask_page("language"); }
bool WebPlatform::prefers_dark() { return !ask_page("dark").empty(); }
bool WebPlatform::prefers_reduced_motion() { return !ask_page("still").empty(); }
bool WebPlatform::attached() { return !ask_page("attached").empty(); }

void WebPlatform::listen(std::function<void(const std::string&)> on_message, std::function<void(bool)> on_open) {
  on_message_ = std::move(on_message);
  on_open_ = std::move(on_open);
  orrery_js_listen();
}

void WebPlatform::send(const std::string& message) { orrery_js_send(message.c_str()); }

void WebPlatform::set_clipboard(const std::string& text) { orrery_js_clipboard(text.c_str()); }

void WebPlatform::set_caret(const Caret& caret) {
  if (caret.x == caret_.x && caret.y == caret_.y && caret.wants_text == caret_.wants_text) return;
  caret_ = caret;
  orrery_js_caret(caret.x, caret.y, caret.height, caret.wants_text);
}

void WebPlatform::publish(const std::string& channel, const std::string& text) {
  orrery_js_publish(channel.c_str(), text.c_str());
}

}  // namespace orrery::platform
