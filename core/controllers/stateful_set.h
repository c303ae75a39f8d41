// StatefulSet: pods with names, order and storage of their own. Source: pkg/controller/statefulset.
#pragma once

#include "core/client/reconciler.h"
#include "core/client/volumes.h"
#include "core/controllers/history.h"
#include "core/controllers/pods.h"

namespace orrery::controllers {

struct StatefulSetView {
  std::shared_ptr<const api::apps_v1::StatefulSet> set;
  std::vector<api::ObjectPtr> candidates;  // pods it controls, and orphans of its namespace
  std::vector<RevisionPtr> revisions;
  std::vector<client::ClaimPtr> claims;    // of its naming
};
client::Plan plan_stateful_set(const StatefulSetView& view, const client::Attempt& attempt);

// The number in "web-3" of set "web"; -1 when the name isn't of that form.
int32_t ordinal_of(const Str& set, const Str& pod);

class StatefulSetController final : public client::Controller {
 public:
  Str name() const override { return "statefulset-controller"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  std::vector<client::ClaimPtr> claims_for(const api::apps_v1::StatefulSet& set,
                                           const std::vector<api::ObjectPtr>& pods) const;
  client::Informer* sets_ = nullptr;
  client::Informer* pods_ = nullptr;
  client::Informer* revisions_ = nullptr;
  client::Informer* claims_ = nullptr;
};

}  // namespace orrery::controllers
