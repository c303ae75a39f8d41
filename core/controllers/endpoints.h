// EndpointSlices and Endpoints: which pods a Service leads to, or which addresses someone wrote down for it.
// Sources: pkg/controller/endpointslice (staging endpointslice), pkg/controller/endpoint, pkg/controller/endpointslicemirroring.
#pragma once

#include "core/api/gen/discovery_v1.h"
#include "core/client/reconciler.h"
#include "core/controllers/pods.h"

namespace orrery::controllers {

constexpr uint32_t kEndpointsPerSliceMax = 100;
constexpr uint32_t kMirroredMax = 1000;  // addresses of one subset, those after are left out

struct ServiceView {
  std::shared_ptr<const api::core_v1::Service> service;
  Pods pods;                                                             // that its selector matches
  std::vector<std::shared_ptr<const api::discovery_v1::EndpointSlice>> slices;  // of it, ours
  std::map<Str, Str> zones;                                              // node -> zone
  std::shared_ptr<const api::core_v1::Endpoints> endpoints;
};
// REQUIRES: the service has a selector and is not of type ExternalName.
client::Plan plan_slices(const ServiceView& view);
client::Plan plan_endpoints(const ServiceView& view);

using SliceList = std::vector<std::shared_ptr<const api::discovery_v1::EndpointSlice>>;
// `slices`: those that mirror it already.
client::Plan plan_mirror(const api::core_v1::Endpoints& endpoints, const SliceList& slices);

class ServiceControllerBase : public client::Controller {
 public:
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;

 protected:
  void setup_shared(client::InformerSet& informers);
  // Fills service and pods; false when there is nothing to keep for that key.
  bool view_of(const client::Key& key, ServiceView& view) const;
  virtual Str service_of(const api::ObjectPtr& output) const = 0;  // name of the service that an output belongs to
  client::Informer* services_ = nullptr;
  client::Informer* pods_ = nullptr;
  client::Informer* output_ = nullptr;
};

class EndpointSliceController final : public ServiceControllerBase {
 public:
  Str name() const override { return "endpoint-slice-controller"; }
  void setup(client::InformerSet& informers) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  Str service_of(const api::ObjectPtr& output) const override;
  client::Informer* nodes_ = nullptr;
};

class EndpointsController final : public ServiceControllerBase {
 public:
  Str name() const override { return "endpoint-controller"; }
  void setup(client::InformerSet& informers) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  Str service_of(const api::ObjectPtr& output) const override { return output.meta().name; }
};

// Endpoints of Services without a selector, as EndpointSlices: that is what kube-proxy and cluster DNS read.
class EndpointSliceMirroringController final : public client::Controller {
 public:
  Str name() const override { return "endpoint-slice-mirroring-controller"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  client::Informer* services_ = nullptr;
  client::Informer* endpoints_ = nullptr;
  client::Informer* slices_ = nullptr;
};

}  // namespace orrery::controllers
