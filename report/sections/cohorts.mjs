// What becomes of new clients: the share that is lost, month by month after the first order.
import { empty, figure, table, unless } from '../parts.mjs';
import { number, percent } from '../format.mjs';

const at = [1, 3, 6, 12, 18, 24];

function cohorts(rows) {
  if (rows.length === 0) return empty('Cohorts', 'Nobody has ordered for the first time within the last 24 months.');
  const months = [...new Set(rows.map((row) => row.cohort))];
  const cell = (month, since) => rows.find((row) => row.cohort === month && row.months_since === since);
  return figure({
    id: 'cohorts',
    title: 'Share of new clients that is lost: by month of the first order, and months since',
    note:
      'Read a row from left to right: how the clients of that month drop away. A row that fills sooner than those ' +
      'above it is news.',
    legend: [
      ['shade0', 'under 10 %'],
      ['shade1', '10 – 25 %'],
      ['shade2', '25 – 40 %'],
      ['shade3', '40 – 55 %'],
      ['shade4', '55 – 70 %'],
      ['shade5', 'above'],
    ],
    says: `${number(months.length)} months of first orders`,
    chart: {
      kind: 'cells',
      rows: rows.map((row) => ({
        month: row.cohort,
        since: row.months_since,
        share: Number(row.share_lost),
        label: `${percent(row.share_lost)} of ${number(row.clients)} lost`,
      })),
    },
    figures: table(
      'Share lost, months after the month of the first order',
      [
        ['First order', (month) => month],
        ['Clients', (month) => number(cell(month, 0)?.clients), 'n'],
        ...at.map((since) => [String(since), (month) => percent(cell(month, since)?.share_lost ?? null), 'n']),
      ],
      months,
    ),
  });
}

export default ({ about, cohorts: rows }) => ({
  id: 'cohorts',
  title: 'New clients',
  lead: null,
  parts: [unless(rows, 'Cohorts', about.role, () => cohorts(rows))],
});
