// The page without a window: what is pressed beside the picture, and what the cluster behind it does then.
#include <doctest/doctest.h>

#include <map>

#include "embed/lessons_bundle.h"
#include "playground/app/page.h"
#include "playground/app/world/simulated_source.h"
#include "tests/unit/playground_world/no_window.h"

using namespace orrery;

namespace {

class Window final : public platform::NoWindow {
 public:
  void load_asset(const std::string& name, std::function<void(std::string)> done) override {
    if (name == "lessons.json") done(std::string(embedded::lessons_bundle));
  }
  std::string setting(const std::string& key) override { return settings[key]; }
  void save_setting(const std::string& key, const std::string& value) override { settings[key] = value; }

  std::map<std::string, std::string> settings;
};

struct OpenedPage {
  OpenedPage() { make(); }
  void make() {
    app::PageOptions options;
    options.language = "en";
    page = std::make_unique<app::Page>(window, app::Worlds{app::open_simulated, app::open_recording, {}}, options);
    pass(1);
  }
  void pass(double seconds) {
    for (double passed = 0; passed < seconds; passed += 0.05) page->tick(0.05);
  }
  void say(const std::string& line, double seconds = 1) {
    page->message(line);
    pass(seconds);
  }
  // As an id or action of the text, or in it.
  bool shows(const std::string& part) const {
    const viewmodel::Document& document = page->document();
    if (document.id == part) return true;
    for (const viewmodel::Block& block : document.blocks)
      if (block.action == part || (block.text + viewmodel::plain_text(block.spans)).find(part) != std::string::npos) return true;
    return false;
  }
  Window window;
  std::unique_ptr<app::Page> page;
};

}  // namespace

TEST_CASE("Page: a slip is undone by starting the step over, and stays undone when the page comes back") {
  OpenedPage opened;
  opened.say("action welcome one-command open:one-command", 2);
  opened.say("action questions questions.skip questions.skip");
  opened.say("action lesson door lesson.choose");
  opened.say("action lesson lesson.next lesson.next");
  REQUIRE(opened.shows("lesson/one-command#2"));
  CHECK_FALSE(opened.shows("lesson.over"));
  opened.say("run kubectl create deployment web --image=ngnix --replicas=2", 8);
  CHECK(opened.shows("kubectl set image deployment/web"));
  REQUIRE(opened.shows("lesson.over"));
  opened.say("action lesson lesson.over lesson.over");
  CHECK(opened.shows("lesson/one-command#2"));
  CHECK_FALSE(opened.shows("lesson.over"));
  CHECK_FALSE(opened.shows("kubectl set image deployment/web"));
  opened.pass(5);
  opened.say("run kubectl create deployment web --image=nginx --replicas=2", 12);  // would say "already exists" otherwise
  CHECK(opened.shows("Done. You can go on."));
  opened.say("save");
  opened.make();
  CHECK(opened.shows("lesson/one-command#2"));
  CHECK(opened.shows("Done. You can go on."));
}

TEST_CASE("Page: kubectl edit opens what the object is now, also when the editor held an earlier text of it") {
  OpenedPage opened;
  opened.say("action welcome one-command open:one-command", 2);
  opened.say("action questions questions.skip questions.skip");
  opened.say("run kubectl create deployment web --image=nginx", 8);
  opened.say("run kubectl edit deployment web", 2);
  const viewmodel::Editing first = opened.page->editing();
  REQUIRE(first.text.find("image: nginx") != std::string::npos);
  opened.say("run kubectl set image deployment/web nginx=httpd", 4);
  opened.say("run kubectl edit deployment web", 2);
  const viewmodel::Editing& again = opened.page->editing();
  CHECK(again.text.find("image: httpd") != std::string::npos);
  CHECK(again.version > first.version);  // else the picture keeps the text that it has
}
