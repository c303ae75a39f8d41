#include "playground/app/welcome.h"

namespace orrery::app {
namespace {

using viewmodel::Block;
using viewmodel::BlockKind;
using viewmodel::Word;

Block text(BlockKind kind, const char* id, const char* line, int level = 1) {
  Block block;
  block.kind = kind;
  block.id = id;
  block.spans = viewmodel::parse_inline(line);
  block.level = level;
  return block;
}

Block command(const char* id, const char* line) {
  Block block;
  block.kind = BlockKind::Code;
  block.id = id;
  block.text = line;
  block.action = "run";
  return block;
}

}  // namespace

viewmodel::Document welcome(viewmodel::Language language) {
  const auto say = [language](Word key) { return viewmodel::word(language, key); };
  viewmodel::Document document;
  document.id = "welcome";
  document.language = viewmodel::code_of(language);
  document.title = say(Word::welcome_title);
  document.blocks = {
      text(BlockKind::Heading, "title", say(Word::welcome_title)),
      text(BlockKind::Paragraph, "what", say(Word::welcome_1)),
      text(BlockKind::Paragraph, "make", say(Word::welcome_2)),
      command("create", "kubectl create deployment web --image=web --replicas=3"),
      text(BlockKind::Paragraph, "delete", say(Word::welcome_3)),
      command("list", "kubectl get pods -o wide"),
  };
  return document;
}

}  // namespace orrery::app
