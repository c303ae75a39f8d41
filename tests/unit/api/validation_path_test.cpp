// Paths of fields: short ones stand in place, long ones don't, and nobody sees which is which.
#include <doctest/doctest.h>

#include <string>

#include "core/api/validation/errors.h"

using orrery::api::validation::Path;

TEST_CASE("Path: names, places and keys are written as apimachinery writes them") {
  CHECK((Path() / "spec").view() == "spec");
  CHECK((Path("spec") / "containers").index(12).view() == "spec.containers[12]");
  CHECK((Path("metadata") / "labels").key("app.kubernetes.io/name").view() == "metadata.labels[app.kubernetes.io/name]");
}

TEST_CASE("Path: of every length up to 300 bytes it holds what was put in, and so does a copy that goes on") {
  for (size_t length = 1; length <= 300; ++length) {
    CAPTURE(length);
    const std::string text(length, 'x');
    const Path path(text);
    CHECK(path.view() == text);
    const Path deeper = (path / "name").index(3);
    CHECK(deeper.view() == text + ".name[3]");
    CHECK(path.view() == text);
  }
}
