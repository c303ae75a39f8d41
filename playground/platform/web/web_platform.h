#pragma once

#include <functional>
#include <map>
#include <string>

#include "playground/platform/platform.h"

namespace orrery::platform {

// The browser: files beside the page, settings in its local storage, the page's clipboard and input method.
class WebPlatform final : public Platform {
 public:
  void load_asset(const std::string& name, std::function<void(std::string)> done) override;
  std::string setting(const std::string& key) override;
  std::string opened_with() override;
  void save_setting(const std::string& key, const std::string& value) override;
  std::string preferred_language() override;
  bool prefers_dark() override;
  bool prefers_reduced_motion() override;
  bool opens_pages() override { return true; }
  bool attached() override;
  void listen(std::function<void(const std::string&)> on_message, std::function<void(bool)> on_open) override;
  void send(const std::string& message) override;
  void set_clipboard(const std::string& text) override;
  void set_caret(const Caret& caret) override;
  const Preedit& preedit() const override { return preedit_; }
  void publish(const std::string& channel, const std::string& text) override;
  void wake() override { awake_frames_ = 3; }

  void asset_arrived(int id, std::string bytes);
  void line_said(const std::string& message) { if (on_message_) on_message_(message); }
  void line_open(bool open) { if (on_open_) on_open_(open); }
  void compose(const std::string& text) { preedit_.text = text; }
  bool take_frame() { return awake_frames_ > 0 && awake_frames_-- > 0; }

 private:
  std::map<int, std::function<void(std::string)>> waiting_;
  int next_asset_ = 1;
  std::function<void(const std::string&)> on_message_;
  std::function<void(bool)> on_open_;
  Preedit preedit_;
  Caret caret_;
  int awake_frames_ = 3;
};

// An answer of the page's as a string.
std::string ask_page(const char* what);

}  // namespace orrery::platform
