// What belongs to the picture alone: theme, layout, cameras, scroll positions. Views change it while they draw.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/line_diff.h"
#include "playground/viewmodel/label_room.h"
#include "playground/viewmodel/layout.h"
#include "playground/viewmodel/map_layout.h"
#include "playground/viewmodel/object_graph.h"
#include "playground/viewmodel/pod_words.h"
#include "playground/viewmodel/revisions.h"
#include "playground/viewmodel/terminal_rows.h"
#include "playground/widgets/prose.h"
#include "playground/widgets/theme.h"

namespace orrery::views {

struct MapCamera {
  float x = 0, y = 0, zoom = 1;  // the map point in the top left corner of the view
  bool fitted = true;            // follows the map's bounds until the user moves it
};

// What a picture needs of each pod, so that it need not look into all of them.
struct ShownPod {
  const viewmodel::Pod* pod = nullptr;  // that the rest is of
  viewmodel::Rect rect;  // where it was drawn last: it glides to its place
  viewmodel::PodMark mark;
  bool leaving = false;
  std::uint64_t shape = 0;  // as pod_shape
  std::uint32_t room = 0;   // as in NodeRooms
};

// What was drawn of one state of the cluster, to be drawn again while all that it depends on is the same.
struct DrawnPods {
  std::uint64_t key = 0;  // 0: nothing
  std::vector<ImDrawVert> vertices;
  std::vector<ImDrawIdx> indices;  // from its own first vertex
};

// As drawn last, on the screen.
struct MapLabel {
  std::string text;
  viewmodel::Rect rect;
};

// The room that labels have on a map, before any stands there.
struct KeptRoom {
  std::vector<float> key;  // of the camera and the view
  std::optional<viewmodel::LabelRoom> room;  // none: the map is another one now
};

struct MapState {
  MapCamera camera;
  viewmodel::MapLayout layout;
  std::uint64_t laid_out_version = ~0ull;
  std::uint64_t laid_out_shape = 0, places_shape = 0;
  float laid_out_aspect = 0;
  viewmodel::SharedList<viewmodel::Pod> pods;  // that `shown` is of, in their order
  std::vector<ShownPod> shown;
  viewmodel::RoomFinder finder;  // of the nodes and parts of places_shape
  viewmodel::SilentNodes silent;
  bool gliding = false;         // some pod isn't where it belongs yet
  int shelf_rows = 0;           // that pods without a node took in this cluster: rooms needn't move for the next ones
  // What the camera was fitted to last and in which window's space, and for how long it still moves to where it fits now,
  // in seconds.
  viewmodel::Rect fitted_bounds, fitted_view, fitted_main;
  double camera_glides = 0;
  DrawnPods drawn;
  std::vector<MapLabel> labels;  // of what travels
  KeptRoom label_room;
  std::size_t label_side = 0;    // of the flying dot: on which of its sides the label stood last
  std::string hovered;
  bool dragging = false;
  bool toolbox = false;  // open, for what is selected
  bool look_open = false;
  viewmodel::MapLook laid_out_look;
  // The legend and the label keys of one state of the cluster.
  std::vector<viewmodel::LegendRow> legend;
  std::vector<std::string> label_keys;
  std::uint64_t legend_version = ~0ull;
  viewmodel::MapLook legend_look;
  viewmodel::Language legend_language = viewmodel::Language::English;
};

struct TerminalState {
  enum class Drag { None, Text, Edge, Bar, SideBar };

  viewmodel::TerminalRows rows;
  bool small = false;         // what is still read is too wide for the usual size
  float scroll = 0;           // rows below the screen
  bool placed = true;         // the screen stands where the last command's output is best seen, until it is scrolled
  float sideways = 0;         // columns to the left of the screen
  std::string offered;        // the completions in sight
  std::uint64_t seen_version = 0;
  Drag drag = Drag::None;
  float grabbed = 0;          // where in the thumb, or under the edge
  float height = 0;           // while the edge is dragged; 0: it is not
  long select_from = -1, select_to = -1;  // byte offsets in the text of all lines, -1: nothing
};

// What was worked out for the revisions and the cluster last shown.
struct DiffState {
  std::string from, to;
  std::vector<orrery::DiffLine> lines;
};
struct LinksState {
  std::uint64_t version = ~0ull;
  viewmodel::ObjectRef of;
  viewmodel::Language language = viewmodel::Language::English;
  viewmodel::ObjectGraph graph;
};

struct EditorState {
  std::string text;
  std::uint64_t version = 0;  // of the model's editing that it was taken from
  float scroll = 0;           // as last drawn
  int length = 0;             // bytes, before what is typed now
  std::string led_to;         // the complaint whose line was brought into sight
};

// Where the input method should open, when something takes text.
struct CaretState {
  float x = 0, y = 0, height = 0;
  bool wants_text = false;
};

struct ViewState {
  widgets::Theme theme;
  viewmodel::Layout layout;
  MapState map;
  TerminalState terminal;
  DiffState diff;
  LinksState links;
  EditorState editor;
  widgets::Prose prose;
  std::string shown_document;
  double shown_at = 0;       // Dear ImGui's time at which that began
  std::string explained;     // the term under the pointer, once the pointer has moved
  std::string preedit;       // what an input method composes, drawn at the caret
  CaretState caret;
  int layer_column = 1;
  bool still = false;        // reduced motion
  bool animating = false;    // something needs another frame
  double seconds = 0;        // since the last frame
};

}  // namespace orrery::views
