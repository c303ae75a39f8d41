// The fence: one process at a time holds a state file.
#pragma once

#include <memory>
#include <string>

#include "core/base/result.h"

namespace orrery::sqlite {

class FileLock {
 public:
  // Conflict, naming the process that holds it, when another one does. The kernel lets go when the process dies.
  static Result<std::unique_ptr<FileLock>> take(const std::string& path);
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace orrery::sqlite
