#include "runtime_native/docker/engine_probe.h"

#include <boost/asio/steady_timer.hpp>

#include "core/base/text.h"
#include "runtime_native/docker/json_fields.h"

namespace orrery::docker {

namespace {

EngineRequest probe_request(std::string target) {
  EngineRequest r;
  r.target = std::move(target);
  r.timeout = seconds(20);
  return r;
}

void read_info(const Json& json, EngineInfo& out) {
  out.root_dir = text_at(json, "DockerRootDir");
  out.storage_driver = text_at(json, "Driver");
  out.cgroup_version = text_at(json, "CgroupVersion");
  out.cgroup_driver = text_at(json, "CgroupDriver");
  out.operating_system = text_at(json, "OperatingSystem");
  out.cpus = static_cast<int>(number_at(json, "NCPU"));
  out.memory_bytes = number_at(json, "MemTotal");
  out.live_restore = flag_at(json, "LiveRestoreEnabled");
  for (const Json& option : field(json, "SecurityOptions"))
    if (option.is_string() && option.get_ref<const std::string&>().find("rootless") != std::string::npos)
      out.rootless = true;
}

}  // namespace

void probe_engine(EngineClient& client, std::function<void(Result<EngineInfo>)> done) {
  client.request(probe_request("/version"), [&client, done = std::move(done)](Result<EngineResponse> version) {
    if (!version) {
      if (version.error().http() != 400) return done(version.error());
      return done(
          make_error(Reason::NotAcceptable, cat("the engine at ", client.address().text(), " does not speak API ",
                                                kApiVersion, ": ", version.error().message)));
    }
    Json json = parse_json(version->body);
    EngineInfo info;
    info.address = client.address();
    info.version = text_at(json, "Version");
    info.api_version = text_at(json, "ApiVersion");
    info.os = text_at(json, "Os");
    info.architecture = text_at(json, "Arch");
    info.kernel = text_at(json, "KernelVersion");
    for (const Json& component : field(json, "Components"))
      if (starts_with(text_at(component, "Name"), "Podman")) info.podman = true;
    if (info.version.empty())
      return done(make_error(Reason::NotAcceptable,
                             cat("what answers at ", client.address().text(), " is not a Docker Engine")));
    client.request(probe_request("/info"), [info, done](Result<EngineResponse> r) mutable {
      if (!r) return done(r.error());
      read_info(parse_json(r->body), info);
      done(std::move(info));
    });
  });
}

Result<EngineInfo> find_engine(const std::vector<EngineAddress>& candidates, Duration timeout_each) {
  Result<EngineInfo> first = make_error(Reason::ServiceUnavailable, "no engine address to try");
  for (size_t i = 0; i < candidates.size(); ++i) {
    boost::asio::io_context io;
    EngineClient client(io, candidates[i]);
    Result<EngineInfo> found = make_error(
        Reason::Timeout,
        cat("the engine at ", candidates[i].text(), " did not answer within ", format_go_duration(timeout_each)));
    bool answered = false;
    probe_engine(client, [&](Result<EngineInfo> r) {
      found = std::move(r);
      answered = true;
    });
    auto end = std::chrono::steady_clock::now() + std::chrono::nanoseconds(timeout_each.ns);
    while (!answered && io.run_one_until(end) > 0) {
    }
    if (found) return found;
    if (i == 0) first = std::move(found);
  }
  return first;
}

}  // namespace orrery::docker
