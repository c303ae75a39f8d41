// CustomResourceDefinitions. Source: apiextensions-apiserver pkg/registry/customresourcedefinition/{strategy,etcd}.go
#include "core/api/gen/apiextensions_v1.h"
#include "core/api/json.h"
#include "core/apiserver/custom/naming.h"
#include "core/apiserver/registry/kinds.h"

namespace orrery::apiserver {

namespace {

using Definition = api::apiextensions_v1::CustomResourceDefinition;

void note_stored_version(Definition& d) {
  for (const auto& v : d.spec.versions)
    if (v.storage && !d.status.storedVersions.contains(v.name)) d.status.storedVersions.push_back(v.name);
}

// What is accepted but has no effect here is said.
void warn(const StrategyContext& context, const Definition& d) {
  size_t i = 0;
  for (const auto& v : d.spec.versions) {
    std::string at = cat("spec.versions[", i++, "].schema.openAPIV3Schema");
    if (v.schema && v.schema->openAPIV3Schema &&
        api::to_json(*v.schema->openAPIV3Schema).find("\"x-kubernetes-validations\":") != std::string::npos)
      context.writer.warnings.push_back(Str(cat(at, ": x-kubernetes-validations are kept but not evaluated")));
  }
  if (d.spec.conversion && d.spec.conversion->strategy == "Webhook")
    context.writer.warnings.push_back(
        "spec.conversion.strategy: webhooks are not called: versions differ in apiVersion only");
}

void create_definition(const StrategyContext& context, api::MutableObject& object) {
  auto& d = object.as<Definition>();
  d.status = {};
  note_stored_version(d);
  warn(context, d);
}

void update_definition(const StrategyContext& context, api::MutableObject& next, const api::ObjectPtr& old) {
  auto& d = next.as<Definition>();
  note_stored_version(d);
  if (!(d.spec == old.as<Definition>()->spec)) warn(context, d);
}

// The first request only marks it: its objects go first.
void begin_deletion(const StrategyContext& context, api::MutableObject& next) {
  auto& d = next.as<Definition>();
  if (!d.metadata.finalizers.contains(kCleanup)) d.metadata.finalizers.push_back(kCleanup);
  set_condition(d, "Terminating", true, "InstanceDeletionPending",
                "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
                context.writer.now);
}

}  // namespace

Strategy definition_strategy() {
  Strategy s;
  s.type = &api::desc<Definition>();
  s.generation = true;
  s.unconditional_update = false;
  s.create = create_definition;
  s.update = update_definition;
  s.begin_deletion = begin_deletion;
  return s;
}

}  // namespace orrery::apiserver
