#include "playground/viewmodel/editing.h"

#include <algorithm>
#include <cctype>

namespace orrery::viewmodel {

std::string editable(const std::string& yaml) {
  static const char* const kOwn[] = {"  creationTimestamp:", "  generation:", "  resourceVersion:", "  uid:", "  selfLink:"};
  std::string out, top;
  bool in_status = false;
  for (std::size_t from = 0; from < yaml.size();) {
    const std::size_t end = std::min(yaml.find('\n', from), yaml.size());
    const std::string line = yaml.substr(from, end - from);
    from = end + 1;
    if (!line.empty() && line[0] != ' ' && line[0] != '-' && line[0] != '#') top = line.substr(0, line.find(':'));
    in_status = top == "status";
    const bool own = top == "metadata" && std::any_of(std::begin(kOwn), std::end(kOwn), [&](const char* key) { return line.rfind(key, 0) == 0; });
    if (!in_status && !own) out += line + "\n";
  }
  return out;
}

std::string file_stem(const ObjectRef& ref) {
  std::string stem;
  for (const char c : ref.kind + "-" + ref.name) stem += c == '/' || c == ':' ? '-' : char(std::tolower(static_cast<unsigned char>(c)));
  return stem;
}

}  // namespace orrery::viewmodel
