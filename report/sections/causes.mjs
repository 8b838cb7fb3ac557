// Why clients were lost: Pareto's order, by number and by revenue.
import { empty, figure, table, unless } from '../parts.mjs';
import { about as rounded, count, money, number, percent } from '../format.mjs';

const most = 12;

// The first of a list, and how many are left to the figures.
const first = (rows) => [
  rows.slice(0, most),
  rows.length > most ? `The first ${most}; ${number(rows.length - most)} more are in the figures.` : null,
];

function by_losses(known) {
  const [rows, left] = first(known);
  return figure({
    id: 'causes',
    title: 'Causes by number of losses, of all time',
    note: ['Beside each: its losses, its share, and Σ, the share of all causes down to it. ', left],
    says: rows.map((row) => `${row.title}: ${number(row.losses)}`).join(', '),
    chart: {
      kind: 'bars',
      rows: rows.map((row) => ({
        name: row.title,
        value: row.losses,
        colour: 'lost',
        label: number(row.losses),
        more: `${percent(row.share, 0)} · Σ ${percent(row.cumulative_share, 0)}`,
      })),
    },
    figures: table(
      'Causes by number of losses',
      [
        ['Cause', (row) => row.title],
        ['Losses', (row) => number(row.losses), 'n'],
        ['Of these, still lost', (row) => number(row.lasting), 'n'],
        ['Share', (row) => percent(row.share), 'n'],
        ['Together', (row) => percent(row.cumulative_share), 'n'],
      ],
      known,
    ),
  });
}

function by_revenue(known) {
  const sorted = known.slice().sort((a, b) => a.rank_by_revenue - b.rank_by_revenue);
  const [rows, left] = first(sorted);
  return figure({
    id: 'revenue',
    title: 'Causes by lost revenue: what the clients still lost brought in a year',
    note: [
      'In the currency of the orders, written-off clients included. Σ: the share of all causes down to it. ',
      left,
    ],
    says: rows.map((row) => `${row.title}: ${money(row.lost_revenue)}`).join(', '),
    chart: {
      kind: 'bars',
      rows: rows.map((row) => ({
        name: row.title,
        value: Number(row.lost_revenue),
        colour: 'money',
        label: rounded(row.lost_revenue),
        more:
          row.revenue_share === null
            ? ''
            : `${percent(row.revenue_share, 0)} · Σ ${percent(row.cumulative_revenue_share, 0)}`,
      })),
    },
    figures: table(
      'Causes by lost revenue, in the currency of the orders',
      [
        ['Cause', (row) => row.title],
        ['Lost revenue a year', (row) => money(row.lost_revenue), 'n'],
        ['Share', (row) => percent(row.revenue_share), 'n'],
        ['Together', (row) => percent(row.cumulative_revenue_share), 'n'],
      ],
      sorted,
    ),
  });
}

export default ({ about, causes }) => {
  const known = causes.sqlstate ? [] : causes.filter((row) => row.cause !== null);
  const unknown = causes.sqlstate ? null : causes.find((row) => row.cause === null);
  const stated = known.reduce((sum, row) => sum + row.losses, 0);
  const none = (title) =>
    empty(
      title,
      'No cause has been stated yet. Whoever finds one out says it by ',
      'winback.state_cause(), or the steps of a playbook do.',
    );
  return {
    id: 'causes',
    title: 'Why they leave',
    lead:
      stated > 0
        ? `Of ${count(stated + (unknown?.losses ?? 0), 'loss', 'losses')} the cause of ${number(stated)} is ` +
          'known; shares are of those.'
        : null,
    parts: ['Causes by number of losses', 'Causes by lost revenue'].map((title, i) =>
      unless(causes, title, about.role, () => (stated === 0 ? none(title) : [by_losses, by_revenue][i](known))),
    ),
  };
};
