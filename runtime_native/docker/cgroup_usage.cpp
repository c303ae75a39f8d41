#include "runtime_native/docker/cgroup_usage.h"

#include <fstream>
#include <map>
#include <string>

#include "core/base/str.h"
#include "core/base/text.h"

namespace orrery::docker {

namespace {

const std::string kRoot = "/sys/fs/cgroup";

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  return std::string((std::istreambuf_iterator<char>(file)), {});
}

std::optional<uint64_t> read_number(const std::string& path) {
  auto text = read_file(path);
  int64_t n = 0;
  if (!text || !parse_int64(trim(*text), n)) return std::nullopt;
  return static_cast<uint64_t>(n);
}

// From lines "name value".
uint64_t value_of(const std::string& text, std::string_view name) {
  for (const std::string& line : split(text, '\n')) {
    int64_t n = 0;
    if (starts_with(line, cat(name, " ")) && parse_int64(trim(std::string_view(line).substr(name.size() + 1)), n))
      return static_cast<uint64_t>(n);
  }
  return 0;
}

// Lines "id:controllers:path" of /proc/PID/cgroup; the unified hierarchy has no controllers.
std::map<std::string, std::string> paths_of(const std::string& text) {
  std::map<std::string, std::string> paths;
  for (const std::string& line : split(text, '\n')) {
    size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    for (const std::string& controller : split(std::string_view(line).substr(first + 1, second - first - 1), ','))
      paths[controller] = line.substr(second + 1);
  }
  return paths;
}

std::optional<CgroupUsage> read_v1(const std::string& cpuacct, const std::string& memory) {
  auto cpu = read_number(kRoot + "/cpuacct" + cpuacct + "/cpuacct.usage");
  auto used = read_number(kRoot + "/memory" + memory + "/memory.usage_in_bytes");
  auto stat = read_file(kRoot + "/memory" + memory + "/memory.stat");
  if (!cpu || !used || !stat) return std::nullopt;
  uint64_t inactive = value_of(*stat, "total_inactive_file");
  return CgroupUsage{*cpu, *used, *used > inactive ? *used - inactive : 0};
}

std::optional<CgroupUsage> read_v2(const std::string& path) {
  auto cpu = read_file(kRoot + path + "/cpu.stat");
  auto used = read_number(kRoot + path + "/memory.current");
  auto stat = read_file(kRoot + path + "/memory.stat");
  if (!cpu || !used || !stat) return std::nullopt;
  uint64_t inactive = value_of(*stat, "inactive_file");
  return CgroupUsage{value_of(*cpu, "usage_usec") * 1000, *used, *used > inactive ? *used - inactive : 0};
}

}  // namespace

std::optional<CgroupUsage> read_cgroup_usage(int64_t pid, std::string_view container_id) {
  auto text = read_file(cat("/proc/", pid, "/cgroup"));
  if (!text || text->find(container_id) == std::string::npos) return std::nullopt;
  auto paths = paths_of(*text);
  if (paths.count("memory") && paths.count("cpuacct")) return read_v1(paths["cpuacct"], paths["memory"]);
  if (paths.count("")) return read_v2(paths[""]);
  return std::nullopt;
}

}  // namespace orrery::docker
