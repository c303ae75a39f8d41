// OpenGL's own header for the platform that is built.
#pragma once
#include <GLES3/gl3.h>
