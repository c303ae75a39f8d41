#include "runtime_native/host/host_info.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>

#include "core/base/text.h"
#include "runtime_native/host/file.h"

namespace orrery::host {
namespace {

std::string file_text(const char* path) {
  Result<std::string> text = read_file(path);
  return text.ok() ? std::string(trim(*text)) : std::string();
}

std::string os_release_name() {
  for (const std::string& line : split(file_text("/etc/os-release"), '\n')) {
    if (!starts_with(line, "PRETTY_NAME=")) continue;
    std::string value = line.substr(12);
    if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
    return value;
  }
  return "Linux";
}

std::string go_architecture(const std::string& machine) {
  if (machine == "x86_64") return "amd64";
  if (machine == "aarch64") return "arm64";
  if (starts_with(machine, "armv")) return "arm";
  return machine;
}

std::string own_address() {
  std::string found = "127.0.0.1";
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return found;
  for (ifaddrs* one = all; one; one = one->ifa_next) {
    if (!one->ifa_addr || one->ifa_addr->sa_family != AF_INET) continue;
    if (!(one->ifa_flags & IFF_UP) || (one->ifa_flags & IFF_LOOPBACK)) continue;
    if (file_exists(cat("/sys/class/net/", one->ifa_name, "/bridge"))) continue;
    char text[INET_ADDRSTRLEN];
    const auto* in = reinterpret_cast<const sockaddr_in*>(one->ifa_addr);
    if (!::inet_ntop(AF_INET, &in->sin_addr, text, sizeof text)) continue;
    found = text;
    break;
  }
  ::freeifaddrs(all);
  return found;
}

uint32_t usable_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  int n = CPU_COUNT(&set);
  return n > 0 ? static_cast<uint32_t>(n) : 1;
}

uint64_t usable_memory() {
  uint64_t bytes = static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  for (const char* path : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    int64_t limit = 0;
    if (parse_int64(file_text(path), limit) && limit > 0 && static_cast<uint64_t>(limit) < bytes) {
      bytes = static_cast<uint64_t>(limit);
    }
  }
  return bytes;
}

}  // namespace

HostInfo read_host_info() {
  HostInfo info;
  utsname names{};
  uname(&names);
  info.host_name = to_lower(names.nodename);
  info.kernel_version = names.release;
  info.architecture = go_architecture(names.machine);
  info.operating_system = "linux";
  info.os_image = os_release_name();
  info.machine_id = file_text("/etc/machine-id");
  info.boot_id = file_text("/proc/sys/kernel/random/boot_id");
  info.address = own_address();
  info.cpus = usable_cpus();
  info.memory_bytes = usable_memory();
  return info;
}

ProcessUse read_process_use() {
  ProcessUse use;
  std::vector<std::string> pages = split(file_text("/proc/self/statm"), ' ');
  int64_t resident = 0;
  if (pages.size() > 1 && parse_int64(pages[1], resident)) {
    use.resident_bytes = static_cast<uint64_t>(resident) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  }
  rusage r{};
  getrusage(RUSAGE_SELF, &r);
  auto ns = [](const timeval& t) { return static_cast<uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(t.tv_usec) * 1'000; };
  use.cpu_ns = ns(r.ru_utime) + ns(r.ru_stime);
  return use;
}

// MemAvailable is what new work can get, caches included: near to the capacity less the working set that a kubelet
// computes. Threads count, as the kernel's limit does.
HostUse read_host_use() {
  HostUse use;
  for (const std::string& line : split(file_text("/proc/meminfo"), '\n')) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::string name = line.substr(0, colon);
    if (name != "MemTotal" && name != "MemAvailable") continue;
    int64_t kib = 0;
    const std::string_view rest = trim(std::string_view(line).substr(colon + 1));
    if (!parse_int64(rest.substr(0, rest.find(' ')), kib)) continue;
    (name == "MemTotal" ? use.memory_bytes : use.memory_available_bytes) = kib * 1024;
  }
  parse_int64(trim(file_text("/proc/sys/kernel/pid_max")), use.pids_max);
  const std::vector<std::string> load = split(file_text("/proc/loadavg"), ' ');  // "0.1 0.2 0.3 2/345 6789"
  if (load.size() > 3) parse_int64(std::string_view(load[3]).substr(load[3].find('/') + 1), use.pids_running);
  return use;
}

DiskUse read_disk_use(const std::string& path) {
  struct statvfs st{};
  if (::statvfs(path.c_str(), &st) != 0) return {};
  return {static_cast<int64_t>(st.f_blocks) * static_cast<int64_t>(st.f_frsize),
          static_cast<int64_t>(st.f_bavail) * static_cast<int64_t>(st.f_frsize)};
}

}  // namespace orrery::host
