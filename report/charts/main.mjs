// Draws every chart of the page into its place, as wide as that is, and again when the width changes. Colours are CSS
// variables, so light, dark and print need no drawing of their own.
import bars from './bars.mjs';
import stacks from './stacks.mjs';
import months from './months.mjs';
import curve from './curve.mjs';
import pairs from './pairs.mjs';
import cells from './cells.mjs';

const kinds = { bars, stacks, months, curve, pairs, cells };

function draw(place, chart, width) {
  const svg = kinds[chart.kind](chart, width);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `${chart.title}. ${chart.says}. All figures are in the table below.`);
  place.replaceChildren(svg);
}

const charts = new Map(JSON.parse(document.getElementById('charts').textContent).map((chart) => [chart.id, chart]));
const drawn = new Map();
const observer = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const width = Math.floor(target.clientWidth);
    if (width === 0 || drawn.get(target) === width) continue;
    drawn.set(target, width);
    draw(target, charts.get(target.dataset.chart), width);
  }
});
for (const place of document.querySelectorAll('[data-chart]')) observer.observe(place);

// On paper the figures are seen, too.
addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('details:not([open])')) {
    details.open = true;
    details.dataset.printed = '';
  }
});
addEventListener('afterprint', () => {
  for (const details of document.querySelectorAll('details[data-printed]')) {
    details.open = false;
    delete details.dataset.printed;
  }
});
