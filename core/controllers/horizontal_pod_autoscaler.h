// HorizontalPodAutoscaler: every 15 seconds asks for the target's scale, its pods and what they use, and resizes it.
// Resource and ContainerResource metrics come from metrics.k8s.io; Pods, Object and External metrics from an adapter's APIs,
// where the cluster has one. Source: pkg/controller/podautoscaler/horizontal.go
#pragma once

#include <map>

#include "core/api/gen/autoscaling_v2.h"
#include "core/client/reconciler.h"
#include "core/controllers/replica_calculator.h"
#include "core/controllers/scaling_rules.h"

namespace orrery::controllers {

constexpr Duration kAutoscalePeriod = seconds(15);  // --horizontal-pod-autoscaler-sync-period

class HorizontalPodAutoscalerController final : public client::Controller {
 public:
  Str name() const override { return "horizontal-pod-autoscaler"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;
  void reset() override { memory_.clear(); }
  std::shared_ptr<const void> save() const override { return std::make_shared<const Memory>(memory_); }
  void restore(const std::shared_ptr<const void>& saved) override { memory_ = *static_cast<const Memory*>(saved.get()); }

 private:
  using Memory = std::map<client::Key, ScalingMemory>;
  // What is asked for one metric, or why nothing can be; neither for one of metrics.k8s.io.
  struct Question {
    std::optional<client::Read> read;
    std::optional<Error> error;
  };
  // "/apis/apps/v1/namespaces/default/deployments/web/scale"
  Result<Str> scale_path(const api::autoscaling_v2::HorizontalPodAutoscaler& hpa) const;
  // "ingresses.networking.k8s.io"
  Result<Str> resource_of(const api::autoscaling_v2::CrossVersionObjectReference& object) const;
  Question question_for(const api::autoscaling_v2::MetricSpec& metric, const Str& ns, const Str& pods) const;
  // Others whose pods are among these.
  std::vector<std::string> rivals(const client::Key& key, const Pods& pods) const;

  client::Informer* autoscalers_ = nullptr;
  client::Informer* definitions_ = nullptr;
  Memory memory_;
};

}  // namespace orrery::controllers
