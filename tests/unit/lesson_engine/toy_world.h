// A toy world for tests of the engine: pods that exist or don't, no controllers. Its commands are
//   kubectl create NAME    kubectl delete NAME    kubectl label NAME KEY=VALUE
// and a pod may be told to appear by itself at some time.
#pragma once

#include <map>
#include <sstream>

#include "playground/lesson_engine/lesson_world.h"

namespace orrery::lesson {

constexpr std::int64_t kSecond = 1'000'000'000;  // in nanoseconds

inline Json pod(const std::string& name, const std::string& uid, const std::string& phase,
                const std::map<std::string, std::string>& labels = {{"app", "web"}}) {
  return {{"kind", "Pod"},
          {"metadata", {{"name", name}, {"namespace", "default"}, {"uid", uid}, {"labels", labels}}},
          {"status", {{"phase", phase}}}};
}

class ToyWorld : public LessonStage {
 public:
  std::int64_t now_ns() const override { return now_; }
  void watch(const std::vector<std::string>& kinds) override { watched = kinds; }
  std::vector<Change> take_changes() override { return std::exchange(pending_, {}); }
  bool answers() const override { return !silent; }

  Outcome run(const std::string& line) override {
    if (line.rfind("break ", 0) == 0 || line.rfind("mend ", 0) == 0) {
      faults.push_back(line);
      return {line.find("nowhere") == std::string::npos ? 0 : 1, "no such node\n"};
    }
    std::istringstream words(line);
    std::string kubectl, verb, name, label;
    words >> kubectl >> verb >> name >> label;
    if (verb == "create") return put(name, "Running"), Outcome{0, "created\n"};
    if (objects_.count(name) == 0) return {1, "not found\n"};
    if (verb == "delete") return remove(name), Outcome{0, "deleted\n"};
    const std::size_t equal = label.find('=');
    objects_[name]["metadata"]["labels"][label.substr(0, equal)] = label.substr(equal + 1);
    tell(Change::Type::Modified, objects_[name]);
    return {0, "labeled\n"};
  }

  void advance(std::int64_t ns) override {
    const std::int64_t end = now_ + ns;
    while (!timers_.empty() && timers_.begin()->first <= end) {
      now_ = timers_.begin()->first;
      put(timers_.begin()->second, "Running");
      timers_.erase(timers_.begin());
    }
    now_ = end;
  }

  void put(const std::string& name, const std::string& phase, Change::Type type = Change::Type::Added) {
    objects_[name] = pod(name, "uid-" + std::to_string(++uids_), phase);
    tell(type, objects_[name]);
  }
  void set_phase(const std::string& name, const std::string& phase) {
    objects_[name]["status"]["phase"] = phase;
    tell(Change::Type::Modified, objects_[name]);
  }
  void remove(const std::string& name) {
    tell(Change::Type::Deleted, objects_[name]);
    objects_.erase(name);
  }
  void tell(Change::Type type, const Json& object, const std::string& kind = "Pod") {
    pending_.push_back({type, now_, kind, object});
  }
  void appear_at(std::int64_t at_ns, const std::string& name) { timers_[at_ns] = name; }

  std::vector<std::string> watched;
  std::vector<std::string> faults;
  bool silent = false;  // nothing is told

 private:
  std::int64_t now_ = 0;
  int uids_ = 0;
  std::map<std::string, Json> objects_;
  std::map<std::int64_t, std::string> timers_;
  std::vector<Change> pending_;
};

// Each world starts with the pod `web` running.
class ToyFactory : public StageFactory {
 public:
  std::unique_ptr<LessonStage> make(const WorldSpec&, std::string& error) override {
    if (!refuse.empty()) {
      error = refuse;
      return nullptr;
    }
    auto world = std::make_unique<ToyWorld>();
    world->put("web", "Running", Change::Type::Existing);
    if (!appears.empty()) world->appear_at(appears_at_ns, appears);
    return world;
  }
  std::string refuse;
  std::string appears;  // a pod that comes by itself
  std::int64_t appears_at_ns = 0;
};

// A lesson over the toy world: predict, do (create `extra`), see, vary (label `extra` colour=red), quiz.
inline std::string toy_lesson() {
  return R"(format: 1
id: toy
module: A
order: 9
concepts: [1]
minutes: 3
runs_on: [simulated]
title: {en: Toy, ko: 장난감}
summary: {en: A toy, ko: 장난감이에요}
panels: [map]
terms: [pod]
world:
  seed: 1
  nodes: [{name: node-1}]
  ready:
    now: {kind: Pod, name: web}
values:
  pods:
    count_of: {kind: Pod}
  last:
    name_of: {kind: Pod, name: extra}
steps:
  - id: guess
    kind: predict
    text: {en: "How many [pods](term:pod)?", ko: "[Pod](term:pod)는 몇 개일까요?"}
    options:
      - id: one
        text: {en: One, ko: 한 개}
        why: {en: One was before., ko: 한 개는 처음 상태예요.}
      - id: two
        right: true
        text: {en: Two, ko: 두 개}
        why: {en: Two it is., ko: 두 개가 맞아요.}
  - id: make
    kind: do
    panels: [terminal]
    text: {en: Make one., ko: 하나를 만들어 보세요.}
    help: worked
    command: kubectl create extra
    goals:
      - id: made
        text: {en: There is one more, ko: 하나 늘었어요}
        when:
          created: {kind: Pod, name: extra}
        feedback:
          - id: wrong-name
            if:
              created: {kind: Pod, name: extr}
            text: {en: "Pods: {pods}. The name is wrong.", ko: "Pod: {pods}개. 이름이 달라요."}
          - id: none-made
            text: {en: "Pods: {pods}. Make one.", ko: "Pod: {pods}개. 하나를 만들어 보세요."}
    solution:
      - run: kubectl create extra
    near_misses:
      - id: misspelt
        acts: [{run: kubectl create extr}]
        feedback: wrong-name
      - id: waits
        acts: [{wait: 5s}]
        feedback: none-made
  - id: so
    kind: see
    resolves: guess
    speed: 2
    text: {en: Now there are two., ko: 이제 두 개예요.}
  - id: paint
    kind: vary
    inject: ["kill default/{last}"]
    mend: [stop scheduler]
    text: {en: "Paint {last} red.", ko: "빨갛게 칠해 보세요: {last}"}
    help: goal
    hints:
      - {en: Use a label., ko: label을 써 보세요.}
    goals:
      - id: red
        text: {en: It is red, ko: 빨간색이에요}
        when:
          now: {kind: Pod, name: extra, labels: {colour: red}}
          for: 3s
        feedback:
          - id: blue
            if:
              now: {kind: Pod, name: extra, labels: {colour: blue}}
            text: {en: It is blue., ko: 파란색이에요.}
          - id: plain
            text: {en: It has no colour., ko: 아직 색이 없어요.}
    solution:
      - run: kubectl label {last} colour=red
    near_misses:
      - id: paints-blue
        acts: [{run: kubectl label extra colour=blue}]
        feedback: blue
quiz:
  - id: end
    text: {en: "And then?", ko: "그다음은요?"}
    options:
      - id: a
        right: true
        text: {en: A, ko: 가}
        why: {en: It is A., ko: 가예요.}
      - id: b
        text: {en: B, ko: 나}
        why: {en: Not B., ko: 나는 아니에요.}
)";
}

// The toy lesson with `from` replaced by `to`.
inline std::string toy_lesson_with(const std::string& from, const std::string& to) {
  std::string text = toy_lesson();
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("the toy lesson does not hold: " + from);
  return text.replace(at, from.size(), to);
}

}  // namespace orrery::lesson
