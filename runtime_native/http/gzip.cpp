#include "runtime_native/http/gzip.h"

#include <zlib.h>

#include <algorithm>

#include "core/base/check.h"
#include "core/base/text.h"

namespace orrery::http {

struct GzipJob::State {
  Str body;
  std::string out;
  size_t done = 0;
  z_stream z{};
};

GzipJob::GzipJob(Str body) : state_(std::make_unique<State>()) {
  constexpr int kGzipWindow = 15 + 16;
  state_->body = std::move(body);
  int rc = deflateInit2(&state_->z, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY);
  ORRERY_CHECK(rc == Z_OK, "zlib takes these parameters");
}

GzipJob::~GzipJob() { deflateEnd(&state_->z); }

bool GzipJob::step() {
  State& s = *state_;
  size_t n = std::min(kSlice, s.body.size() - s.done);
  s.z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(s.body.view().data() + s.done));
  s.z.avail_in = static_cast<uInt>(n);
  s.done += n;
  int flush = s.done == s.body.size() ? Z_FINISH : Z_NO_FLUSH;
  char buffer[32 << 10];
  do {
    s.z.next_out = reinterpret_cast<Bytef*>(buffer);
    s.z.avail_out = sizeof buffer;
    deflate(&s.z, flush);
    s.out.append(buffer, sizeof buffer - s.z.avail_out);
  } while (s.z.avail_out == 0);
  return flush == Z_FINISH;
}

std::string GzipJob::take() { return std::move(state_->out); }

bool accepts_coding(std::string_view accept_encoding, std::string_view coding) {
  for (const std::string& piece : split(accept_encoding, ',')) {
    std::string_view item = trim(piece);
    size_t semicolon = item.find(';');
    if (to_lower(trim(item.substr(0, semicolon))) != coding) continue;
    if (semicolon == std::string_view::npos) return true;
    std::string parameter = to_lower(trim(item.substr(semicolon + 1)));
    return !(starts_with(parameter, "q=0") && parameter.find_first_of("123456789") == std::string::npos);
  }
  return false;
}

}  // namespace orrery::http
