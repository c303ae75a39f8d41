#include "tests/unit/sqlite/faulty_vfs.h"

#include <sqlite3.h>

#include <map>

namespace orrery::sqlite_test {

std::atomic<DiskFault> disk_fault{DiskFault::None};

namespace {

sqlite3_vfs* real() { return sqlite3_vfs_find("unix"); }

// All methods of the unix layer write and flush alike; only their locking differs.
const sqlite3_io_methods* real_methods = nullptr;

int faulty_write(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
  if (disk_fault == DiskFault::Full) return SQLITE_FULL;
  if (disk_fault == DiskFault::ReadOnly) return SQLITE_READONLY;
  return real_methods->xWrite(file, data, size, at);
}

int faulty_sync(sqlite3_file* file, int flags) {
  if (disk_fault == DiskFault::FlushFails) return SQLITE_IOERR_FSYNC;
  return real_methods->xSync(file, flags);
}

int faulty_open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  int rc = real()->xOpen(real(), name, file, flags, out_flags);
  if (rc != SQLITE_OK || !file->pMethods) return rc;
  // One changed copy for each table of methods that the unix layer has.
  static std::map<const sqlite3_io_methods*, sqlite3_io_methods> changed;
  real_methods = file->pMethods;
  sqlite3_io_methods& methods = changed[real_methods];
  methods = *real_methods;
  methods.xWrite = faulty_write;
  methods.xSync = faulty_sync;
  file->pMethods = &methods;
  return rc;
}

}  // namespace

void register_faulty_vfs() {
  static sqlite3_vfs vfs;
  if (vfs.zName) return;
  vfs = *real();
  vfs.zName = "faulty";
  vfs.pNext = nullptr;
  vfs.xOpen = faulty_open;
  sqlite3_vfs_register(&vfs, 0);
}

}  // namespace orrery::sqlite_test
