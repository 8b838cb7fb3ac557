// The facts of a client: the rows of watched tables, put together with what other rows say of whose they are and what
// they amount to.
//
//   a row of                       is a fact of                                   with the amount
//   -----------------------------  ---------------------------------------------  -------------------------------------
//   any source                     the client that stands in it                   that stands in it
//   a source by alias              the client that has the alias at this moment;  that stands in it
//                                  of several the one with the least key; of
//                                  nobody while nobody has it
//   a client that was merged       the client that it was merged into            as above
//     into another
//   orders that lines are of       as above                                       its own (null: 0) and those of its
//                                                                                 counting lines
#pragma once

#include <string>
#include <vector>

#include "ledger/rows.hpp"

namespace winback::ledger {

// What is read here connects to SPI itself.
class FactReader : public Rows {
 public:
  FactReader(std::shared_ptr<const capture::Setup> setup, Patience& patience);

  // Why a client's facts cannot all be read; empty: they can.
  std::string frozen_because(Datum client) const;
  // Visits the facts of one client.
  void of_client(Datum client, const Visitor& visit);
  // Visits the facts of all clients (see everybody.cpp).
  void of_everybody(const Visitor& visit);

  // All clients that have an alias, and the one of them that it is. Keys live in the current context.
  struct Holders {
    std::vector<Datum> clients;
    std::optional<Datum> owner;
  };
  Holders holders(const std::string& alias);

  // Whose the orders with an id are: clients that stand in them, and aliases.
  struct Buyers {
    std::vector<Datum> clients;
    std::vector<std::string> aliases;
  };
  Buyers buyers(Oid orders, const std::string& id);

 private:
  capture::Fact complete(const capture::Source& source, const capture::RowReader& reader, const capture::Fact& fact,
                         Datum client);

  std::shared_ptr<const capture::Setup> setup_;
};

// An order with what its lines amount to added to its own amount; in the current context.
void add_lines(capture::Fact& order, const capture::Value& lines);

}  // namespace winback::ledger
