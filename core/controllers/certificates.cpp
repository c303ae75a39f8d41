#include "core/controllers/certificates.h"

#include <algorithm>

#include "core/base/stamp.h"
#include "core/base/text.h"

namespace orrery::controllers {

using api::ObjectPtr;
using api::certificates_v1::CertificateSigningRequest;
using api::certificates_v1::CertificateSigningRequestCondition;
using client::Plan;
using ports::CertificateRequest;

namespace {

constexpr std::string_view kClient = "kubernetes.io/kube-apiserver-client";
constexpr std::string_view kKubeletClient = "kubernetes.io/kube-apiserver-client-kubelet";
constexpr std::string_view kKubeletServing = "kubernetes.io/kubelet-serving";

bool is_ours(std::string_view signer) {
  return signer == kClient || signer == kKubeletClient || signer == kKubeletServing;
}

std::string client_usages(const List<Str>& usages) {
  bool has = false;
  for (const Str& u : usages) {
    if (u == "client auth")
      has = true;
    else if (!(u == "digital signature") && !(u == "key encipherment"))
      return cat("invalid usage for client certificate: ", u);
  }
  return has ? std::string() : "missing required usage for client certificate: client auth";
}

// A kubelet's certificates have just one set of usages, with or without key encipherment.
std::string kubelet_usages(const List<Str>& usages, const char* purpose) {
  bool good = usages.contains("digital signature") && usages.contains(purpose);
  for (const Str& u : usages) good = good && (u == "digital signature" || u == "key encipherment" || u == purpose);
  if (good) return {};
  return cat("usages did not match [digital signature key encipherment ", purpose, "] or [digital signature ", purpose,
             "]");
}

std::string kubelet_subject(const CertificateRequest& r) {
  if (r.organisations.size() != 1 || !(r.organisations[0] == "system:nodes"))
    return "subject organization is not system:nodes";
  if (!starts_with(r.common_name, "system:node:")) return "subject common name does not begin with system:node: ";
  return {};
}

const CertificateSigningRequestCondition* condition(const CertificateSigningRequest& csr, std::string_view type) {
  return csr.status.conditions.find_if([&](const CertificateSigningRequestCondition& c) { return c.type == type; });
}

}  // namespace

std::string refusal(std::string_view signer, const CertificateRequest& r, const List<Str>& usages) {
  if (signer == kClient) return client_usages(usages);
  if (std::string why = kubelet_subject(r); !why.empty()) return why;
  if (r.other_names > 0) return "email and URI subjectAltNames are not allowed";
  const bool names = !r.dns_names.empty() || !r.ip_addresses.empty();
  if (signer == kKubeletServing) {
    if (!names) return "DNS or IP subjectAltName is required";
    return kubelet_usages(usages, "server auth");
  }
  if (!r.dns_names.empty()) return "DNS subjectAltNames are not allowed";
  if (!r.ip_addresses.empty()) return "IP subjectAltNames are not allowed";
  return kubelet_usages(usages, "client auth");
}

Plan plan_certificate(const ObjectPtr& object, const ports::CertificateSigner& signer, const client::Attempt& attempt) {
  Plan plan;
  const auto& csr = *object.as<CertificateSigningRequest>();
  const bool open = condition(csr, "Approved") && !condition(csr, "Denied") && !condition(csr, "Failed");
  if (!open || !csr.status.certificate.empty() || !is_ours(csr.spec.signerName)) return plan;
  CertificateSigningRequest next = csr;
  std::string why;
  auto read = signer.read(csr.spec.request);
  if (!read.ok()) {
    plan.error = read.error();
    return plan;
  }
  if (std::string no = refusal(csr.spec.signerName, *read, csr.spec.usages); !no.empty()) {
    CertificateSigningRequestCondition failed;
    failed.type = "Failed";
    failed.status = "True";
    failed.reason = "SignerValidationFailure";
    failed.message = no;
    failed.lastUpdateTime = whole_second(attempt.now);
    next.status.conditions.push_back(std::move(failed));
    why = cat(csr.spec.signerName, " won't sign ", csr.metadata.name, ": ", no);
  } else {
    Duration life = kCertificateLife;
    if (csr.spec.expirationSeconds) life = std::min(life, seconds(*csr.spec.expirationSeconds));
    auto certificate = signer.sign(csr.spec.request, csr.spec.usages, life, attempt.now);
    if (!certificate.ok()) {
      plan.error = certificate.error();
      return plan;
    }
    next.status.certificate = *certificate;
    why = cat(csr.metadata.name, " was approved: ", csr.spec.signerName, " signs it");
  }
  plan.writes.push_back(client::update_status(api::make_object(std::move(next)), why));
  return plan;
}

void CertificateController::setup(client::InformerSet& informers) {
  requests_ = &informers.of<CertificateSigningRequest>();
  requests_->add_handler(*this);
}

void CertificateController::on_change(const client::Informer&, ports::WatchType, const ObjectPtr&,
                                      const ObjectPtr& after) {
  if (after) queue().add(client::key_of(after));
}

Plan CertificateController::plan(const client::Key& key, const client::Attempt& attempt) {
  const ObjectPtr& object = requests_->find(key);
  return object ? plan_certificate(object, signer_, attempt) : Plan{};
}

}  // namespace orrery::controllers
