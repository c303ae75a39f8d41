// The ServiceAccount tokens that pods of this node mount: asked for through TokenRequest, bound to the pod, and renewed
// after four fifths of their life or a day. Source: pkg/kubelet/token/token_manager.go.
#pragma once

#include <map>

#include "core/client/client.h"
#include "core/kubelet/config_source.h"
#include "core/ports/clock.h"

namespace orrery::kubelet {

constexpr Duration kTokenRetry = seconds(1);  // after a refusal, when the pod asks again
constexpr Duration kTokenAgeMax = minutes(24 * 60);

class ServiceTokens final : public ports::Target {
 public:
  class User {
   public:
    virtual ~User() = default;
    // A token of the pod came, changed, or was refused.
    virtual void token_changed(const Str& pod_uid) = 0;
  };

  ServiceTokens(client::Client& client, ports::TaskQueue& queue, User& user);
  ~ServiceTokens() override;

  // Yes with the token; Loading while it is being asked for; No with the server's message in `out` when it was refused.
  ConfigSource::Found token(const api::core_v1::Pod& pod, const api::core_v1::ServiceAccountTokenProjection& what,
                            Str& out);
  void release(const Str& pod_uid);
  void clear();
  void copy_from(const ServiceTokens& other) {
    next_ = other.next_;
    entries_ = other.entries_;
  }
  void on_task(const ports::Task& task) override;

 private:
  enum TaskKind : uint32_t { kReply = 1, kRenew };
  struct Name {
    Str pod_uid, audience;
    int64_t life_s = 0;
    friend auto operator<=>(const Name&, const Name&) = default;
  };
  struct Entry {
    uint64_t id = 0;  // of tasks about it
    client::Key pod;
    Str account, token, error;
    bool asking = false;
    Instant retry_at;  // not asked again before
    uint64_t timer = 0;
  };
  void ask(const Name& name, Entry& entry);
  void answered(const Name& name, Entry& entry, const ports::ApiReply& reply);

  client::Client& client_;
  ports::TaskQueue& queue_;
  User& user_;
  ports::TargetId id_;
  uint64_t next_ = 1;
  std::map<Name, Entry> entries_;
};

}  // namespace orrery::kubelet
