// The commands of the `orrery` program. Each returns the exit status: 0, or 1 after one sentence on standard error.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace orrery::daemon {

struct UpOptions {
  bool simulated = false;
  int nodes = -1;  // -1: three simulated ones, or one on the Docker Engine
  uint16_t api_port = 6443;
  uint16_t page_port = 8080;
  std::string api_address = "127.0.0.1";
  std::string state_dir;
  std::string web_dir;
  std::string seed;
};
int up(const UpOptions& options);

struct DownOptions {
  std::string state_dir;
  bool purge = false;
};
int down(const DownOptions& options);

struct StatusOptions {
  std::string state_dir;
  bool json = false;
};
int status(const StatusOptions& options);

int version(bool json);

// Prints "orrery: MESSAGE" on standard error; returns 1.
int fail(const Error& error);

constexpr const char* kVersion = ORRERY_VERSION;

}  // namespace orrery::daemon
