// Everything the views read. The program changes it between frames; views never do.
#pragma once

#include <string>
#include <vector>

#include "playground/viewmodel/cluster_model.h"
#include "playground/viewmodel/cluster_source.h"
#include "playground/viewmodel/document.h"
#include "playground/viewmodel/editing.h"
#include "playground/viewmodel/history.h"
#include "playground/viewmodel/map_look.h"
#include "playground/viewmodel/motion.h"
#include "playground/viewmodel/placement.h"
#include "playground/viewmodel/revisions.h"
#include "playground/viewmodel/story.h"
#include "playground/viewmodel/terminal.h"
#include "playground/viewmodel/timeline.h"
#include "playground/viewmodel/usage.h"
#include "playground/viewmodel/words.h"

namespace orrery::viewmodel {

enum class View { Map, Pod, Why, Layers, Events, Object };

// What of the selected object the view `object` shows.
enum class ObjectTab { Yaml, Edit, Links, Changes, Describe, Usage, Events, Logs };

struct GlossaryEntry {
  std::string id, name, meaning;
};

struct Model {
  Language language = Language::English;
  bool dark = false;
  float text_scale = 1;
  float terminal_height = 0;  // as the user wants it; 0: not said
  bool terminal_works = false;  // this lesson has asked for commands
  View view = View::Map;
  ObjectRef selected;      // empty kind: nothing
  MapLook look;
  ClusterModel cluster;
  Motion motion;
  Story story;
  History history;
  Timeline timeline;
  UsageHistory usage;
  Terminal terminal;
  Document document;
  std::vector<std::string> panels;  // revealed so far: "map", "terminal", "time", ...; empty: all
  std::vector<GlossaryEntry> glossary;
  Placement placement;     // of the selected pod, while the view `why` is shown
  ObjectText object_text;  // of `selected`, in the form last asked for
  ObjectTab object_tab = ObjectTab::Yaml;
  RevisionChoice revision_choice;
  Editing editing;         // of `selected`, while its tab is Edit

  const char* say(Word key) const { return word(language, key); }
  std::string say(Word key, const std::vector<std::string>& values) const { return phrase(language, key, values); }
};

bool shows(const Model& model, const std::string& panel);
// Whether a document has something to type or to run.
bool wants_commands(const Document& document);
const Pod* selected_pod(const Model& model);
Word about(PartKind kind);  // one sentence: what such a part does
// The name a part has on the map.
std::string part_name(const Model& model, const Part& part);
// "apiserver" -> "API server", "pod/<uid>" -> the pod's name.
std::string place_name(const Model& model, const std::string& id);
// The flying message as a sentence, or else what happened last; empty at the start.
std::string caption(const Model& model);

View view_of(const std::string& name);
const char* name_of(View view);
// "yaml", "edit", "links", "changes", "describe", "usage", "events", "logs"; anything else is the first.
ObjectTab tab_of(const std::string& name);
const char* name_of(ObjectTab tab);
Word label_of(ObjectTab tab);
// The tabs that the selected object has, in order.
std::vector<ObjectTab> object_tabs(const Model& model);

}  // namespace orrery::viewmodel
