// TESTS ONLY: a made-up cluster that obeys a few commands, so that views can be tested without a world. Never linked
// into the product.
#pragma once

#include <memory>

#include "playground/app/page_source.h"

namespace orrery::test {

struct FixtureSize {
  int nodes = 3;
  int pods = 3;
};

std::unique_ptr<app::PageSource> make_fixture_source(FixtureSize size = {});

}  // namespace orrery::test
