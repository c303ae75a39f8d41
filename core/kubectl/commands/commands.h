// Every command's function, for the table in registry.cpp.
#pragma once

#include <string>
#include <vector>

#include "core/kubectl/resources.h"
#include "core/kubectl/session.h"

namespace orrery::kubectl {

Step run_get(Context& c);
Step run_describe(Context& c);
Step run_events(Context& c);
Step run_create(Context& c);           // -f, and the generators below
Step run_create_namespace(Context& c);
Step run_create_deployment(Context& c);
Step run_create_configmap(Context& c);
Step run_create_secret(Context& c);
Step run_create_secret_tls(Context& c);
Step run_create_secret_docker_registry(Context& c);
Step run_create_token(Context& c);
Step run_create_service_account(Context& c);
Step run_create_job(Context& c);
Step run_create_cron_job(Context& c);
Step run_create_service_cluster_ip(Context& c);
Step run_create_service_node_port(Context& c);
Step run_create_service_load_balancer(Context& c);
Step run_create_service_external_name(Context& c);
Step run_create_ingress(Context& c);
Step run_create_role(Context& c);
Step run_create_cluster_role(Context& c);
Step run_create_role_binding(Context& c);
Step run_create_cluster_role_binding(Context& c);
Step run_create_quota(Context& c);
Step run_create_disruption_budget(Context& c);
Step run_create_priority_class(Context& c);
Step run_apply(Context& c);
Step run_apply_view_last_applied(Context& c);
Step run_diff(Context& c);
Step run_replace(Context& c);
Step run_delete(Context& c);
Step run_patch(Context& c);
Step run_edit(Context& c);
Step run_label(Context& c);
Step run_annotate(Context& c);
Step run_scale(Context& c);
Step run_autoscale(Context& c);
Step run_set_image(Context& c);
Step run_set_service_account(Context& c);
Step run_set_selector(Context& c);
Step run_set_resources(Context& c);
Step run_set_env(Context& c);
Step run_run(Context& c);
Step run_expose(Context& c);
Step run_rollout_status(Context& c);
Step run_rollout_history(Context& c);
Step run_rollout_undo(Context& c);
Step run_rollout_restart(Context& c);
Step run_rollout_pause(Context& c);
Step run_rollout_resume(Context& c);
Step run_logs(Context& c);
Step run_exec(Context& c);
Step run_attach(Context& c);
Step run_debug(Context& c);
Step run_cp(Context& c);
Step run_port_forward(Context& c);
Step run_wait(Context& c);
Step run_cordon(Context& c);
Step run_uncordon(Context& c);
Step run_drain(Context& c);
Step run_taint(Context& c);
Step run_certificate_approve(Context& c);
Step run_certificate_deny(Context& c);
Step run_top_node(Context& c);
Step run_top_pod(Context& c);
Step run_explain(Context& c);
Step run_api_resources(Context& c);
Step run_api_versions(Context& c);
Step run_version(Context& c);
Step run_cluster_info(Context& c);
Step run_config_view(Context& c);
Step run_config_current(Context& c);
Step run_config_set_context(Context& c);
Step run_config_get_contexts(Context& c);
Step run_auth_whoami(Context& c);
Step run_auth_can_i(Context& c);
Step run_help(Context& c);

// The container that a command means which names none; `say`: which others there are, as kubectl says.
std::string default_container(Context& c, const nlohmann::json& pod, bool say);
// An exec, or with `sub` "attach" an attach, over a WebSocket of v5.channel.k8s.io.
ports::ApiRequest exec_request(const nlohmann::json& pod, const std::string& container, const char* sub,
                               const std::vector<std::string>& command, bool tty, bool input);

// TYPE NAME... or TYPE/NAME..., with --all or -l for every object of the type.
Step targets_of(Context& c, const std::vector<std::string>& words, std::vector<ObjectRef>& out);

}  // namespace orrery::kubectl
