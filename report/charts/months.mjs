// Two counts a month: returned upwards, lost downwards. rows: month ('2026-03'), lost, returned.
import { axisX, axisY, barY, gridY, plot, pointerX, ruleX, ruleY, tip } from '@observablehq/plot';
import { colour, font, grid, grouped, ink, muted, whole } from './theme.mjs';

export default function months({ rows, unfinished }, width) {
  const room = Math.max(1, Math.floor(rows.length / (width / 34)) + 1);
  const every = [1, 2, 3, 6, 12, 24, 60].find((step) => step >= room) ?? 120;
  const shown = rows
    .filter((row) => (Number(row.month.slice(5)) - 1 + 12 * Number(row.month.slice(0, 4))) % every === 0)
    .map((row) => row.month);
  const named = (month, i) =>
    i === 0 || every >= 12 || month.endsWith('-01') ? `${month.slice(5)}\n${month.slice(0, 4)}` : month.slice(5);
  const most = Math.max(1, ...rows.map((row) => Math.max(row.lost, row.returned)));
  const inset = Math.max(rows.length * 4 > width ? 0 : 0.5, (width / rows.length - 60) / 2);
  const bar = (key, sign, name) =>
    barY(rows, {
      x: 'month',
      y1: 0,
      y2: (row) => sign * row[key],
      fill: colour(name),
      fillOpacity: (row) => (row.month === unfinished ? 0.5 : 1),
      insetLeft: inset,
      insetRight: inset,
      ariaLabel: (row) => `${row.month}: ${row[key]} ${key}`,
    });
  return plot({
    width,
    height: 280,
    marginLeft: 8 + 8 * grouped(most).length,
    marginRight: 4,
    marginTop: 12,
    marginBottom: 40,
    style: { overflow: 'visible', fontFamily: 'inherit' },
    x: { type: 'band', domain: rows.map((row) => row.month), padding: 0.12 },
    y: {
      domain: [-Math.max(1, ...rows.map((row) => row.lost)), Math.max(1, ...rows.map((row) => row.returned))],
      nice: true,
    },
    marks: [
      gridY({ stroke: grid, strokeOpacity: 1, ticks: 6 }),
      bar('returned', 1, 'returned'),
      bar('lost', -1, 'lost'),
      ruleY([0], { stroke: ink }),
      axisY({
        ...font,
        ticks: 6,
        tickFormat: (value) => whole(Math.abs(value)),
        label: null,
        fill: muted,
        tickSize: 0,
      }),
      axisX({
        ...font,
        ticks: shown,
        tickFormat: (month) => named(month, shown.indexOf(month)),
        label: null,
        fill: muted,
        tickSize: 4,
        lineHeight: 1.2,
      }),
      ruleX(rows, pointerX({ x: 'month', stroke: ink, strokeOpacity: 0.3 })),
      tip(
        rows,
        pointerX({
          x: 'month',
          y: 0,
          title: (row) =>
            `${row.month}${row.month === unfinished ? ', so far' : ''}\n` +
            `${grouped(row.returned)} returned\n${grouped(row.lost)} lost`,
          fill: 'var(--paper)',
          stroke: grid,
          fontSize: 12.5,
        }),
      ),
    ],
  });
}
