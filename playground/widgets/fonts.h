// The faces, made of font files that arrive one after the other. Glyphs are rasterised on demand, so any size is crisp.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "playground/widgets/theme.h"

namespace orrery::widgets {

class Fonts {
 public:
  // Files without which nothing is drawn. They have the syllables of the page's own texts.
  static const std::vector<std::string>& needed();

  // `bytes` may be empty: the file isn't there, and what it would have brought is missing.
  void arrived(const std::string& name, std::string bytes);
  bool ready() const { return made_; }
  void give(Theme& theme) const;
  // Files to fetch because `text`, or an earlier one, has a syllable that none so far has: first the common ones, and when they
  // have arrived and lack it too, all. Each file is named once.
  std::vector<std::string> wanted(const std::string& text);
  // Those of the common syllables, for who will type them.
  std::vector<std::string> common();
  // Characters of `text` that no loaded font has.
  std::vector<char32_t> missing(const std::string& text) const;

 private:
  void make();
  ImFont* face(const std::string& first, std::vector<std::string> more);
  void merge(ImFont* font, const std::string& name);

  std::map<std::string, std::string> files_;
  ImFont* faces_[kFaces] = {};
  bool made_ = false;
  bool asked_common_ = false, asked_all_ = false;
  std::string lacking_;  // syllables that were asked for and have no glyph yet
};

}  // namespace orrery::widgets
