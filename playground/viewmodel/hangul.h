// The rescue for a command typed while the keyboard is in Hangul mode: ㅏㅕㅠㄷㅊ시 is kubectl.
#pragma once

#include <string>
#include <vector>

namespace orrery::viewmodel {

// The keys of the two-set Korean layout that produce `text`; what isn't Hangul stays.
std::string keys_of_hangul(const std::string& text);

// The whole line as keys when its first word is Hangul and becomes one of `known` commands; empty otherwise.
std::string hangul_rescue(const std::string& line, const std::vector<std::string>& known);

}  // namespace orrery::viewmodel
