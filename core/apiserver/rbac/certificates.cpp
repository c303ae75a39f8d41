#include "core/apiserver/rbac/certificates.h"

#include "core/api/gen/certificates_v1.h"
#include "core/apiserver/auth.h"
#include "core/apiserver/errors.h"
#include "core/base/text.h"

namespace orrery::apiserver {

namespace {

using api::certificates_v1::CertificateSigningRequest;

constexpr std::string_view kClient = "kubernetes.io/kube-apiserver-client";

// The signer by its name, or all of its domain: "kubernetes.io/*".
bool may(const Registry& registry, const ports::Identity& who, const char* verb, const Str& signer) {
  const Str domain = cat(signer.view().substr(0, signer.view().find('/')), "/*");
  for (const Str& name : {signer, domain}) {
    RequestInfo ask;
    ask.is_resource = true;
    ask.verb = verb;
    ask.group = "certificates.k8s.io";
    ask.version = "v1";
    ask.resource = "signers";
    ask.name = name;
    if (authorize(who, ask, {}, registry).ok()) return true;
  }
  return false;
}

}  // namespace

Result<void> check_certificate(const Registry& registry, const ports::Identity& who, const KindInfo& kind,
                               std::string_view subresource, api::MutableObject& object, const api::ObjectPtr& old,
                               const ports::CertificateSigner* signer) {
  if (kind.kind != "CertificateSigningRequest") return {};
  auto& csr = object.as<CertificateSigningRequest>();
  const Str name = csr.metadata.name;
  if (!old) {
    if (!signer || !(csr.spec.signerName == kClient)) return {};
    auto read = signer->read(csr.spec.request);
    if (!read.ok()) return forbidden(kind, name, cat("failed to parse CSR: ", read.error().message));
    if (!read->organisations.contains(Str(kMasters))) return {};
    return forbidden(kind, name, cat("use of ", kClient, " signer with ", kMasters, " group is not allowed"));
  }
  const auto& before = *old.as<CertificateSigningRequest>();
  const Str& by = before.spec.signerName;
  if (subresource == "approval" && !may(registry, who, "approve", by))
    return forbidden(kind, name, cat("user not permitted to approve requests with signerName ", quoted(by)));
  bool signs = subresource == "status" && !(csr.status.certificate == before.status.certificate);
  if (signs && !may(registry, who, "sign", by))
    return forbidden(kind, name, cat("user not permitted to sign requests with signerName ", quoted(by)));
  return {};
}

}  // namespace orrery::apiserver
