#include "runtime_native/docker/docker_images.h"

#include "core/base/text.h"
#include "runtime_native/docker/engine_containers.h"
#include "runtime_native/docker/pull_progress.h"

namespace orrery::docker {

using ports::ImageInfo;
using ports::PullResult;
using ports::ReplyTo;

namespace {

// Until the engine has resolved the name; the layers then take as long as they take.
constexpr Duration kPullHeaderTimeout = minutes(5);

// An image name as part of a path: its '/', ':' and '@' stay.
std::string image_path(std::string_view image, std::string_view end) {
  std::string path = "/images/";
  for (char c : image) path += c == '/' || c == ':' || c == '@' ? std::string(1, c) : url_part(std::string_view(&c, 1));
  return path.append(end);
}

ImageInfo read_image(const Json& json) {
  ImageInfo info;
  info.id = text_at(json, "Id");
  for (const char* list : {"RepoTags", "RepoDigests"})
    for (const Json& name : field(json, list))
      if (name.is_string() && name.get_ref<const std::string&>().find("<none>") == std::string::npos)
        info.names.push_back(name.get_ref<const std::string&>());
  info.size_bytes = static_cast<uint64_t>(number_at(json, "Size"));
  std::string_view user = text_at(json, "Config", "User");
  user = user.substr(0, user.find(':'));
  int64_t number = 0;
  if (user.empty())
    info.user = 0;
  else if (parse_int64(user, number))
    info.user = number;
  else
    info.user_name = user;
  info.root_user = info.user == 0 || info.user_name == "root";
  return info;
}

}  // namespace

ImageReference parse_image_reference(std::string_view text) {
  size_t digest = text.find('@');
  if (digest != std::string_view::npos)
    return {std::string(text.substr(0, digest)), std::string(text.substr(digest + 1))};
  size_t slash = text.rfind('/'), colon = text.rfind(':');
  bool tagged = colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash);
  if (!tagged) return {std::string(text), "latest"};
  return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

struct DockerImages::Parts {
  Parts(boost::asio::io_context& io, ports::TaskQueue& queue_in, EngineAddress engine)
      : queue(queue_in), client(io, std::move(engine)), containers(client) {}
  void finish_pull(const Str& image, ReplyTo reply, const Result<void>& pulled) {
    if (!pulled) return (void)queue.reply(reply, Result<PullResult>(pulled.error()));
    containers.get(image_path(image, "/json"), [this, reply](Result<Json> r) {
      if (!r) return (void)queue.reply(reply, Result<PullResult>(r.error()));
      ImageInfo info = read_image(*r);
      queue.reply(reply, Result<PullResult>(PullResult{info.id, info.size_bytes}));
    });
  }
  ports::TaskQueue& queue;
  EngineClient client;
  EngineContainers containers;
};

DockerImages::DockerImages(boost::asio::io_context& io, ports::TaskQueue& queue, EngineAddress engine)
    : parts_(std::make_unique<Parts>(io, queue, std::move(engine))) {}
DockerImages::~DockerImages() = default;

void DockerImages::inspect(Str image, ReplyTo reply) {
  parts_->containers.get(image_path(image, "/json"), [p = parts_.get(), reply](Result<Json> r) {
    using Found = std::optional<ImageInfo>;
    if (r) return (void)p->queue.reply(reply, Result<Found>(Found(read_image(*r))));
    if (r.error().http() == 404) return (void)p->queue.reply(reply, Result<Found>(Found()));
    p->queue.reply(reply, Result<Found>(r.error()));
  });
}

void DockerImages::pull(Str image, ReplyTo reply) {
  ImageReference reference = parse_image_reference(image);
  EngineRequest request;
  request.method = "POST";
  request.target = cat("/images/create?fromImage=", url_part(reference.name), "&tag=", url_part(reference.tag));
  request.timeout = kPullHeaderTimeout;
  auto progress = std::make_shared<PullProgress>();
  StreamHandlers handlers;
  handlers.on_data = [progress](std::string_view bytes) { progress->feed(bytes); };
  handlers.on_end = [p = parts_.get(), progress, image, reply](Result<void> r) {
    p->finish_pull(image, reply, r ? progress->result() : r);
  };
  parts_->client.stream(std::move(request), std::move(handlers));
}

void DockerImages::list(ReplyTo reply) {
  parts_->containers.get("/images/json", [p = parts_.get(), reply](Result<Json> r) {
    using All = std::vector<ImageInfo>;
    if (!r) return (void)p->queue.reply(reply, Result<All>(r.error()));
    All all;
    for (const Json& image : *r) all.push_back(read_image(image));
    p->queue.reply(reply, Result<All>(std::move(all)));
  });
}

void DockerImages::remove(Str image, ReplyTo reply) {
  EngineRequest request;
  request.method = "DELETE";
  request.target = image_path(image, "");
  parts_->client.request(std::move(request), [p = parts_.get(), reply](Result<EngineResponse> r) {
    bool gone = r || r.error().http() == 404;
    p->queue.reply(reply, gone ? Result<void>() : Result<void>(r.error()));
  });
}

}  // namespace orrery::docker
