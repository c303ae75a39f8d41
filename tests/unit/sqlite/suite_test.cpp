// Runs data/journal.txt on the memory journal and on the SQLite journal.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "core/base/text.h"
#include "core/store/memory_journal.h"
#include "tests/unit/sqlite/journal_bench.h"

using namespace orrery;
using namespace orrery::sqlite_test;

namespace {

struct Case {
  std::string name;
  std::vector<std::string> steps;
};

std::vector<Case> read_cases() {
  std::ifstream file("tests/unit/sqlite/data/journal.txt");
  std::vector<Case> cases;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (starts_with(line, "case: ")) cases.push_back({line.substr(6), {}});
    else cases.back().steps.push_back(line);
  }
  return cases;
}

class Subject {
 public:
  virtual ~Subject() = default;
  virtual ports::JournalAck append(ports::JournalBatch batch) = 0;
  virtual void compact(uint64_t revision) = 0;
  virtual ports::JournalState restart() = 0;
};

class MemorySubject final : public Subject {
 public:
  ports::JournalAck append(ports::JournalBatch batch) override {
    ports::JournalAck ack;
    struct Catch final : ports::Target {
      void on_task(const ports::Task& task) override { ack = task.as<ports::JournalAck>(); }
      ports::JournalAck ack;
    } target;
    ports::TargetId id = loop_.attach(target);
    journal_.append(std::move(batch), {id, 0, 0});
    loop_.run_turn();
    loop_.detach(id);
    return target.ack;
  }
  void compact(uint64_t revision) override { journal_.compact(revision); }
  ports::JournalState restart() override { return *journal_.load(); }

 private:
  loop::Loop loop_;
  store::MemoryJournal journal_{loop_};
};

class SqliteSubject final : public Subject {
 public:
  SqliteSubject() { options_.path = temporary_folder() + "/journal.db"; restart(); }
  ports::JournalAck append(ports::JournalBatch batch) override { return bench_->append_and_wait(std::move(batch)); }
  void compact(uint64_t revision) override { bench_->journal->compact(revision); }
  ports::JournalState restart() override {
    bench_.reset();
    bench_ = std::make_unique<Bench>(options_);
    REQUIRE(bench_->journal);
    return *bench_->load();
  }

 private:
  sqlite::JournalOptions options_;
  std::unique_ptr<Bench> bench_;
};

// "REV KEY VALUE" pieces after the command, "; " between.
std::vector<std::string> pieces(const std::string& text) {
  std::vector<std::string> out;
  for (const std::string& piece : split(text, ';')) out.push_back(std::string(trim(piece)));
  return out;
}

void run_step(Subject& subject, const std::string& step) {
  CAPTURE(step);
  size_t space = step.find(' ');
  std::string command = step.substr(0, space);
  std::vector<std::string> parts = pieces(step.substr(space + 1));
  if (command == "append") {
    ports::JournalBatch batch;
    uint64_t newest = 0;
    for (const std::string& part : parts) {
      std::istringstream in(part);
      std::string key, value;
      in >> newest >> key >> value;
      batch.push_back(entry(newest, key, value));
    }
    ports::JournalAck ack = subject.append(std::move(batch));
    CHECK(!ack.error);
    CHECK(ack.revision == newest);
  } else if (command == "compact") {
    subject.compact(std::stoull(parts[0]));
  } else {
    REQUIRE(command == "load");
    ports::JournalState state = subject.restart();
    std::string got = cat(state.revision);
    for (const ports::JournalEntry& e : state.entries) got += cat(" ; ", e.revision, " ", e.key, " ", value_of(e));
    CHECK(got == step.substr(space + 1));
  }
}

}  // namespace

TEST_CASE("Journal: every implementation does what the data says") {
  std::vector<Case> cases = read_cases();
  REQUIRE(cases.size() >= 10);
  for (const Case& c : cases) {
    CAPTURE(c.name);
    MemorySubject memory;
    SqliteSubject sqlite;
    for (const std::string& step : c.steps) {
      run_step(memory, step);
      run_step(sqlite, step);
    }
  }
}
