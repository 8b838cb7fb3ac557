// Bars of parts that lie, each below its name. rows: at (of the bar), name, more, part, colour, value.
import { barX, plot, text } from '@observablehq/plot';
import { colour, fitting, font, grouped, ink, muted, wide } from './theme.mjs';

const line = 44;

export default function stacks({ rows }, width) {
  const ends = new Map();
  const parts = rows
    .filter((row) => row.value > 0)
    .map((row) => {
      const begins = ends.get(row.at) ?? 0;
      ends.set(row.at, begins + row.value);
      return { ...row, begins, ends: begins + row.value };
    });
  const most = Math.max(1, ...ends.values());
  const bars = [...new Map(rows.map((row) => [row.at, row])).values()];
  const right = (row) => [grouped(ends.get(row.at) ?? 0), row.more].filter(Boolean).join('  ·  ');
  const written = { ...font, y: 'at', dy: -12, fill: ink };
  const roomy = (row) => (row.value / most) * width > String(row.value).length * 8 + 8;
  return plot({
    width,
    height: line * bars.length + 6,
    marginLeft: 1,
    marginRight: 1,
    marginTop: 4,
    marginBottom: 2,
    style: { overflow: 'visible', fontFamily: 'inherit' },
    x: { axis: null, domain: [0, most] },
    y: { axis: null, type: 'band', domain: bars.map((row) => row.at), padding: 0 },
    marks: [
      barX(parts, {
        x1: 'begins',
        x2: 'ends',
        y: 'at',
        insetTop: 21,
        insetBottom: 5,
        insetRight: 1,
        fill: (row) => colour(row.colour),
        ariaLabel: (row) => `${row.name}: ${row.value} ${row.part}`,
      }),
      text(parts.filter(roomy), {
        x: (row) => (row.begins + row.ends) / 2,
        y: 'at',
        dy: 8,
        text: (row) => grouped(row.value),
        fill: (row) => `var(--on-${row.colour})`,
        fontSize: 11,
        fontVariant: 'tabular-nums',
        ariaHidden: 'true',
      }),
      text(bars, {
        ...written,
        frameAnchor: 'left',
        textAnchor: 'start',
        title: (row) => row.name,
        text: (row) => fitting(row.name, width - wide(right(row)) - 20),
      }),
      text(bars, {
        ...written,
        frameAnchor: 'right',
        textAnchor: 'end',
        text: right,
        fill: muted,
        fontVariant: 'tabular-nums',
      }),
    ],
  });
}
