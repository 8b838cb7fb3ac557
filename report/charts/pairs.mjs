// What was predicted beside what was observed, by group. rows: name, predicted, observed.
import { axisX, axisY, dot, gridY, link, plot, pointerX, ruleY, tip } from '@observablehq/plot';
import { colour, font, grid, grouped, ink, muted, whole } from './theme.mjs';

export default function pairs({ rows }, width) {
  const most = Math.max(1, ...rows.map((row) => Math.max(row.predicted, row.observed)));
  const one = (value) => grouped(Number(value.toFixed(1)));
  return plot({
    width,
    height: 280,
    marginLeft: 8 + 8 * grouped(Math.ceil(most)).length,
    marginRight: 8,
    marginTop: 12,
    marginBottom: 42,
    style: { overflow: 'visible', fontFamily: 'inherit' },
    x: { type: 'point', domain: rows.map((row) => row.name), padding: 0.5 },
    y: { domain: [0, most], nice: true },
    marks: [
      gridY({ stroke: grid, strokeOpacity: 1, ticks: 5 }),
      ruleY([0], { stroke: ink }),
      link(rows, { x: 'name', y1: 'predicted', y2: 'observed', stroke: muted, strokeWidth: 1.5, ariaHidden: 'true' }),
      dot(rows, {
        x: 'name',
        y: 'observed',
        r: 5,
        fill: colour('active'),
        ariaLabel: (row) => `${row.name}: ${row.observed} observed`,
      }),
      dot(rows, {
        x: 'name',
        y: 'predicted',
        r: 6,
        stroke: ink,
        strokeWidth: 1.8,
        ariaLabel: (row) => `${row.name}: ${row.predicted} predicted`,
      }),
      axisY({ ...font, ticks: 5, tickFormat: whole, label: null, fill: muted, tickSize: 0 }),
      axisX({
        ...font,
        label: 'tenth of the clients, most expected first',
        labelAnchor: 'right',
        labelArrow: 'none',
        fill: muted,
        tickSize: 0,
      }),
      tip(
        rows,
        pointerX({
          x: 'name',
          y: 'predicted',
          fill: 'var(--paper)',
          stroke: grid,
          fontSize: 12.5,
          title: (row) => `${row.name}. tenth\n${one(row.predicted)} predicted\n${grouped(row.observed)} observed`,
        }),
      ),
    ],
  });
}
