// What arrives on a command's open stream: log bytes, exec frames, watch events of a Table.
#pragma once

#include "core/kubectl/session.h"

namespace orrery::kubectl {

struct StreamOutput {
  std::string text, errors;
  bool again = false;      // the command is to run again
};

StreamOutput on_stream_part(Session& session, const ports::ApiReply& part, WallTime now);

}  // namespace orrery::kubectl
