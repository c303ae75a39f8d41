// Reads a whole cluster through its API: discovery, then every kind that can be listed and made. Over any ApiHandler: a
// live server's or a simulated world's.
#pragma once

#include <deque>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "core/ports/api.h"

namespace orrery::sim {

constexpr int kListPage = 500;       // objects an answer
constexpr int kListRestartsMax = 3;  // of a list whose place was compacted away

struct ReaderOptions {
  ports::Identity identity;    // in-process servers ask for it
  std::set<std::string> skip;  // "secrets", "leases.coordination.k8s.io": not asked for
  std::string ns;              // where to look when the whole cluster may not be seen; empty: nowhere
  bool usage = false;          // metrics.k8s.io's pods, too
};

struct Listing {
  std::string group, version, kind, plural;
  bool namespaced = false;
  std::vector<nlohmann::json> objects;  // with apiVersion and kind
  std::string refused;                  // the server's sentence; `objects` may hold those of ReaderOptions::ns alone
  // "deployments.apps", "pods"
  std::string resource() const { return group.empty() ? plural : plural + "." + group; }
};

struct Reading {
  std::vector<Listing> listings;     // in discovery's order, those of the core group first
  std::vector<std::string> trouble;  // groups whose discovery failed, a sentence each
  std::optional<Error> failed;       // nothing could be read
  // Null: not served, skipped or not listable.
  const Listing* find(std::string_view resource) const;
};

// A pod's or a node's condition Ready is True.
bool is_ready(const nlohmann::json& object);

class ClusterReader final : public ports::Target {
 public:
  // Starts at once. `done` gets a task without payload when reading() holds everything. A group that Orrery serves is
  // read in Orrery's versions, any other in the version that the server prefers.
  ClusterReader(ports::TaskQueue& queue, ports::ApiHandler& api, ReaderOptions options, ports::ReplyTo done);
  ~ClusterReader() override;
  ClusterReader(const ClusterReader&) = delete;
  ClusterReader& operator=(const ClusterReader&) = delete;

  bool done() const { return done_; }
  const Reading& reading() const { return reading_; }

  void on_task(const ports::Task& task) override;

 private:
  enum class Step : uint8_t { Core, Groups, Resources, List };
  struct Call {
    Step step = Step::Core;
    std::string path;  // without query
    std::string group, version;
    size_t listing = 0;
    std::string from;  // a list's continue token
    int restarts = 0;
  };
  void next();
  void answered(const Call& call, int status, const std::string& body);
  void on_groups(const nlohmann::json& groups);
  void on_resources(const Call& call, const nlohmann::json& resources);
  void on_list(Call call, int status, const nlohmann::json& answer);
  bool wanted(const nlohmann::json& resource, const std::string& name, const std::string& group) const;

  ports::TaskQueue& queue_;
  ports::ApiHandler& api_;
  ReaderOptions options_;
  ports::ReplyTo done_to_;
  ports::TargetId id_;
  Reading reading_;
  std::deque<Call> calls_;  // still to make; the first is under way
  std::string body_;        // of the answer that comes in parts
  int status_ = 0;
  uint64_t token_ = 0;
  bool done_ = false;
};

}  // namespace orrery::sim
