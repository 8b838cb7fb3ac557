// An expression of the user's over one row of a watched table: parsed, checked, compiled.
//
//   what the expression has             what happens
//   ----------------------------------  ---------------------------------------------------------------------------
//   a syntax or type error              refused when the watch is made, quoting argument and expression
//   a subquery, aggregate, window,      refused: a fact must follow from its row alone
//     set-returning or volatile function
//   now(), CURRENT_USER, 'now', ...     refused: a fact must mean the same at any time, in any session
//   a stable function not of the server refused: nobody can know what it looks at
//   only columns, constants and         evaluated as it is
//     functions that cannot fail
//   anything else                       evaluated in a subtransaction, so that a row on which it fails is only left out
//   a function of the user's            evaluated as the role that gave the expression
//   a stable function or one of         evaluated with time zone, search path and styles pinned
//     the user's
#pragma once

#include <string>

#include "capture/source.hpp"
#include "pg/key.hpp"

namespace winback::capture {

// A compiled expression; its memory belongs to the context that was current when it was compiled.
struct Expression {
  ExprState* state = nullptr;  // null: the argument was not given
  AttrNumber column = 0;       // the column that it is; 0: it is more than a mere column
  Oid type = InvalidOid;       // of what it yields
  Oid output = InvalidOid;     // the type's output function
  bool may_fail = false;
  bool needs_role = false;
  bool needs_settings = false;
};

// Whether a value of one type is, or is implicitly cast to, one of another.
bool casts_implicitly(Oid from, Oid to);

// Compiles one argument's expression against a table, or throws an Error that quotes both. A null `key` means that no
// ledger exists yet: the client expression may then have any type. Must run as the role and with the settings that
// the source pins.
Expression compile(const Argument& argument, const std::string& text, Relation relation, const pg::KeyType* key);

// The btree index whose leading column is this expression, or InvalidOid.
Oid index_leading_with(const std::string& text, Relation relation);

// What an expression means, apart from how it is spelled: it stays the same when a column, a function or a type gets
// another name. In the current memory context; an error where the text cannot be read (any more).
Node* meaning_of(const std::string& text, Relation relation);
// How that meaning is spelled with the names of today.
std::string spelling_of(Node* meaning, Relation relation);
// Whether a column has a part in it.
bool uses_column(Node* meaning, AttrNumber column);

}  // namespace winback::capture
