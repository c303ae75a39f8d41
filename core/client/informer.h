// Informer: a local copy of all objects of a kind (or a selection of them), kept up to date by a watch.
//
//   Informer pods(client, queue, api::kind<core_v1::Pod>());
//   pods.add_index(by_node);
//   pods.add_handler(*this);
//   pods.start();
//   ... pods.synced() ... pods.get<core_v1::Pod>(key) ... for (auto& p : pods.lookup(by_node, "node-1"))
//
// It starts with a watch that sends the present objects first, goes on from the last revision when the connection ends,
// and starts anew when the server says that revision is gone (handlers then see the differences as changes).
// The objects are the store's own, shared: never a copy.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "core/base/indexed_map.h"
#include "core/client/client.h"

namespace orrery::client {

class Informer;

class InformerHandler {
 public:
  virtual ~InformerHandler() = default;
  // Added: before is null. Deleted: after is null. The cache already holds the new state.
  virtual void on_change(const Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                         const api::ObjectPtr& after) = 0;
  // The initial objects are all there (again, after a start or a new list).
  virtual void on_synced(const Informer&) {}
  // The cache advanced to informer.revision(): called once a delivery, after its on_change calls.
  virtual void on_advanced(const Informer&) {}
};

// Adds the values under which an object shall be found.
using IndexFn = void (*)(const api::ObjectPtr& object, std::vector<Str>& values);
// True when an object's next state surely stands under the same values: then they aren't made.
using SameFn = bool (*)(const api::ObjectPtr& before, const api::ObjectPtr& after);

class Informer final : public ports::Target {
 public:
  using Found = IndexedMap<Key, api::ObjectPtr, KeyHash>;
  using Objects = Found::Ordered;

  Informer(Client& client, ports::TaskQueue& queue, const api::KindInfo& kind, Selection what = {});
  ~Informer() override;
  Informer(const Informer&) = delete;
  Informer& operator=(const Informer&) = delete;

  // Handlers are called in the order they were added; adding one again changes nothing. A handler must not stop the
  // informer from within a call.
  void add_handler(InformerHandler& handler);
  // Before start().
  void add_index(IndexFn fn, SameFn same = nullptr);

  void start();
  // Ends the watch and forgets everything; handlers are not told. start() begins anew.
  void stop();
  bool running() const { return state_.running; }

  bool synced() const { return state_.synced; }
  // Every change of the selected objects up to this revision has been seen.
  uint64_t revision() const { return state_.revision; }
  const api::KindInfo& kind() const { return *kind_; }

  const Objects& objects() const { return state_.objects.ordered(); }
  size_t size() const { return state_.objects.size(); }
  // The object, or a null pointer.
  const api::ObjectPtr& find(const Key& key) const;
  // Valid until the cache changes.
  template <class T>
  const T* get(const Key& key) const {
    return find(key).template as<T>();
  }
  // The objects under a value of an index, in order of their keys.
  std::vector<api::ObjectPtr> lookup(IndexFn index, const Str& value) const;
  size_t count(IndexFn index, const Str& value) const;
  // Calls f(const ObjectPtr&) for each object of a namespace, in order of names.
  template <class F>
  void each_in(const Str& ns, F&& f) const {
    for (auto it = state_.objects.lower_bound(Key{ns, {}}); it != state_.objects.end() && it->first.ns == ns; ++it)
      f(it->second);
  }

  void on_task(const ports::Task& task) override;

  // What a copy of a world copies.
  struct Index {
    std::map<Str, std::set<Key>> keys;
  };
  struct State {
    bool running = false;
    bool synced = false;
    uint64_t revision = 0;
    uint64_t call = 0;      // the open watch, 0: none
    uint64_t token = 0;     // of the open watch or the timer awaited: answers with another one are late
    uint32_t failures = 0;  // in a row
    bool listing = false;   // the initial objects are arriving
    std::set<Key> unseen;   // while listing anew: objects not named yet
    Found objects;
    std::vector<Index> indexes;
  };
  const State& state() const { return state_; }
  void restore(State state) { state_ = std::move(state); }
  ports::TargetId target() const { return id_; }

 private:
  enum TaskKind : uint32_t { kReply = 1, kRetry };
  void connect();
  void lost(const std::optional<Error>& error);
  void apply(const ports::WatchEvent& event);
  void put(const api::ObjectPtr& object);
  void drop(const Key& key, const api::ObjectPtr& last);
  void finish_listing();
  void index(const Key& key, const api::ObjectPtr& before, const api::ObjectPtr& after);
  void notify(ports::WatchType type, const api::ObjectPtr& before, const api::ObjectPtr& after);

  Client* client_;
  ports::TaskQueue* queue_;
  const api::KindInfo* kind_;
  Selection what_;
  std::vector<InformerHandler*> handlers_;
  std::vector<IndexFn> index_fns_;
  std::vector<SameFn> same_fns_;  // beside them; null: always made
  ports::TargetId id_;
  State state_;
};

// The informers of one process, each kind watched once however many parts of it look.
class CustomInformers;
class InformerSet {
 public:
  InformerSet(Client& client, ports::TaskQueue& queue);
  ~InformerSet();
  // Made at the first call; ask for all of them before start().
  Informer& of(const api::KindInfo& kind);
  template <class T>
  Informer& of() {
    return of(api::kind<T>());
  }
  // Null when nobody asked for that kind.
  Informer* find(const api::KindInfo& kind) const;
  // Of the kinds that CustomResourceDefinitions declare; asks for the informer of those.
  CustomInformers& custom();
  void start();
  void stop();
  // What follows from restored informers: those of custom resources begin anew.
  void restored();
  // The informers of custom resources of a set in another world, which has the same others.
  void copy_custom(const InformerSet& other);
  bool synced() const;
  const std::vector<std::unique_ptr<Informer>>& all() const { return informers_; }

 private:
  Client* client_;
  ports::TaskQueue* queue_;
  std::vector<std::unique_ptr<Informer>> informers_;  // in the order of the first of()
  std::unique_ptr<CustomInformers> custom_;
};

// Indexes that several components use.
void by_owner_uid(const api::ObjectPtr& object, std::vector<Str>& values);  // uid of the controller
// For indexes of owners, and of labels: nothing that they read was written.
bool same_owners(const api::ObjectPtr& before, const api::ObjectPtr& after);
bool same_labels(const api::ObjectPtr& before, const api::ObjectPtr& after);
void by_node_name(const api::ObjectPtr& object, std::vector<Str>& values);  // pods: spec.nodeName, "" while unbound

}  // namespace orrery::client
