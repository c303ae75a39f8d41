#include "playground/viewmodel/view_document.h"

#include "core/base/line_diff.h"
#include "playground/viewmodel/map_look.h"
#include "playground/viewmodel/object_graph.h"
#include "playground/viewmodel/revision_writer.h"
#include "playground/viewmodel/usage_plots.h"

namespace orrery::viewmodel {
namespace {

class Writer {
 public:
  explicit Writer(const Model& model) : model_(model) {
    document_.id = std::string("view/") + name_of(model.view);
    document_.language = code_of(model.language);
  }

  void heading(Word text, int level) { add(BlockKind::Heading, model_.say(text)).level = level; }
  void bullet(const std::string& text) { add(BlockKind::Bullet, text); }
  void paragraph(const std::string& text) { add(BlockKind::Paragraph, text); }
  void code(const std::string& text) { add(BlockKind::Code, "").text = text; }
  void choice(const std::string& label, const std::string& action, bool chosen) {
    Block& block = add(BlockKind::Choice, label);
    block.id = action;
    block.action = action;
    block.state = chosen ? BlockState::Chosen : BlockState::Open;
  }
  Document take() { return std::move(document_); }

 private:
  Block& add(BlockKind kind, const std::string& text) {
    Block block;
    block.kind = kind;
    block.id = std::to_string(document_.blocks.size());
    block.spans = {{SpanKind::Text, text, ""}};
    document_.blocks.push_back(std::move(block));
    return document_.blocks.back();
  }

  const Model& model_;
  Document document_;
};

void groups(const Model& model, Writer& out) {
  if (model.look.grouping == Grouping::Node) return;
  const std::vector<PodGroup> all = pod_groups(model.cluster, model.look);
  for (std::size_t i = 0; i < all.size() && i < kMirrorRowsMax; ++i) {
    const std::string name = !all[i].name.empty() ? all[i].name : model.look.grouping == Grouping::Owner ? model.say(Word::look_no_owner)
                                                                                                        : model.say(Word::look_no_label, {model.look.label});
    out.bullet(name + ": " + model.say(Word::pods_count, {std::to_string(all[i].pods.size())}));
  }
  if (all.size() > kMirrorRowsMax) out.bullet(model.say(Word::map_more, {std::to_string(all.size() - kMirrorRowsMax)}));
}

void map(const Model& model, Writer& out) {
  out.heading(Word::view_map, 2);
  out.paragraph(model.say(Word::layers_counts, {std::to_string(model.cluster.nodes.size()), std::to_string(model.cluster.pods.size())}));
  if (!shows(model, "look")) return;
  const MapLook& look = model.look;
  out.heading(Word::look_group, 3);
  out.choice(model.say(Word::look_by_node), "look:node", look.grouping == Grouping::Node);
  out.choice(model.say(Word::look_by_namespace), "look:namespace", look.grouping == Grouping::Namespace);
  out.choice(model.say(Word::look_by_owner), "look:owner", look.grouping == Grouping::Owner);
  for (const std::string& key : label_keys(model.cluster))
    out.choice(model.say(Word::look_by_label, {key}), "look:label:" + key, look.grouping == Grouping::Label && look.label == key);
  groups(model, out);
  out.heading(Word::look_colour, 3);
  out.choice(model.say(Word::look_status), "look:status", look.colouring == Colouring::Status);
  out.choice(model.say(Word::look_phase), "look:phase", look.colouring == Colouring::Phase);
  out.choice(model.say(Word::look_readiness), "look:readiness", look.colouring == Colouring::Readiness);
  out.choice(model.say(Word::look_requests), "look:requests", look.colouring == Colouring::Requests);
  for (const LegendRow& row : legend(model.cluster, look.colouring, model.language))
    out.bullet(std::string(row.text) + ": " + model.say(Word::pods_count, {std::to_string(row.pods)}));
}

void changes(const Model& model, Writer& out) {
  const Revisions& revisions = model.cluster.revisions;
  RevisionPair pair;
  if (!(revisions.of == model.selected) || !compared(revisions, model.revision_choice, pair))
    return out.paragraph(model.say(!revisions.watched ? Word::changes_unwatched : Word::changes_one));
  const int count = int(revisions.list.size());
  for (int i = count - 1; i > 0; --i) {
    const Revision& one = revisions.list[std::size_t(i)];
    const std::string name = i + 1 == count && !revisions.deleted ? model.say(Word::changes_now) : model.say(Word::changes_revision, {one.version});
    const RevisionWriter writer = writer_of(model, one);
    out.choice(name + ", " + time_of_day(writer.at) + ", " + (writer.who.empty() ? model.say(Word::changes_unknown) : writer.who + " " + writer.how),
               "revision:" + std::to_string(count - 1 - i), std::size_t(i) == pair.to);
  }
  std::string text;
  for (const DiffLine& line : diff_lines(revisions.list[pair.from].yaml, revisions.list[pair.to].yaml)) {
    if (line.kind == DiffLine::Kind::Gap) text += "@@ " + model.say(Word::changes_same, {std::to_string(line.skipped)}) + "\n";
    else text += (line.kind == DiffLine::Kind::Added ? "+ " : line.kind == DiffLine::Kind::Removed ? "- " : "  ") + line.text + "\n";
  }
  text.empty() ? out.paragraph(model.say(Word::changes_nothing)) : out.code(text);
}

void links(const Model& model, Writer& out) {
  const ObjectGraph graph = object_graph(model, model.selected);
  if (graph.nodes.empty()) return out.paragraph(model.say(Word::graph_unknown));
  const auto name = [&](std::size_t i) { return graph.nodes[i].ref.kind + " " + graph.nodes[i].ref.name; };
  for (const GraphEdge& edge : graph.edges) out.bullet(name(edge.from) + " " + model.say(edge.relation) + " " + name(edge.to));
  if (graph.edges.empty()) out.paragraph(model.say(Word::graph_alone));
}

void edited(const Model& model, Writer& out) {
  const Editing& editing = model.editing;
  for (const ManifestError& error : editing.errors)
    out.bullet(error.line > 0 ? model.say(Word::edit_line, {std::to_string(error.line), error.text}) : error.text);
  if (editing.state == Editing::State::Stored) out.paragraph(model.say(Word::edit_done));
  if (!editing.command.empty()) out.code(editing.command);
  if (editing.state != Editing::State::Loading) out.code(editing.text);
}

void usage(const Model& model, Writer& out) {
  const UsagePlots plots = usage_plots(model);
  if (!plots.why_none.empty()) out.paragraph(plots.why_none);
  for (const UsagePlot& plot : plots.plots) {
    out.heading(plot.title, 3);
    out.paragraph(plot.sentence);
  }
  if (plots.plots.empty()) return;
  out.paragraph(model.say(Word::usage_about));
  out.code(plots.command);
}

void object(const Model& model, Writer& out) {
  out.heading(Word::view_object, 2);
  if (model.selected.kind.empty() || model.selected.kind == "Part") return out.paragraph(model.say(Word::object_none));
  out.paragraph(model.selected.kind + " " + model.selected.name);
  for (const ObjectTab tab : object_tabs(model)) out.choice(model.say(label_of(tab)), std::string("tab:") + name_of(tab), model.object_tab == tab);
  switch (model.object_tab) {
    case ObjectTab::Edit: return edited(model, out);
    case ObjectTab::Links: return links(model, out);
    case ObjectTab::Changes: return changes(model, out);
    case ObjectTab::Usage: return usage(model, out);
    case ObjectTab::Events:
      for (auto event = model.cluster.events.rbegin(); event != model.cluster.events.rend(); ++event)
        if (event->about == model.selected) out.bullet(time_of_day(event->at) + " " + event->reason + ": " + event->message);
      return;
    case ObjectTab::Yaml:
    case ObjectTab::Describe:
    case ObjectTab::Logs: break;
  }
  const ObjectText& text = model.object_text;
  if (!text.error.empty()) out.paragraph(text.error);
  else if (text.arrived) out.code(text.text);
}

}  // namespace

Document view_document(const Model& model) {
  Writer out(model);
  if (model.view == View::Map) map(model, out);
  if (model.view == View::Object) object(model, out);
  return out.take();
}

}  // namespace orrery::viewmodel
