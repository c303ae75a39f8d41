#include "runtime_native/http/page_files.h"

#include <sys/stat.h>

#include "core/base/rng.h"
#include "core/base/text.h"
#include "runtime_native/host/file.h"
#include "runtime_native/http/gzip.h"

namespace orrery::http {
namespace {

struct Mime {
  std::string_view ending;
  std::string_view type;
};
constexpr Mime kTypes[] = {
    {".html", "text/html; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"}, {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},   {".wasm", "application/wasm"},             {".json", "application/json"},
    {".webmanifest", "application/manifest+json"}, {".svg", "image/svg+xml"},         {".png", "image/png"},
    {".ico", "image/x-icon"},              {".ttf", "font/ttf"},                      {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"}, {".yaml", "application/yaml"},             {".data", "application/octet-stream"},
};

// No way out of the folder: no "..", no hidden files, no NUL.
bool safe(std::string_view path) {
  if (path.empty() || path[0] != '/' || path.find('\0') != std::string_view::npos) return false;
  for (const std::string& part : split(path.substr(1), '/')) {
    if (!part.empty() && part[0] == '.') return false;
  }
  return true;
}

bool regular_file(const std::string& path, std::string& tag) {
  struct stat st{};
  if (::stat(path.c_str(), &st) != 0 || !S_ISREG(st.st_mode)) return false;
  tag = cat('"', hex64(fnv1a(cat(st.st_size, " ", st.st_mtim.tv_sec, " ", st.st_mtim.tv_nsec, " ", path))), '"');
  return true;
}

FileAnswer text_answer(int status, std::string_view text) {
  FileAnswer answer;
  answer.status = status;
  answer.headers = {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-store"}};
  answer.body = text;
  return answer;
}

}  // namespace

std::string_view mime_type(std::string_view path) {
  for (const Mime& m : kTypes) {
    if (ends_with(path, m.ending)) return m.type;
  }
  return "application/octet-stream";
}

FileAnswer PageFiles::get(std::string_view path, std::string_view accept_encoding, std::string_view if_none_match) const {
  std::string name(path == "/" ? "/index.html" : path);
  if (!safe(name)) return text_answer(404, "not found\n");
  std::string full = dir_ + name;
  std::string coding, tag, chosen;
  for (std::string_view candidate : {"br", "gzip"}) {
    std::string packed = full + (candidate == "br" ? ".br" : ".gz");
    if (accepts_coding(accept_encoding, candidate) && regular_file(packed, tag)) {
      coding = candidate;
      chosen = packed;
      break;
    }
  }
  if (chosen.empty()) {
    if (!regular_file(full, tag)) {
      if (path == "/") return text_answer(404, "The page is not built yet: run ./dev build wasm, then load this address again.\n");
      return text_answer(404, "not found\n");
    }
    chosen = full;
  }
  FileAnswer answer;
  answer.headers = {{"ETag", tag}, {"Cache-Control", "no-cache"}, {"Vary", "Accept-Encoding"}};
  if (if_none_match.find(tag) != std::string_view::npos) {
    answer.status = 304;
    return answer;
  }
  Result<std::string> bytes = host::read_file(chosen);
  if (!bytes) return text_answer(404, "not found\n");
  answer.body = std::move(*bytes);
  answer.headers.emplace_back("Content-Type", mime_type(name));
  if (!coding.empty()) answer.headers.emplace_back("Content-Encoding", coding);
  return answer;
}

}  // namespace orrery::http
