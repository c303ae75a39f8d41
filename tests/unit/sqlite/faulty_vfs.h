// A file layer of SQLite whose writes and flushes can be made to fail.
#pragma once

#include <atomic>

namespace orrery::sqlite_test {

enum class DiskFault { None, Full, ReadOnly, FlushFails };

extern std::atomic<DiskFault> disk_fault;

// Registers the layer under the name "faulty". May be called again.
void register_faulty_vfs();

}  // namespace orrery::sqlite_test
