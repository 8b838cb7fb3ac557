// A cell a month of first orders and month since, the darker the more are lost. rows: month, since, share, label.
import { axisX, axisY, cell, plot, pointer, tip } from '@observablehq/plot';
import { font, grid, muted } from './theme.mjs';

const limits = [0.1, 0.25, 0.4, 0.55, 0.7];
const shade = (share) => `var(--shade${limits.filter((limit) => share >= limit).length})`;

export default function cells({ rows }, width) {
  const months = [...new Set(rows.map((row) => row.month))];
  const last = Math.max(...rows.map((row) => row.since));
  const since = Array.from({ length: last + 1 }, (_, i) => i);
  const row_height = 15;
  return plot({
    width,
    height: months.length * row_height + 46,
    marginLeft: 64,
    marginRight: 2,
    marginTop: 2,
    marginBottom: 42,
    style: { overflow: 'visible', fontFamily: 'inherit' },
    x: { type: 'band', domain: since, padding: 0.06 },
    y: { type: 'band', domain: months, padding: 0.08 },
    marks: [
      cell(rows, {
        x: 'since',
        y: 'month',
        fill: (row) => shade(row.share),
        ariaLabel: (row) => `${row.month}, month ${row.since}: ${row.label}`,
      }),
      axisY({ ...font, label: null, fill: muted, tickSize: 0, ticks: months.filter((_, i) => i % 2 === 0) }),
      axisX({
        ...font,
        ticks: since.filter((i) => i % (width < 480 ? 6 : 3) === 0),
        label: 'months since the first order',
        labelAnchor: 'right',
        labelArrow: 'none',
        fill: muted,
        tickSize: 0,
      }),
      tip(
        rows,
        pointer({
          x: 'since',
          y: 'month',
          fill: 'var(--paper)',
          stroke: grid,
          fontSize: 12.5,
          title: (row) => `${row.month}, month ${row.since}\n${row.label}`,
        }),
      ),
    ],
  });
}
