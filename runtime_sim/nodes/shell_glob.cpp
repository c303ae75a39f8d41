// File name patterns of the simulated shell: * ? [a-z] [!a-z], each within one part of a path.
#include <set>

#include "core/base/text.h"
#include "runtime_sim/nodes/shell_script.h"

namespace orrery::sim {

namespace {

struct Pattern {
  std::string text;
  std::vector<bool> active;
};

// Whether `c` is in the set that begins at p.text[i]; leaves i behind it. An open bracket alone is a letter.
bool in_set(const Pattern& p, size_t& i, char c) {
  size_t end = p.text.find(']', i + 2);
  if (end == std::string::npos) return p.text[i++] == c;
  size_t k = i + 1;
  bool negate = p.text[k] == '!' || p.text[k] == '^', in = false;
  for (k += negate; k < end; ++k) {
    bool range = k + 2 < end && p.text[k + 1] == '-';
    in = in || (range ? c >= p.text[k] && c <= p.text[k + 2] : c == p.text[k]);
    if (range) k += 2;
  }
  i = end + 1;
  return in != negate;
}

bool fits(const Pattern& p, size_t i, std::string_view name) {
  for (; i < p.text.size();) {
    char c = p.text[i];
    bool active = p.active[i];
    if (active && c == '*') {
      for (size_t skip = 0; skip <= name.size(); ++skip)
        if (fits(p, i + 1, name.substr(skip))) return true;
      return false;
    }
    if (name.empty()) return false;
    if (active && c == '[') {
      if (!in_set(p, i, name[0])) return false;
    } else {
      if (!(active && c == '?') && c != name[0]) return false;
      ++i;
    }
    name.remove_prefix(1);
  }
  return name.empty();
}

// The names directly in a directory ("/" or "/a/b").
std::set<std::string> entries(ShellHost& host, const std::string& directory) {
  std::set<std::string> names;
  std::string prefix = directory == "/" ? "/" : directory + "/";
  for (const auto& [file, text] : host.files())
    if (starts_with(file, prefix) && file.size() > prefix.size())
      names.insert(file.str().substr(prefix.size(), file.view().find('/', prefix.size()) - prefix.size()));
  return names;
}

}  // namespace

std::vector<std::string> match_files(const std::string& pattern, const std::vector<bool>& active,
                                     const ShellState& shell, ShellHost& host) {
  std::vector<std::string> found = {pattern[0] == '/' ? "/" : ""};
  for (size_t at = pattern[0] == '/' ? 1 : 0; at < pattern.size();) {
    size_t end = std::min(pattern.find('/', at), pattern.size());
    Pattern part{pattern.substr(at, end - at),
                 {active.begin() + static_cast<std::ptrdiff_t>(at), active.begin() + static_cast<std::ptrdiff_t>(end)}};
    std::vector<std::string> next;
    for (const std::string& base : found)
      for (const std::string& name : entries(host, absolute(base.empty() ? "." : base, shell.cwd))) {
        if (name[0] == '.' && part.text[0] != '.') continue;
        if (fits(part, 0, name)) next.push_back(base.empty() || base == "/" ? base + name : base + "/" + name);
      }
    found = std::move(next);
    at = end + 1;
  }
  return found;
}

}  // namespace orrery::sim
