// How often the page asks what pods and nodes use: as often as they are measured, and of a big cluster only while it shows.
#include <doctest/doctest.h>

#include <limits>

#include "playground/app/page.h"
#include "tests/unit/playground_world/no_window.h"

using namespace orrery;
using viewmodel::Nanos;
using viewmodel::ObjectRef;

namespace {

struct Asked {
  std::vector<ObjectRef> whom;
  std::size_t pods = 3;
  bool simulated = true;
};

class Counting final : public app::PageSource {
 public:
  explicit Counting(Asked& asked) : asked_(asked) {}
  void skip(double) override {}
  lesson::LessonWorld* lesson_world() override { return nullptr; }
  void advance(double seconds, bool) override { now_ += Nanos(seconds * double(viewmodel::kSecond)); }
  bool refresh(viewmodel::ClusterModel& model) override {
    model.connected = true;
    model.simulated = asked_.simulated;
    model.clock.now = model.clock.end = now_;
    const bool news = model.pods.size() != asked_.pods;
    std::vector<viewmodel::Pod> pods(asked_.pods);
    for (std::size_t i = 0; i < asked_.pods; ++i) {
      pods[i].uid = std::to_string(i);
      pods[i].name = "web-" + std::to_string(i);
    }
    model.pods = std::move(pods);
    if (news) ++model.version;
    return news;
  }
  void set_paused(bool) override {}
  void set_speed(double) override {}
  void step() override {}
  void go_to(Nanos at) override { now_ = at; }
  void open_branch(std::size_t) override {}
  std::string recording() const override { return ""; }
  void run_line(std::uint64_t, const std::string&) override {}
  void interrupt(std::uint64_t) override {}
  std::vector<viewmodel::ShellOutput> take_output() override { return {}; }
  std::vector<std::string> complete(const std::string&) override { return {}; }
  void request_text(const ObjectRef&, viewmodel::TextForm) override {}
  std::vector<viewmodel::ObjectText> take_texts() override { return {}; }
  void request_usage(const ObjectRef& ref) override { asked_.whom.push_back(ref); }
  viewmodel::Placement placement(const ObjectRef& pod) override { return {pod}; }
  double quiet_for() const override { return std::numeric_limits<double>::infinity(); }

 private:
  Asked& asked_;
  Nanos now_ = 0;
};

class UsageWindow final : public platform::NoWindow {
 public:
  void load_asset(const std::string& name, std::function<void(std::string)> done) override {
    if (name == "lessons.json") done("{}");
  }
};

struct UsagePage {
  explicit UsagePage(Asked& asked) {
    page = std::make_unique<app::Page>(window, app::Worlds{[&asked](const lesson::WorldSpec&) { return std::make_unique<Counting>(asked); }, {}, {}}, app::PageOptions{"en", "", false, true});
    page->message("action welcome door welcome.kubectl");
    page->tick(0);
    asked.whom.clear();
  }
  void pass(int seconds) {
    for (int i = 0; i < seconds * 4; ++i) page->tick(0.25);
  }
  void say(const std::string& line) {
    page->message(line);
    page->tick(0);
  }
  UsageWindow window;
  std::unique_ptr<app::Page> page;
};

}  // namespace

TEST_CASE("Page: usage of a small cluster is asked for every 15 seconds, whatever is shown") {
  Asked asked;
  UsagePage opened(asked);
  opened.pass(60);
  CHECK(asked.whom.size() == 4);
  for (const ObjectRef& ref : asked.whom) CHECK(ref.kind == "");
}

TEST_CASE("Page: usage of a big or real cluster is asked for only while it shows, of what is selected") {
  Asked asked;
  SUBCASE("big") { asked.pods = viewmodel::kUsagePodsMax + 1; }
  SUBCASE("real") { asked.simulated = false; }
  UsagePage opened(asked);
  opened.pass(60);
  CHECK(asked.whom.empty());
  opened.say("select Pod default web-1");
  opened.say("view object");
  opened.pass(30);
  CHECK(asked.whom.empty());
  opened.say("tab usage");
  CHECK(asked.whom.size() == 1);  // at once
  opened.pass(31);
  CHECK(asked.whom.size() == 3);
  CHECK(asked.whom.back() == ObjectRef{"Pod", "default", "web-1"});
  CHECK(opened.page->tick(0) <= 15);  // a real cluster's page wakes for it
  opened.say("select Node  node-1");
  CHECK(asked.whom.size() == 4);
  opened.say("view map");
  opened.pass(60);
  CHECK(asked.whom.size() == 4);
}
