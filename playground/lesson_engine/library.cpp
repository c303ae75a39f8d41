#include "playground/lesson_engine/library.h"

#include <algorithm>
#include <set>

#include "playground/lesson_engine/check.h"
#include "playground/lesson_engine/loader.h"

namespace orrery::lesson {
namespace {

constexpr const char* kGlossary = "lessons/glossary.yaml";
constexpr const char* kSchema = "lessons/schema/lesson.schema.json";
constexpr const char* kLessonFile = "/lesson.yaml";
constexpr const char* kQuestionSchema = "lessons/schema/questions.schema.json";
constexpr const char* kQuestions = "lessons/questions/";
constexpr const char* kWorlds = "lessons/worlds/";

bool is_lesson(const std::string& path) {
  const std::string end = kLessonFile;
  return path.size() > end.size() && path.compare(path.size() - end.size(), end.size(), end) == 0;
}

bool is_questions(const std::string& path) { return path.rfind(kQuestions, 0) == 0; }
bool is_world(const std::string& path) { return path.rfind(kWorlds, 0) == 0; }

// "lessons/worlds/02_shop.yaml" has the id "shop".
void add_world(const std::string& path, const std::string& text, Library& out) {
  const YamlFile yaml = read_yaml(path, text, out.problems);
  const Json& json = yaml.value;
  const auto both = [&](const char* name) {
    const Json part = json.value(name, Json::object());
    const Text both = {part.value("en", std::string()), part.value("ko", std::string())};
    if (both.en.empty() || both.ko.empty()) out.problems.push_back({path, yaml.line_of(name), name, "is missing in one language"});
    return both;
  };
  if (!json.is_object()) return;
  const std::string file = path.substr(std::string(kWorlds).size());
  const std::size_t from = file.find('_') + 1;
  out.worlds.push_back({file.substr(from, file.rfind('.') - from), both("title"), both("about"), text});
}

// "A" to "I" come in their order; "incident" sorts behind them by itself.
bool earlier(const std::shared_ptr<const Lesson>& a, const std::shared_ptr<const Lesson>& b) {
  return a->module != b->module ? a->module < b->module : a->order < b->order;
}

}  // namespace

std::shared_ptr<const Lesson> Library::find(const std::string& id) const {
  for (const auto& lesson : lessons)
    if (lesson->id == id) return lesson;
  return nullptr;
}

const ModuleQuestions* Library::questions_of(const std::string& module) const {
  for (const ModuleQuestions& one : questions)
    if (one.module == module) return &one;
  return nullptr;
}

bool Library::begins_module(const Lesson& lesson) const {
  return std::none_of(lessons.begin(), lessons.end(), [&](const auto& other) { return other->module == lesson.module && other->order < lesson.order; });
}

bool Library::ends_module(const Lesson& lesson) const {
  return std::none_of(lessons.begin(), lessons.end(), [&](const auto& other) { return other->module == lesson.module && other->order > lesson.order; });
}

Library load_library(const std::string& bundle) {
  Library out;
  const Json files = Json::parse(bundle, nullptr, false);
  if (!files.is_object()) {
    out.problems.push_back({"lessons.json", 0, "", "is not a bundle of lessons"});
    return out;
  }
  for (const auto& entry : files.items())
    if (entry.value().is_string()) out.files[entry.key()] = entry.value().get<std::string>();
  for (const auto& file : out.files) {
    if (file.first == kGlossary) out.glossary = load_glossary(file.first, file.second, out.problems);
    if (is_questions(file.first)) {
      ModuleQuestions questions = load_questions(file.first, file.second, out.problems);
      if (!questions.pairs.empty()) out.questions.push_back(std::move(questions));
    }
    if (is_world(file.first)) add_world(file.first, file.second, out);
    if (!is_lesson(file.first)) continue;
    if (const auto lesson = load_lesson(file.first, file.second, out.problems)) out.lessons.push_back(lesson);
  }
  std::stable_sort(out.lessons.begin(), out.lessons.end(), earlier);
  return out;
}

std::vector<Problem> check_library(const Library& library) {
  std::vector<Problem> problems;
  const auto add = [&](const std::vector<Problem>& more) { problems.insert(problems.end(), more.begin(), more.end()); };
  const auto schema_text = library.files.find(kSchema);
  const Json schema = schema_text == library.files.end() ? Json() : Json::parse(schema_text->second, nullptr, false);
  if (!schema.is_object()) return {{kSchema, 0, "", "is missing or no JSON"}};
  if (library.glossary.empty()) problems.push_back({kGlossary, 0, "", "is missing or empty"});
  add(check_glossary(kGlossary, library.glossary));
  for (const auto& file : library.files)
    if (is_lesson(file.first)) add(check_lesson(file.first, file.second, schema, library.glossary));
  const auto question_schema = library.files.find(kQuestionSchema);
  const Json questions = question_schema == library.files.end() ? Json() : Json::parse(question_schema->second, nullptr, false);
  std::set<std::string> modules;
  for (const ModuleQuestions& one : library.questions)
    if (!modules.insert(one.module).second) problems.push_back({kQuestions, 0, one.module, "this module has two files of questions"});
  for (const auto& file : library.files)
    if (is_questions(file.first)) add(questions.is_object() ? check_questions(file.first, file.second, questions) : std::vector<Problem>{{kQuestionSchema, 0, "", "is missing or no JSON"}});
  std::vector<const Lesson*> lessons;
  for (const auto& lesson : library.lessons) lessons.push_back(lesson.get());
  add(check_together(lessons));
  for (const Problem& problem : library.problems)
    if (is_world(problem.file)) problems.push_back(problem);
  return problems;
}

}  // namespace orrery::lesson
