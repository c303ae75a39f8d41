// What the engine says around lessons in more than one place.
#pragma once

#include "playground/lesson_engine/lesson.h"

namespace orrery::lesson {

inline const Text kAbout2019 = {
    "This course follows a text on Kubernetes from 2019. Boxes like this quote it. Some of it was wrong, some is out of date: judge for yourself.",
    "이 과정은 2019년에 쓴 Kubernetes 글을 따라가요. 이런 상자는 그 글의 인용이에요. 틀렸거나 낡은 문장도 있으니 맞는지 직접 판단해 보세요."};
inline const Text kSaid2019 = {"From the text of 2019. Does it hold?", "2019년 글의 한 대목이에요. 맞을까요?"};
inline const Text kToday = {"Today:", "지금:"};
inline const Text kReal = {"On a real cluster", "진짜 클러스터에서 해 보기"};
inline const Text kTask = {"A task without the map", "지도 없이 해 보기"};
inline const Text kNext = {"Next", "다음"};
inline const Text kBack = {"Back", "이전 질문"};
inline const Text kFinish = {"Finish", "마치기"};
inline const Text kLessonBegins = {"That was all. Now the first lesson begins.", "질문은 여기까지예요. 이제 첫 레슨을 시작해요."};
inline const Text kStartedOver = {"(The step was started over: what was done in it is undone.)", "(이 단계를 처음부터 다시 시작했어요. 이 단계에서 한 일은 되돌렸어요.)"};
inline const Text kStartOver = {"Start this step over", "이 단계 처음부터 다시"};
inline const Text kPrintedOne = {"Read or print this lesson", "이 레슨 읽거나 인쇄하기"};
inline const Text kPrintedAll = {"Read or print the lessons, with answers", "레슨 읽거나 인쇄하기 (정답 포함)"};
inline const Text kModuleEnd = {"End of the module:", "모듈 결과:"};
inline const Text kLessonsDone = {"Lessons taken:", "마친 레슨:"};
inline const Text kQuestionsBefore = {"Questions right before it:", "시작 전 질문 정답:"};
inline const Text kQuestionsAfter = {"Questions right after it:", "마무리 질문 정답:"};

}  // namespace orrery::lesson
