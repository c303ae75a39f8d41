#include "runtime_native/sqlite/database.h"

#include <sqlite3.h>

namespace orrery::sqlite {

Statement::~Statement() { sqlite3_finalize(raw_); }

Statement& Statement::bind(int at, int64_t value) {
  sqlite3_bind_int64(raw_, at, value);
  return *this;
}
Statement& Statement::bind_text(int at, std::string_view text) {
  sqlite3_bind_text(raw_, at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  return *this;
}
Statement& Statement::bind_blob(int at, std::string_view bytes) {
  sqlite3_bind_blob(raw_, at, bytes.data(), static_cast<int>(bytes.size()), SQLITE_STATIC);
  return *this;
}
Statement& Statement::bind_null(int at) {
  sqlite3_bind_null(raw_, at);
  return *this;
}
int Statement::step() { return sqlite3_step(raw_); }
void Statement::reset() {
  sqlite3_reset(raw_);
  sqlite3_clear_bindings(raw_);
}
int64_t Statement::int_at(int column) const { return sqlite3_column_int64(raw_, column); }
bool Statement::is_null(int column) const { return sqlite3_column_type(raw_, column) == SQLITE_NULL; }
std::string_view Statement::bytes_at(int column) const {
  const void* data = sqlite3_column_blob(raw_, column);
  int size = sqlite3_column_bytes(raw_, column);
  return data ? std::string_view(static_cast<const char*>(data), static_cast<size_t>(size)) : std::string_view();
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path, const std::string& vfs) {
  std::unique_ptr<Database> db(new Database);
  db->path_ = path;
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  int rc = sqlite3_open_v2(path.c_str(), &db->raw_, flags, vfs.empty() ? nullptr : vfs.c_str());
  if (rc != SQLITE_OK) return db->error("open");
  if (sqlite3_db_readonly(db->raw_, "main") == 1) {
    return make_error(Reason::ServiceUnavailable, cat("cannot write ", path, ": it is read only"));
  }
  sqlite3_wal_hook(  // in place of SQLite's own checkpoints
      db->raw_,
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Database*>(self)->wal_pages_ = pages;
        return SQLITE_OK;
      },
      db.get());
  return db;
}

Database::~Database() { sqlite3_close_v2(raw_); }

Result<void> Database::run(const std::string& sql) {
  if (sqlite3_exec(raw_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return error("write");
  return {};
}

Result<Statement> Database::prepare(const std::string& sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v3(raw_, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr) != SQLITE_OK) return error("read");
  return Statement(raw);
}

Result<void> Database::checkpoint_truncate() {
  if (sqlite3_wal_checkpoint_v2(raw_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr) != SQLITE_OK) return error("write");
  wal_pages_ = 0;
  return {};
}

Error Database::error(std::string_view what) const {
  int code = raw_ ? sqlite3_extended_errcode(raw_) : SQLITE_NOMEM;
  std::string prefix = cat("cannot ", what, " ", path_, ": ");
  switch (code & 0xff) {
    case SQLITE_FULL: return make_error(Reason::ServiceUnavailable, prefix + "the disk is full");
    case SQLITE_READONLY: return make_error(Reason::ServiceUnavailable, prefix + "it is read only");
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return make_error(Reason::Conflict, prefix + "another program has it open");
    case SQLITE_CORRUPT: return make_error(Reason::InternalError, prefix + "the file is damaged");
    case SQLITE_NOTADB: return make_error(Reason::InternalError, prefix + "it is not a database of this program");
    default: return make_error(Reason::ServiceUnavailable, prefix + (raw_ ? sqlite3_errmsg(raw_) : "out of memory"));
  }
}

}  // namespace orrery::sqlite
