#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime_native/host/file.h"
#include "tests/unit/sqlite/faulty_vfs.h"
#include "tests/unit/sqlite/journal_bench.h"

using namespace orrery;
using namespace orrery::sqlite_test;

namespace {

sqlite::JournalOptions fresh_options() {
  sqlite::JournalOptions options;
  options.path = temporary_folder() + "/journal.db";
  return options;
}

uint64_t file_size(const std::string& path) {
  struct stat st{};
  return stat(path.c_str(), &st) == 0 ? static_cast<uint64_t>(st.st_size) : 0;
}

bool says(const Error& error, std::string_view text) { return error.message.view().find(text) != std::string_view::npos; }

}  // namespace

TEST_CASE("SqliteJournal: a second holder is refused by name; the first goes on") {
  sqlite::JournalOptions options = fresh_options();
  Bench first(options);
  REQUIRE(first.journal);
  REQUIRE(first.load().ok());
  Bench second(options);
  REQUIRE(!second.journal);
  CHECK(second.error.reason == Reason::Conflict);
  CHECK(says(second.error, cat("is in use by another orrery (process ", static_cast<int64_t>(getpid()), ")")));
  CHECK(!first.append_and_wait({entry(1, "/configmaps/a/x", "one")}).error);
  first.journal.reset();
  Bench third(options);
  REQUIRE(third.journal);
  CHECK(third.load()->entries.size() == 1);
}

TEST_CASE("SqliteJournal: batches that wait are committed together") {
  Bench bench(fresh_options());
  REQUIRE(bench.load().ok());
  for (uint64_t i = 1; i <= 500; ++i) bench.append({entry(i, cat("/configmaps/a/", i), "v")});
  CHECK(bench.wait(500).revision == 500);
  sqlite::SqliteJournal::Figures figures = bench.journal->figures();
  CHECK(figures.batches == 500);
  CHECK(figures.commits < 100);
  for (uint64_t i = 1; i <= 500; ++i) CHECK(bench.acks.got[i].revision == i);
}

TEST_CASE("SqliteJournal: a full disk fails the append in words, and works again when there is room") {
  register_faulty_vfs();
  for (DiskFault fault : {DiskFault::Full, DiskFault::ReadOnly, DiskFault::FlushFails}) {
    disk_fault = DiskFault::None;
    sqlite::JournalOptions options = fresh_options();
    options.vfs = "faulty";
    Bench bench(options);
    REQUIRE(bench.journal);
    REQUIRE(bench.load().ok());
    REQUIRE(!bench.append_and_wait({entry(1, "/configmaps/a/x", "one")}).error);
    disk_fault = fault;
    ports::JournalAck failed = bench.append_and_wait({entry(2, "/configmaps/a/x", "two")});
    disk_fault = DiskFault::None;
    REQUIRE(failed.error);
    CHECK(failed.error->reason == Reason::ServiceUnavailable);
    CHECK(says(*failed.error, fault == DiskFault::Full ? "the disk is full" : fault == DiskFault::ReadOnly ? "read only" : "I/O error"));
    CHECK(!bench.append_and_wait({entry(3, "/configmaps/a/y", "three")}).error);
    bench.journal.reset();
    Bench again(options);
    Result<ports::JournalState> state = again.load();
    REQUIRE(state.ok());
    CHECK(state->revision == 3);
    REQUIRE(state->entries.size() == 2);
    CHECK(value_of(state->entries[0]) == "one");
    CHECK(value_of(state->entries[1]) == "three");
  }
}

TEST_CASE("SqliteJournal: what follows a failed append fails too until the failure was delivered") {
  register_faulty_vfs();
  sqlite::JournalOptions options = fresh_options();
  options.vfs = "faulty";
  Bench bench(options);
  REQUIRE(bench.load().ok());
  disk_fault = DiskFault::Full;
  bench.append({entry(1, "/configmaps/a/x", "one")});
  usleep(200'000);  // the writer has failed; the loop has not run
  disk_fault = DiskFault::None;
  bench.append({entry(2, "/configmaps/a/y", "two")});
  CHECK(bench.wait(2).error);
  CHECK(bench.acks.got[1].error);
  CHECK(!bench.append_and_wait({entry(2, "/configmaps/a/z", "again")}).error);
}

TEST_CASE("SqliteJournal: superseded rows go after compact, in slices, and the file stays small") {
  sqlite::JournalOptions options = fresh_options();
  options.wal_pages_max = 100;
  {
    Bench bench(options);
    REQUIRE(bench.load().ok());
    std::string large(2000, 'v');
    for (uint64_t i = 1; i <= 5000; ++i) {
      uint64_t number = bench.append({entry(i, cat("/configmaps/a/", i % 10), i > 4990 && i % 10 == 0 ? "-" : large)});
      if (i % 100 == 0) {
        CHECK(!bench.wait(number).error);
        bench.journal->compact(i);
      }
    }
    for (int i = 0; i < 1000 && !bench.journal->figures().idle; ++i) usleep(10'000);
    sqlite::SqliteJournal::Figures figures = bench.journal->figures();
    CHECK(figures.rows == 9);
    CHECK(figures.compacted == 4991);
    CHECK(figures.wal_pages < 1000);
    CHECK(file_size(options.path + "-wal") < (8u << 20));
  }
  CHECK(file_size(options.path) < (8u << 20));
  CHECK(file_size(options.path + "-wal") == 0);
  Bench again(options);
  Result<ports::JournalState> state = again.load();
  REQUIRE(state.ok());
  CHECK(state->revision == 5000);
  CHECK(state->compacted_revision == 5000);
  CHECK(state->entries.size() == 9);
}

TEST_CASE("SqliteJournal: kill -9 in the middle of writing loses nothing acknowledged and leaves no half batch") {
  for (int round = 0; round < 3; ++round) {
    sqlite::JournalOptions options = fresh_options();
    int pipe_ends[2];
    REQUIRE(pipe(pipe_ends) == 0);
    pid_t child = fork();
    if (child == 0) {
      close(pipe_ends[0]);
      Bench bench(options);
      if (!bench.journal || !bench.load().ok()) _exit(1);
      for (uint64_t i = 1;; i += 3) {
        // Three entries a batch, several batches under way.
        uint64_t number = bench.append({entry(i, cat("/configmaps/a/", i), "v"), entry(i + 1, cat("/configmaps/b/", i), "v"),
                                        entry(i + 2, "/configmaps/c/same", cat(i))});
        if (number % 4) continue;
        uint64_t acked = bench.wait(number).revision;
        if (write(pipe_ends[1], &acked, sizeof acked) != sizeof acked) _exit(1);
      }
    }
    close(pipe_ends[1]);
    uint64_t acked = 0;
    const bool began = read(pipe_ends[0], &acked, sizeof acked) == sizeof acked;  // however slow the machine
    usleep(50'000 + round * 37'000);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    REQUIRE(began);
    for (uint64_t value; read(pipe_ends[0], &value, sizeof value) == sizeof value;) acked = value;
    close(pipe_ends[0]);
    REQUIRE(acked > 0);
    Bench again(options);
    REQUIRE(again.journal);
    Result<ports::JournalState> state = again.load();
    REQUIRE(state.ok());
    CHECK(state->revision >= acked);
    CHECK(state->revision % 3 == 0);  // whole batches
    CHECK(state->entries.size() == state->revision / 3 * 2 + 1);
    CHECK(value_of(state->entries.back()) == cat(state->revision - 2));
  }
}

TEST_CASE("SqliteJournal: files that are no journal, or are from the future, are named and left alone") {
  sqlite::JournalOptions options = fresh_options();
  REQUIRE(host::write_file_atomic(options.path, std::string(5000, 'z'), 0600).ok());
  Bench rubbish(options);
  REQUIRE(!rubbish.journal);
  CHECK(says(rubbish.error, "it is not a database of this program"));
  CHECK(host::read_file(options.path)->size() == 5000);
  options.path = "/nonexistent/journal.db";
  Bench nowhere(options);
  REQUIRE(!nowhere.journal);
  CHECK(says(nowhere.error, "/nonexistent/journal.db"));
}

TEST_CASE("SqliteJournal: appends that are each waited for take one commit each") {
  Bench bench(fresh_options());
  REQUIRE(bench.load().ok());
  for (uint64_t i = 1; i <= 300; ++i) CHECK(!bench.append_and_wait({entry(i, "/configmaps/a/x", cat(i))}).error);
  CHECK(bench.journal->figures().commits == 300);
}
