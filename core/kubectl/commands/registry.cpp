// The table of commands: name, function, usage, flags.
#include <algorithm>

#include "core/base/str.h"
#include "core/base/text.h"
#include "core/kubectl/commands/commands.h"

namespace orrery::kubectl {

namespace {

#define ORRERY_WRITE_FLAGS "o:output= f:filename= R:recursive dry-run? field-manager= validate? save-config k:kustomize= "

}  // namespace

const std::vector<Command>& all_commands() {
  static const std::vector<Command> commands = {
      {"get", run_get, "Display one or many resources: get TYPE [NAME ...] [-o json|yaml|wide|name|jsonpath=...|custom-columns=...]",
       "o:output= A:all-namespaces l:selector= field-selector= w:watch watch-only show-labels L:label-columns= no-headers sort-by= ignore-not-found "
       "show-kind show-managed-fields f:filename= raw= chunk-size# R:recursive output-watch-events"},
      {"describe", run_describe, "Show details of a resource: describe TYPE NAME", "A:all-namespaces l:selector= f:filename= show-events"},
      {"apply", run_apply, "Apply a configuration: apply -f FILE",
       ORRERY_WRITE_FLAGS "server-side force-conflicts force prune l:selector= overwrite timeout= wait"},
      {"apply view-last-applied", run_apply_view_last_applied, "What an object was applied as: apply view-last-applied TYPE NAME", "o:output= all l:selector="},
      {"diff", run_diff, "What apply would change: diff -f FILE", "f:filename= R:recursive k:kustomize= server-side force-conflicts field-manager= show-managed-fields l:selector="},
      {"create", run_create, "Create resources from a file: create -f FILE", ORRERY_WRITE_FLAGS},
      {"create namespace|ns", run_create_namespace, "Create a namespace: create namespace NAME", ORRERY_WRITE_FLAGS},
      {"create deployment|deploy", run_create_deployment, "Create a deployment: create deployment NAME --image=IMAGE [-- COMMAND]", ORRERY_WRITE_FLAGS "image= r:replicas# port="},
      {"create configmap|cm", run_create_configmap, "Create a config map: create configmap NAME --from-literal=KEY=VALUE", ORRERY_WRITE_FLAGS "from-literal= from-file= from-env-file="},
      {"create secret generic", run_create_secret, "Create a secret: create secret generic NAME --from-literal=KEY=VALUE", ORRERY_WRITE_FLAGS "from-literal= from-file= from-env-file= type="},
      {"create secret tls", run_create_secret_tls, "Create a secret for TLS: create secret tls NAME --cert=FILE --key=FILE", ORRERY_WRITE_FLAGS "cert= key="},
      {"create secret docker-registry", run_create_secret_docker_registry, "Create a secret for a registry: create secret docker-registry NAME --docker-server=SERVER --docker-username=USER --docker-password=PASSWORD",
       ORRERY_WRITE_FLAGS "docker-server= docker-username= docker-password= docker-email="},
      {"create token", run_create_token, "Request a token of a service account: create token NAME", "duration= audience="},
      {"create serviceaccount|sa", run_create_service_account, "Create a service account: create serviceaccount NAME", ORRERY_WRITE_FLAGS},
      {"create job", run_create_job, "Create a job: create job NAME --image=IMAGE [-- COMMAND]", ORRERY_WRITE_FLAGS "image= from="},
      {"create cronjob|cj", run_create_cron_job, "Create a cron job: create cronjob NAME --image=IMAGE --schedule='*/5 * * * *' [-- COMMAND]", ORRERY_WRITE_FLAGS "image= schedule= restart="},
      {"create service|svc clusterip", run_create_service_cluster_ip, "Create a ClusterIP service: create service clusterip NAME --tcp=PORT:TARGET", ORRERY_WRITE_FLAGS "tcp= clusterip="},
      {"create service|svc nodeport", run_create_service_node_port, "Create a NodePort service: create service nodeport NAME --tcp=PORT:TARGET", ORRERY_WRITE_FLAGS "tcp= node-port#"},
      {"create service|svc loadbalancer", run_create_service_load_balancer, "Create a LoadBalancer service: create service loadbalancer NAME --tcp=PORT:TARGET", ORRERY_WRITE_FLAGS "tcp="},
      {"create service|svc externalname", run_create_service_external_name, "Create an ExternalName service: create service externalname NAME --external-name=HOST", ORRERY_WRITE_FLAGS "tcp= external-name="},
      {"create ingress|ing", run_create_ingress, "Create an ingress: create ingress NAME --rule=host/path=service:port", ORRERY_WRITE_FLAGS "rule= class= default-backend="},
      {"create role", run_create_role, "Create a role: create role NAME --verb=VERB --resource=RESOURCE", ORRERY_WRITE_FLAGS "verb= resource= resource-name="},
      {"create clusterrole", run_create_cluster_role, "Create a cluster role: create clusterrole NAME --verb=VERB --resource=RESOURCE", ORRERY_WRITE_FLAGS "verb= resource= resource-name="},
      {"create rolebinding", run_create_role_binding, "Create a role binding: create rolebinding NAME --role=ROLE --serviceaccount=NS:NAME", ORRERY_WRITE_FLAGS "role= clusterrole= user= group= serviceaccount="},
      {"create clusterrolebinding", run_create_cluster_role_binding, "Create a cluster role binding: create clusterrolebinding NAME --clusterrole=ROLE --user=USER", ORRERY_WRITE_FLAGS "clusterrole= user= group= serviceaccount="},
      {"create quota|resourcequota", run_create_quota, "Create a quota: create quota NAME --hard=pods=10", ORRERY_WRITE_FLAGS "hard= scopes="},
      {"create poddisruptionbudget|pdb", run_create_disruption_budget, "Create a disruption budget: create pdb NAME --selector=LABELS --min-available=N", ORRERY_WRITE_FLAGS "selector= min-available= max-unavailable="},
      {"create priorityclass|pc", run_create_priority_class, "Create a priority class: create priorityclass NAME --value=N", ORRERY_WRITE_FLAGS "value# description= global-default? preemption-policy="},
      {"replace", run_replace, "Replace a resource: replace -f FILE", ORRERY_WRITE_FLAGS "force"},
      {"delete", run_delete, "Delete resources: delete TYPE NAME, delete -f FILE, delete TYPE -l SELECTOR",
       "f:filename= R:recursive l:selector= field-selector= all A:all-namespaces cascade? force grace-period# now wait ignore-not-found timeout= o:output= dry-run? k:kustomize="},
      {"patch", run_patch, "Change fields: patch TYPE NAME -p PATCH [--type=json|merge|strategic]", ORRERY_WRITE_FLAGS "p:patch= patch-file= type= subresource="},
      {"edit", run_edit, "Edit a resource: edit TYPE/NAME", ORRERY_WRITE_FLAGS},
      {"label", run_label, "Change labels: label TYPE NAME KEY=VALUE KEY-", ORRERY_WRITE_FLAGS "overwrite all l:selector= list"},
      {"annotate", run_annotate, "Change annotations: annotate TYPE NAME KEY=VALUE KEY-", ORRERY_WRITE_FLAGS "overwrite all l:selector= list"},
      {"scale", run_scale, "Set a new size: scale TYPE NAME --replicas=COUNT", ORRERY_WRITE_FLAGS "replicas# current-replicas# all l:selector= timeout="},
      {"autoscale", run_autoscale, "Scale automatically: autoscale TYPE NAME --min=MIN --max=MAX --cpu=70%", ORRERY_WRITE_FLAGS "min# max# cpu-percent# cpu= memory= name="},
      {"set image", run_set_image, "Set images: set image TYPE/NAME CONTAINER=IMAGE", ORRERY_WRITE_FLAGS "all l:selector="},
      {"set resources", run_set_resources, "Set requests and limits: set resources TYPE/NAME --requests=cpu=100m --limits=memory=64Mi",
       ORRERY_WRITE_FLAGS "all l:selector= c:containers= limits= requests="},
      {"set serviceaccount|sa", run_set_service_account, "Set the service account of pods: set serviceaccount TYPE/NAME ACCOUNT", ORRERY_WRITE_FLAGS "all l:selector="},
      {"set selector", run_set_selector, "Set the selector of a Service: set selector service/NAME KEY=VALUE", ORRERY_WRITE_FLAGS "all"},
      {"set env", run_set_env, "Set environment variables: set env TYPE/NAME KEY=VALUE KEY-",
       ORRERY_WRITE_FLAGS "all l:selector= c:containers= e:env= from= prefix= list"},
      {"run", run_run, "Run an image in a pod: run NAME --image=IMAGE [-- COMMAND]",
       ORRERY_WRITE_FLAGS "image= port= env= l:labels= restart= command i:stdin t:tty attach rm leave-stdin-open pod-running-timeout= image-pull-policy= q:quiet overrides="},
      {"expose", run_expose, "Make a Service for a resource: expose TYPE NAME --port=PORT", ORRERY_WRITE_FLAGS "port= target-port= name= type= protocol= cluster-ip= l:selector="},
      {"rollout status", run_rollout_status, "Follow a rollout: rollout status deployment/NAME", "w:watch timeout= revision#"},
      {"rollout history", run_rollout_history, "List revisions: rollout history deployment/NAME", "revision# o:output="},
      {"rollout undo", run_rollout_undo, "Go back a revision: rollout undo deployment/NAME", "to-revision# o:output= dry-run?"},
      {"rollout restart", run_rollout_restart, "Restart pods: rollout restart deployment/NAME", "o:output= l:selector="},
      {"rollout pause", run_rollout_pause, "Pause a rollout: rollout pause deployment/NAME", "o:output="},
      {"rollout resume", run_rollout_resume, "Resume a rollout: rollout resume deployment/NAME", "o:output="},
      {"logs", run_logs, "Print a container's logs: logs POD [-c CONTAINER] [-f] [--tail=N] [-p]",
       "f:follow c:container= p:previous tail# since= since-time= timestamps limit-bytes# l:selector= all-containers prefix max-log-requests#"},
      {"exec", run_exec, "Run a command in a container: exec [-it] POD [-c CONTAINER] -- COMMAND", "i:stdin t:tty c:container= q:quiet"},
      {"attach", run_attach, "Attach to a running container: attach POD", "i:stdin t:tty c:container= q:quiet"},
      {"debug", run_debug, "Look into a pod or node with a container of tools: debug POD -it --image=IMAGE [--target=CONTAINER], debug node/NAME -it --image=IMAGE",
       "image= c:container= target= i:stdin t:tty attach q:quiet copy-to= replace same-node set-image= share-processes profile= env= image-pull-policy= arguments-only "
       "keep-labels keep-annotations keep-liveness keep-readiness keep-startup keep-init-containers"},
      {"cp", run_cp, "Copy files to and from a container: cp FILE POD:/PATH, cp POD:/PATH FILE", "c:container= no-preserve retries#"},
      {"port-forward", run_port_forward, "Forward a port of this computer to a pod", "address= pod-running-timeout="},
      {"wait", run_wait, "Wait for a condition: wait --for=condition=Ready TYPE/NAME", "for= timeout= l:selector= all A:all-namespaces"},
      {"events", run_events, "List events: events [--for TYPE/NAME]", "for= A:all-namespaces types= w:watch"},
      {"top node|nodes|no", run_top_node, "Show use of CPU and memory: top node [NODE]", "l:selector= sort-by= no-headers"},
      {"top pod|pods|po", run_top_pod, "Show use of CPU and memory: top pod [POD]", "A:all-namespaces l:selector= containers sum sort-by= no-headers"},
      {"certificate approve", run_certificate_approve, "Approve a certificate signing request: certificate approve NAME", "force"},
      {"certificate deny", run_certificate_deny, "Deny a certificate signing request: certificate deny NAME", "force"},
      {"cordon", run_cordon, "Mark a node unschedulable: cordon NODE", "l:selector= dry-run?"},
      {"uncordon", run_uncordon, "Mark a node schedulable: uncordon NODE", "l:selector= dry-run?"},
      {"drain", run_drain, "Empty a node: drain NODE --ignore-daemonsets",
       "ignore-daemonsets delete-emptydir-data force grace-period# timeout= l:selector= pod-selector= disable-eviction dry-run?"},
      {"taint", run_taint, "Change taints: taint nodes NODE KEY=VALUE:EFFECT KEY:EFFECT-", "overwrite all l:selector="},
      {"explain", run_explain, "Explain fields: explain pod.spec.containers", "recursive api-version= o:output="},
      {"api-resources", run_api_resources, "List resource types", "namespaced? api-group= o:output= no-headers verbs= sort-by="},
      {"api-versions", run_api_versions, "List API versions", ""},
      {"version", run_version, "Print versions", "o:output= client"},
      {"cluster-info", run_cluster_info, "Where the control plane answers", ""},
      {"config view", run_config_view, "Show the configuration", "minify raw o:output="},
      {"config current-context", run_config_current, "Show the current context", ""},
      {"config get-contexts", run_config_get_contexts, "List contexts", "o:output= no-headers"},
      {"config set-context", run_config_set_context, "Change the context: config set-context --current --namespace=NAME", "current"},
      {"auth whoami", run_auth_whoami, "Who am I?", "o:output="},
      {"auth can-i", run_auth_can_i, "May I? auth can-i VERB RESOURCE", "A:all-namespaces list q:quiet"},
      {"help", run_help, "Help about any command", ""},
  };
  return commands;
}

std::string name_of(const std::string& word) { return word.substr(0, word.find('|')); }

bool is_called(const std::string& word, const std::string& typed) {
  const std::vector<std::string> names = split(word, '|');
  return std::find(names.begin(), names.end(), typed) != names.end();
}

std::string full_name(const Command& command) {
  std::vector<std::string> words = split(command.name, ' ');
  for (std::string& word : words) word = name_of(word);
  return join(words, " ");
}

size_t group_words(const std::vector<std::string>& words) {
  size_t most = 0;
  for (const Command& command : all_commands()) {
    const std::vector<std::string> name = split(command.name, ' ');
    size_t n = 0;
    while (n + 1 < name.size() && n < words.size() && is_called(name[n], words[n])) ++n;
    most = std::max(most, n);
  }
  return most;
}

const Command* find_command(const std::vector<std::string>& words, size_t& used) {
  const Command* best = nullptr;
  static const std::vector<std::string> kNone = {"help"};
  const std::vector<std::string>& w = words.empty() ? kNone : words;
  for (const Command& c : all_commands()) {
    std::vector<std::string> name = split(c.name, ' ');
    if (name.size() > w.size() || !std::equal(name.begin(), name.end(), w.begin(), is_called)) continue;
    if (best && name.size() <= used) continue;
    best = &c;
    used = name.size();
  }
  if (words.empty()) used = 0;
  return best;
}

std::vector<std::string> complete_words(const std::vector<std::string>& words) {
  std::vector<std::string> out;
  std::string last = words.empty() ? "" : words.back();
  std::vector<std::string> before(words.begin(), words.empty() ? words.end() : words.end() - 1);
  auto add = [&](const std::string& candidate) {
    if (starts_with(candidate, last) && std::find(out.begin(), out.end(), candidate) == out.end()) out.push_back(candidate);
  };
  size_t used = 0;
  const Command* command = before.empty() ? nullptr : find_command(before, used);
  for (const Command& c : all_commands()) {
    std::vector<std::string> name = split(c.name, ' ');
    if (name.size() > before.size() && std::equal(before.begin(), before.end(), name.begin(), [](const auto& typed, const auto& word) { return is_called(word, typed); }))
      add(name_of(name[before.size()]));
  }
  if (!command) return out;
  if (starts_with(last, "--")) {
    for (std::string flag : split(command->flags, ' ')) {
      if (flag.size() > 2 && flag[1] == ':') flag = flag.substr(2);
      while (!flag.empty() && (flag.back() == '=' || flag.back() == '?')) flag.pop_back();
      if (!flag.empty()) add("--" + flag);
    }
    add("--namespace");
    return out;
  }
  bool takes_type = std::string_view(command->usage).find("TYPE") != std::string_view::npos || command->run == run_explain;
  if (takes_type && before.size() == used)
    for (const api::KindInfo& k : api::all_kinds()) add(std::string(k.plural));
  return out;
}

}  // namespace orrery::kubectl
