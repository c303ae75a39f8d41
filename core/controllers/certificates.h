// CertificateSigningRequest: signs what was approved for the signers that the cluster has. Approval is somebody else's.
// Source: pkg/controller/certificates/signer/signer.go, pkg/apis/certificates/helpers.go;
// documentation, "Certificates and Certificate Signing Requests".
#pragma once

#include "core/api/gen/certificates_v1.h"
#include "core/client/reconciler.h"
#include "core/ports/certificate_signer.h"

namespace orrery::controllers {

constexpr Duration kCertificateLife = minutes(8760 * 60);  // --cluster-signing-duration

// Why a signer won't sign that; "": it will. The signer's name is one of the four of kubernetes.io.
std::string refusal(std::string_view signer_name, const ports::CertificateRequest& request, const List<Str>& usages);

client::Plan plan_certificate(const api::ObjectPtr& request, const ports::CertificateSigner& signer,
                              const client::Attempt& attempt);

class CertificateController final : public client::Controller {
 public:
  explicit CertificateController(const ports::CertificateSigner& signer) : signer_(signer) {}
  Str name() const override { return "certificate-controller"; }
  void setup(client::InformerSet& informers) override;
  void on_change(const client::Informer& informer, ports::WatchType type, const api::ObjectPtr& before,
                 const api::ObjectPtr& after) override;
  client::Plan plan(const client::Key& key, const client::Attempt& attempt) override;

 private:
  const ports::CertificateSigner& signer_;
  client::Informer* requests_ = nullptr;
};

}  // namespace orrery::controllers
