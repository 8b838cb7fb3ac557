// After which silence a client is lost indeed.
import { empty, figure, html, table, unless } from '../parts.mjs';
import { money, number, percent } from '../format.mjs';

const scope = (row) => (row.scope === 'all' ? 'all clients' : `${row.scope} ${row.name}`);
const choice = (row) =>
  row.choice === 'rule silence' ? 'the rule silence, as it is' : `at most ${percent(row.share, 0)} return`;

// The curve as it is drawn: days on which something ended, no more of them than can be seen.
function thinned(rows) {
  const ends = rows.filter((row, i) => row.ended > 0 || i === rows.length - 1);
  const step = Math.ceil(ends.length / 400);
  return ends.filter((row, i) => i % step === 0 || i === ends.length - 1);
}

// The rows of the curve at the ends of months of 30 days.
const monthly = (rows) =>
  rows.filter((row, i) => i === rows.length - 1 || Math.floor(rows[i + 1].days / 30) > Math.floor(row.days / 30));

function curve(rows, choices) {
  if (rows.length === 0) return empty('How long silences last', 'Nobody has bought yet, so nobody is silent.');
  const all = choices.sqlstate ? [] : choices.filter((row) => row.scope === 'all' && row.silence !== null);
  const marks = [all.find((row) => row.choice === 'asked'), all.find((row) => row.choice === 'rule silence')]
    .filter(Boolean)
    .map((row) => ({
      days: row.silence,
      label:
        row.choice === 'asked'
          ? `${row.silence} days: ≤ ${percent(row.share, 0)} return`
          : `${row.silence} days: the rule`,
    }));
  return figure({
    id: 'silences',
    title: 'How long silences last: share of the silences between purchases that are longer, by days',
    note: 'By Kaplan-Meier: silences that have not ended yet count for what they are. The band is the 95 % interval.',
    says: marks.map((mark) => mark.label).join(', ') || 'a falling curve',
    chart: {
      kind: 'curve',
      marks,
      rows: thinned(rows).map((row) => ({
        days: row.days,
        survival: Number(row.survival),
        lower: row.lower === null ? null : Number(row.lower),
        upper: row.upper === null ? null : Number(row.upper),
      })),
    },
    figures: table(
      'How long silences last',
      [
        ['Days', (row) => number(row.days)],
        ['Last longer', (row) => percent(row.survival), 'n'],
        ['from', (row) => percent(row.lower), 'n'],
        ['to', (row) => percent(row.upper), 'n'],
        ['Seen so long', (row) => number(row.at_risk), 'n'],
      ],
      monthly(rows),
    ),
  });
}

function table_of_choices(rows) {
  const found = rows.filter((row) => row.silence !== null);
  const of = (which) =>
    table(
      which === 'all' ? `Of all clients. Returns within ${number(found[0].watched)} days.` : 'By class and segment',
      [
        [which === 'all' ? 'Choice' : 'Clients', (row) => (which === 'all' ? choice(row) : scope(row))],
        ['Silence, days', (row) => number(row.silence), 'n'],
        ['Still return', (row) => percent(row.still_return), 'n'],
        ['95 % interval', (row) => (row.low === null ? '–' : `${percent(row.low)} – ${percent(row.high)}`), 'n'],
        ['Lost by it now', (row) => number(row.flagged), 'n'],
        ['False alarms among them', (row) => number(row.false_alarms), 'n'],
        ['Revenue at stake', (row) => money(row.revenue_at_stake), 'n'],
        ['Calls a manager a day', (row) => number(row.tasks), 'n'],
      ],
      found.filter((row) => (which === 'all' ? row.scope === 'all' : row.scope !== 'all' && row.choice === 'asked')),
    );
  const title = 'What each choice of a silence would mean now';
  if (found.length === 0) {
    return empty(title, 'The purchases do not reach back far enough to say after which silence clients stay away.');
  }
  return {
    html: html`<figure id="choices"><figcaption><h3>${title}</h3>
<p>Sooner finds more clients while they can be won back, and raises more false alarms. winback.suggest_silence() tells
more.</p></figcaption>${of('all')}
${
  found.some((row) => row.scope !== 'all' && row.choice === 'asked') &&
  html`<details><summary>By class and segment</summary>${of('groups')}</details>`
}</figure>`,
  };
}

export default ({ about, silences, thresholds }) => ({
  id: 'thresholds',
  title: 'When is a client lost?',
  lead:
    about.silence === null
      ? 'The rule silence is not in use.'
      : `By the rule silence a client is lost after ${about.silence.replace(/mons?/, 'months')} without a purchase. ` +
        'The purchases themselves tell after how long hardly anybody comes back.',
  parts: [
    unless(silences, 'How long silences last', about.role, () => curve(silences, thresholds)),
    unless(thresholds, 'What each choice would mean', about.role, () => table_of_choices(thresholds)),
  ],
});
