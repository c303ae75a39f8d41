#include <doctest/doctest.h>

#include <algorithm>

#include "playground/app/welcome.h"

using namespace orrery;
using viewmodel::BlockKind;
using viewmodel::Language;

// The narrowest text beside the map is 400 points wide: 328 within a command's box, of letters 9.2 wide.
TEST_CASE("Welcome: no word of a command that is offered has to be broken") {
  constexpr std::ptrdiff_t kLetters = 35;
  for (const auto door : {app::Welcome::Door::Kubectl, app::Welcome::Door::Broken, app::Welcome::Door::Live})
    for (const Language language : {Language::English, Language::Korean}) {
      app::Welcome welcome;
      welcome.choose(door);
      int commands = 0;
      for (const viewmodel::Block& block : welcome.document(language).blocks) {
        if (block.kind != BlockKind::Code) continue;
        ++commands;
        CAPTURE(block.text);
        for (auto from = block.text.begin(); from != block.text.end();) {
          const auto end = std::find(from, block.text.end(), ' ');
          CHECK(end - from <= kLetters);
          from = end == block.text.end() ? end : end + 1;
        }
      }
      CHECK(commands >= 3);
    }
}
