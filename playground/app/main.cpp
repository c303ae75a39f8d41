// The playground by itself: the page in a browser, or a window on the desktop, on a simulated cluster.
#include "playground/app/live/live_source.h"
#include "playground/app/play.h"
#include "playground/app/world/simulated_source.h"

int main(int argc, char** argv) {
  return orrery::app::play(argc, argv, {orrery::app::open_simulated, orrery::app::open_recording, orrery::app::open_live});
}
