#include "playground/app/lesson_stage/metric_words.h"

#include "core/base/text.h"
#include "core/kubectl/kubectl.h"

namespace orrery::app {

std::optional<MetricWord> metric_word(const std::string& line) {
  std::string error;
  std::vector<std::string> words = kubectl::split_line(line, error);
  if (!error.empty() || words.empty()) return std::nullopt;
  const std::string word = words[0];
  words.erase(words.begin());
  if (word == "metric" && !words.empty()) return MetricWord{join(words, " ")};
  if ((word == "metrics" || word == "metric") && words.empty()) return MetricWord{};
  return std::nullopt;
}

lesson::Outcome carry_out(const MetricWord& word, sim::SimWorld& world, const std::function<void(const sim::Input& input)>& done) {
  if (word.metric.empty()) {
    std::string out;
    for (const std::string& metric : world.outside().texts()) out += metric + "\n";
    return {0, out.empty() ? "nothing outside the cluster is measured; metric NAME{LABEL=VALUE} QUANTITY sets something\n" : out};
  }
  if (auto set = world.outside().set(word.metric); !set) return {1, "error: " + set.error().message.str() + "\n"};
  if (done) done({{}, sim::Input::Kind::Metric, word.metric, 0});
  return {0, "measured: " + word.metric + "\n"};
}

}  // namespace orrery::app
