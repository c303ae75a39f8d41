#pragma once

#include <map>
#include <string>

#include "playground/platform/platform.h"

struct SDL_Window;

namespace orrery::platform {

// Files beside the program, settings under the user's configuration folder, SDL's clipboard and input method.
class NativePlatform final : public Platform {
 public:
  explicit NativePlatform(const Options& options);

  void load_asset(const std::string& name, std::function<void(std::string)> done) override;
  std::string setting(const std::string& key) override;
  std::string opened_with() override;
  void save_setting(const std::string& key, const std::string& value) override;
  std::string preferred_language() override;
  bool prefers_dark() override { return false; }
  bool prefers_reduced_motion() override { return false; }
  void set_clipboard(const std::string& text) override;
  void set_caret(const Caret& caret) override;
  const Preedit& preedit() const override { return preedit_; }
  void publish(const std::string&, const std::string&) override {}
  void wake() override { awake_frames_ = 3; }

  void compose(const std::string& text) { preedit_.text = text; }
  // ImGui settles an input over a few frames; true while one of them is still to be drawn.
  bool take_frame() { return awake_frames_ > 0 && awake_frames_-- > 0; }

 private:
  std::string settings_path() const;

  std::string assets_;
  std::string open_;
  bool keeps_settings_;
  Preedit preedit_;
  int awake_frames_ = 3;
};

}  // namespace orrery::platform
