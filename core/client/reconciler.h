// The reconcile framework. A Controller looks at its caches and plans, purely, what to do about one key; the Reconciler
// takes keys from the queue, carries plans out and keeps the one retry policy.
//
// After a plan's writes the key is not planned again before the informers have seen them (by revision). So a plan never
// works on a cache that lags behind its own writes, and no controller keeps "expectations".
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "core/client/informer.h"
#include "core/client/plan.h"
#include "core/client/work_queue.h"
#include "core/ports/clock.h"

namespace orrery::client {

class Controller : public InformerHandler {
 public:
  // Names the controller in events ("deployment-controller") and traces ("controller-manager/deployment").
  virtual Str name() const = 0;
  // Asks for the informers it reads, with their indexes, and adds itself as a handler to those whose changes make keys.
  virtual void setup(InformerSet& informers) = 0;
  // Decides from the caches and the attempt alone.
  virtual Plan plan(const Key& key, const Attempt& attempt) = 0;
  // Forgets what it remembers besides the caches (a crash).
  virtual void reset() {}
  // Memory besides the caches, for copies of a world; null when it has none.
  virtual std::shared_ptr<const void> save() const { return nullptr; }
  virtual void restore(const std::shared_ptr<const void>&) {}

 protected:
  // Where on_change() puts keys. Set before setup().
  WorkQueue& queue() { return *queue_; }

 private:
  friend class Reconciler;
  WorkQueue* queue_ = nullptr;
};

struct ReconcilerOptions {
  size_t keys_max = 32;                      // worked on at a time
  int plans_a_task_max = 64;                 // then other tasks get their turn
  Duration answer_max = seconds(60);         // a key's calls unanswered for so long count as Timeout
  Duration seen_max = seconds(5);            // waiting for the informers, then going on
};

class Reconciler final : public ports::Target, private InformerHandler {
 public:
  // The client is the controller's own (its identity and source).
  Reconciler(Controller& controller, InformerSet& informers, Client client, ports::TaskQueue& queue,
             const ports::Clock& clock, ReconcilerOptions options = {});
  ~Reconciler() override;
  Reconciler(const Reconciler&) = delete;
  Reconciler& operator=(const Reconciler&) = delete;

  void start();
  // Forgets everything; calls under way are left to the server.
  void stop();
  // Nothing to do now and nothing under way.
  bool idle() const { return state_.flights.empty() && keys_.idle(); }
  WorkQueue& keys() { return keys_; }
  Controller& controller() { return *controller_; }
  EventRecorder& events() { return events_; }

  void on_task(const ports::Task& task) override;

  // A key being worked on.
  struct Flight {
    Plan plan;
    std::map<Read, Answer> answers;
    int rounds = 0;                 // of reads
    size_t next = 0;                // the first write not sent yet
    uint16_t stage = 0;
    std::map<uint64_t, size_t> calls;               // token -> write, unanswered
    std::map<const api::KindInfo*, uint64_t> seen;  // revision that the kind's informer must reach
    std::vector<size_t> deleted;    // writes whose objects the informers must no longer show as living
    std::optional<Error> error;
    bool stopped = false;           // a CheckAbsent found the object
    uint64_t timer = 0;             // task of the time-out
    bool waiting = false;           // for the informers
  };
  // What a copy of a world copies.
  struct State {
    bool running = false;
    uint64_t next_token = 1;
    std::map<Key, Flight> flights;
    std::map<uint64_t, Key> key_of_token;
    std::map<Key, Error> errors;    // of each key's last try
  };
  struct Snapshot {
    State own;
    WorkQueue::State keys;
    EventRecorder::State events;
    std::shared_ptr<const void> controller;
  };
  Snapshot snapshot() const { return {state_, keys_.state(), events_.state(), controller_->save()}; }
  void restore(Snapshot snapshot);

 private:
  enum TaskKind : uint32_t { kWork = 1, kReply, kTimeout };
  void on_change(const Informer&, ports::WatchType, const api::ObjectPtr&, const api::ObjectPtr&) override {}
  void on_synced(const Informer&) override { pump(); }
  void on_advanced(const Informer& informer) override;
  void pump();
  void begin(const Key& key);
  void think(const Key& key, Flight& flight);
  void ask(const Key& key, Flight& flight);
  void send_stage(const Key& key, Flight& flight);
  void send(const Key& key, Flight& flight, size_t index);
  void answered(Flight& flight, size_t index, const ports::ApiReply& reply);
  void stage_done(const Key& key, Flight& flight);
  bool seen(const Flight& flight) const;
  void finish(const Key& key);
  void note(const Note& note, const Str& name, const Str& error);

  Controller* controller_;
  InformerSet* informers_;
  Client client_;
  ports::TaskQueue* queue_;
  const ports::Clock* clock_;
  ReconcilerOptions options_;
  ports::TargetId id_;
  WorkQueue keys_;
  EventRecorder events_;
  State state_;
  bool pumping_ = false;  // only within pump()
};

}  // namespace orrery::client
