// The current step as a Document: what ImGui draws, the DOM mirrors and the reader view shows.
// Actions: "lesson.choose" (block id: the option's id), "lesson.next", "lesson.hint", "run" and "type" (the block's
// text, run at the prompt or only written there). The page adds "lesson.over" where the cluster can go back.
#pragma once

#include "playground/lesson_engine/session.h"
#include "playground/viewmodel/document.h"

namespace orrery::lesson {

// Document id: "lesson/<id>#<step number>", "lesson/<id>#done" at the end.
viewmodel::Document make_document(const Session& session, Language language, const std::vector<Term>& glossary);

// Carries out a DocumentAction of such a document; false when it isn't one of the session's own.
bool act(Session& session, const std::string& action, const std::string& block);

}  // namespace orrery::lesson
