"""What every line needs: the server, how much of everything, who competes, rounds and progress."""

import statistics
import sys

from room.server import Server

# Who keeps the clients' figures, and the schema whose table of orders they are kept of.
BARE, WINBACK, BY_ROW, BY_STATEMENT, BY_IVM = "bare", "winback", "row trigger", "statement trigger", "pg_ivm"
SCHEMAS = {BARE: "bare", WINBACK: "watched", BY_ROW: "by_row", BY_STATEMENT: "by_statement", BY_IVM: "by_ivm"}


class Bench:
    """One run of the bench."""

    def __init__(self, bindir, place, rounds, scale):
        self.server = Server(bindir, place)
        self.rounds = rounds
        self.scale = scale
        self.has_ivm = self.server.value("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_ivm'") == "1"

    def count(self, full, least=1):
        """So many of a full run, at this run's scale."""
        return max(least, round(full * self.scale))

    def contenders(self):
        """Who takes part in the lines that write orders."""
        return [BARE, WINBACK, BY_ROW, BY_STATEMENT] + ([BY_IVM] if self.has_ivm else [])

    def tell(self, text):
        """A word on the progress, beside the table."""
        print(text, file=sys.stderr, flush=True)

    def alternate(self, contenders, measure, rounds=None):
        """Measures every contender once a round, each round in the other order; returns their figures by round."""
        figures = {contender: [] for contender in contenders}
        rounds = rounds or self.rounds
        for number in range(rounds):
            for contender in contenders if number % 2 == 0 else reversed(contenders):
                figures[contender].append(measure(contender, number))
            now = ", ".join(f"{contender} {figures[contender][-1]:.4g}" for contender in contenders)
            self.tell(f"   round {number + 1} of {rounds}: {now}")
        return figures

    def turns(self, times):
        """Rounds of the lines whose one round is short: so many times as many in a full run."""
        return self.rounds * (times if self.scale >= 1 else 1)

    def heavy_rounds(self):
        """Rounds of the lines whose one round takes long."""
        return (self.rounds + 1) // 2


def medians(figures):
    """The median of each contender's rounds."""
    return {contender: statistics.median(values) for contender, values in figures.items()}
