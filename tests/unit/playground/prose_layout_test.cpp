// Where the words of a document lie on narrow pages.
#include <doctest/doctest.h>

#include "playground/viewmodel/document_writer.h"
#include "playground/widgets/prose_layout.h"
#include "tests/unit/playground/off_screen.h"

using namespace orrery;
using viewmodel::Language;

namespace {

struct Narrow : test::OffScreen {
  widgets::Theme theme;
  Narrow() : OffScreen(300, 600) {
    fonts.give(theme);
    ImGui::NewFrame();
  }
  ~Narrow() { ImGui::EndFrame(); }
  std::vector<std::string> lines(const viewmodel::Document& document, float width) const {
    const widgets::Pen pen = {&theme, ImGui::GetForegroundDrawList()};
    std::vector<std::string> out;
    for (const widgets::ProseRun& run : widgets::lay_out(pen, document, width, {"Run", "Type it", "Copy"}).runs) {
      CHECK(run.x + run.width <= width);
      out.push_back(run.text);
    }
    return out;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Narrow, "Prose: a command that is too long for its line parts where both halves can be read") {
  viewmodel::DocumentWriter writer(Language::English, "d", "Title");
  writer.command("events", "kubectl get events -A --sort-by=.metadata.creationTimestamp");
  const viewmodel::Document document = writer.take();
  std::vector<std::string> lines = this->lines(document, 252);  // of a page 300 wide
  std::string all;
  for (const std::string& line : lines) all += line + "|";
  CHECK(all == "Title|kubectl get events -A |--sort-by=.metadata|.creationTimestamp|");
  lines = this->lines(document, 160);
  all.clear();
  for (const std::string& line : lines) all += line;
  CHECK(all.find("kubectl get events -A --sort-by=.metadata.creationTimestamp") != std::string::npos);  // nothing is lost
}

TEST_CASE_FIXTURE(Narrow, "Prose: so does a name in a sentence, and one without a sign breaks anywhere") {
  viewmodel::DocumentWriter writer(Language::English, "d", "Title");
  writer.text("1", "registry.example.com/a-team/with-a-long-name:v1");
  writer.text("2", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz");
  const std::vector<std::string> lines = this->lines(writer.take(), 252);
  for (const std::string& line : lines) {
    CAPTURE(line);
    if (line.find("registry") == 0) CHECK((line.back() == '/' || line.back() == '-'));
  }
  CHECK(lines.size() >= 5);
}
