// A watch as a server sends it over a wire, {"type":"ADDED","object":{...}} a line, as the events that in-process callers get.
#pragma once

#include <string>
#include <string_view>

#include "core/ports/api.h"

namespace orrery::ports {

class WatchLines {
 public:
  // Adds the events that `bytes` complete; the start of a line waits for its end. Lines that can't be read (a kind of a
  // newer server) are left out.
  void feed(std::string_view bytes, List<WatchEvent>& events);

 private:
  std::string rest_;
};

}  // namespace orrery::ports
