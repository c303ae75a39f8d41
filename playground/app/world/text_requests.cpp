#include "playground/app/world/text_requests.h"

#include <cctype>
#include <utility>

namespace orrery::app {
namespace {

using viewmodel::TextForm;

constexpr const char* kLogLines = "200";

std::vector<std::string> line_for(const viewmodel::ObjectRef& ref, TextForm form) {
  std::string kind;
  for (char c : ref.kind) kind += char(std::tolower(static_cast<unsigned char>(c)));
  std::vector<std::string> argv;
  switch (form) {
    case TextForm::Yaml: argv = {"get", kind, ref.name, "-o", "yaml"}; break;
    case TextForm::Describe: argv = {"describe", kind, ref.name}; break;
    case TextForm::Logs: argv = {"logs", ref.name, "--tail", kLogLines}; break;
  }
  if (!ref.ns.empty()) argv.insert(argv.end(), {"-n", ref.ns});
  return argv;
}

}  // namespace

void TextRequests::request(const viewmodel::ObjectRef& ref, TextForm form) {
  const std::uint64_t token = next_++;
  open_[token] = {ref, form, "", "", false};
  kubectl_.run(line_for(ref, form), "", {id_, 1, token});
}

void TextRequests::on_task(const ports::Task& task) {
  const auto found = open_.find(task.arg);
  if (found == open_.end()) return;
  const auto& output = task.as<kubectl::Output>();
  (output.channel == 2 ? found->second.error : found->second.text) += output.text.view();
  if (!output.end) return;
  found->second.arrived = true;
  if (output.exit_code == 0) found->second.error.clear();
  done_.push_back(std::move(found->second));
  open_.erase(found);
}

}  // namespace orrery::app
