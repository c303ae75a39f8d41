#include "playground/app/welcome.h"

#include <algorithm>
#include <string_view>

#include "playground/viewmodel/document_writer.h"

namespace orrery::app {
namespace {

using viewmodel::Document;
using viewmodel::Language;
using viewmodel::Word;

// A page of the welcome: its texts are words of the interface.
class Writer {
 public:
  Writer(Language language, const std::string& id, Word title) : language_(language), writer_(language, id, viewmodel::word(language, title)) {}
  void text(const std::string& id, Word key, const std::vector<std::string>& names = {}) {
    writer_.text(id, viewmodel::phrase(language_, key, names));
  }
  void command(const std::string& id, const std::string& line) { writer_.command(id, line); }
  void shown(const std::string& id, const std::string& line) { writer_.shown(id, line); }
  void button(const std::string& action, const std::string& label, bool primary) { writer_.button(action, label, primary); }
  void button(const std::string& action, Word label, bool primary) { button(action, viewmodel::word(language_, label), primary); }
  Document take() { return writer_.take(); }

 private:
  Language language_;
  viewmodel::DocumentWriter writer_;
};

Document free_play(Language language) {
  Writer writer(language, "welcome#free", Word::free_title);
  writer.text("1", Word::free_1);
  writer.command("get", "kubectl get pods -o wide");
  writer.command("scale", "kubectl scale deployment web --replicas=6");
  writer.command("describe", "kubectl describe deployment web");
  writer.text("2", Word::free_2);
  return writer.take();
}

Document live(Language language) {
  Writer writer(language, "welcome#live", Word::live_title);
  writer.text("1", Word::live_1);
  writer.command("nodes", "kubectl get nodes -o wide");
  writer.command("pods", "kubectl get pods -A");
  writer.command("events", "kubectl events -A");
  writer.text("2", Word::live_2);
  return writer.take();
}

Document broken(Language language) {
  Writer writer(language, "welcome#broken", Word::broken_title);
  writer.text("1", Word::broken_1);
  writer.command("make", "kubectl create deployment broken --image=nobody/has-this:1");
  writer.text("2", Word::broken_2);
  writer.command("state", "kubectl get pods -l app=broken");
  writer.text("3", Word::broken_3);
  writer.command("describe", "kubectl describe pods -l app=broken");
  writer.text("4", Word::broken_4);
  writer.command("events", "kubectl get events");
  writer.text("5", Word::broken_5);
  writer.command("clean", "kubectl delete deployment broken");
  return writer.take();
}

constexpr std::string_view kNamespace = "default", kWeb = "web-";

bool is_web(const viewmodel::Pod& pod) { return pod.ns == kNamespace && pod.name.rfind(kWeb, 0) == 0; }

}  // namespace

void Welcome::observe(const viewmodel::ClusterModel& cluster) {
  if (seen_ == cluster.version) return;
  seen_ = cluster.version;
  std::vector<std::string> names;
  std::string ready;
  bool all_ready = true;
  // They are in the order of namespace and name.
  auto pod = std::partition_point(cluster.pods.begin(), cluster.pods.end(), [](const viewmodel::Pod& one) {
    return one.ns < kNamespace || (one.ns == kNamespace && one.name < kWeb);
  });
  for (; pod != cluster.pods.end() && is_web(*pod); ++pod) {
    names.push_back(pod->name);
    all_ready = all_ready && pod->ready;
    const bool fresh = std::find(known_.begin(), known_.end(), pod->name) == known_.end();
    if (pod->ready && !pod->deleting && fresh) ready = pod->name;
  }
  if (!deleted_.empty()) {
    if (replacement_.empty()) replacement_ = ready;
    return;
  }
  if (names.size() < 3 || !all_ready) return;
  known_ = names;
  if (std::find(names.begin(), names.end(), candidate_) == names.end()) candidate_ = names.front();
}

bool Welcome::act(const std::string& action) {
  if (action == "welcome.delete") deleted_ = candidate_;
  else if (action == "welcome.kubectl") door_ = Door::Kubectl;
  else if (action == "welcome.broken") door_ = Door::Broken;
  else return false;
  return true;
}

Document Welcome::question(Language language) const {
  Writer writer(language, "welcome", Word::welcome_title);
  if (replacement_.empty()) writer.text("1", Word::welcome_1);
  if (candidate_.empty()) {
    writer.text("wait", Word::welcome_wait);
  } else if (deleted_.empty()) {
    writer.button("welcome.delete", viewmodel::phrase(language, Word::welcome_delete, {candidate_}), true);
  } else {
    writer.text("same", Word::welcome_same);
    writer.shown("again", "kubectl delete pod " + deleted_);
  }
  if (!deleted_.empty() && replacement_.empty()) writer.text("deleted", Word::welcome_deleted);
  if (replacement_.empty()) return writer.take();
  writer.text("back", Word::welcome_back, {replacement_});
  writer.text("doors", Word::welcome_doors);
  writer.button("open:delete-one", Word::welcome_new, true);
  writer.button("welcome.kubectl", Word::welcome_kubectl, false);
  writer.button("welcome.broken", Word::welcome_broken, false);
  return writer.take();
}

Document Welcome::document(Language language) const {
  switch (door_) {
    case Door::None: return question(language);
    case Door::Kubectl: return free_play(language);
    case Door::Live: return live(language);
    case Door::Broken: break;
  }
  return broken(language);
}

}  // namespace orrery::app
