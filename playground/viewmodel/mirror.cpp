#include "playground/viewmodel/mirror.h"

namespace orrery::viewmodel {
namespace {

const char* name_of(SpanKind kind) {
  switch (kind) {
    case SpanKind::Text: return "text";
    case SpanKind::Strong: return "strong";
    case SpanKind::Code: return "code";
    case SpanKind::Term: break;
  }
  return "term";
}

const char* name_of(BlockKind kind) {
  switch (kind) {
    case BlockKind::Heading: return "heading";
    case BlockKind::Paragraph: return "paragraph";
    case BlockKind::Bullet: return "bullet";
    case BlockKind::Code: return "code";
    case BlockKind::Note: return "note";
    case BlockKind::Goal: return "goal";
    case BlockKind::Feedback: return "feedback";
    case BlockKind::Choice: return "choice";
    case BlockKind::Button: return "button";
    case BlockKind::Slot: break;
  }
  return "slot";
}

const char* name_of(BlockState state) {
  switch (state) {
    case BlockState::None: return "";
    case BlockState::Open: return "open";
    case BlockState::Chosen: return "chosen";
    case BlockState::Right: return "right";
    case BlockState::Wrong: break;
  }
  return "wrong";
}

std::string json_of(const Block& block) {
  std::string spans;
  for (const Span& span : block.spans) {
    if (!spans.empty()) spans += ',';
    spans += "{\"kind\":\"" + std::string(name_of(span.kind)) + "\",\"text\":" + quoted_json(span.text) + "}";
  }
  return "{\"kind\":\"" + std::string(name_of(block.kind)) + "\",\"id\":" + quoted_json(block.id) + ",\"level\":" +
         std::to_string(block.level) + ",\"state\":\"" + name_of(block.state) + "\",\"action\":" + quoted_json(block.action) +
         ",\"enabled\":" + (block.enabled ? "true" : "false") + ",\"text\":" + quoted_json(block.text) + ",\"spans\":[" + spans +
         "]}";
}

}  // namespace

std::string quoted_json(const std::string& text) {
  static const char* const kHex = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    const unsigned char byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') out += {'\\', c};
    else if (c == '\n') out += "\\n";
    else if (byte < 0x20) out += {'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]};
    else out += c;
  }
  return out + "\"";
}

std::string mirror_json(const Document& document) {
  std::string blocks;
  for (const Block& block : document.blocks) {
    if (!blocks.empty()) blocks += ',';
    blocks += json_of(block);
  }
  return "{\"id\":" + quoted_json(document.id) + ",\"language\":" + quoted_json(document.language) + ",\"title\":" +
         quoted_json(document.title) + ",\"blocks\":[" + blocks + "]}";
}

}  // namespace orrery::viewmodel
