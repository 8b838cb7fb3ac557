// The parts of which sections are made: figures with a chart and its table, tables, notes, and what stands in their
// place where the database has nothing to show or refuses to.
import { escape } from './format.mjs';

// HTML that needs no more escaping.
export class Html {
  constructor(text) {
    this.text = text;
  }
  toString() {
    return this.text;
  }
}

const flat = (value) =>
  Array.isArray(value)
    ? value.map(flat).join('')
    : value instanceof Html
      ? value.text
      : value === null || value === undefined || value === false
        ? ''
        : escape(value);

// A template whose values are escaped, unless they are Html themselves.
export const html = (strings, ...values) =>
  new Html(strings.reduce((text, string, i) => text + string + (i < values.length ? flat(values[i]) : ''), ''));

// Why a part of the data is not there: the error that the database gave.
export const refused = (data, role) =>
  data?.sqlstate &&
  html`<p class="empty">${
    data.sqlstate === '42501'
      ? html`The role <b>${role}</b> may not read this: ${data.error}. A superuser lets it by
           <code>SELECT winback.grant_reader('${role}')</code>.`
      : html`The database could not say: ${data.error}.`
  }</p>`;

// A table; columns are [title, value of a row], those of numbers [title, value, 'n'].
export const table = (
  caption,
  columns,
  rows,
) => html`<div class="wide" tabindex="0" role="region" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map(
  ([title, , kind]) => html`<th scope="col"${kind && html` class="n"`}>${title}</th>`,
)}</tr></thead>
<tbody>${rows.map(
  (row) =>
    html`<tr>${columns.map(([, value, kind], i) =>
      i === 0 ? html`<th scope="row">${value(row)}</th>` : html`<td${kind && html` class="n"`}>${value(row)}</td>`,
    )}</tr>`,
)}
</tbody></table></div>`;

// A chart: `chart` is what charts/ is given, `says` one sentence for who does not see it, `figures` its table.
export const figure = ({ id, title, note, chart, says, legend, figures }) => ({
  chart: { id, title, says, ...chart },
  html: html`<figure id="${id}">
<figcaption><h3>${title}</h3>${note && html`<p>${note}</p>`}</figcaption>
${
  legend &&
  html`<ul class="legend">${legend.map(([colour, name]) => html`<li><i class="${colour}"></i>${name}</li>`)}</ul>`
}
<div class="chart" data-chart="${id}"></div>
<details><summary>Figures</summary>${figures}</details>
</figure>`,
});

// What stands in the place of a figure that has nothing to show.
export const empty = (title, ...words) => ({
  html: html`<figure class="nothing"><figcaption><h3>${title}</h3></figcaption><p class="empty">${words}</p></figure>`,
});

// A figure, or why there is none.
export const unless = (data, title, role, make) =>
  data?.sqlstate
    ? {
        html: html`<figure class="nothing"><figcaption><h3>${title}</h3></figcaption>${refused(data, role)}
</figure>`,
      }
    : make();
