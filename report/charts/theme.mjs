// What all charts have in common.
export const colour = (name) => `var(--${name})`;
export const ink = 'var(--ink)';
export const muted = 'var(--soft)';
export const grid = 'var(--grid)';
export const font = { fontSize: 12.5, fontFamily: 'inherit' };

// How wide a text is, as it is written in charts.
const canvas = document.createElement('canvas').getContext('2d');
export function wide(text) {
  canvas.font = `${font.fontSize}px ${getComputedStyle(document.body).fontFamily}`;
  return canvas.measureText(text).width;
}

// As much of a text as fits into so many pixels.
export function fitting(text, width) {
  if (wide(text) <= width) return text;
  const letters = [...text];
  let [fits, not] = [0, letters.length];
  while (not - fits > 1) {
    const middle = (fits + not) >> 1;
    if (wide(`${letters.slice(0, middle).join('')}…`) <= width) fits = middle;
    else not = middle;
  }
  return `${letters.slice(0, fits).join('').trimEnd()}…`;
}

// 12345 as 12 345.
export const grouped = (value) =>
  String(value)
    .replace('-', '−')
    .replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');

// Axes count things: no halves of them.
export const whole = (value) => (Number.isInteger(value) ? grouped(value) : '');
