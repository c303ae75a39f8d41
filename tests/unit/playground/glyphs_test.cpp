#include <doctest/doctest.h>
#include <imgui.h>

#include <fstream>
#include <iterator>

#include "playground/viewmodel/utf8.h"
#include "playground/viewmodel/words.h"
#include "playground/widgets/fonts.h"

using namespace orrery;

namespace {

struct WithFonts {
  widgets::Fonts fonts;
  WithFonts() {
    ImGui::CreateContext();
    for (const std::string& name : widgets::Fonts::needed()) load(name);
  }
  ~WithFonts() { ImGui::DestroyContext(); }
  void load(const std::string& name) {
    std::ifstream file(std::string(ORRERY_TEST_ASSETS) + "/" + name, std::ios::binary);
    fonts.arrived(name, std::string(std::istreambuf_iterator<char>(file), {}));
  }
};

}  // namespace

TEST_CASE_FIXTURE(WithFonts, "Fonts: no text of either language lacks a glyph") {
  REQUIRE(fonts.ready());
  for (int i = 0; i < int(viewmodel::Word::kCount); ++i)
    for (auto language : {viewmodel::Language::English, viewmodel::Language::Korean}) {
      const std::string text = viewmodel::word(language, viewmodel::Word(i));
      CAPTURE(text);
      CHECK(fonts.missing(text).empty());
    }
  CHECK(fonts.missing("ㅏㅕㅠㄷㅊ시 → ● ✓ ✗ ○ …").empty());
}

TEST_CASE_FIXTURE(WithFonts, "Fonts: all 11,172 syllables, the rare ones on demand") {
  CHECK_FALSE(fonts.wants_all("가나다"));
  CHECK(fonts.wants_all("뷁"));
  fonts.asked_for_all();
  load(widgets::Fonts::kAllSyllables);
  std::string all;
  for (char32_t c = 0xAC00; c <= 0xD7A3; ++c) all += viewmodel::encode_utf8(c);
  CHECK(fonts.missing(all).empty());
}
