// Table printing: the columns and cells of `kubectl get`. Source: pkg/printers/internalversion/printers.go.
#pragma once

#include <string>

#include "core/api/object.h"

namespace orrery::apiserver {

// Appends the JSON list of TableColumnDefinitions of a kind.
void print_columns(const api::TypeDesc& type, std::string& out);
// Appends an object's cells, comma separated.
void print_cells(const api::ObjectPtr& object, WallTime now, std::string& out);
// Appends `,"conditions":[...]` for rows that kubectl may hide (pods that ended), else nothing.
void print_conditions(const api::ObjectPtr& object, std::string& out);

}  // namespace orrery::apiserver
