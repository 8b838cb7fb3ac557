"""The table: one row a line of work, in Markdown, so that it reads alike in a terminal and in a README."""

from dataclasses import dataclass, field

from room.bench import BARE, BY_IVM, BY_ROW, BY_STATEMENT, WINBACK, medians


@dataclass
class Row:
    """A line of the table."""
    work: str
    figures: dict          # contender: what is shown
    ratio: str             # what is held against `must`, as shown
    must: str
    dream: str
    met: bool
    dream_met: bool = False
    notes: list = field(default_factory=list)


@dataclass
class Ratio:
    """A ratio of the medians of figures that were measured side by side, and where it lies in the middle half of the
    rounds."""
    median: float
    low: float
    high: float

    def __str__(self):
        return f"{self.median:.2f} ({self.low:.2f} to {self.high:.2f})"


def ratio_of(figures, ratio):
    """The ratio of the medians, and the quartiles of the ratios that single rounds give."""
    rounds = sorted(ratio(dict(zip(figures, values))) for values in zip(*figures.values()))
    quarter = len(rounds) // 4
    return Ratio(ratio(medians(figures)), rounds[quarter], rounds[-1 - quarter])


def shown(figures, text=lambda figure: f"{figure:.1f}"):
    """The medians as shown in the table."""
    return {contender: text(figure) for contender, figure in medians(figures).items()}


def table(rows):
    """All rows under a head, in columns, and their notes below."""
    contenders = [BARE, WINBACK, BY_ROW, BY_STATEMENT]
    if any(BY_IVM in row.figures for row in rows):
        contenders.append(BY_IVM)
    cells = [["work", *contenders, "ratio (middle half)", "must be", "dream", "met"]]
    for row in rows:
        met = ("met, dream too" if row.dream_met else "met") if row.met else "NOT MET"
        cells.append([row.work, *(row.figures.get(c, "") for c in contenders), row.ratio, row.must, row.dream, met])
    widths = [max(len(line[i]) for line in cells) for i in range(len(cells[0]))]
    cells.insert(1, ["-" * width for width in widths])
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in cells]
    notes = [f"- {row.work}: {note}" for row in rows for note in row.notes]
    return "\n".join(lines + ([""] + notes if notes else []))


def verdict(rows):
    """The last word: what is not met."""
    missed = [row.work for row in rows if not row.met]
    if not missed:
        return f"all {len(rows)} met"
    return f"{len(rows) - len(missed)} of {len(rows)} met; not met:\n" + "\n".join(f"  {work}" for work in missed)
