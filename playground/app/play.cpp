#include "playground/app/play.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "playground/app/page.h"

namespace orrery::app {
namespace {

constexpr const char* kHelp =
    "orrery play: the cluster as a window\n"
    "  --language en|ko   texts; otherwise as saved or as the system says\n"
    "  --dark             dark ground\n"
    "  --still            no motion\n"
    "  --view NAME        map, pod, why, layers, events or object\n"
    "  --open FILE        a saved page or a recording\n"
    "  --run LINE         runs a command line first; may be repeated\n"
    "  --size WxH         of the window, in points\n"
    "  --density N        pixels a point\n"
    "  --assets DIR       folder of fonts and lessons\n"
    "  --screenshot FILE  writes the last frame as PNG, with --frames\n"
    "  --frames N         leaves after so many frames, each a sixtieth of a second\n"
    "  --kubeconfig FILE  no window: serves the page on that cluster, see orrery play --kubeconfig FILE --help\n";

struct Arguments {
  platform::Options window;
  PageOptions page;
  std::vector<std::string> messages;
  bool help = false;
  std::string wrong;
};

Arguments parse(int argc, char** argv) {
  Arguments a;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    const auto value = [&]() -> std::string {
      if (i + 1 < argc) return argv[++i];
      a.wrong = name + " needs a value";
      return "";
    };
    if (name == "--help") a.help = true;
    else if (name == "--dark") a.page.dark = true;
    else if (name == "--still") a.page.still = true;
    else if (name == "--language") a.page.language = value();
    else if (name == "--view") a.page.view = value();
    else if (name == "--open") a.window.open = value();
    else if (name == "--run") a.messages.push_back("run " + value());
    else if (name == "--message") a.messages.push_back(value());
    else if (name == "--size") std::sscanf(value().c_str(), "%dx%d", &a.window.width, &a.window.height);
    else if (name == "--density") a.window.density = std::strtod(value().c_str(), nullptr);
    else if (name == "--assets") a.window.assets = value();
    else if (name == "--screenshot") a.window.screenshot = value();
    else if (name == "--frames") a.window.frames = std::atoi(value().c_str());
    else a.wrong = "unknown option " + name;
  }
  return a;
}

}  // namespace

int play(int argc, char** argv, const Worlds& worlds) {
  const Arguments a = parse(argc, argv);
  if (a.help) {
    std::fputs(kHelp, stdout);
    return 0;
  }
  if (!a.wrong.empty()) {
    std::fprintf(stderr, "orrery play: %s; see --help\n", a.wrong.c_str());
    return 2;
  }
  return platform::run(a.window, [&](platform::Platform& platform) {
    auto page = std::make_unique<Page>(platform, worlds, a.page);
    for (const std::string& message : a.messages) page->message(message);
    return page;
  });
}

}  // namespace orrery::app
