// The figures at the top.
import { html } from '../parts.mjs';
import { money, number, percent, count } from '../format.mjs';

const of = (status, name) => status.find((row) => row.status === name);
const tile = (
  title,
  value,
  words,
) => html`<div class="tile"><dt>${title}</dt><dd><b style="--letters: ${value.length}">${value}</b>
<span>${words}</span></dd></div>`;
const unread = (title, { sqlstate }) =>
  tile(title, '–', sqlstate === '42501' ? 'not to be read by this role' : 'could not be read: see below');

// What the revenue of a client is the sum of.
export const period = (about) =>
  about.value_period === null
    ? 'in all their time'
    : `in the ${about.value_period
        .replace(/^1 year$/, '12 months')
        .replace('mons', 'months')
        .replace(/\bmon\b/, 'month')} before their last purchase`;

function rate(years) {
  if (years.sqlstate) return unread('Yearly loss rate', years);
  const known = years.filter((y) => y.share_lost !== null);
  const year = known.filter((y) => y.is_over).at(-1) ?? known.at(-1);
  if (!year) return tile('Yearly loss rate', '–', 'no year has begun yet with clients there at its start');
  return tile(
    year.is_over ? 'Yearly loss rate' : 'Loss rate so far',
    percent(year.share_lost),
    `${number(year.lost_of_active)} of the ${count(year.active_at_start, 'client')} active at the start of ` +
      `${year.year} ` +
      `were lost within it${year.is_over ? '' : ', so far'}`,
  );
}

export default function tiles({ about, status, results, years }) {
  const gone = !status.sqlstate && of(status, 'lost');
  const off = !status.sqlstate && of(status, 'written_off');
  return html`<dl class="tiles">
${
  gone
    ? tile(
        'Lost now',
        number(gone.clients),
        off.clients
          ? `clients to be won back; ${number(off.clients)} more are written off`
          : 'clients to be won back',
      )
    : unread('Lost now', status)
}
${
  gone
    ? tile('Revenue at stake', money(gone.revenue), `what they brought ${period(about)}`)
    : unread('Revenue at stake', status)
}
${
  results.sqlstate
    ? unread('Returned', results)
    : tile(
        'Returned',
        number(results.returned_late),
        `lost clients who bought again within the last 12 months; ${number(results.returned)} ever`,
      )
}
${
  results.sqlstate
    ? unread('Worth since', results)
    : tile(
        'Worth since',
        money(results.revenue_late),
        'what those of the last 12 months have brought since they returned',
      )
}
${rate(years)}
</dl>`;
}
