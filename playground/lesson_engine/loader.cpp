#include "playground/lesson_engine/loader.h"

#include "playground/lesson_engine/loader_parts.h"

namespace orrery::lesson {
namespace {

std::vector<int> numbers(const Json& list) {
  std::vector<int> out;
  for (const Json& number : list) out.push_back(number.get<int>());
  return out;
}

class LessonReader : PartReader {
 public:
  LessonReader(const std::string& file, const YamlFile& yaml, std::vector<Problem>& problems)
      : PartReader(file, yaml, problems) {}

  Lesson read(const Json& root) {
    Lesson lesson;
    lesson.id = root.at("id");
    lesson.module = root.at("module");
    lesson.order = root.at("order");
    lesson.minutes = root.at("minutes");
    lesson.concepts = numbers(root.at("concepts"));
    lesson.needs = texts(root, "needs");
    for (const std::string& where : texts(root, "runs_on"))
      (where == "containers" ? lesson.on_containers : lesson.on_simulated) = true;
    lesson.title = text(root.at("title"));
    lesson.summary = text(root.at("summary"));
    lesson.panels = texts(root, "panels");
    lesson.terms = texts(root, "terms");
    lesson.world = world(root.at("world"));
    if (root.contains("values"))
      for (const auto& entry : root["values"].items())
        lesson.values[entry.key()] = value(entry.value(), "values." + entry.key());
    each(root, "steps", "",
         [&](const Json& item, const std::string& path) { lesson.steps.push_back(step(item, path)); });
    each(root, "quiz", "", [&](const Json& item, const std::string& path) {
      Step quiz = step(item, path);
      quiz.kind = StepKind::Quiz;
      lesson.steps.push_back(quiz);
    });
    if (root.contains("real_cluster")) {
      lesson.real_cluster = text(root["real_cluster"].at("text"));
      lesson.real_commands = texts(root["real_cluster"], "commands");
      if (root["real_cluster"].contains("task")) lesson.real_task = text(root["real_cluster"]["task"]);
    }
    lesson.atoms = atoms();
    return lesson;
  }

 private:
  WorldSpec world(const Json& json) {
    WorldSpec out;
    out.seed = json.at("seed");
    for (const Json& item : json.at("nodes")) {
      NodeSpec node;
      node.name = item.at("name");
      node.cpu = item.value("cpu", std::string());
      node.memory = item.value("memory", std::string());
      node.labels = item.value("labels", std::map<std::string, std::string>());
      out.nodes.push_back(node);
    }
    out.images = texts(json, "images");
    out.manifests = json.value("manifests", std::string());
    out.ready = predicate(json.at("ready"), "world.ready");
    return out;
  }

  Step step(const Json& json, const std::string& path) {
    static const std::map<std::string, StepKind> kKinds = {
        {"predict", StepKind::Predict}, {"do", StepKind::Do}, {"see", StepKind::See}, {"vary", StepKind::Vary}};
    static const std::map<std::string, Help> kHelp = {
        {"worked", Help::Worked}, {"completed", Help::Completed}, {"goal", Help::Goal}};
    Step out;
    out.id = json.at("id");
    out.kind = kKinds.at(json.value("kind", std::string("see")));
    out.text = text(json.at("text"));
    out.panels = texts(json, "panels");
    out.speed = json.value("speed", 0.0);
    out.mend = texts(json, "mend");
    out.inject = texts(json, "inject");
    each(json, "options", path, [&](const Json& item, const std::string&) { out.options.push_back(option(item)); });
    out.has_2019 = json.contains("said_2019");
    if (out.has_2019) {
      out.said_2019 = text(json["said_2019"].at("said"));
      out.today = text(json["said_2019"].at("today"));
    }
    out.resolves = json.value("resolves", std::string());
    out.has_until = json.contains("until");
    if (out.has_until) out.until = predicate(json["until"], path + ".until");
    out.help = kHelp.at(json.value("help", std::string("goal")));
    out.command = json.value("command", std::string());
    each(json, "hints", path, [&](const Json& item, const std::string&) { out.hints.push_back(text(item)); });
    each(json, "goals", path, [&](const Json& item, const std::string& at) { out.goals.push_back(goal(item, at)); });
    out.solution = acts(json, "solution", path);
    each(json, "near_misses", path, [&](const Json& item, const std::string& at) {
      out.near_misses.push_back({item.at("id"), acts(item, "acts", at), item.at("feedback"), acts(item, "way_out", at)});
    });
    return out;
  }

  static Option option(const Json& json) {
    return {json.at("id"), text(json.at("text")), json.value("right", false), text(json.at("why"))};
  }

  Goal goal(const Json& json, const std::string& path) {
    Goal out;
    out.id = json.at("id");
    out.text = text(json.at("text"));
    out.when = predicate(json.at("when"), path + ".when");
    each(json, "feedback", path, [&](const Json& item, const std::string& at) {
      Feedback feedback;
      feedback.id = item.at("id");
      feedback.text = text(item.at("text"));
      feedback.always = !item.contains("if");
      if (!feedback.always) feedback.when = predicate(item["if"], at + ".if");
      out.feedback.push_back(feedback);
    });
    return out;
  }

  std::vector<Act> acts(const Json& json, const char* name, const std::string& path) {
    std::vector<Act> out;
    each(json, name, path, [&](const Json& item, const std::string& at) {
      Act act;
      act.run = item.value("run", std::string());
      if (item.contains("wait")) act.wait_ns = duration(item["wait"], at + ".wait");
      out.push_back(act);
    });
    return out;
  }
};

}  // namespace

const Step* Lesson::find_step(const std::string& step_id) const {
  for (const Step& step : steps)
    if (step.id == step_id) return &step;
  return nullptr;
}

const Step* Lesson::first_quoting() const {
  for (const Step& step : steps)
    if (step.has_2019) return &step;
  return nullptr;
}

const Step* Lesson::judged_in(const std::string& prediction) const {
  for (const Step& step : steps)
    if (step.resolves == prediction) return &step;
  return nullptr;
}

std::string to_string(const Problem& problem) {
  std::string out = problem.file;
  if (problem.line > 0) out += ":" + std::to_string(problem.line);
  out += ": ";
  if (!problem.path.empty()) out += problem.path + ": ";
  return out + problem.message;
}

std::shared_ptr<const Lesson> load_lesson(const std::string& file, const YamlFile& yaml,
                                          std::vector<Problem>& problems) {
  const std::size_t before = problems.size();
  try {
    if (yaml.value.at("format") != kFormat) {
      problems.push_back({file, yaml.line_of("format"), "format",
                          "this build reads lessons of format " + std::to_string(kFormat) + " only"});
      return nullptr;
    }
    auto lesson = std::make_shared<const Lesson>(LessonReader(file, yaml, problems).read(yaml.value));
    return problems.size() == before ? lesson : nullptr;
  } catch (const std::exception& e) {  // nlohmann's, or an unknown word in a map of words
    problems.push_back({file, 0, "", std::string("not a lesson (see lessons/schema): ") + e.what()});
    return nullptr;
  }
}

std::shared_ptr<const Lesson> load_lesson(const std::string& file, const std::string& text,
                                          std::vector<Problem>& problems) {
  const std::size_t before = problems.size();
  const YamlFile yaml = read_yaml(file, text, problems);
  return problems.size() == before ? load_lesson(file, yaml, problems) : nullptr;
}

std::vector<Term> load_glossary(const std::string& file, const std::string& text, std::vector<Problem>& problems) {
  std::vector<Term> terms;
  const YamlFile yaml = read_yaml(file, text, problems);
  try {
    for (const Json& item : yaml.value.at("terms")) {
      const Json& name = item.at("name");
      const Json& meaning = item.at("meaning");
      terms.push_back({item.at("id"), {name.at("en"), name.at("ko")}, {meaning.at("en"), meaning.at("ko")}});
    }
  } catch (const std::exception& e) {
    problems.push_back({file, 0, "", std::string("not a glossary: ") + e.what()});
  }
  return terms;
}

}  // namespace orrery::lesson
