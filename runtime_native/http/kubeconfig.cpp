#include "runtime_native/http/kubeconfig.h"

#include "core/base/text.h"
#include "runtime_native/host/file.h"

namespace orrery::http {

std::string kubeconfig_yaml(const Kubeconfig& c) {
  return cat("apiVersion: v1\nkind: Config\nclusters:\n- name: ", c.name, "\n  cluster:\n    server: ", c.server,
             "\n    certificate-authority-data: ", base64_encode(c.ca_pem), "\ncontexts:\n- name: ", c.name,
             "\n  context:\n    cluster: ", c.name, "\n    user: ", c.user, "\ncurrent-context: ", c.name,
             "\npreferences: {}\nusers:\n- name: ", c.user, "\n  user:\n    client-certificate-data: ",
             base64_encode(c.client_cert_pem), "\n    client-key-data: ", base64_encode(c.client_key_pem), "\n");
}

Result<void> write_kubeconfig(const std::string& path, const Kubeconfig& config) {
  return host::write_file_atomic(path, kubeconfig_yaml(config), 0600);
}

}  // namespace orrery::http
