// Lost packets: senders send them again, so loss shows as waiting.
#pragma once

#include "core/base/rng.h"
#include "core/base/time.h"

namespace orrery::sim {

// TCP's waiting before a packet is sent again: doubled each time, from the usual minimum (RFC 6298, Linux's TCP_RTO_MIN).
constexpr Duration kResendFirst = millis(200);
constexpr int kResendMax = 6;  // then the connection counts as slow, not as lost
// What a message waits when each try is lost with that probability.
Duration resend_wait(Rng& rng, uint32_t loss_percent);

}  // namespace orrery::sim
