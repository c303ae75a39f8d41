# Emscripten's own toolchain file, plus the two settings that Debian's package needs wherever it is called:
# its Python scripts must run under the system's Python, and its optimiser looks for acorn among Debian's node modules.
set(orrery_emcc_environment EMSDK_PYTHON=/usr/bin/python3 NODE_PATH=/usr/share/nodejs)
foreach(setting ${orrery_emcc_environment})
  string(REGEX MATCH "^([^=]*)=(.*)$" _ ${setting})
  if(EXISTS "${CMAKE_MATCH_2}")
    set(ENV{${CMAKE_MATCH_1}} "${CMAKE_MATCH_2}")
  else()
    list(REMOVE_ITEM orrery_emcc_environment ${setting})
  endif()
endforeach()

find_program(EM_CONFIG em-config REQUIRED)
execute_process(COMMAND ${EM_CONFIG} EMSCRIPTEN_ROOT OUTPUT_VARIABLE orrery_emscripten_root
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
include(${orrery_emscripten_root}/cmake/Modules/Platform/Emscripten.cmake)

find_program(CCACHE ccache NO_CMAKE_FIND_ROOT_PATH)
foreach(language C CXX)
  set(CMAKE_${language}_COMPILER_LAUNCHER env ${orrery_emcc_environment})
  if(CCACHE)
    list(APPEND CMAKE_${language}_COMPILER_LAUNCHER ${CCACHE})
  endif()
  set(CMAKE_${language}_LINKER_LAUNCHER env ${orrery_emcc_environment})
endforeach()
