# Files that programs show or carry:
#   target orrery_fonts     ${ORRERY_FONTS}/ui_regular.otf, ... (list in tools/fonts.py)
#   target orrery_notices   ${ORRERY_NOTICES}, the licences of every library and font in the builds
#   orrery_embed(room symbol file)  makes orrery::embedded::<symbol>, a std::string_view, for the room;
#                                    include "embed/<symbol>.h"
find_program(ORRERY_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH REQUIRED)

set(ORRERY_FONTS ${ORRERY_GEN}/fonts)
file(GLOB_RECURSE font_texts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/playground/viewmodel/text/*.yaml ${CMAKE_SOURCE_DIR}/lessons/*.yaml)
add_custom_command(OUTPUT ${ORRERY_FONTS}/.done
  COMMAND ${ORRERY_PYTHON} ${CMAKE_SOURCE_DIR}/tools/fonts.py ${ORRERY_FONTS}
  COMMAND ${CMAKE_COMMAND} -E touch ${ORRERY_FONTS}/.done
  DEPENDS ${CMAKE_SOURCE_DIR}/tools/fonts.py ${font_texts} COMMENT "Cutting fonts" VERBATIM)
add_custom_target(orrery_fonts DEPENDS ${ORRERY_FONTS}/.done)

set(ORRERY_NOTICES ${ORRERY_GEN}/notices.txt)
add_custom_command(OUTPUT ${ORRERY_NOTICES}
  COMMAND ${ORRERY_PYTHON} ${CMAKE_SOURCE_DIR}/tools/notices.py ${ORRERY_NOTICES} ${imgui_SOURCE_DIR}
  DEPENDS ${CMAKE_SOURCE_DIR}/tools/notices.py ${CMAKE_SOURCE_DIR}/LICENSE COMMENT "Collecting licences" VERBATIM)
add_custom_target(orrery_notices DEPENDS ${ORRERY_NOTICES})

function(orrery_embed room symbol file)
  set(base ${ORRERY_GEN}/embed/${symbol})
  add_custom_command(OUTPUT ${base}.cpp ${base}.h
    COMMAND ${ORRERY_PYTHON} ${CMAKE_SOURCE_DIR}/tools/embed.py ${file} ${symbol} ${base}
    DEPENDS ${CMAKE_SOURCE_DIR}/tools/embed.py ${file} COMMENT "Embedding ${symbol}" VERBATIM)
  target_sources(${room} PRIVATE ${base}.cpp)
endfunction()
