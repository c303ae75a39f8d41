#include "playground/lesson_engine/questions.h"

#include <algorithm>
#include <set>

#include "playground/lesson_engine/lesson_words.h"
#include "playground/lesson_engine/loader_parts.h"
#include "playground/lesson_engine/schema.h"
#include "playground/lesson_engine/text_rules.h"
#include "playground/lesson_engine/yaml_json.h"
#include "playground/viewmodel/document_writer.h"

namespace orrery::lesson {
namespace {

using viewmodel::Block;
using viewmodel::BlockKind;
using viewmodel::BlockState;
using viewmodel::Document;

const Text kBefore = {"Before this module", "이 모듈을 시작하기 전에"};
const Text kAfter = {"After this module", "모듈 마무리 질문"};
const Text kAbout = {"A few questions first. Guess freely: nothing is judged now, and you meet their like again at the end. The answers stay on this device.",
                     "먼저 질문 몇 개를 드릴게요. 맞았는지는 아직 알려 드리지 않으니 편하게 골라 보세요. 비슷한 질문을 모듈 끝에서 다시 만나요. 답은 이 기기에만 남아요."};
const Text kInvitation = {"Questions after this module", "모듈 마무리 질문"};
const Text kSkip = {"Skip the questions", "질문 건너뛰기"};
const Text kRightNow = {"Right, up to here:", "지금까지 맞힌 질문:"};
const Text kRightBefore = {"Before the module:", "모듈 시작 전:"};

std::string of(std::size_t part, std::size_t whole) { return std::to_string(part) + "/" + std::to_string(whole); }

ModuleQuestion question_of(const Json& json) {
  ModuleQuestion out;
  out.text = PartReader::text(json.at("text"));
  out.why = PartReader::text(json.at("why"));
  for (const Json& item : json.at("options")) {
    Option option;
    option.id = item.at("id");
    option.text = PartReader::text(item.at("text"));
    option.right = item.value("right", false);
    if (item.contains("why")) option.why = PartReader::text(item.at("why"));
    out.options.push_back(option);
  }
  return out;
}

std::size_t count(const Learning& learning, const std::string& key, bool right_only) {
  return static_cast<std::size_t>(std::count_if(learning.results.begin(), learning.results.end(),
                                                [&](const Result& r) { return r.lesson == key && (r.right || !right_only); }));
}

class QuestionsChecker {
 public:
  QuestionsChecker(const std::string& file, const YamlFile& yaml, std::vector<Problem>& problems)
      : file_(file), yaml_(yaml), problems_(problems) {}

  void pair(const QuestionPair& pair, const std::string& path) {
    if (!ids_.insert(pair.id).second) say(path, "the id '" + pair.id + "' stands twice");
    question(pair.before, path + ".before");
    question(pair.after, path + ".after");
    if (pair.before.options.size() != pair.after.options.size()) say(path, "one question has more options than the other, so one is easier to guess");
    if (pair.before.text.en == pair.after.text.en) say(path, "the same question twice: it must come back in other clothes");
  }

 private:
  void question(const ModuleQuestion& question, const std::string& path) {
    std::set<std::string> ids;
    std::size_t right = 0;
    std::vector<const Text*> together{&question.text};
    for (const Option& option : question.options) {
      if (!ids.insert(option.id).second) say(path, "the option '" + option.id + "' stands twice");
      right += option.right;
      together.push_back(&option.text);
      if (option.right && !option.why.en.empty()) say(path, "the option '" + option.id + "' is right: the question's own `why` says why");
      if (!option.why.en.empty()) limited({&option.why}, path + "." + option.id + ".why");
    }
    if (right != 1) say(path, "exactly one option must be right");
    limited(together, path);
    limited({&question.why}, path + ".why");
  }
  void limited(const std::vector<const Text*>& texts, const std::string& path) {
    int words = 0, syllables = 0;
    for (const Text* text : texts) {
      for (const std::string& message : check_text(*text)) say(path, message);
      words += count_words(text->en);
      syllables += count_syllables(text->ko);
    }
    if (words > kWordsMax) say(path, std::to_string(words) + " English words stand together; at most " + std::to_string(kWordsMax));
    if (syllables > kSyllablesMax) say(path, std::to_string(syllables) + " Korean syllables stand together; at most " + std::to_string(kSyllablesMax));
  }
  void say(const std::string& path, const std::string& message) {
    problems_.push_back({file_, yaml_.line_of(path), path, message});
  }

  const std::string& file_;
  const YamlFile& yaml_;
  std::vector<Problem>& problems_;
  std::set<std::string> ids_;
};

ModuleQuestions read_questions(const std::string& file, const YamlFile& yaml, std::vector<Problem>& problems) {
  ModuleQuestions out;
  try {
    for (const Json& item : yaml.value.at("pairs"))
      out.pairs.push_back({item.at("id"), question_of(item.at("before")), question_of(item.at("after"))});
    out.module = yaml.value.at("module");
  } catch (const Json::exception& e) {
    problems.push_back({file, 0, "", std::string("can't be read: ") + e.what()});
    return {};
  }
  return out;
}

}  // namespace

bool ModuleQuestion::is_right(const std::string& option) const {
  return std::any_of(options.begin(), options.end(), [&](const Option& o) { return o.right && o.id == option; });
}

ModuleQuestions load_questions(const std::string& file, const std::string& text, std::vector<Problem>& problems) {
  const YamlFile yaml = read_yaml(file, text, problems);
  return yaml.value.is_object() ? read_questions(file, yaml, problems) : ModuleQuestions{};
}

std::vector<Problem> check_questions(const std::string& file, const std::string& text, const Json& schema) {
  std::vector<Problem> problems;
  const YamlFile yaml = read_yaml(file, text, problems);
  if (problems.empty()) check_schema(file, yaml, schema, problems);
  if (!problems.empty()) return problems;
  const ModuleQuestions questions = read_questions(file, yaml, problems);
  QuestionsChecker checker(file, yaml, problems);
  for (std::size_t i = 0; i < questions.pairs.size(); ++i) checker.pair(questions.pairs[i], "pairs[" + std::to_string(i) + "]");
  return problems;
}

const std::string& QuestionRound::invitation(Language language) { return kInvitation.in(language); }

const ModuleQuestion& QuestionRound::question(std::size_t index) const {
  const QuestionPair& pair = questions_->pairs[index];
  return when_ == When::Before ? pair.before : pair.after;
}

std::size_t QuestionRound::answered(const Learning& learning) const {
  return std::min(count(learning, key(), false), questions_->pairs.size());
}

bool QuestionRound::over(const Learning& learning) const {
  // A page that was loaded anew after the last answer has nothing left to explain.
  return chosen_.empty() && (learning.was_asked(key()) || answered(learning) == questions_->pairs.size());
}

std::size_t QuestionRound::newest(const Learning& learning) const {
  return std::min(answered(learning) - (chosen_.empty() ? 0 : 1), questions_->pairs.size() - 1);
}

// From a question that is looked at again to the one after it.
void QuestionRound::forward(const Learning& learning) {
  if (++*earlier_ >= newest(learning)) earlier_.reset();
}

bool QuestionRound::choose(const std::string& option, Learning& learning, std::int64_t day) {
  const bool judged = earlier_ ? when_ == When::After : !chosen_.empty();
  const std::size_t index = earlier_.value_or(newest(learning));
  const ModuleQuestion& asked = question(index);
  if (judged || std::none_of(asked.options.begin(), asked.options.end(), [&](const Option& o) { return o.id == option; })) return false;
  const std::string& id = questions_->pairs[index].id;
  note_answer(learning, {day, key(), id, asked.is_right(option), option});
  if (earlier_) forward(learning);
  else if (when_ == When::After) chosen_ = option;
  else if (index + 1 == questions_->pairs.size()) note_asked(learning, key());
  return true;
}

bool QuestionRound::act(const std::string& action, const std::string& block, Learning& learning, std::int64_t day) {
  if (over(learning)) return false;
  if (action == "questions.choose") return choose(block, learning, day);
  if (action == "questions.skip") {
    chosen_.clear();
    earlier_.reset();
    note_asked(learning, key());
  } else if (const std::size_t shown = earlier_.value_or(newest(learning)); action == "questions.back" && shown > 0) {
    earlier_ = shown - 1;
  } else if (action == "questions.next" && earlier_) {
    forward(learning);
  } else if (action == "questions.next" && !chosen_.empty()) {
    chosen_.clear();
    if (answered(learning) == questions_->pairs.size()) note_asked(learning, key());
  } else {
    return false;
  }
  return true;
}

namespace {

void add_options(const ModuleQuestion& asked, const std::string& chosen, bool judged, Language language, Document& out) {
  for (const Option& option : asked.options) {
    Block block = viewmodel::make_block(BlockKind::Choice, option.id, option.text.in(language));
    const bool mine = option.id == chosen;
    block.enabled = !judged;
    if (block.enabled) block.action = "questions.choose";
    if (judged) block.state = option.right ? BlockState::Right : mine ? BlockState::Wrong : BlockState::Open;
    else block.state = mine ? BlockState::Chosen : BlockState::Open;
    out.blocks.push_back(block);
    // Under its own option, so that nobody reads it as said of another.
    if (judged && mine && !option.right && !option.why.en.empty())
      out.blocks.push_back(viewmodel::make_block(BlockKind::Feedback, "why." + option.id, option.why.in(language)));
    if (judged && option.right) out.blocks.push_back(viewmodel::make_block(BlockKind::Feedback, "why", asked.why.in(language)));
  }
}

}  // namespace

// How many were right, up to the newest one.
std::string QuestionRound::score(const Learning& learning, Language language) const {
  const std::size_t all = questions_->pairs.size(), asked = answered(learning);
  std::string out = kRightNow.in(language) + " " + of(count(learning, key(), true), asked);
  const std::string before = questions_->module + "/before";
  if (asked == all && count(learning, before, false) == all)
    out += ". " + kRightBefore.in(language) + " " + of(count(learning, before, true), all);
  return out;
}

Document QuestionRound::document(const Learning& learning, Language language) const {
  const std::size_t all = questions_->pairs.size(), index = earlier_.value_or(newest(learning));
  const ModuleQuestion& now = question(index);
  const bool judged = earlier_ ? when_ == When::After : !chosen_.empty();
  Document out;
  out.id = "questions/" + key() + "#" + std::to_string(index + 1);
  out.language = viewmodel::code_of(language);
  out.title = (when_ == When::Before ? kBefore : kAfter).in(language) + "  " + of(index + 1, all);
  out.blocks.push_back(viewmodel::make_block(BlockKind::Heading, "title", out.title));
  out.blocks.back().level = 2;
  if (when_ == When::Before && index == 0) out.blocks.push_back(viewmodel::make_block(BlockKind::Note, "about", kAbout.in(language)));
  out.blocks.push_back(viewmodel::make_block(BlockKind::Paragraph, "text", now.text.in(language)));
  const Result* earlier = answer_of(learning, key(), questions_->pairs[index].id);
  add_options(now, earlier ? earlier->chosen : "", judged, language, out);
  const auto button = [&](const char* action, const Text& label, bool primary) {
    out.blocks.push_back(viewmodel::make_button(action, label.in(language), primary));
  };
  if (judged && !earlier_) out.blocks.push_back(viewmodel::make_block(BlockKind::Paragraph, "score", score(learning, language)));
  if (judged || earlier_) button("questions.next", !earlier_ && index + 1 == all ? kFinish : kNext, true);
  if (index > 0) button("questions.back", kBack, false);
  if (!judged && !earlier_) button("questions.skip", kSkip, false);
  return out;
}

}  // namespace orrery::lesson
