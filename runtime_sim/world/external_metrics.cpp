#include "runtime_sim/world/external_metrics.h"

#include "core/base/text.h"

namespace orrery::sim {
namespace {

constexpr const char* kForm = "a metric is written: NAME{LABEL=VALUE,...} QUANTITY, or none for the quantity";
constexpr std::string_view kGone = "none";

Error wrong(std::string_view why) { return make_error(Reason::BadRequest, cat(why, "; ", kForm)); }

// As Prometheus names metrics; labels in the same letters, with Kubernetes' in addition.
bool is_name(std::string_view text, std::string_view more) {
  if (text.empty()) return false;
  for (char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!letter && more.find(c) == std::string_view::npos) return false;
  }
  return true;
}

std::string_view unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') return text.substr(1, text.size() - 2);
  return text;
}

Result<std::map<std::string, std::string>> labels_of(std::string_view text) {
  std::map<std::string, std::string> out;
  if (trim(text).empty()) return out;
  for (const std::string& part : split(text, ',')) {
    const std::string_view one = trim(part);
    const size_t equals = one.find('=');
    if (equals == std::string_view::npos) return wrong(cat(orrery::quoted(one), " is no label"));
    const std::string_view key = trim(one.substr(0, equals)), value = unquoted(trim(one.substr(equals + 1)));
    if (!is_name(key, "./-") || (!value.empty() && !is_name(value, ".-"))) return wrong(cat(orrery::quoted(one), " is no label"));
    if (!out.emplace(key, value).second) return wrong(cat("the label ", key, " is there twice"));
  }
  return out;
}

struct Series {
  std::string key;
  ports::ExternalValue value;  // without its quantity
};

Result<Series> series_of(std::string_view text) {
  const size_t brace = text.find('{');
  const std::string_view name = trim(text.substr(0, brace));
  if (!is_name(name, ":.-")) return wrong(cat(orrery::quoted(name), " is no metric's name"));
  Series out{std::string(name), {Str(name), {}, {}}};
  if (brace == std::string_view::npos) return out;
  if (text.back() != '}') return wrong("the labels end with }");
  auto labels = labels_of(text.substr(brace + 1, text.size() - brace - 2));
  if (!labels) return labels.error();
  std::string listed;
  for (const auto& [key, value] : *labels) {
    out.value.labels.set(Str(key), Str(value));
    listed += cat(listed.empty() ? "" : ",", key, "=", value);
  }
  if (!listed.empty()) out.key += cat("{", listed, "}");
  return out;
}

}  // namespace

Result<void> SimExternalMetrics::set(std::string_view text) {
  text = trim(text);
  const size_t space = text.find_last_of(" \t");
  if (space == std::string_view::npos || text.back() == '}') return wrong("a metric has a value");
  auto series = series_of(trim(text.substr(0, space)));
  if (!series) return series.error();
  const std::string_view word = text.substr(space + 1);
  if (word == kGone) {
    state_.erase(series->key);
    return {};
  }
  auto quantity = Quantity::parse(word);
  if (!quantity) return wrong(cat(orrery::quoted(word), " is no quantity"));
  if (state_.size() >= kExternalValuesMax && !state_.count(series->key))
    return make_error(Reason::BadRequest, cat("a world has at most ", kExternalValuesMax, " external metrics"));
  series->value.value = *quantity;
  state_[series->key] = std::move(series->value);
  return {};
}

std::vector<ports::ExternalValue> SimExternalMetrics::values() const {
  std::vector<ports::ExternalValue> out;
  for (const auto& [key, value] : state_) out.push_back(value);
  return out;
}

std::vector<std::string> SimExternalMetrics::texts() const {
  std::vector<std::string> out;
  for (const auto& [key, value] : state_) out.push_back(cat(key, " ", value.value.str()));
  return out;
}

}  // namespace orrery::sim
