// Lessons to read on paper, or where the page can't run: whole, with their answers and solutions.
#pragma once

#include <map>
#include <string>

#include "playground/lesson_engine/library.h"
#include "playground/viewmodel/document.h"

namespace orrery::lesson {

// What only a cluster could say stands as "…".
viewmodel::Document printed_lesson(const Lesson& lesson, Language language, const std::vector<Term>& glossary);
// The list of all lessons; its buttons go to the pages of printed_pages.
viewmodel::Document printed_list(const Library& library, Language language);

// The files' names: delete-one.en.html; index.html (English) and index.ko.html.
std::string printed_name(const std::string& lesson, Language language);
std::string printed_index(Language language);

// Every page, both languages, by its file's name.
std::map<std::string, std::string> printed_pages(const Library& library);

}  // namespace orrery::lesson
