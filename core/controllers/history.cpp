#include "core/controllers/history.h"

#include <algorithm>

#include "core/api/json.h"
#include "core/base/rng.h"
#include "core/base/text.h"

namespace orrery::controllers {

using api::apps_v1::ControllerRevision;
using api::core_v1::PodTemplateSpec;
using client::Write;

namespace {

constexpr std::string_view kHead = R"({"spec":{"template":{"$patch":"replace",)";
constexpr std::string_view kTail = "}}";

std::string data_of(const PodTemplateSpec& tmpl) {
  std::string json = api::to_json(tmpl);
  return cat(kHead, std::string_view(json).substr(1), kTail);
}

void sort_by_revision(std::vector<RevisionPtr>& revisions) {
  std::stable_sort(revisions.begin(), revisions.end(), [](const RevisionPtr& a, const RevisionPtr& b) {
    if (a->revision != b->revision) return a->revision < b->revision;
    return a->metadata.name < b->metadata.name;
  });
}

}  // namespace

std::optional<PodTemplateSpec> template_in(const ControllerRevision& revision) {
  std::string_view json = revision.data.json;
  size_t at = json.find(R"("template":)");
  if (at == std::string_view::npos || !ends_with(json, kTail)) return std::nullopt;
  auto tmpl = api::from_json<PodTemplateSpec>(json.substr(at + 11, json.size() - at - 11 - kTail.size()));
  if (!tmpl.ok()) return std::nullopt;
  return *tmpl;
}

History keep_history(const api::KindInfo& kind, const api::meta_v1::ObjectMeta& owner,
                     const api::meta_v1::LabelSelector& selector, const PodTemplateSpec& tmpl,
                     std::vector<RevisionPtr> revisions, std::optional<int32_t> collisions) {
  History out;
  sort_by_revision(revisions);
  Str data = data_of(tmpl);
  int64_t newest = revisions.empty() ? 0 : revisions.back()->revision;
  RevisionPtr same;
  for (const RevisionPtr& r : revisions)
    if (r->data.json == data) same = r;
  if (same) {
    out.update_name = same->metadata.name;
    out.update_hash = same->metadata.labels.get(kRevisionHash);
    if (same->revision == newest) return out;
    ControllerRevision again = *same;  // rolled back to it: it becomes the newest
    again.revision = newest + 1;
    out.writes.push_back(client::update(api::make_object(std::move(again)),
                                        cat(owner.name, " is back at an older template, as revision ", newest + 1)));
    return out;
  }
  uint32_t hash = fnv1a32(data);
  if (collisions) hash = fnv1a32(cat(*collisions), hash);
  out.update_hash = safe_encode(cat(hash));
  out.update_name = cat(owner.name, "-", out.update_hash);
  ControllerRevision fresh;
  fresh.metadata.namespace_ = owner.namespace_;
  fresh.metadata.name = out.update_name;
  fresh.metadata.labels = tmpl.metadata.labels;
  for (const auto& [key, value] : selector.matchLabels) fresh.metadata.labels.set(key, value);
  fresh.metadata.labels.set(kRevisionHash, out.update_hash);
  fresh.metadata.ownerReferences.push_back(client::controller_ref(kind, owner));
  fresh.data.json = data;
  fresh.revision = newest + 1;
  Write w = client::create(api::make_object(std::move(fresh)),
                           cat(owner.name, " has a new template: keeping it as revision ", newest + 1));
  w.fine = Reason::AlreadyExists;
  out.writes.push_back(std::move(w));
  return out;
}

std::vector<Write> trim_history(const std::vector<RevisionPtr>& revisions, const std::vector<Str>& used_names,
                                int32_t limit) {
  std::vector<Write> out;
  std::vector<RevisionPtr> unused;
  for (const RevisionPtr& r : revisions)
    if (std::find(used_names.begin(), used_names.end(), r->metadata.name) == used_names.end()) unused.push_back(r);
  sort_by_revision(unused);
  int32_t extra = static_cast<int32_t>(unused.size()) - limit;
  for (int32_t i = 0; i < extra; ++i) {
    const RevisionPtr& r = unused[static_cast<size_t>(i)];
    out.push_back(client::remove(api::ObjectPtr(r), cat("revision ", r->revision, " is older than the history limit")));
  }
  return out;
}

}  // namespace orrery::controllers
