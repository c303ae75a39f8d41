// The file that tells kubectl where the cluster is and who is asking.
#pragma once

#include <string>

#include "core/base/result.h"

namespace orrery::http {

struct Kubeconfig {
  std::string server;  // "https://127.0.0.1:6443"
  std::string ca_pem;
  std::string client_cert_pem;
  std::string client_key_pem;
  std::string name = "orrery";  // of cluster and context
  std::string user = "kubernetes-admin";
};

std::string kubeconfig_yaml(const Kubeconfig& config);

// Writes it with mode 0600, whole or not at all.
Result<void> write_kubeconfig(const std::string& path, const Kubeconfig& config);

}  // namespace orrery::http
