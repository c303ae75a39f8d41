#include "playground/viewmodel/document_writer.h"

#include <utility>

namespace orrery::viewmodel {

Block make_block(BlockKind kind, const std::string& id, const std::string& line) {
  Block block;
  block.kind = kind;
  block.id = id;
  block.spans = parse_inline(line);
  return block;
}

Block make_button(const std::string& action, const std::string& label, bool primary) {
  Block block = make_block(BlockKind::Button, action, label);
  block.action = action;
  block.primary = primary;
  return block;
}

DocumentWriter::DocumentWriter(Language language, const std::string& id, const std::string& title) {
  document_.id = id;
  document_.language = code_of(language);
  document_.title = title;
  add(BlockKind::Heading, "title", title);
}

Block& DocumentWriter::add(BlockKind kind, const std::string& id, const std::string& line) {
  document_.blocks.push_back(make_block(kind, id, line));
  return document_.blocks.back();
}

Block& DocumentWriter::heading(const std::string& id, const std::string& line, int level) {
  Block& block = add(BlockKind::Heading, id, line);
  block.level = level;
  return block;
}

Block& DocumentWriter::command(const std::string& id, const std::string& line) {
  Block& block = shown(id, line);
  block.action = "run";
  return block;
}

Block& DocumentWriter::shown(const std::string& id, const std::string& line) {
  Block& block = add(BlockKind::Code, id, "");
  block.text = line;
  return block;
}

Block& DocumentWriter::button(const std::string& action, const std::string& label, bool primary) {
  document_.blocks.push_back(make_button(action, label, primary));
  return document_.blocks.back();
}

}  // namespace orrery::viewmodel
