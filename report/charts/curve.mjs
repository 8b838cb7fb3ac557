// A share that falls with the days, with its interval, and days that are marked. rows: days, survival, lower, upper;
// marks: days, label.
import { areaY, axisX, axisY, gridY, line, plot, pointerX, ruleX, text, tip } from '@observablehq/plot';
import { colour, fitting, font, grid, grouped, ink, muted } from './theme.mjs';

export default function curve({ rows, marks }, width) {
  const last = Math.max(1, ...rows.map((row) => row.days), ...marks.map((mark) => mark.days));
  const placed = marks.map((mark, i) => ({ ...mark, i, left: mark.days > last * 0.5 }));
  const room = (mark) => (mark.left ? mark.days / last : 1 - mark.days / last) * (width - 64);
  const share = (value) => `${Math.round(value * 100)} %`;
  return plot({
    width,
    height: 280,
    marginLeft: 52,
    marginRight: 12,
    marginTop: 12,
    marginBottom: 44,
    style: { overflow: 'visible', fontFamily: 'inherit' },
    x: { domain: [0, last] },
    y: { domain: [0, 1] },
    marks: [
      gridY({ stroke: grid, strokeOpacity: 1, ticks: 5 }),
      areaY(
        rows.filter((row) => row.lower !== null),
        {
          x: 'days',
          y1: 'lower',
          y2: 'upper',
          curve: 'step-after',
          fill: colour('active'),
          fillOpacity: 0.2,
          ariaLabel: () => '95 % interval',
        },
      ),
      line([{ days: 0, survival: 1 }, ...rows], {
        x: 'days',
        y: 'survival',
        curve: 'step-after',
        stroke: colour('active'),
        strokeWidth: 2,
        ariaLabel: () => `curve of ${rows.length} days`,
      }),
      ruleX(placed, {
        x: 'days',
        stroke: colour('lost'),
        strokeDasharray: '4 3',
        strokeWidth: 1.5,
        ariaLabel: (mark) => mark.label,
      }),
      ...[true, false].map((left) =>
        text(
          placed.filter((mark) => mark.left === left),
          {
            x: 'days',
            y: (mark) => 0.96 - mark.i * 0.1,
            text: (mark) => fitting(mark.label, room(mark)),
            ...font,
            fill: ink,
            stroke: 'var(--paper)',
            strokeWidth: 4,
            textAnchor: left ? 'end' : 'start',
            dx: left ? -6 : 6,
          },
        ),
      ),
      axisY({ ...font, ticks: 5, tickFormat: share, label: null, fill: muted, tickSize: 0 }),
      axisX({
        ...font,
        ticks: width < 480 ? 5 : 10,
        tickFormat: grouped,
        label: 'days of silence',
        labelAnchor: 'right',
        labelArrow: 'none',
        fill: muted,
        tickSize: 4,
      }),
      tip(
        rows,
        pointerX({
          x: 'days',
          y: 'survival',
          fill: 'var(--paper)',
          stroke: grid,
          fontSize: 12.5,
          title: (row) => `${grouped(row.days)} days\n${(row.survival * 100).toFixed(1)} % last longer`,
        }),
      ),
    ],
  });
}
