// ControllerManager: the process that runs all controllers over one shared set of informers.
#pragma once

#include <memory>
#include <vector>

#include "core/base/rng.h"
#include "core/client/reconciler.h"
#include "core/ports/certificate_signer.h"

namespace orrery::controllers {

struct ManagerOptions {
  client::ReconcilerOptions reconciler;
  const ports::CertificateSigner* certificates = nullptr;  // null: approved certificate requests are left to others
  Str root_ca;  // PEM, published in each namespace as the ConfigMap kube-root-ca.crt; empty: not published
};

class ControllerManager {
 public:
  ControllerManager(ports::TaskQueue& queue, ports::ApiHandler& api, const ports::Clock& clock,
                    ManagerOptions options = {});
  ControllerManager(const ControllerManager&) = delete;
  ControllerManager& operator=(const ControllerManager&) = delete;

  void start();
  void stop();
  // All memory is dropped, as by a kill: the same as stop(), since nothing is written on the way out.
  void crash() { stop(); }
  bool running() const { return running_; }
  // Nothing to do until something changes or a time comes.
  bool idle() const;

  // What a copy of a world copies.
  struct Snapshot {
    bool running = false;
    std::vector<client::Informer::State> informers;
    std::vector<client::Reconciler::Snapshot> reconcilers;
  };
  Snapshot snapshot() const;
  // REQUIRES: taken from a manager made with the same options.
  void restore(Snapshot snapshot);
  // Becomes what `other`, made with the same options, is in another world.
  void copy_from(const ControllerManager& other);

  client::InformerSet& informers() { return informers_; }
  client::Reconciler* find(std::string_view controller);  // "deployment-controller"

 private:
  void restore_parts(Snapshot snapshot);
  // `short_name` names it in traces: "controller-manager/deployment".
  void add(std::unique_ptr<client::Controller> controller, std::string_view short_name);

  ports::TaskQueue* queue_;
  ports::ApiHandler* api_;
  const ports::Clock* clock_;
  ManagerOptions options_;
  client::Client client_;
  client::InformerSet informers_;
  std::vector<std::unique_ptr<client::Controller>> controllers_;
  std::vector<std::unique_ptr<client::Reconciler>> reconcilers_;
  bool running_ = false;
};

}  // namespace orrery::controllers
