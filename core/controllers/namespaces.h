// Namespace: empties a namespace that is being deleted, then lets it go. Source: pkg/controller/namespace.
// Each namespace that lives gets its ServiceAccount "default" and the ConfigMap kube-root-ca.crt
// (pkg/controller/serviceaccount, pkg/controller/certificates/rootcacertpublisher).
#pragma once

#include "core/api/gen/core_v1.h"
#include "core/client/custom_informers.h"
#include "core/client/reconciler.h"

namespace orrery::controllers {

struct NamespaceView {
  std::shared_ptr<const api::core_v1::Namespace> object;
  std::vector<api::ObjectPtr> contents;
  std::vector<const api::KindInfo*> kinds;  // that can be in it
};
client::Plan plan_namespace(const NamespaceView& view, const client::Attempt& attempt);

class NamespaceController final : public client::Controller, private client::CustomInformers::Listener {
 public:
  Str name() const override { return "namespace-controller"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  void on_kind(client::Informer& informer) override;

  client::Informer* namespaces_ = nullptr;
  std::vector<client::Informer*> contents_;
};

class ServiceAccountController final : public client::Controller {
 public:
  Str name() const override { return "service-account-controller"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  client::Informer* namespaces_ = nullptr;
  client::Informer* accounts_ = nullptr;
};

class RootCaPublisher final : public client::Controller {
 public:
  explicit RootCaPublisher(Str root_ca) : root_ca_(std::move(root_ca)) {}
  Str name() const override { return "root-ca-cert-publisher"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  Str root_ca_;
  client::Informer* namespaces_ = nullptr;
  client::Informer* maps_ = nullptr;
};

}  // namespace orrery::controllers
