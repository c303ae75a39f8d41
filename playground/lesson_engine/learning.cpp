#include "playground/lesson_engine/learning.h"

#include <algorithm>
#include <utility>

#include "playground/lesson_engine/lesson_document.h"
#include "playground/viewmodel/document_writer.h"

namespace orrery::lesson {
namespace {

using viewmodel::Block;
using viewmodel::BlockKind;
using viewmodel::BlockState;
using viewmodel::Document;

const Text kTitle = {"One from before", "전에 틀렸던 질문"};
const Text kFrom = {"From the lesson", "레슨:"};
const Text kSkipReview = {"Skip it", "건너뛰기"};
const Text kClose = {"Go on", "계속하기"};

constexpr int kStages = int(std::size(kReturnAfterDays));

Card* find(Learning& learning, const std::string& lesson, const std::string& step) {
  for (Card& card : learning.cards)
    if (card.lesson == lesson && card.step == step) return &card;
  return nullptr;
}

}  // namespace

void note_result(Learning& learning, Result result) {
  learning.results.push_back(std::move(result));
  if (learning.results.size() > kResultsMax) learning.results.erase(learning.results.begin());
}

const Result* answer_of(const Learning& learning, const std::string& round, const std::string& question) {
  for (const Result& result : learning.results)
    if (result.lesson == round && result.step == question) return &result;
  return nullptr;
}

void note_answer(Learning& learning, Result answer) {
  for (Result& result : learning.results)
    if (result.lesson == answer.lesson && result.step == answer.step) return void(result = std::move(answer));
  note_result(learning, std::move(answer));
}

void note_asked(Learning& learning, const std::string& round) {
  if (!learning.was_asked(round)) learning.asked.push_back(round);
}

bool Learning::was_asked(const std::string& round) const { return std::find(asked.begin(), asked.end(), round) != asked.end(); }

bool Learning::has_done(const std::string& lesson) const { return std::find(done.begin(), done.end(), lesson) != done.end(); }

const Card* Learning::due(std::int64_t day) const {
  for (const Card& card : cards)
    if (card.stage == 0 ? lessons >= card.lessons : day >= card.day) return &card;
  return nullptr;
}

void complete_lesson(Learning& learning, const Progress& progress, std::int64_t day) {
  ++learning.lessons;
  if (!learning.has_done(progress.lesson)) learning.done.push_back(progress.lesson);
  for (const auto& answer : progress.answers) {
    const bool missed = std::find(progress.missed.begin(), progress.missed.end(), answer.first) != progress.missed.end();
    note_result(learning, {day, progress.lesson, answer.first, !missed, ""});
    if (!missed) continue;
    const Card card = {progress.lesson, answer.first, 0, learning.lessons + kReturnAfterLessons, 0};
    if (Card* known = find(learning, card.lesson, card.step)) *known = card;
    else learning.cards.push_back(card);
  }
}

void answer_card(Learning& learning, const Card& card, bool right, std::int64_t day) {
  Card* known = find(learning, card.lesson, card.step);
  if (!known) return;
  note_result(learning, {day, card.lesson, card.step, right, ""});
  known->stage = right ? known->stage + 1 : 1;
  if (known->stage > kStages) {
    learning.cards.erase(learning.cards.begin() + (known - learning.cards.data()));
    return;
  }
  known->day = day + kReturnAfterDays[known->stage - 1];
}

RoundResult round_result(const Learning& learning, const std::string& round) {
  RoundResult out;
  for (const Result& result : learning.results) {
    if (result.lesson != round) continue;
    out.right += result.right;
    ++out.asked;
  }
  return out;
}

std::string learning_text(const Learning& learning) {
  Json out = {{"format", 1}, {"lessons", learning.lessons}, {"done", learning.done}, {"asked", learning.asked}};
  for (const Card& card : learning.cards) out["cards"].push_back({card.lesson, card.step, card.stage, card.lessons, card.day});
  for (const Result& result : learning.results) {
    Json line = {result.day, result.lesson, result.step, result.right};
    if (!result.chosen.empty()) line.push_back(result.chosen);
    out["results"].push_back(std::move(line));
  }
  return out.dump();
}

Learning read_learning(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("format", Json()) != Json(1)) return {};
  Learning out;
  try {
    out.lessons = json.value("lessons", 0);
    out.done = json.value("done", std::vector<std::string>());
    out.asked = json.value("asked", std::vector<std::string>());
    for (const Json& card : json.value("cards", Json::array())) out.cards.push_back({card.at(0), card.at(1), card.at(2), card.at(3), card.at(4)});
    for (const Json& result : json.value("results", Json::array()))
      out.results.push_back({result.at(0), result.at(1), result.at(2), result.at(3), result.size() > 4 ? result.at(4) : Json("")});
  } catch (const Json::exception&) {
    return {};
  }
  return out;
}

Document review_document(const Lesson& lesson, const Card& card, const std::string& chosen, Language language) {
  viewmodel::DocumentWriter out(language, "review/" + lesson.id + "/" + card.step, kTitle.in(language));
  out.text("from", kFrom.in(language) + " **" + lesson.title.in(language) + "**");
  const Step* step = lesson.find_step(card.step);
  if (step) out.text("text", step->text.in(language));
  std::vector<Option> options = step ? step->options : std::vector<Option>();
  if (!options.empty()) std::rotate(options.begin(), options.begin() + std::ptrdiff_t((std::size_t(card.stage) + 1) % options.size()), options.end());
  for (const Option& option : options) {
    Block& block = out.add(BlockKind::Choice, option.id, option.text.in(language));
    block.enabled = chosen.empty();
    if (chosen.empty()) block.action = "review.choose";
    block.state = chosen.empty() ? BlockState::Open : option.right ? BlockState::Right : option.id == chosen ? BlockState::Wrong : BlockState::Open;
    if (!chosen.empty() && (option.id == chosen || option.right)) out.add(BlockKind::Feedback, "why." + option.id, option.why.in(language));
  }
  out.button("review.close", (chosen.empty() ? kSkipReview : kClose).in(language), !chosen.empty());
  return out.take();
}

}  // namespace orrery::lesson
