// Images as data: how big they are to pull, what their main process does, which files they hold.
#pragma once

#include "core/base/list.h"
#include "core/base/time.h"

namespace orrery::sim {

struct HttpAnswer {
  Str path;          // exact, or a prefix when it ends with '*'
  int32_t status = 200;
  Str body;          // $HOSTNAME, $VERSION and environment variables as ${NAME} are filled in
  int64_t cpu_micros = 500;  // what one request costs
  Duration after;    // answers 503 before the process is that old (a slow starter's readiness)
};

// What an image's own entry point does. Everything is data: a process is stepped, never run.
struct Program {
  Duration start_delay;            // before it listens
  List<int32_t> listens;           // TCP ports
  List<HttpAnswer> answers;        // first match wins; none: 404
  bool key_value_store = false;    // GET/PUT/DELETE /<key> on its port; keys live in memory
  Duration runs_for;               // 0: until it is stopped
  int32_t exit_code = 0;           // after runs_for
  bool ignores_term = false;       // dies only by KILL
  Duration term_delay = millis(50);
  int32_t term_exit_code = 0;
  int64_t memory_bytes = 8 << 20;
  int64_t memory_per_second = 0;   // a leak
  int64_t cpu_milli = 1;           // idle load
  List<Str> start_logs;
  Duration log_every;              // 0: never
  Str log_line;
  bool access_log = false;
};

struct Image {
  Str repository;                  // "nginx"
  List<Str> tags;                  // empty: any tag is there
  uint64_t size_bytes = 0;
  List<Str> entrypoint, cmd;       // as the image's config has them
  bool shell_main = false;         // the entry point is a shell command: interpreted, not a Program
  Map<Str> env;
  Map<Str> files;
  Program program;
  // Nothing is known of it but its use: any command runs the program, every command that exec_sync starts (probes, hooks)
  // succeeds, and a container whose end the pod waits for ends well after kPlainRuns.
  bool plain = false;
};
constexpr Duration kPlainRuns = seconds(3);

// "nginx", "nginx:1.27", "docker.io/library/nginx@sha256:..." -> repository and tag ("latest" if none).
struct ImageName {
  Str repository, tag, digest;
};
ImageName parse_image(std::string_view reference);

// The built-in catalogue. Null when no registry has that image.
const Image* find_image(std::string_view reference);
const List<Image>& catalogue();
// A stable id: "sha256:..." over repository and tag.
Str image_id(std::string_view reference);

}  // namespace orrery::sim
