// Short own explanations of types and fields (types/help.tsv), for explain and the page. Empty when there is none.
#pragma once

#include <string_view>

namespace orrery::api {

struct Help {
  std::string_view type;   // "Pod"; "TypeMeta" for apiVersion and kind of any type
  std::string_view field;  // "" for the type itself
  std::string_view en;
  std::string_view ko;
};
const Help* find_help(std::string_view type, std::string_view field);

}  // namespace orrery::api
