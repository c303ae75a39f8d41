// All lessons that a build carries: the file ${ORRERY_LESSONS}, which lessons/CMakeLists.txt makes.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "playground/lesson_engine/lesson.h"
#include "playground/lesson_engine/questions.h"

namespace orrery::lesson {

// A ready-made cluster to look at and to break: a file of lessons/worlds/.
struct World {
  std::string id;
  Text title, about;
  std::string recording;  // the file itself (runtime_sim/recording)
};

struct Library {
  std::vector<std::shared_ptr<const Lesson>> lessons;  // in the order of the curriculum, incidents last
  std::vector<Term> glossary;
  std::vector<ModuleQuestions> questions;  // by module
  std::vector<World> worlds;  // by the names of their files
  std::vector<Problem> problems;             // of what could not be read
  std::map<std::string, std::string> files;  // by path: "lessons/01_delete_one/lesson.yaml"

  std::shared_ptr<const Lesson> find(const std::string& id) const;  // null: no such lesson
  const ModuleQuestions* questions_of(const std::string& module) const;  // null: it has none
  // The first and the last lesson of its module.
  bool begins_module(const Lesson& lesson) const;
  bool ends_module(const Lesson& lesson) const;
};

// Reads what it can; a bundle that is none leaves a library without lessons and one problem.
Library load_library(const std::string& bundle);

// Every rule of `orrery lesson check` over all files of the library.
std::vector<Problem> check_library(const Library& library);

}  // namespace orrery::lesson
