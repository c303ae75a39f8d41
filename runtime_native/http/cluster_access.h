// How a kubeconfig's user reaches its cluster: what kubectl reads from that file.
#pragma once

#include <string>

#include "core/base/result.h"
#include "runtime_native/http/remote_api.h"

namespace orrery::http {

struct ClusterAccess {
  RemoteServer server;
  std::string url;  // "https://127.0.0.1:6443"
  std::string context;
  std::string ns;  // of the context; "" when it names none
};

// Certificates, keys and tokens in the file or in files that it names (relative ones are beside it), and credential
// plugins (`exec`), which are run. The current context. Errors are one sentence.
Result<ClusterAccess> read_kubeconfig(const std::string& path);

}  // namespace orrery::http
