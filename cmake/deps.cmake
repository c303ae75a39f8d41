# Third-party libraries as dep::<name>. Natively they are the distribution's packages. WebAssembly builds ImGui, SDL2 and
# yaml-cpp from source and uses copies of the header-only ones; ImGui is built from source natively too (32-bit indices).
# A source folder is looked for in this order: FETCHCONTENT_SOURCE_DIR_<NAME> (environment or -D), then the folder that
# tools/sources.sh unpacked the distribution's sources into, then the pinned upstream release.
include(FetchContent)

# --- sources unpacked by tools/sources.sh, named by the checksum that it pins --------------------------------------------
file(STRINGS ${CMAKE_SOURCE_DIR}/tools/sources.sh orrery_sources_key REGEX "^imgui_sha256=")
string(SUBSTRING ${orrery_sources_key} 13 12 orrery_sources_key)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tools/sources.sh)
if(DEFINED ENV{XDG_CACHE_HOME})
  set(orrery_cache $ENV{XDG_CACHE_HOME}/orrery)
else()
  set(orrery_cache $ENV{HOME}/.cache/orrery)
endif()

# Sets <name>_SOURCE_DIR without running the library's own build files.
function(orrery_source name repository commit)
  string(TOUPPER FETCHCONTENT_SOURCE_DIR_${name} given)
  set(unpacked ${orrery_cache}/sources-${orrery_sources_key}/${name})
  if(DEFINED ENV{${given}})
    set(${given} $ENV{${given}})
  elseif(EXISTS ${unpacked} AND (NOT ${given} OR ${given} MATCHES "^${orrery_cache}/"))  # or one of an earlier pin
    set(${given} ${unpacked})
  endif()
  FetchContent_Declare(${name} GIT_REPOSITORY ${repository} GIT_TAG ${commit} SOURCE_SUBDIR none-of-its-own)
  FetchContent_MakeAvailable(${name})
  set(${name}_SOURCE_DIR ${${name}_SOURCE_DIR} PARENT_SCOPE)
endfunction()

# dep::<name> as a static library of the given third-party files, warnings off.
function(orrery_library name)
  add_library(dep_${name} STATIC EXCLUDE_FROM_ALL ${ARGN})
  add_library(dep::${name} ALIAS dep_${name})
  target_compile_options(dep_${name} PRIVATE -w)
endfunction()

# --- header-only libraries ---------------------------------------------------------------------------------------------
# Natively the compiler sees the distribution's headers. For WebAssembly they are copied out of the system's include
# folder, which must never be an include path of the cross compiler itself.
function(orrery_headers name entry)
  add_library(dep_${name} INTERFACE)
  add_library(dep::${name} ALIAS dep_${name})
  if(EMSCRIPTEN)
    find_path(${name}_INCLUDE ${entry} PATHS /usr/include /usr/local/include NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH REQUIRED)
    file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/include)
    file(COPY ${${name}_INCLUDE}/${entry} DESTINATION ${CMAKE_BINARY_DIR}/include)
    target_include_directories(dep_${name} SYSTEM INTERFACE ${CMAKE_BINARY_DIR}/include)
  endif()
endfunction()
orrery_headers(json nlohmann)
orrery_headers(doctest doctest)
orrery_headers(cli11 CLI)

# --- libraries of the native build alone -------------------------------------------------------------------------------
function(orrery_native name)
  add_library(dep_${name} INTERFACE)
  add_library(dep::${name} ALIAS dep_${name})
  target_link_libraries(dep_${name} INTERFACE ${ARGN})
endfunction()
if(NOT EMSCRIPTEN)
  find_package(Threads REQUIRED)
  find_package(OpenSSL REQUIRED)
  find_package(SQLite3 REQUIRED)
  find_package(fmt REQUIRED)
  find_package(ZLIB REQUIRED)
  find_package(Boost 1.81 REQUIRED COMPONENTS url)
  find_package(benchmark QUIET)
  orrery_native(threads Threads::Threads)
  # In place of the C library's allocator: a world of many small shared values runs a sixth faster. No symbol names it.
  find_library(mimalloc_LIBRARY mimalloc REQUIRED)
  orrery_native(malloc -Wl,--no-as-needed ${mimalloc_LIBRARY} -Wl,--as-needed)
  orrery_native(openssl OpenSSL::SSL OpenSSL::Crypto)
  orrery_native(sqlite SQLite::SQLite3)
  orrery_native(fmt fmt::fmt)
  orrery_native(zlib ZLIB::ZLIB)
  orrery_native(boost Boost::headers Boost::url Threads::Threads)
  orrery_native(benchmark benchmark::benchmark)
endif()

# --- yaml-cpp, SDL2, ImGui ---------------------------------------------------------------------------------------------
include(${CMAKE_CURRENT_LIST_DIR}/deps_source.cmake)
