// Who may approve and sign certificates, and for whom none are asked.
// Source: plugin/pkg/admission/certificates/{approval,signing,subjectrestriction}/admission.go
#pragma once

#include "core/api/object.h"
#include "core/apiserver/registry/registry.h"
#include "core/ports/api.h"
#include "core/ports/certificate_signer.h"

namespace orrery::apiserver {

// Forbidden unless `who` may `approve`, or `sign`, requests for the object's signer; or when it asks for a client
// certificate of system:masters. `old` is null on create; `signer` may be null: then requests are not read.
Result<void> check_certificate(const Registry& registry, const ports::Identity& who, const KindInfo& kind,
                               std::string_view subresource, api::MutableObject& object, const api::ObjectPtr& old,
                               const ports::CertificateSigner* signer);

}  // namespace orrery::apiserver
