// kubectl cp: files between here and a container, by the container's tar (kubectl pkg/cmd/cp).
#include <nlohmann/json.hpp>

#include "core/base/tar.h"
#include "core/base/text.h"
#include "core/kubectl/commands/commands.h"

namespace orrery::kubectl {

using nlohmann::json;

namespace {

// "ns/pod:/path", "pod:/path" or a file here.
struct FileSpec {
  std::string ns, pod, path;
};

FileSpec spec_of(Context& c, const std::string& word) {
  const size_t colon = word.find(':');
  if (colon == std::string::npos || colon == 0) return {"", "", word};
  const std::string pod = word.substr(0, colon);
  const size_t slash = pod.find('/');
  return {slash == std::string::npos ? c.ns().str() : pod.substr(0, slash), pod.substr(slash == std::string::npos ? 0 : slash + 1), word.substr(colon + 1)};
}

std::string without_end_slash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

std::string base_name(const std::string& path) {
  const std::string plain = without_end_slash(path);
  return plain.substr(plain.rfind('/') + 1);
}

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : slash == 0 ? "/" : path.substr(0, slash);
}

// What ran in the pod, or null with `step` to return.
const Session::Captured* run_there(Context& c, const FileSpec& at, const std::vector<std::string>& command, std::string_view input, Step& step) {
  step = Step::Wait;
  if (const Session& s = c.session(); s.stream_error) return step = c.fail(*s.stream_error), nullptr;
  const ports::ApiReply* r = c.get(cat("/api/v1/namespaces/", at.ns, "/pods/", at.pod));
  if (!r) return nullptr;
  json pod;
  if (const Error* e = body_of(*r, pod)) return step = c.fail(*e), nullptr;
  const std::string container = c.args.get("container");
  return c.capture(exec_request(pod, container.empty() ? default_container(c, pod, true) : container, "exec", command, false, !input.empty()), input);
}

Step to_pod(Context& c, const FileSpec& from, FileSpec to) {
  std::string text;
  const std::string here = without_end_slash(from.path);
  const bool file = c.files().read(here, text);
  const std::vector<std::string> inside = file ? std::vector<std::string>() : c.files().list(here);
  if (!file && inside.empty()) return c.fail(cat(from.path, " doesn't exist in local filesystem"));
  Step step = Step::Done;
  to.path = without_end_slash(to.path);
  const Session::Captured* folder = run_there(c, to, {"test", "-d", to.path}, "", step);
  if (!folder) return step;
  if (*folder->exit == 0) to.path = cat(to.path == "/" ? "" : to.path, "/", base_name(here));
  std::string archive;
  if (file) tar_add(archive, base_name(to.path), text);
  for (const std::string& name : inside)
    if (c.files().read(cat(here, "/", name), text)) tar_add(archive, cat(base_name(to.path), "/", name), text);
  tar_end(archive);
  std::vector<std::string> command = {"tar", "-xmf", "-"};
  if (c.args.on("no-preserve")) command = {"tar", "--no-same-permissions", "--no-same-owner", "-xmf", "-"};
  if (const std::string into = folder_of(to.path); !into.empty()) command.insert(command.end(), {"-C", into});
  const Session::Captured* done = run_there(c, to, command, archive, step);
  if (!done) return step;
  c.err(done->errors);
  return *done->exit == 0 ? Step::Done : Step::Failed;
}

Step from_pod(Context& c, const FileSpec& from, const FileSpec& to) {
  Step step = Step::Done;
  const Session::Captured* done = run_there(c, from, {"tar", "cf", "-", from.path}, "", step);
  if (!done) return step;
  std::string prefix = without_end_slash(from.path), unwritten;
  prefix.erase(0, prefix.find_first_not_of('/'));
  bool corrupted = false;
  const bool whole = untar(done->output, [&](std::string_view name, std::string_view content) {
    if (!starts_with(name, prefix)) return corrupted = true, false;
    const std::string path = cat(to.path, name.substr(prefix.size()));
    if (!c.files().write(path, content)) unwritten = path;
    return unwritten.empty();
  });
  c.out(done->errors);  // there, and whatever its tar ends with, as kubectl
  if (corrupted) return c.fail("tar contents corrupted");
  if (!unwritten.empty()) return c.fail(cat("open ", unwritten, ": no such file or directory"));
  return whole ? Step::Done : c.fail("unexpected EOF");
}

}  // namespace

Step run_cp(Context& c) {
  if (c.args.words().size() != 2) return c.fail("source and destination are required");
  const FileSpec from = spec_of(c, c.args.words()[0]), to = spec_of(c, c.args.words()[1]);
  if (!from.pod.empty() && !to.pod.empty()) return c.fail("one of src or dest must be a local file specification");
  if (from.path.empty() || to.path.empty()) return c.fail("filepath can not be empty");
  if (!from.pod.empty()) return from_pod(c, from, to);
  if (!to.pod.empty()) return to_pod(c, from, to);
  return c.fail("one of src or dest must be a remote file specification");
}

}  // namespace orrery::kubectl
