// The ConfigMaps, Secrets, claims and their volumes that this node's pods name, each watched while a pod needs it;
// their tokens; and the Services.
#pragma once

#include <map>
#include <memory>
#include <set>

#include "core/client/informer.h"
#include "core/kubelet/config_source.h"
#include "core/kubelet/service_tokens.h"

namespace orrery::kubelet {

class ConfigCache final : public ConfigSource {
 public:
  ConfigCache(client::Client& client, ports::TaskQueue& queue, client::InformerHandler& handler,
              client::Informer& services, ServiceTokens& tokens)
      : client_(client), queue_(queue), handler_(handler), services_(services), tokens_(tokens) {}

  Found config_map(const Str& ns, const Str& name, std::shared_ptr<const api::core_v1::ConfigMap>& out) override;
  Found secret(const Str& ns, const Str& name, std::shared_ptr<const api::core_v1::Secret>& out) override;
  Found token(const api::core_v1::Pod& pod, const api::core_v1::ServiceAccountTokenProjection& what,
              Str& out) override {
    return tokens_.token(pod, what, out);
  }
  Found volume_of_claim(const Str& ns, const Str& claim, std::shared_ptr<const api::core_v1::PersistentVolume>& out,
                        Str& why) override;
  // Made once for all containers until a Service changes.
  List<ports::EnvPair> variables(const Str& ns, bool links) override;
  void services_changed() { variables_.clear(); }

  // Watches what the pod names; stops watching what no pod names any more.
  void hold(const Str& pod_uid, const api::core_v1::Pod& pod);
  void release(const Str& pod_uid);
  // Pods that name this object.
  std::vector<Str> users_of(const client::Informer& informer) const;
  void clear();
  // Watches what `other`, of the same kubelet in another world, watches.
  void copy_from(const ConfigCache& other);

 private:
  enum class What : uint8_t { ConfigMap, Secret, Claim, Volume };
  struct Name {
    What what;
    Str ns, name;
    friend auto operator<=>(const Name&, const Name&) = default;
  };
  struct Watched {
    std::unique_ptr<client::Informer> informer;
    std::set<Str> users;
  };
  Found find(const Name& name, api::ObjectPtr& out);
  void hold(const Str& pod_uid, const Name& name);
  std::unique_ptr<client::Informer> informer_of(const Name& name);

  client::Client& client_;
  ports::TaskQueue& queue_;
  client::InformerHandler& handler_;
  client::Informer& services_;
  ServiceTokens& tokens_;
  std::map<Name, Watched> watched_;
  std::map<std::pair<Str, bool>, List<ports::EnvPair>> variables_;  // by what variables() is asked
};

}  // namespace orrery::kubelet
