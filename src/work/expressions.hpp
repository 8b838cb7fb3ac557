// The expressions of the watches, while commands change what they are made of.
//
// They are kept as text: it is what pg_dump carries, whatever numbers columns and functions get where it is restored.
// Their meaning, with the numbers, is only held while a command runs; after it the text is spelled anew where it does
// not mean that any more.
#pragma once

#include <string>
#include <vector>

#include "capture/setup.hpp"

extern "C" {
#include "nodes/parsenodes.h"
}

namespace winback::work {

// What an expression of a watch meant when a command began.
struct Meant {
  int source;
  const capture::Argument* argument;
  Node* meaning;
};

// What every expression means, if the command may give another name to something in one, or drop it.
std::vector<Meant> meanings(const capture::Setup& setup, const Node* statement);
// After the command: spells expressions anew, or refuses it for taking a part of one away.
void follow_meanings(const capture::Setup& setup, const std::vector<Meant>& meant, const Node* statement);

// Refuses to let a column go that an expression uses.
void look_at_column(const capture::Setup& setup, Oid relation, AttrNumber column);
// Columns of a table have changed their type, or what they are generated from.
void follow_types(const capture::Setup& setup, Oid table, const std::vector<std::string>& columns);

}  // namespace winback::work
