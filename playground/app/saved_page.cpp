#include "playground/app/saved_page.h"

#include <nlohmann/json.hpp>

#include "core/base/text.h"

namespace orrery::app {
namespace {

using nlohmann::json;
using viewmodel::TerminalLine;

const char* name_of(TerminalLine::Kind kind) {
  return kind == TerminalLine::Kind::Prompt ? "$" : kind == TerminalLine::Kind::Error ? "!" : kind == TerminalLine::Kind::Rule ? "-" : "";
}

TerminalLine::Kind kind_of(const std::string& name) {
  return name == "$"   ? TerminalLine::Kind::Prompt
         : name == "!" ? TerminalLine::Kind::Error
         : name == "-" ? TerminalLine::Kind::Rule
                       : TerminalLine::Kind::Output;
}

template <class T>
std::vector<T> last_of(const std::vector<T>& all, std::size_t max) {
  return {all.end() - std::ptrdiff_t(std::min(all.size(), max)), all.end()};
}

Error no_page(std::string_view why) { return make_error(Reason::Invalid, why); }

// Throws json::exception where a value has another type than it should.
SavedPage page_of(const json& file) {
  SavedPage out;
  out.build = file.value("build", "");
  out.recording = file.at("recording").get<std::string>();
  out.branches = file.value("branches", std::vector<std::string>());
  out.lesson = file.value("lesson", "");
  out.world = file.value("world", "");
  out.first = file.value("first", false);
  const json acts = file.value("acts", json::array());
  for (const json& act : acts) out.acts.push_back({act.at(0).get<viewmodel::Nanos>(), act.at(1).get<std::string>(), act.at(2).get<std::string>()});
  out.view = file.value("view", "map");
  const json selected = file.value("selected", json::array());
  if (selected.size() == 3) {
    out.selected_kind = selected[0].get<std::string>();
    out.selected_ns = selected[1].get<std::string>();
    out.selected_name = selected[2].get<std::string>();
  }
  out.speed = file.value("speed", 1.0);
  out.paused = file.value("paused", false);
  out.now = file.value("now", viewmodel::Nanos{0});
  out.history = file.value("history", std::vector<std::string>());
  const json lines = file.value("lines", json::array());
  for (const json& line : lines) out.lines.push_back({kind_of(line.at(0).get<std::string>()), line.at(1).get<std::string>()});
  if (file.contains("learning")) out.learning = file["learning"].dump();
  return out;
}

}  // namespace

std::string saved_text(const SavedPage& page) {
  json file = {{"format", kSavedFormat}, {"build", page.build}, {"recording", page.recording}, {"view", page.view}, {"speed", page.speed}};
  if (!page.branches.empty()) file["branches"] = page.branches;
  if (!page.lesson.empty()) file["lesson"] = page.lesson;
  if (!page.world.empty()) file["world"] = page.world;
  if (page.first) file["first"] = true;
  for (const DocumentAct& act : page.acts) file["acts"].push_back({act.at, act.block, act.action});
  if (!page.selected_kind.empty()) file["selected"] = {page.selected_kind, page.selected_ns, page.selected_name};
  if (page.paused) file["paused"] = true;
  if (page.now != 0) file["now"] = page.now;
  if (!page.history.empty()) file["history"] = last_of(page.history, kSavedHistoryMax);
  for (const TerminalLine& line : last_of(page.lines, kSavedLinesMax)) file["lines"].push_back({name_of(line.kind), line.text});
  if (!page.learning.empty()) file["learning"] = json::parse(page.learning, nullptr, false);
  return file.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<SavedPage> read_saved(const std::string& text) {
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return no_page("it is empty");
  const json file = json::parse(text, nullptr, false);
  if (file.is_discarded() && text[text.find_first_not_of(" \t\r\n")] != '{') {
    SavedPage out;
    out.recording = text;
    return out;
  }
  if (!file.is_object() || !file.contains("format")) return no_page("it is no saved page and no recording");
  const json& format = file["format"];
  if (!format.is_number_integer() || format.get<int>() < 1) return no_page("its format has no number");
  if (format.get<int>() > kSavedFormat) return no_page(cat("it was saved by a newer Orrery (format ", format.get<int>(), ", this one reads up to ", kSavedFormat, ")"));
  try {
    return page_of(file);
  } catch (const json::exception&) {
    return no_page("it is damaged");
  }
}

}  // namespace orrery::app
