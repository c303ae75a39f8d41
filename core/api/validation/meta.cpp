#include "core/api/validation/meta.h"

#include "core/api/json.h"
#include "core/base/text.h"

namespace orrery::api::validation {
namespace {

constexpr int64_t kAnnotationBytesMax = 256 * 1024;

void check_owners(Errors& e, const List<meta_v1::OwnerReference>& owners, const Path& at) {
  const meta_v1::OwnerReference* controller = nullptr;
  for (uint32_t i = 0; i < owners.size(); ++i) {
    const meta_v1::OwnerReference& o = owners[i];
    if (o.apiVersion.empty()) e.invalid(at / "apiVersion", "", "version must not be empty");
    if (o.kind.empty()) e.invalid(at / "kind", "", "must not be empty");
    if (o.name.empty()) e.invalid(at / "name", "", "must not be empty");
    if (o.uid.empty()) e.invalid(at / "uid", "", "must not be empty");
    if (!o.controller.value_or(false)) continue;
    if (controller)
      e.invalid(at, Value::json(cat("[", to_json(*controller), "]")),
                cat("Only one reference can have Controller set to true. Found \"true\" in references for ",
                    controller->kind, "/", controller->name, " and ", o.kind, "/", o.name));
    controller = &o;
  }
}

void check_finalizers(Errors& e, const List<Str>& finalizers, const Path& at) {
  bool orphan = false, foreground = false;
  for (const Str& f : finalizers) {
    for (const std::string& p : qualified_name(f)) e.invalid(at, f.view(), p);
    if (f.view().find('/') == std::string_view::npos && !(f == "orphan") && !(f == "foregroundDeletion") &&
        !(f == "kubernetes"))
      e.invalid(at, f.view(), "name is neither a standard finalizer name nor is it fully qualified");
    orphan = orphan || f == "orphan";
    foreground = foreground || f == "foregroundDeletion";
  }
  if (orphan && foreground) {
    std::string all = "[";
    for (const Str& f : finalizers) all += (all.size() > 1 ? "," : "") + orrery::quoted(f);
    e.invalid(at, Value::json(all + "]"),
              "finalizer orphan and foregroundDeletion cannot be both set");
  }
}

// Found equal, as it is nearly always: neither a path nor a text is made.
template <class T, class Show>
void keeps(Errors& e, const T& now, const T& old, const Path& at, std::string_view name, Show&& show) {
  if (!(now == old)) check_immutable(e, false, show(now), at / name);
}

Value time_value(WallTime t) { return t.is_set() ? Value::of(format_rfc3339(t)) : Value::json("null"); }

}  // namespace

void int_or_percent(Errors& e, const IntOrString& v, const Path& at) {
  if (v.is_string)
    e.invalid_each(at, v.text, percent(v.text));
  else
    e.nonnegative(at, v.number);
}

void check_labels(Errors& e, const Map<Str>& labels, const Path& at) {
  for (const auto& l : labels) {
    e.invalid_each(at, l.key, qualified_name(l.key));
    e.invalid_each(at, l.value, label_value(l.value));
  }
}

void check_annotations(Errors& e, const Map<Str>& annotations, const Path& at) {
  int64_t bytes = 0;
  for (const auto& a : annotations) {
    e.invalid_each(at, a.key, qualified_name(to_lower(a.key)));
    bytes += a.key.size() + a.value.size();
  }
  if (bytes > kAnnotationBytesMax) e.too_long(at, kAnnotationBytesMax);
}

void check_meta(Errors& e, const meta_v1::ObjectMeta& m, bool namespaced, NameRule name, const Path& at) {
  auto problems = [&](std::string_view field, const Str& value, const Problems& found) {
    if (!found.empty()) e.invalid_each(at / field, value, found);
  };
  if (!m.generateName.empty())
    problems("generateName", m.generateName, name(without_dash(m.generateName, true)));
  if (m.name.empty())
    e.required(at / "name", "name or generateName is required");
  else
    problems("name", m.name, name(m.name));
  if (namespaced) {
    if (m.namespace_.empty())
      e.required(at / "namespace");
    else
      problems("namespace", m.namespace_, dns1123_label(m.namespace_));
  } else if (!m.namespace_.empty()) {
    e.forbidden(at / "namespace", "not allowed on this type");
  }
  if (m.generation < 0) e.nonnegative(at / "generation", m.generation);
  if (!m.labels.empty()) check_labels(e, m.labels, at / "labels");
  if (!m.annotations.empty()) check_annotations(e, m.annotations, at / "annotations");
  if (!m.ownerReferences.empty()) check_owners(e, m.ownerReferences, at / "ownerReferences");
  if (!m.finalizers.empty()) check_finalizers(e, m.finalizers, at / "finalizers");
}

void check_immutable(Errors& e, bool same, const Value& value, const Path& at) {
  if (!same) e.invalid(at, value, "field is immutable");
}

void check_meta_update(Errors& e, const meta_v1::ObjectMeta& m, const meta_v1::ObjectMeta& old, const Path& at) {
  if (old.deletionTimestamp.is_set()) {
    std::string extra;
    for (const Str& f : m.finalizers)
      if (!old.finalizers.contains(f)) extra += (extra.empty() ? "" : ", ") + orrery::quoted(f);
    if (!extra.empty())
      e.forbidden(at / "finalizers", cat("no new finalizers can be added if the object is being deleted, found new "
                                         "finalizers []string{", extra, "}"));
  }
  if (m.resourceVersion.empty()) e.invalid(at / "resourceVersion", "", "must be specified for an update");
  if (m.generation < old.generation)
    e.invalid(at / "generation", Value::of(m.generation), "must not be decremented");
  auto text = [](const Str& s) { return Value::of(s.view()); };
  keeps(e, m.name, old.name, at, "name", text);
  keeps(e, m.namespace_, old.namespace_, at, "namespace", text);
  keeps(e, m.uid, old.uid, at, "uid", text);
  keeps(e, m.creationTimestamp, old.creationTimestamp, at, "creationTimestamp", time_value);
  keeps(e, m.deletionTimestamp, old.deletionTimestamp, at, "deletionTimestamp", time_value);
  keeps(e, m.deletionGracePeriodSeconds, old.deletionGracePeriodSeconds, at, "deletionGracePeriodSeconds",
        [](const std::optional<int64_t>& s) { return s ? Value::of(*s) : Value::json("null"); });
  // What is shared with the old object was looked at when that was written.
  if (!m.labels.same_block(old.labels)) check_labels(e, m.labels, at / "labels");
  if (!m.annotations.same_block(old.annotations)) check_annotations(e, m.annotations, at / "annotations");
  if (!m.ownerReferences.same_block(old.ownerReferences)) check_owners(e, m.ownerReferences, at / "ownerReferences");
}

void check_label_selector(Errors& e, const meta_v1::LabelSelector& s, const Path& at) {
  for (const auto& l : s.matchLabels) {
    e.invalid_each(at / "matchLabels", l.key, qualified_name(l.key));
    e.invalid_each(at / "matchLabels", l.value, label_value(l.value));
  }
  for (uint32_t i = 0; i < s.matchExpressions.size(); ++i) {
    const auto& r = s.matchExpressions[i];
    Path here = (at / "matchExpressions").index(i);
    bool in = r.operator_ == "In" || r.operator_ == "NotIn";
    if (in && r.values.empty())
      e.required(here / "values", "must be specified when `operator` is 'In' or 'NotIn'");
    else if ((r.operator_ == "Exists" || r.operator_ == "DoesNotExist") && !r.values.empty())
      e.forbidden(here / "values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    else if (!in && !(r.operator_ == "Exists") && !(r.operator_ == "DoesNotExist"))
      e.invalid(here / "operator", r.operator_.view(), "not a valid selector operator");
    e.invalid_each(here / "key", r.key, qualified_name(r.key));
    for (uint32_t k = 0; k < r.values.size(); ++k)
      e.invalid_each((here / "values").index(k), r.values[k], label_value(r.values[k]));
  }
}

bool selector_is_empty(const meta_v1::LabelSelector& s) { return s.matchLabels.empty() && s.matchExpressions.empty(); }

bool selector_matches(const Box<meta_v1::LabelSelector>& selector, const Map<Str>& labels) {
  if (!selector) return false;
  for (const auto& l : selector->matchLabels) {
    const Str* v = labels.find(l.key);
    if (!v || !(*v == l.value)) return false;
  }
  for (const auto& r : selector->matchExpressions) {
    const Str* v = labels.find(r.key);
    bool in = v && r.values.contains(*v);
    if (r.operator_ == "In" && !in) return false;
    if (r.operator_ == "NotIn" && in) return false;
    if (r.operator_ == "Exists" && !v) return false;
    if (r.operator_ == "DoesNotExist" && v) return false;
  }
  return true;
}

}  // namespace orrery::api::validation
