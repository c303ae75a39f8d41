// A window that isn't there: English, light, still, without settings or files; a test overrides what it looks at.
#pragma once

#include "playground/platform/platform.h"

namespace orrery::platform {

class NoWindow : public Platform {
 public:
  void load_asset(const std::string&, std::function<void(std::string)>) override {}
  std::string setting(const std::string&) override { return ""; }
  void save_setting(const std::string&, const std::string&) override {}
  std::string opened_with() override { return ""; }
  std::string preferred_language() override { return "en"; }
  bool prefers_dark() override { return false; }
  bool prefers_reduced_motion() override { return true; }
  void set_clipboard(const std::string&) override {}
  void set_caret(const Caret&) override {}
  const Preedit& preedit() const override { return preedit_; }
  void publish(const std::string&, const std::string&) override {}
  void wake() override {}

 private:
  Preedit preedit_;
};

}  // namespace orrery::platform
