#include <doctest/doctest.h>

#include "playground/viewmodel/label_room.h"

using namespace orrery::viewmodel;

TEST_CASE("LabelRoom: a label stands inside the view, and on nothing that was there before it") {
  LabelRoom room({100, 50, 400, 300});
  CHECK(room.free({100, 50, 60, 24}));
  CHECK_FALSE(room.free({99, 50, 60, 24}));
  CHECK_FALSE(room.free({460, 50, 60, 24}));
  CHECK_FALSE(room.free({120, 340, 60, 24}));
  room.take({150, 60, 10, 10});
  CHECK_FALSE(room.free({100, 50, 60, 24}));
  CHECK(room.free({180, 50, 60, 24}));
  CHECK(room.free({100, 80, 60, 24}));
}

TEST_CASE("LabelRoom: the first free place is taken, and when none is left there is no label") {
  LabelRoom room({0, 0, 200, 100});
  const std::vector<Rect> places = {{0, 0, 60, 24}, {70, 0, 60, 24}, {140, 0, 60, 24}};
  CHECK(room.place(places) == 0u);
  CHECK(room.place(places) == 1u);
  CHECK(room.place(places) == 2u);
  CHECK_FALSE(room.place(places).has_value());
}

TEST_CASE("LabelRoom: what lies outside, far away or nowhere takes nothing") {
  LabelRoom room({0, 0, 200, 100});
  room.take({-500, -500, 400, 400});
  room.take({1e30f, 0, 1e30f, 10});
  room.take({20, 20, 0, 10});
  CHECK(room.free({0, 0, 199, 99}));
  room.take({-10, -10, 15, 15});
  CHECK_FALSE(room.free({0, 0, 20, 20}));
  LabelRoom none({0, 0, 0, 0});
  CHECK_FALSE(none.free({0, 0, 1, 1}));
}
