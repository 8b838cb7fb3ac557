// Bars that lie, each below its name, so that long names and narrow screens go together.
// rows: name, value, colour, label and more (at the right of the name's line), pale; most: all that a value can be.
import { barX, plot, text, tickX } from '@observablehq/plot';
import { colour, fitting, font, ink, muted, wide } from './theme.mjs';

const line = 44;

export default function bars({ rows, most }, width) {
  const data = rows.map((row, at) => ({ ...row, at }));
  const low = Math.min(0, ...data.map((row) => row.value));
  const high = Math.max(most ?? 0, ...data.map((row) => row.value), low === 0 ? 1e-9 : 0);
  const right = (row) => [row.label, row.more].filter(Boolean).join('  ·  ');
  const names = (row) => fitting(row.name, width - wide(right(row)) - 20);
  const written = { ...font, y: 'at', dy: -12, fill: ink };
  return plot({
    width,
    height: line * data.length + 6,
    marginLeft: 1,
    marginRight: 1,
    marginTop: 4,
    marginBottom: 2,
    style: { overflow: 'visible', fontFamily: 'inherit' },
    x: { axis: null, domain: [low, high] },
    y: { axis: null, type: 'band', domain: data.map((row) => row.at), padding: 0 },
    marks: [
      most
        ? barX(data, { x1: 0, x2: () => most, y: 'at', insetTop: 22, insetBottom: 6, fill: 'var(--trough)' })
        : null,
      barX(data, {
        x1: 0,
        x2: 'value',
        y: 'at',
        insetTop: 22,
        insetBottom: 6,
        fill: (row) => colour(row.colour),
        fillOpacity: (row) => (row.pale ? 0.5 : 1),
        ariaLabel: (row) => `${row.name}: ${right(row)}`,
      }),
      low < 0 ? tickX(data, { x: () => 0, y: 'at', insetTop: 20, insetBottom: 4, stroke: ink }) : null,
      text(data, { ...written, frameAnchor: 'left', textAnchor: 'start', text: names, title: (row) => row.name }),
      text(data, {
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
