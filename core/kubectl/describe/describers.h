// One function a kind, as kubectl has one describer a kind; describe.cpp lists them.
#pragma once

#include <map>

#include "core/api/kinds.h"
#include "core/kubectl/describe/pods.h"

namespace orrery::kubectl {

struct Subject {
  const nlohmann::json& object;
  const std::map<std::string, nlohmann::json>& lists;  // what describe.cpp says that the kind needs: key -> items
  WallTime now;

  const nlohmann::json& list(const char* key) const;  // null where the server refused it
};

void describe_pod(Writer& w, const Subject& s);

void describe_deployment(Writer& w, const Subject& s);
void describe_replica_set(Writer& w, const Subject& s);
void describe_stateful_set(Writer& w, const Subject& s);
void describe_daemon_set(Writer& w, const Subject& s);
void describe_job(Writer& w, const Subject& s);
void describe_cron_job(Writer& w, const Subject& s);
void describe_autoscaler(Writer& w, const Subject& s);

void describe_service(Writer& w, const Subject& s);
void describe_endpoints(Writer& w, const Subject& s);
void describe_endpoint_slice(Writer& w, const Subject& s);
void describe_ingress(Writer& w, const Subject& s);
void describe_ingress_class(Writer& w, const Subject& s);
void describe_network_policy(Writer& w, const Subject& s);

void describe_config_map(Writer& w, const Subject& s);
void describe_secret(Writer& w, const Subject& s);
void describe_volume(Writer& w, const Subject& s);
void describe_claim(Writer& w, const Subject& s);
void describe_storage_class(Writer& w, const Subject& s);

void describe_node(Writer& w, const Subject& s);
void describe_namespace(Writer& w, const Subject& s);
void describe_quota(Writer& w, const Subject& s);
void describe_limit_range(Writer& w, const Subject& s);
void describe_disruption_budget(Writer& w, const Subject& s);
void describe_priority_class(Writer& w, const Subject& s);

void describe_service_account(Writer& w, const Subject& s);
void describe_role(Writer& w, const Subject& s);
void describe_role_binding(Writer& w, const Subject& s);

void describe_any(Writer& w, const Subject& s);

}  // namespace orrery::kubectl
