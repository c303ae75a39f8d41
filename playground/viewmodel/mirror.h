// The Document as JSON for the page's DOM mirror: screen readers, find in page, reader view.
#pragma once

#include <string>

#include "playground/viewmodel/document.h"

namespace orrery::viewmodel {

std::string quoted_json(const std::string& text);
std::string mirror_json(const Document& document);

}  // namespace orrery::viewmodel
