// What a Node object tells of the machine.
#pragma once

#include <cstdint>
#include <string>

namespace orrery::host {

struct HostInfo {
  std::string host_name;        // lower case, as a node name
  std::string os_image;         // "Debian GNU/Linux 12 (bookworm)"
  std::string kernel_version;   // "6.1.0-13-amd64"
  std::string architecture;     // Go's name: "amd64", "arm64"
  std::string operating_system; // "linux"
  std::string machine_id;
  std::string boot_id;
  std::string address;          // the first IPv4 address that is not loopback's nor a bridge's; 127.0.0.1 without one
  uint32_t cpus = 1;            // that this process may use
  uint64_t memory_bytes = 0;    // of the machine, or of our control group when that has less
};

HostInfo read_host_info();

// What the machine has left, now. Zeroes where it can't be told.
struct HostUse {
  int64_t memory_bytes = 0, memory_available_bytes = 0;
  int64_t pids_max = 0, pids_running = 0;
};
HostUse read_host_use();
struct DiskUse {
  int64_t capacity_bytes = 0, available_bytes = 0;
};
// Of the file system that holds `path`; zeroes when there is no such path.
DiskUse read_disk_use(const std::string& path);

struct ProcessUse {
  uint64_t resident_bytes = 0;
  uint64_t cpu_ns = 0;  // user and system, since start
};
ProcessUse read_process_use();

}  // namespace orrery::host
