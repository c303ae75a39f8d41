# How rooms are built. Each room is one static library; every include is from the repository's root:
#   orrery_room(core_store DEPS core_base core_api)          every *.cpp below the folder, except below sub-rooms and main.cpp, *_main.cpp
#   orrery_unit(store DEPS core_store)                       doctest program unit_store, one CTest test, label "unit"
#   orrery_program(orrery SOURCES main.cpp DEPS core_...)    a program at the top of the build folder
#   orrery_fuzz(json DEPS core_api)                          libFuzzer program fuzz_json from *.cpp (preset native-fuzz only)
# DEPS are rooms, linked PRIVATE: which room may include which is checked by tests/tidy. LIBS are libraries (dep::json, ...).

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_COLOR_DIAGNOSTICS ON)

# Assertions stay on in every build: no -DNDEBUG.
set(CMAKE_C_FLAGS_RELEASE "-O2")
set(CMAKE_CXX_FLAGS_RELEASE "-O2")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")
# As WebAssembly every byte is fetched before the first picture. Emscripten 3.1 takes -Os to mean no inlining at all, which
# makes a simulation two and a half times as slow: so what is smaller than a call is inlined all the same.
if(EMSCRIPTEN)
  set(tiny "-finline-functions -mllvm -inline-threshold=15 -mllvm -inlinehint-threshold=15")
  set(CMAKE_C_FLAGS_RELEASE "-Os ${tiny}")
  set(CMAKE_CXX_FLAGS_RELEASE "-Os ${tiny}")
endif()
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

set(ORRERY_SANITIZE "" CACHE STRING "Sanitizers for all code, such as address,undefined")
option(ORRERY_FUZZ "Build the fuzz targets" OFF)
set(ORRERY_GEN "${CMAKE_BINARY_DIR}/gen")  # generated sources, an include root beside the repository

if(NOT EMSCRIPTEN AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(CCACHE ccache)
  if(CCACHE)
    set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  endif()
endif()

# One result on every machine: no fused multiply-add, no reordered floating point.
add_compile_options(-fno-fast-math -ffp-contract=off)
if(EMSCRIPTEN)
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fwasm-exceptions>)
  add_link_options(-fwasm-exceptions -sALLOW_MEMORY_GROWTH=1 -sTOTAL_STACK=1MB)
endif()
if(ORRERY_SANITIZE)
  add_compile_options(-fsanitize=${ORRERY_SANITIZE} -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${ORRERY_SANITIZE})
endif()
if(ORRERY_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()

add_library(orrery_flags INTERFACE)
target_include_directories(orrery_flags INTERFACE ${CMAKE_SOURCE_DIR} ${ORRERY_GEN})
if(EMSCRIPTEN)  # copies of the header-only libraries: any header may name their types, as it can natively
  target_include_directories(orrery_flags SYSTEM INTERFACE ${CMAKE_BINARY_DIR}/include)
endif()
target_compile_options(orrery_flags INTERFACE
  -Wall -Wextra -Wno-missing-field-initializers -Werror=return-type -Werror=switch -Werror=uninitialized)

# Adds each named sub-folder that has a CMakeLists.txt.
function(orrery_rooms parent)
  foreach(room ${ARGN})
    orrery_optional(${parent}/${room})
  endforeach()
  orrery_optional(${parent})
endfunction()

function(orrery_optional folder)
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/CMakeLists.txt)
    add_subdirectory(${folder})
  endif()
endfunction()

# The room's own *.cpp files: those below a sub-folder with a CMakeLists.txt belong to that room.
function(orrery_sources result)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  file(GLOB_RECURSE others CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*/CMakeLists.txt)
  foreach(other ${others})
    get_filename_component(folder ${other} DIRECTORY)
    list(FILTER files EXCLUDE REGEX "^${folder}/")
  endforeach()
  list(FILTER files EXCLUDE REGEX "[/_]main\\.cpp$")
  set(${result} ${files} PARENT_SCOPE)
endfunction()

# Most of a file's compile time is its headers', so so many files of a room are compiled as one. Names in anonymous
# namespaces must therefore differ within a room; a build with -DORRERY_BATCH=1 shows what a file forgot to include.
set(ORRERY_BATCH 8 CACHE STRING "Files of a room that are compiled together; 1: each by itself")
function(orrery_batches target)
  if(ORRERY_BATCH GREATER 1)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${ORRERY_BATCH})
  endif()
endfunction()

function(orrery_room name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;LIBS;PUBLIC_LIBS;INCLUDES" ${ARGN})
  if(NOT ARG_SOURCES)
    orrery_sources(ARG_SOURCES)
  endif()
  if(NOT ARG_SOURCES)  # a room of headers alone
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE orrery_flags ${ARG_DEPS} ${ARG_LIBS} ${ARG_PUBLIC_LIBS})
    return()
  endif()
  add_library(${name} STATIC ${ARG_SOURCES})
  orrery_batches(${name})
  target_include_directories(${name} PRIVATE ${ARG_INCLUDES})
  target_link_libraries(${name} PRIVATE orrery_flags ${ARG_DEPS} ${ARG_LIBS} PUBLIC ${ARG_PUBLIC_LIBS})
endfunction()

function(orrery_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;LIBS;LINK" ${ARGN})
  if(NOT ARG_SOURCES)
    set(ARG_SOURCES main.cpp)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE orrery_flags ${ARG_DEPS} ${ARG_LIBS} $<TARGET_NAME_IF_EXISTS:dep_malloc>)
  target_link_options(${name} PRIVATE ${ARG_LINK})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
endfunction()

# Link options of a WebAssembly program that runs under Node with the machine's files.
set(ORRERY_NODE_LINK "")
if(EMSCRIPTEN)
  set(ORRERY_NODE_LINK -sENVIRONMENT=node -sEXIT_RUNTIME=1 -sWASM_ASYNC_COMPILATION=0 -sNODERAWFS=1)
endif()
# Of one whose speed nobody measures: optimising the whole program once more takes a minute or two.
set(ORRERY_TEST_LINK ${ORRERY_NODE_LINK})
if(EMSCRIPTEN)
  list(APPEND ORRERY_TEST_LINK -O1)
endif()

# A test program runs in the repository's root, so it opens its data as "tests/unit/<room>/data/...".
function(orrery_unit name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;LIBS" ${ARGN})
  if(NOT ARG_SOURCES)
    orrery_sources(ARG_SOURCES)
  endif()
  add_executable(unit_${name} ${ARG_SOURCES})
  orrery_batches(unit_${name})
  target_compile_options(unit_${name} PRIVATE -O0)  # what is tested is optimised; tests only take longer to compile
  target_link_libraries(unit_${name} PRIVATE orrery_flags test_support ${ARG_DEPS} ${ARG_LIBS})
  target_link_options(unit_${name} PRIVATE ${ORRERY_TEST_LINK})
  add_test(NAME unit_${name} COMMAND unit_${name} --no-colors=true WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(unit_${name} PROPERTIES LABELS unit TIMEOUT 300)
endfunction()

function(orrery_fuzz name)
  if(NOT ORRERY_FUZZ)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;LIBS" ${ARGN})
  if(NOT ARG_SOURCES)
    orrery_sources(ARG_SOURCES)
  endif()
  add_executable(fuzz_${name} ${ARG_SOURCES})
  target_link_libraries(fuzz_${name} PRIVATE orrery_flags ${ARG_DEPS} ${ARG_LIBS})
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
endfunction()
