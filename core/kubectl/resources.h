// Which objects a command line means: kinds by any of their names, TYPE/NAME, files and standard input.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/kubectl/session.h"

namespace orrery::kubectl {

// The annotation in which `apply` keeps what it applied.
inline constexpr const char* kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

inline constexpr const char* kNothingNamed =
    "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n"
    "   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'";

struct ObjectRef {
  const api::KindInfo* kind = nullptr;
  Str ns;        // empty for cluster-scoped kinds
  Str name;      // empty: all of them
};

// "po", "pods", "Pod", "deployments.apps", "deployment.v1.apps" -> the kind, or null.
const api::KindInfo* resolve_kind(Context& c, std::string_view name);
// "deployments.apps", "pods"
std::string qualified_plural(const api::KindInfo& kind);
// `the server doesn't have a resource type "foo"`
std::string unknown_kind(std::string_view name);

// Words like "pod web", "pod/web svc/web", "pods,services", "all". Names may be missing (then all).
// Sets `error` (without "error: ") when they make no sense.
std::vector<ObjectRef> resolve_words(Context& c, const std::vector<std::string>& words, const Str& ns, std::string& error);

// "/api/v1/namespaces/default/pods/web"; an empty ns of a namespaced kind means all namespaces.
std::string path_of(const api::KindInfo& kind, std::string_view ns, std::string_view name = {}, std::string_view sub = {});
std::string path_of(const ObjectRef& ref, std::string_view sub = {});
// "deployment.apps/web", "pod/web": how kubectl names an object in its messages
std::string display_name(const api::KindInfo& kind, std::string_view name);

// The kind and place of a manifest's object; error: `no matches for kind "X" in version "v1"` ...
ObjectRef ref_of(Context& c, const nlohmann::json& object, const Str& default_ns, std::string& error);

// The error of an answer or none; parses its JSON body into `out` otherwise.
const Error* body_of(const ports::ApiReply& reply, nlohmann::json& out);
std::string escape_query(std::string_view text);

// Builds the -o output of one object (or a List); false when the format is unknown (then error is set).
bool print_object(Context& c, const nlohmann::json& object, const std::string& format, std::string& out, std::string& error);
// Prints "<kind>/<name> <done>" or the -o form of the object.
Step report(Context& context, const nlohmann::json& object, const api::KindInfo& kind, std::string_view done);
// "?dryRun=All&fieldManager=..." from the flags, and " (server dry run)".
std::string write_query(Context& context, std::string_view manager);
std::string dry_run_note(const Args& args);

}  // namespace orrery::kubectl
