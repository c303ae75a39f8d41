// ControllerRevisions: the history of templates that DaemonSets and StatefulSets keep. Source: pkg/controller/history.
#pragma once

#include "core/api/gen/apps_v1.h"
#include "core/client/plan.h"

namespace orrery::controllers {

inline constexpr const char* kRevisionHash = "controller-revision-hash";
using RevisionPtr = std::shared_ptr<const api::apps_v1::ControllerRevision>;

struct History {
  Str update_name;    // of the revision with the set's template; made or renumbered by `writes` if need be
  Str update_hash;    // its label
  std::vector<client::Write> writes;
};
// `revisions`: those that the owner controls.
History keep_history(const api::KindInfo& kind, const api::meta_v1::ObjectMeta& owner,
                     const api::meta_v1::LabelSelector& selector, const api::core_v1::PodTemplateSpec& tmpl,
                     std::vector<RevisionPtr> revisions, std::optional<int32_t> collisions);
// Deletes the oldest revisions that nobody uses beyond the limit.
std::vector<client::Write> trim_history(const std::vector<RevisionPtr>& revisions, const std::vector<Str>& used_names,
                                        int32_t limit);
// The template that a revision keeps; nothing when it can't be read.
std::optional<api::core_v1::PodTemplateSpec> template_in(const api::apps_v1::ControllerRevision& revision);

}  // namespace orrery::controllers
