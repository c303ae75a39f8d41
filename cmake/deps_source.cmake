# dep::yaml, dep::sdl2 and dep::imgui. Each is compiled only when a target needs it. The commits are the pinned releases.

# --- yaml-cpp 0.7.0 ------------------------------------------------------------------------------------------------------
if(EMSCRIPTEN)
  orrery_source(yaml_cpp https://github.com/jbeder/yaml-cpp.git 0579ae3d976091d7d664aa9d2527e0d0cff25763)
  file(GLOB files ${yaml_cpp_SOURCE_DIR}/src/*.cpp)
  orrery_library(yaml ${files})
  target_compile_definitions(dep_yaml PUBLIC YAML_CPP_STATIC_DEFINE)
  target_include_directories(dep_yaml SYSTEM PUBLIC ${yaml_cpp_SOURCE_DIR}/include)
else()
  find_package(yaml-cpp REQUIRED)
  orrery_native(yaml yaml-cpp)
endif()

# --- SDL2 2.26.5: for WebAssembly by a list of folders and SDL's own SDL_config_emscripten.h, with no configure step ------
if(EMSCRIPTEN)
  orrery_source(sdl2 https://github.com/libsdl-org/SDL.git ac13ca9ab691e13e8eebe9684740ddcb0d716203)
  set(files "")
  foreach(folder . atomic audio audio/dummy audio/disk audio/emscripten cpuinfo dynapi events file filesystem/emscripten
          haptic haptic/dummy hidapi joystick joystick/emscripten libm loadso/dlopen locale locale/emscripten main/dummy
          misc misc/emscripten power power/emscripten render render/opengles2 render/software sensor sensor/dummy stdlib
          thread thread/generic timer timer/unix video video/dummy video/emscripten video/yuv2rgb)
    file(GLOB in_folder ${sdl2_SOURCE_DIR}/src/${folder}/*.c)
    list(APPEND files ${in_folder})
  endforeach()
  orrery_library(sdl2 ${files})
  target_include_directories(dep_sdl2 SYSTEM PUBLIC ${sdl2_SOURCE_DIR}/include)
  target_include_directories(dep_sdl2 PRIVATE ${sdl2_SOURCE_DIR}/src/video/khronos)
  # The page needs a window, events and the clipboard. What else SDL starts or copies pixels with would be fetched unused.
  target_compile_definitions(dep_sdl2 PRIVATE SDL_LEAN_AND_MEAN=1 SDL_RENDER_DISABLED=1 SDL_AUDIO_DISABLED=1
                             SDL_SENSOR_DISABLED=1)
else()
  find_package(SDL2 REQUIRED)
  find_package(OpenGL REQUIRED)
  orrery_native(sdl2 SDL2::SDL2)
endif()

# --- Dear ImGui 1.92.2b with the SDL2 and OpenGL 3 back ends, one configuration for both builds --------------------------
orrery_source(imgui https://github.com/ocornut/imgui.git 45acd5e0e82f4c954432533ae9985ff0e1aad6d5)
set(files "")
foreach(file imgui imgui_draw imgui_tables imgui_widgets backends/imgui_impl_sdl2 backends/imgui_impl_opengl3)
  list(APPEND files ${imgui_SOURCE_DIR}/${file}.cpp)
endforeach()
orrery_library(imgui ${files})
target_include_directories(dep_imgui SYSTEM PUBLIC ${imgui_SOURCE_DIR} ${imgui_SOURCE_DIR}/backends)
target_include_directories(dep_imgui PUBLIC ${CMAKE_SOURCE_DIR})
target_compile_definitions(dep_imgui PUBLIC IMGUI_USER_CONFIG="playground/platform/imconfig_app.h")
target_link_libraries(dep_imgui PUBLIC dep::sdl2)
if(EMSCRIPTEN)
  target_compile_definitions(dep_imgui PUBLIC IMGUI_IMPL_OPENGL_ES3)
else()
  target_link_libraries(dep_imgui PUBLIC OpenGL::GL ${CMAKE_DL_LIBS})
endif()
