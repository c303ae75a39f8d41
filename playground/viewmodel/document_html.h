// A Document as a whole HTML page that needs no script: for reader views, printing, and browsers without WebAssembly.
#pragma once

#include <string>

#include "playground/viewmodel/document.h"

namespace orrery::viewmodel {

struct HtmlPage {
  std::string other;       // address of the same in the other language
  std::string other_name;  // how the link to it reads
  std::string home;        // address of the list of all; "": none
  std::string home_name;
};

// Actions have no place here: a button whose action is "go:ADDRESS" becomes a link, every other one its text.
std::string html_of(const Document& document, const HtmlPage& page);

// What can be read of a document, a line a block: as the HTML's <main> and the page's mirror have it.
std::string text_of(const Document& document);

}  // namespace orrery::viewmodel
