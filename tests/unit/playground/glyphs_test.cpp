#include <doctest/doctest.h>

#include <filesystem>

#include "playground/viewmodel/utf8.h"
#include "playground/viewmodel/words.h"
#include "tests/unit/playground/off_screen.h"

using namespace orrery;

namespace {

struct WithFonts : test::OffScreen {
  WithFonts() : OffScreen(640, 480) {}
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

TEST_CASE_FIXTURE(WithFonts, "Fonts: no lesson lacks a glyph") {
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("lessons")) {
    if (entry.path().extension() != ".yaml") continue;
    ++files;
    std::ifstream file(entry.path(), std::ios::binary);
    CAPTURE(entry.path().string());
    CHECK(fonts.missing(std::string(std::istreambuf_iterator<char>(file), {})).empty());
  }
  CHECK(files > 10);
}

TEST_CASE_FIXTURE(WithFonts, "Fonts: all 11,172 syllables, the common ones first, each file once and only when it is needed") {
  using Names = std::vector<std::string>;
  CHECK(fonts.wanted("Pod web-1 실행").empty());
  const Names common = fonts.wanted("뷁");
  CHECK(common == Names{"fonts/ui_more.otf", "fonts/ui_more_bold.otf"});
  CHECK(fonts.wanted("뷁").empty());
  load(common[0]);
  CHECK(fonts.wanted("").empty());
  load(common[1]);
  CHECK(fonts.wanted("") == Names{"fonts/ui_all.otf"});
  CHECK(fonts.wanted("뷁").empty());
  load("fonts/ui_all.otf");
  std::string all;
  for (char32_t c = 0xAC00; c <= 0xD7A3; ++c) all += viewmodel::encode_utf8(c);
  CHECK(fonts.missing(all).empty());
  CHECK(fonts.wanted(all).empty());
}

TEST_CASE_FIXTURE(WithFonts, "Fonts: a common syllable is content with the common ones") {
  std::string rare;  // of KS X 1001, and in none of our texts
  for (const char* syllable : {"뒝", "뙜", "쨈", "캘", "펠"})
    if (!fonts.missing(syllable).empty()) rare = syllable;
  REQUIRE_FALSE(rare.empty());
  for (const std::string& name : fonts.wanted(rare)) load(name);
  CHECK(fonts.missing(rare).empty());
  CHECK(fonts.wanted("").empty());
}
