// Well-formed UTF-8 (Unicode 15, table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string_view>

namespace orrery {

// Length in bytes (1 to 4) of the sequence that starts at text[i], 0 when it is not well-formed or the text ends in it.
int utf8_length(std::string_view text, std::size_t i);

}  // namespace orrery
