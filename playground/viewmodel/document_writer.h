// Writes a Document block by block.
#pragma once

#include <string>

#include "playground/viewmodel/document.h"
#include "playground/viewmodel/words.h"

namespace orrery::viewmodel {

// line: as parse_inline reads it.
Block make_block(BlockKind kind, const std::string& id, const std::string& line);
// Its action is its id too.
Block make_button(const std::string& action, const std::string& label, bool primary = false);

class DocumentWriter {
 public:
  DocumentWriter(Language language, const std::string& id, const std::string& title);  // begins with the title as its heading

  // The block is good until the next one is added.
  Block& add(BlockKind kind, const std::string& id, const std::string& line);
  Block& text(const std::string& id, const std::string& line) { return add(BlockKind::Paragraph, id, line); }
  Block& heading(const std::string& id, const std::string& line, int level);
  Block& command(const std::string& id, const std::string& line);  // to be run
  Block& shown(const std::string& id, const std::string& line);    // was run already: to be read and copied
  Block& button(const std::string& action, const std::string& label, bool primary = false);
  Document take() { return std::move(document_); }

 private:
  Document document_;
};

}  // namespace orrery::viewmodel
