// Keys at the prompt, as commands.
#pragma once

#include "playground/commands/command.h"
#include "playground/viewmodel/terminal.h"

namespace orrery::views {

// Reads the keys and characters of this frame. True when any was meant for the prompt.
bool read_terminal_keys(const viewmodel::Terminal& terminal, commands::CommandQueue& queue);

}  // namespace orrery::views
