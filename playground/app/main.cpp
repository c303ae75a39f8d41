// The playground by itself: the page in a browser, or a window on the desktop, on a simulated cluster.
#include "playground/app/play.h"

int main(int argc, char** argv) {
  return orrery::app::play(argc, argv, [](const orrery::lesson::WorldSpec&) { return std::unique_ptr<orrery::app::PageSource>(); });
}
