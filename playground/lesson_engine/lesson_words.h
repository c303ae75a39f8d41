// What the engine says around lessons in more than one place.
#pragma once

#include "playground/lesson_engine/lesson.h"

namespace orrery::lesson {

inline const Text kSaid2019 = {"2019 said:", "2019년 글:"};
inline const Text kToday = {"Today:", "지금:"};
inline const Text kReal = {"On a real cluster", "진짜 클러스터에서 해 보기"};
inline const Text kTask = {"A task without the map", "지도 없이 해 보기"};
inline const Text kNext = {"Next", "다음"};
inline const Text kFinish = {"Finish", "마치기"};

}  // namespace orrery::lesson
