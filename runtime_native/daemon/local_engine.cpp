#include "runtime_native/daemon/local_engine.h"

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "runtime_native/daemon/state_dir.h"
#include "runtime_native/docker/container_config.h"
#include "runtime_native/docker/engine_client.h"

namespace orrery::daemon {
namespace {

constexpr Duration kEngineAnswerMax = seconds(2);

Result<docker::EngineResponse> ask(docker::EngineClient& client, docker::EngineRequest request) {
  std::optional<Result<docker::EngineResponse>> answer;
  client.request(std::move(request), [&](Result<docker::EngineResponse> r) { answer = std::move(r); });
  client.io().restart();
  while (!answer && client.io().run_one() > 0) {
  }
  if (!answer) return make_error(Reason::ServiceUnavailable, cat("no answer from ", client.address().text()));
  return std::move(*answer);
}

}  // namespace

Result<docker::EngineInfo> local_engine() {
  auto candidates = docker::engine_candidates(environment("DOCKER_HOST"), environment("XDG_RUNTIME_DIR"));
  if (!candidates) return candidates.error();
  return docker::find_engine(*candidates, kEngineAnswerMax);
}

Result<int> remove_cluster_containers(const docker::EngineAddress& engine, const std::string& cluster_id) {
  boost::asio::io_context io{1};
  docker::EngineClient client(io, engine);
  docker::EngineRequest list;
  nlohmann::json filters{{"label", {cat(docker::kLabelCluster, "=", cluster_id)}}};
  list.target = "/containers/json?all=1&filters=" + docker::url_part(filters.dump());
  Result<docker::EngineResponse> found = ask(client, list);
  if (!found) return found.error();
  nlohmann::json all = nlohmann::json::parse(found->body, nullptr, false);
  int removed = 0;
  for (const nlohmann::json& one : all) {
    if (!one.is_object() || !one.contains("Id")) continue;
    docker::EngineRequest remove;
    remove.method = "DELETE";
    remove.target = "/containers/" + one["Id"].get<std::string>() + "?force=1&v=1";
    Result<docker::EngineResponse> done = ask(client, remove);
    if (!done && done.error().reason != Reason::NotFound) return done.error();
    ++removed;
  }
  return removed;
}

}  // namespace orrery::daemon
