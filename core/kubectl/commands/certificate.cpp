// kubectl certificate approve, deny. Source: kubectl pkg/cmd/certificates/certificates.go
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/kubectl/commands/commands.h"
#include "core/kubectl/resources.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

Step decide(Context& c, const char* type, const char* word) {
  std::vector<std::string> words = c.args.words();
  if (words.empty()) return c.fail("one or more CSRs must be specified as <name> or -f <filename>");
  for (std::string& w : words)
    if (w.find('/') != std::string::npos) w = w.substr(w.find('/') + 1);
  words.insert(words.begin(), "certificatesigningrequests.certificates.k8s.io");
  std::string error;
  const std::vector<ObjectRef> refs = resolve_words(c, words, c.ns(), error);
  if (!error.empty()) return c.fail(error);
  for (const ObjectRef& ref : refs) {
    const ports::ApiReply* r = c.get(path_of(ref));
    if (!r) return Step::Wait;
    json request, stored;
    if (const Error* e = body_of(*r, request)) return c.fail(*e);
    json& conditions = request["status"]["conditions"];
    if (!conditions.is_array()) conditions = json::array();
    bool there = false;
    for (const json& condition : conditions) there = there || condition.value("type", "") == type;
    if (!there || c.args.on("force")) {
      json kept = json::array();
      for (const json& condition : conditions)
        if (condition.value("type", "") != type) kept.push_back(condition);
      const bool approves = std::string_view(word) == "approved";
      kept.push_back(
          json{{"type", type},
               {"status", "True"},
               {"reason", approves ? "KubectlApprove" : "KubectlDeny"},
               {"message", cat("This CSR was ", word, " by kubectl certificate ", approves ? "approve." : "deny.")}});
      conditions = std::move(kept);
      r = c.send("PUT", path_of(ref, "approval"), request.dump(), "application/json");
      if (!r) return Step::Wait;
      if (const Error* e = body_of(*r, stored)) return c.fail(*e);
    }
    c.out(cat(display_name(*ref.kind, ref.name), " ", word, "\n"));
  }
  return Step::Done;
}

}  // namespace

Step run_certificate_approve(Context& c) { return decide(c, "Approved", "approved"); }
Step run_certificate_deny(Context& c) { return decide(c, "Denied", "denied"); }

}  // namespace orrery::kubectl
