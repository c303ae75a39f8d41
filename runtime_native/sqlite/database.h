// A thin, exact wrapper of one SQLite connection: statements that finalise themselves and errors in words for the user.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace orrery::sqlite {

class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* raw) : raw_(raw) {}
  Statement(Statement&& other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}
  Statement& operator=(Statement&& other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  ~Statement();
  Statement& bind(int at, int64_t value);
  Statement& bind_text(int at, std::string_view text);  // must stay alive until reset
  Statement& bind_blob(int at, std::string_view bytes);
  Statement& bind_null(int at);
  // SQLITE_ROW, SQLITE_DONE or an error code.
  int step();
  void reset();
  int64_t int_at(int column) const;
  std::string_view bytes_at(int column) const;  // until the next step
  bool is_null(int column) const;

 private:
  sqlite3_stmt* raw_ = nullptr;
};

class Database {
 public:
  // Opens or makes the file for one writer. `vfs` names SQLite's file layer, "" for its own.
  static Result<std::unique_ptr<Database>> open(const std::string& path, const std::string& vfs);
  ~Database();
  Result<void> run(const std::string& sql);
  Result<Statement> prepare(const std::string& sql);
  // What went wrong last, in one sentence: full disk, read-only file, in use, damaged.
  Error error(std::string_view what) const;
  // Pages in the write-ahead log after the last commit.
  int wal_pages() const { return wal_pages_; }
  Result<void> checkpoint_truncate();
  sqlite3* raw() { return raw_; }

 private:
  Database() = default;
  sqlite3* raw_ = nullptr;
  std::string path_;
  int wal_pages_ = 0;
};

}  // namespace orrery::sqlite
