// Dear ImGui's compile-time configuration, the same for the library and everyone who includes it.
#pragma once

#define ImDrawIdx unsigned int  // WebGL 2 has no BaseVertex: 16-bit indices break above 65,536 vertices in one list
#define IMGUI_DISABLE_OBSOLETE_FUNCTIONS
#define IMGUI_USE_WCHAR32       // state signs and arrows beyond the basic plane stay possible

#ifdef __EMSCRIPTEN__
#include <emscripten/em_macros.h>  // Emscripten 3.1.6's em_js.h lacks it
#endif
