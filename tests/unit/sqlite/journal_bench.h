// A SqliteJournal with its loop, driven step by step.
#pragma once

#include <stdlib.h>

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <string>

#include "core/api/gen/core_v1.h"
#include "core/api/object.h"
#include "runtime_native/host/loop_driver.h"
#include "runtime_native/sqlite/sqlite_journal.h"

namespace orrery::sqlite_test {

inline std::string temporary_folder() {
  char path[] = "/tmp/orrery-test-XXXXXX";
  return ::mkdtemp(path);
}

inline ports::JournalEntry entry(uint64_t revision, const std::string& key, const std::string& value) {
  ports::JournalEntry e;
  e.revision = revision;
  e.key = key;
  if (value == "-") return e;
  api::core_v1::ConfigMap map;
  map.metadata.name = "x";
  map.data.set("v", value);
  e.object = api::make_object(std::move(map));
  return e;
}

inline std::string value_of(const ports::JournalEntry& e) {
  const auto* map = e.object.as<api::core_v1::ConfigMap>();
  return map ? map->data.get("v").str() : "?";
}

// Collects acknowledgements; the token is the number of the append.
struct Acks final : ports::Target {
  Acks(loop::Loop& l, host::LoopDriver& d) : driver(d), id(l.attach(*this)) {}
  void on_task(const ports::Task& task) override {
    got[task.arg] = task.as<ports::JournalAck>();
    if (task.arg == wanted) driver.stop();
  }
  host::LoopDriver& driver;
  ports::TargetId id;
  std::map<uint64_t, ports::JournalAck> got;
  uint64_t wanted = 0;
};

class Bench {
 public:
  explicit Bench(sqlite::JournalOptions options) : driver(std::make_unique<host::LoopDriver>(io, loop)), acks(loop, *driver) {
    auto opened = sqlite::SqliteJournal::open(std::move(options), *driver);
    if (opened.ok()) journal = std::move(*opened);
    else error = opened.error();
  }
  Result<ports::JournalState> load() { return journal->load(); }
  uint64_t append(ports::JournalBatch batch) {
    journal->append(std::move(batch), {acks.id, 0, ++last});
    return last;
  }
  // Runs the loop until that append was answered.
  ports::JournalAck wait(uint64_t number) {
    acks.wanted = number;
    if (!acks.got.count(number)) {
      driver->run();
    }
    return acks.got[number];
  }
  ports::JournalAck append_and_wait(ports::JournalBatch batch) { return wait(append(std::move(batch))); }

  boost::asio::io_context io{1};
  loop::Loop loop;
  std::unique_ptr<host::LoopDriver> driver;
  Acks acks;
  std::unique_ptr<sqlite::SqliteJournal> journal;
  Error error;
  uint64_t last = 0;
};

}  // namespace orrery::sqlite_test
