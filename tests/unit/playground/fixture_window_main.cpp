// The page over the fixture cluster. --nodes and --pods come first; the rest are the options of `orrery play`.
#include <cstdlib>
#include <string>

#include "playground/app/play.h"
#include "tests/unit/playground/fixture_source.h"

int main(int argc, char** argv) {
  orrery::test::FixtureSize size;
  while (argc > 2 && (std::string(argv[1]) == "--nodes" || std::string(argv[1]) == "--pods")) {
    (std::string(argv[1]) == "--nodes" ? size.nodes : size.pods) = std::atoi(argv[2]);
    argv[2] = argv[0];
    argc -= 2;
    argv += 2;
  }
  return orrery::app::play(argc, argv, {[size](const orrery::lesson::WorldSpec&) { return orrery::test::make_fixture_source(size); }, nullptr, nullptr});
}
