// Collects the events of one JSON value as compact text, or drops them. Used for fields of any shape and for unknown ones.
#pragma once

#include <string>
#include <string_view>

#include "core/base/str.h"

namespace orrery::api {

class RawText {
 public:
  bool open() const { return depth_ > 0; }
  void keep(char bracket, Str* into) {
    into_ = into;
    text_.clear();
    comma_ = false;
    depth_ = 0;
    start(bracket);
  }
  void skip(char bracket) {
    into_ = nullptr;
    depth_ = 0;
    start(bracket);
  }
  void start(char bracket) {
    ++depth_;
    if (!into_) return;
    separate();
    text_ += bracket;
    comma_ = false;
  }
  void end(char bracket) {
    --depth_;
    if (!into_) return;
    text_ += bracket;
    comma_ = true;
    if (depth_ == 0) *into_ = Str(text_);
  }
  void key(std::string_view name);
  void string(std::string_view text);
  void scalar(std::string_view token) {
    if (!into_) return;
    separate();
    text_ += token;
    comma_ = true;
  }

 private:
  void separate() {
    if (comma_) text_ += ',';
  }
  Str* into_ = nullptr;
  std::string text_;
  bool comma_ = false;
  int depth_ = 0;
};

}  // namespace orrery::api
