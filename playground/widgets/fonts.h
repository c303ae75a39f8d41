// The faces, made of font files that arrive one after the other. Glyphs are rasterised on demand, so any size is crisp.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "playground/widgets/theme.h"

namespace orrery::widgets {

class Fonts {
 public:
  // Files without which nothing is drawn, and the one with all syllables, which is fetched when text needs it.
  static const std::vector<std::string>& needed();
  static constexpr const char* kAllSyllables = "fonts/ui_all.otf";

  // `bytes` may be empty: the file isn't there, and what it would have brought is missing.
  void arrived(const std::string& name, std::string bytes);
  bool ready() const { return made_; }
  void give(Theme& theme) const;
  // True when some character of `text` has no glyph yet and kAllSyllables, not asked for so far, may bring it.
  bool wants_all(const std::string& text) const;
  void asked_for_all() { asked_all_ = true; }
  // Characters of `text` that no loaded font has.
  std::vector<char32_t> missing(const std::string& text) const;

 private:
  void make();
  ImFont* face(const std::string& first, std::vector<std::string> more);
  void merge(ImFont* font, const std::string& name);

  std::map<std::string, std::string> files_;
  ImFont* faces_[kFaces] = {};
  bool made_ = false;
  bool asked_all_ = false;
};

}  // namespace orrery::widgets
