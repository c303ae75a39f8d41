// The page's files from one folder: right types, pre-compressed forms, entity tags. Nothing outside the folder.
#pragma once

#include <string>
#include <string_view>

#include "runtime_native/http/exchange.h"

namespace orrery::http {

struct FileAnswer {
  int status = 200;
  Headers headers;
  std::string body;
};

class PageFiles {
 public:
  // `dir` need not exist: then "/" says how to build the page.
  explicit PageFiles(std::string dir) : dir_(std::move(dir)) {}
  // `path` is percent-decoded, "/" means index.html. If-None-Match and Accept-Encoding are honoured.
  FileAnswer get(std::string_view path, std::string_view accept_encoding, std::string_view if_none_match) const;

 private:
  std::string dir_;
};

// "application/wasm" for "a.wasm"; "application/octet-stream" when unknown.
std::string_view mime_type(std::string_view path);

}  // namespace orrery::http
