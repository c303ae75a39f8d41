// OpenGL's own header for the platform that is built.
#pragma once
#include <SDL_opengl.h>
