// See many.hpp.
#include "work/many.hpp"

#include "capture/parts.hpp"
#include "work/pass.hpp"

namespace winback::work {

namespace {

constexpr std::size_t kFewest = 1000;     // fewer clients are never many
constexpr double kRowsPerClient = 50;     // that a pass reads while one client is read by itself

// What is to be looked at of a client's tasks.
TaskOrder order_of(const capture::TaskNote* note) {
  TaskOrder order;
  if (!note) return order;
  order.evidence = note->evidence;
  order.all_evidence = note->all_evidence;
  return order;
}

}  // namespace

bool are_many(const capture::Setup& setup, std::size_t clients) {
  if (clients < kFewest) return false;
  double rows = 0;
  for (const capture::Source& source : setup.sources)
    for (const Oid part : capture::parts_of(source.relation)) {
      const auto more = ledger::about_rows(part);
      if (!more) return false;
      rows += *more;
    }
  return static_cast<double>(clients) * kRowsPerClient > rows;
}

void compute_afresh(Settler& settler, pg::Progress& progress, const std::vector<Datum>& clients,
                    const std::vector<const capture::TaskNote*>& tasks) {
  const auto order = [&](std::size_t i) { return order_of(tasks.empty() ? nullptr : tasks[i]); };
  std::vector<bool> done(clients.size());
  std::size_t next = 0;
  if (are_many(settler.setup(), clients.size()))
    each_dossier(settler, progress, pg::Phase::writing, [&](Datum client, ledger::Dossier& dossier) {
      while (!settler.setup().key.equal(clients[next], client)) ++next;
      done[next] = true;
      settler.recompute(client, dossier, order(next));
    }, &clients);
  for (std::size_t i = 0; i < clients.size(); ++i)
    if (!done[i]) settler.recompute(clients[i], order(i));
}

void settle_many(Settler& settler, const capture::Sum& sum) {
  std::vector<Datum> held;
  std::vector<const capture::TaskNote*> tasks;  // of the clients that are held
  const pg::OwnContext context("winback client", CurrentMemoryContext);
  sum.each([&](Datum client, const capture::Note& note) {
    const pg::InContext in(context.get());
    if (!note.recompute) {
      settler.settle(client, note);
    } else if (settler.take_hold(client)) {
      held.push_back(client);
      tasks.push_back(note.tasks);
    }
    context.reset();
    pg::check_interrupts();
  });
  pg::Progress progress(pg::Work::commit, settler.setup().tables.client, false);
  compute_afresh(settler, progress, held, tasks);
}

}  // namespace winback::work
