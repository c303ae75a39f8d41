// Source: printers.go printRoleBinding, printClusterRoleBinding, printCertificateSigningRequest.
#include "core/api/gen/autoscaling_v1.h"
#include "core/api/gen/certificates_v1.h"
#include "core/api/gen/meta_v1.h"
#include "core/api/gen/rbac_v1.h"
#include "core/apiserver/printers/printer.h"

namespace orrery::apiserver {

namespace {

using namespace api::rbac_v1;
using api::certificates_v1::CertificateSigningRequest;

template <class Binding>
void binding_cells(const Binding& o, WallTime now, Cells& out) {
  std::string users, groups, accounts;
  auto add = [](std::string& list, std::string_view name) { list += cat(list.empty() ? "" : ", ", name); };
  for (const Subject& s : o.subjects) {
    if (s.kind == "User") add(users, s.name);
    if (s.kind == "Group") add(groups, s.name);
    if (s.kind == "ServiceAccount") add(accounts, s.namespace_.empty() ? s.name.str() : cat(s.namespace_, '/', s.name));
  }
  out.text(o.metadata.name);
  out.text(cat(o.roleRef.kind, '/', o.roleRef.name));
  out.age(o.metadata.creationTimestamp, now);
  out.text(users);
  out.text(groups);
  out.text(accounts);
}

void request_cells(const CertificateSigningRequest& o, WallTime now, Cells& out) {
  bool approved = false, denied = false, failed = false;
  for (const auto& c : o.status.conditions) {
    approved = approved || c.type == "Approved";
    denied = denied || c.type == "Denied";
    failed = failed || c.type == "Failed";
  }
  out.text(o.metadata.name);
  out.age(o.metadata.creationTimestamp, now);
  out.text(o.spec.signerName.empty() ? std::string_view("<none>") : o.spec.signerName.view());
  out.text(o.spec.username);
  out.text(o.spec.expirationSeconds ? human_duration(seconds(*o.spec.expirationSeconds)) : "<none>");
  out.text(cat(denied     ? "Denied"
               : approved ? "Approved"
                          : "Pending",
               failed ? ",Failed" : "", o.status.certificate.empty() ? "" : ",Issued"));
}

void scale_cells(const api::autoscaling_v1::Scale& o, WallTime now, Cells& out) {
  out.text(o.metadata.name);
  out.number(o.spec.replicas);
  out.number(o.status.replicas);
  out.age(o.metadata.creationTimestamp, now);
}

}  // namespace

void add_access_printers(std::vector<Printer>& all) {
  std::vector<Column> binding{kName,
                              text_column("Role"),
                              kAge,
                              text_column("Users", 1),
                              text_column("Groups", 1),
                              text_column("ServiceAccounts", 1)};
  all.push_back(printer<RoleBinding, binding_cells<RoleBinding>>(binding));
  all.push_back(printer<ClusterRoleBinding, binding_cells<ClusterRoleBinding>>(binding));
  all.push_back(printer<CertificateSigningRequest, request_cells>(
      {kName, kAge, text_column("SignerName"), text_column("Requestor"), text_column("RequestedDuration"),
       text_column("Condition")}));
  all.push_back(printer<api::autoscaling_v1::Scale, scale_cells>(
      {{"Name", "string", "", 0}, number_column("Desired"), number_column("Available"), kAge}));
}

}  // namespace orrery::apiserver
