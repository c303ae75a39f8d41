#include "core/controllers/namespaces.h"

#include <algorithm>
#include <map>

#include "core/base/text.h"
#include "core/controllers/kinds.h"
#include "core/controllers/pods.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::core_v1::ConfigMap;
using api::core_v1::Namespace;
using api::core_v1::NamespaceCondition;
using api::core_v1::ServiceAccount;
using client::Attempt;
using client::Key;
using client::Plan;
using client::Write;

namespace {

constexpr size_t kDeletionsMax = 500;  // of one plan

void set_condition(Namespace& ns, const char* type, bool on, const char* reason, std::string message, WallTime now) {
  NamespaceCondition c;
  c.type = type;
  c.status = on ? "True" : "False";
  c.reason = reason;
  c.message = message;
  c.lastTransitionTime = stamp(now);
  auto same_type = [&](const NamespaceCondition& other) { return other.type == type; };
  if (const NamespaceCondition* old = ns.status.conditions.find_if(same_type)) {
    if (old->status == c.status) c.lastTransitionTime = old->lastTransitionTime;
    NamespaceCondition* slot = ns.status.conditions.mut_if(same_type);
    *slot = std::move(c);
    return;
  }
  ns.status.conditions.push_back(std::move(c));
}

// "pods. has 2 resource instances, deployments.apps has 1 resource instances"
void tell_remaining(Namespace& ns, const std::vector<ObjectPtr>& contents, WallTime now) {
  std::map<std::string, int> by_kind, by_finalizer;
  for (const ObjectPtr& object : contents) {
    const api::KindInfo& kind = *api::kind_of(object.type());
    ++by_kind[cat(kind.plural, ".", kind.group)];
    for (const Str& f : object.meta().finalizers) ++by_finalizer[f.str()];
  }
  std::vector<std::string> kinds, finalizers;
  for (const auto& [kind, n] : by_kind) kinds.push_back(cat(kind, " has ", n, " resource instances"));
  for (const auto& [f, n] : by_finalizer) finalizers.push_back(cat(f, " in ", n, " resource instances"));
  set_condition(ns, "NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered",
                "All resources successfully discovered", now);
  set_condition(ns, "NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions",
                "All legacy kube types successfully parsed", now);
  set_condition(ns, "NamespaceDeletionContentFailure", false, "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization", now);
  set_condition(ns, "NamespaceContentRemaining", true, "SomeResourcesRemain",
                "Some resources are remaining: " + join(kinds, ", "), now);
  if (finalizers.empty())
    set_condition(ns, "NamespaceFinalizersRemaining", false, "ContentHasNoFinalizers",
                  "All content-preserving finalizers finished", now);
  else
    set_condition(ns, "NamespaceFinalizersRemaining", true, "SomeFinalizersRemain",
                  "Some content in the namespace has finalizers remaining: " + join(finalizers, ", "), now);
}

bool lives(const client::Informer& namespaces, const Str& name) {
  const Namespace* ns = namespaces.get<Namespace>({{}, name});
  return ns && !ns->metadata.deletionTimestamp && !(ns->status.phase == "Terminating");
}

}  // namespace

Plan plan_namespace(const NamespaceView& view, const Attempt& attempt) {
  Plan plan;
  const Namespace& ns = *view.object;
  const Str& name = ns.metadata.name;
  if (!ns.metadata.deletionTimestamp || !ns.spec.finalizers.contains("kubernetes")) return plan;
  if (view.contents.empty()) {
    // The caches are empty; the server says whether they lag.
    for (const api::KindInfo* kind : view.kinds)
      plan.writes.push_back(client::on_namespace(Write::Op::CheckEmpty, *kind, name, cat("is ", name, " empty?")));
    plan.writes.push_back(client::on_namespace(Write::Op::DeleteAll, api::kind<api::core_v1::Event>(), name,
                                               cat(name, " is being deleted")));
    Namespace finalized = ns;
    finalized.spec.finalizers.erase_if([](const Str& f) { return f == "kubernetes"; });
    Write w = client::update(api::make_object(std::move(finalized)), cat(name, " is empty: it may go"));
    w.op = Write::Op::Finalize;
    w.stage = 1;
    plan.writes.push_back(std::move(w));
    return plan;
  }
  std::vector<ObjectPtr> ending;
  for (const ObjectPtr& object : view.contents) {
    if (object.meta().deletionTimestamp) {
      ending.push_back(object);
    } else if (plan.writes.size() < kDeletionsMax) {
      Write w = client::remove(object, cat("its namespace ", name, " is being deleted"));
      w.removal.propagation = "Background";
      plan.writes.push_back(std::move(w));
    }
  }
  if (plan.writes.empty()) {
    Namespace told = ns;
    tell_remaining(told, ending, attempt.now);
    if (!(told.status == ns.status))
      plan.writes.push_back(client::update_status(api::make_object(std::move(told)),
                                                  cat(name, " waits for ", ending.size(), " objects to end")));
  }
  return plan;
}

void NamespaceController::setup(client::InformerSet& informers) {
  namespaces_ = &informers.of<Namespace>();
  namespaces_->add_handler(*this);
  for (const api::KindInfo* kind : deletable_kinds())
    if (kind->namespaced) on_kind(informers.of(*kind));
  informers.custom().add_listener(*this);
}

void NamespaceController::on_kind(client::Informer& informer) {
  if (!informer.kind().namespaced) return;
  if (std::find(contents_.begin(), contents_.end(), &informer) == contents_.end()) contents_.push_back(&informer);
  informer.add_handler(*this);
}

void NamespaceController::on_change(const client::Informer& informer, ports::WatchType, const ObjectPtr& before,
                                    const ObjectPtr& after) {
  const auto& meta = (after ? after : before).meta();
  if (&informer == namespaces_) {
    if (after && meta.deletionTimestamp) queue().add({{}, meta.name});
    return;
  }
  // Something in a namespace that is being deleted ended, or came in spite of it.
  const ObjectPtr& ns = namespaces_->find({{}, meta.namespace_});
  if (ns && ns.meta().deletionTimestamp && (!before || !after)) queue().add({{}, meta.namespace_});
}

Plan NamespaceController::plan(const Key& key, const Attempt& attempt) {
  NamespaceView view;
  view.object = namespaces_->find(key).get<Namespace>();
  if (!view.object || !view.object->metadata.deletionTimestamp) return {};
  for (const client::Informer* informer : contents_) {
    if (!informer->running()) continue;
    view.kinds.push_back(&informer->kind());
    informer->each_in(key.name, [&](const ObjectPtr& object) { view.contents.push_back(object); });
  }
  return plan_namespace(view, attempt);
}

void ServiceAccountController::setup(client::InformerSet& informers) {
  namespaces_ = &informers.of<Namespace>();
  namespaces_->add_handler(*this);
  accounts_ = &informers.of<ServiceAccount>();
  accounts_->add_handler(*this);
}

void ServiceAccountController::on_change(const client::Informer& informer, ports::WatchType type,
                                         const ObjectPtr& before, const ObjectPtr& after) {
  if (&informer == namespaces_) {
    if (type != ports::WatchType::Deleted) queue().add({{}, after.meta().name});
  } else if (type == ports::WatchType::Deleted && before.meta().name == "default") {
    queue().add({{}, before.meta().namespace_});
  }
}

Plan ServiceAccountController::plan(const Key& key, const Attempt&) {
  Plan plan;
  if (!lives(*namespaces_, key.name) || accounts_->find({key.name, "default"})) return plan;
  ServiceAccount account;
  account.metadata.namespace_ = key.name;
  account.metadata.name = "default";
  Write w = client::create(api::make_object(std::move(account)),
                           cat("each namespace has a service account for its pods: ", key.name, " lacks one"));
  w.fine = Reason::AlreadyExists;
  plan.writes.push_back(std::move(w));
  return plan;
}

void RootCaPublisher::setup(client::InformerSet& informers) {
  namespaces_ = &informers.of<Namespace>();
  namespaces_->add_handler(*this);
  maps_ = &informers.of<ConfigMap>();
  maps_->add_handler(*this);
}

void RootCaPublisher::on_change(const client::Informer& informer, ports::WatchType, const ObjectPtr& before,
                                const ObjectPtr& after) {
  const auto& meta = (after ? after : before).meta();
  if (&informer == namespaces_)
    queue().add({{}, meta.name});
  else if (meta.name == "kube-root-ca.crt")
    queue().add({{}, meta.namespace_});
}

Plan RootCaPublisher::plan(const Key& key, const Attempt&) {
  Plan plan;
  if (!lives(*namespaces_, key.name)) return plan;
  const ConfigMap* have = maps_->get<ConfigMap>({key.name, "kube-root-ca.crt"});
  Map<Str> data{{"ca.crt", root_ca_}};
  if (have && have->data == data) return plan;
  ConfigMap map = have ? *have : ConfigMap{};
  map.metadata.namespace_ = key.name;
  map.metadata.name = "kube-root-ca.crt";
  map.metadata.annotations.set(
      "kubernetes.io/description",
      "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the "
      "internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes "
      "clusters.");
  map.data = data;
  ObjectPtr object = api::make_object(std::move(map));
  Str why = cat("pods of ", key.name, " need the cluster's root certificate");
  Write w = have ? client::update(object, why) : client::create(object, why);
  w.fine = Reason::AlreadyExists;
  plan.writes.push_back(std::move(w));
  return plan;
}

}  // namespace orrery::controllers
