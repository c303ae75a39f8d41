// What a network plugin's agent does for NetworkPolicies: watches them, and answers for each connection whether it may
// pass. Without policies it watches nothing else; with the first one it learns of pods and namespaces, too. Until those
// are known, and as long as the agent is stopped before it knew any, everything passes.
#pragma once

#include "core/client/informer.h"
#include "core/network/policy.h"
#include "core/ports/packet_rules.h"

namespace orrery::network {

class PolicyAgent final : public ports::ConnectionFilter, private client::InformerHandler {
 public:
  // `dns`: the end that stands for the cluster's DNS server, which is no pod here but is selected as if it were one.
  PolicyAgent(ports::TaskQueue& queue, ports::ApiHandler& api, PolicyEnd dns);
  ~PolicyAgent() override = default;
  PolicyAgent(const PolicyAgent&) = delete;
  PolicyAgent& operator=(const PolicyAgent&) = delete;

  void start();
  void stop();

  // ConnectionFilter
  bool any() const override;
  ports::ConnectionVerdict judge(const ports::Connection& connection) const override;

  struct State {
    PolicySet set;
    client::Informer::State policies, namespaces, pods;
  };
  State state() const;
  void restore(State state);

 private:
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  void watch_ends();
  PolicyEnd find_end(const Str& ip) const;

  client::Client client_;
  client::Informer policies_, namespaces_, pods_;
  PolicyEnd dns_;
  PolicySet set_;
};

// The DNS server as a pod of kube-system with the label k8s-app=kube-dns, as it is in most clusters.
PolicyEnd cluster_dns_end(const Str& ip);

}  // namespace orrery::network
