// Signers of kubernetes.io: documentation, "Certificates and Certificate Signing Requests".
#include "core/controllers/certificates.h"

#include <doctest/doctest.h>

using namespace orrery;
using api::certificates_v1::CertificateSigningRequest;
using api::certificates_v1::CertificateSigningRequestCondition;
using controllers::refusal;

namespace {

struct FakeSigner final : ports::CertificateSigner {
  ports::CertificateRequest request;
  mutable Duration life;
  Result<ports::CertificateRequest> read(std::string_view) const override { return request; }
  Result<Str> sign(std::string_view, const List<Str>&, Duration l, WallTime) const override {
    life = l;
    return Str("signed");
  }
};

CertificateSigningRequest csr(std::initializer_list<const char*> conditions) {
  CertificateSigningRequest r;
  r.metadata.name = "jane";
  r.spec.signerName = "kubernetes.io/kube-apiserver-client";
  r.spec.usages = {"client auth"};
  for (const char* type : conditions) {
    CertificateSigningRequestCondition c;
    c.type = type;
    c.status = "True";
    r.status.conditions.push_back(c);
  }
  return r;
}

const CertificateSigningRequest* written(const client::Plan& plan) {
  return plan.writes.size() == 1 ? plan.writes[0].object.as<CertificateSigningRequest>() : nullptr;
}

client::Plan plan_of(CertificateSigningRequest r, const ports::CertificateSigner& signer) {
  return controllers::plan_certificate(api::make_object(std::move(r)), signer, {});
}

}  // namespace

TEST_CASE("certificates: what is approved is signed, for no longer than asked") {
  FakeSigner signer;
  CertificateSigningRequest r = csr({"Approved"});
  r.spec.expirationSeconds = 600;
  client::Plan plan = plan_of(r, signer);
  REQUIRE(written(plan));
  CHECK(plan.writes[0].op == client::Write::Op::UpdateStatus);
  CHECK(written(plan)->status.certificate == "signed");
  CHECK(signer.life == seconds(600));
  r.spec.expirationSeconds.reset();
  plan_of(r, signer);
  CHECK(signer.life == seconds(8760 * 3600));
}

TEST_CASE("certificates: nothing is done without approval, after a denial, twice, or for another's signer") {
  FakeSigner signer;
  CHECK(plan_of(csr({}), signer).empty());
  CHECK(plan_of(csr({"Denied"}), signer).empty());
  CHECK(plan_of(csr({"Approved", "Failed"}), signer).empty());
  CertificateSigningRequest r = csr({"Approved"});
  r.status.certificate = "there";
  CHECK(plan_of(r, signer).empty());
  r = csr({"Approved"});
  r.spec.signerName = "example.com/mine";
  CHECK(plan_of(r, signer).empty());
}

TEST_CASE("certificates: what the signer won't sign fails for good") {
  FakeSigner signer;
  CertificateSigningRequest r = csr({"Approved"});
  r.spec.usages = {"server auth"};
  client::Plan plan = plan_of(r, signer);
  REQUIRE(written(plan));
  const auto& conditions = written(plan)->status.conditions;
  REQUIRE(conditions.size() == 2);
  CHECK(conditions[1].type == "Failed");
  CHECK(conditions[1].reason == "SignerValidationFailure");
  CHECK(conditions[1].message == "invalid usage for client certificate: server auth");
  CHECK(written(plan)->status.certificate == "");
}

TEST_CASE("certificates: a kubelet's client and serving certificates") {
  constexpr const char* kClient = "kubernetes.io/kube-apiserver-client-kubelet";
  constexpr const char* kServing = "kubernetes.io/kubelet-serving";
  ports::CertificateRequest r;
  r.common_name = "system:node:node-1";
  r.organisations = {"system:nodes"};
  CHECK(refusal(kClient, r, {"digital signature", "client auth"}) == "");
  CHECK(refusal(kClient, r, {"client auth"}) != "");
  CHECK(refusal(kServing, r, {"digital signature", "server auth"}) == "DNS or IP subjectAltName is required");
  r.ip_addresses = {"10.0.0.1"};
  CHECK(refusal(kServing, r, {"digital signature", "key encipherment", "server auth"}) == "");
  CHECK(refusal(kClient, r, {"digital signature", "client auth"}) == "IP subjectAltNames are not allowed");
  r.common_name = "jane";
  CHECK(refusal(kServing, r, {"digital signature", "server auth"}) ==
        "subject common name does not begin with system:node: ");
  r.organisations = {"dev"};
  CHECK(refusal(kServing, r, {"digital signature", "server auth"}) == "subject organization is not system:nodes");
}
