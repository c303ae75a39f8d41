# dep::yaml, dep::sdl2 and dep::imgui. Each is compiled only when a target needs it.
if(EMSCRIPTEN)
else()
  find_package(yaml-cpp REQUIRED)
  orrery_native(yaml yaml-cpp)
endif()
