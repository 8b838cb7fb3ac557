// Whether the model of orders can be believed: what it predicted beside what came.
import { empty, figure, html, table, unless } from '../parts.mjs';
import { number, percent } from '../format.mjs';

const title = 'Orders predicted and observed';
const command = html`<code>SELECT * FROM winback.fit(until =&gt; winback.now() - interval '6 months');</code>`;

function why_none(fits) {
  const converged = fits.filter((fit) => fit.status === 'converged');
  if (fits.length === 0) {
    return empty(
      title,
      'No model has been fitted yet. This fits one to the past, so that what came after can judge it: ',
      command,
    );
  }
  if (converged.length === 0) {
    return empty(
      title,
      `No fit has converged. The newest one (${fits[0].model}, to ${fits[0].until}): ${fits[0].status}, `,
      `${fits[0].message}. Try again when there are more clients.`,
    );
  }
  return empty(
    title,
    `The fit of ${converged[0].model} goes up to ${converged[0].until}: too little time has passed since `,
    'to judge it. This fits one to the past, so that what came after can judge it: ',
    command,
  );
}

function judged(rows, fits) {
  const fit = fits.sqlstate ? null : fits.find((each) => each.fit_id === rows[0].fit_id);
  const sum = (key) => rows.reduce((total, row) => total + Number(row[key]), 0);
  const off = sum('observed_orders') / sum('predicted_orders');
  return figure({
    id: 'calibration',
    title: `${title}: number of days with an order, by tenth of the clients`,
    note: [
      `Fit ${rows[0].fit_id}, ${rows[0].model}; `,
      fit
        ? html`the ${number(Math.round(rows[0].horizon * fit.unit_days))} days after <time>${fit.until}</time>`
        : `the ${rows[0].horizon} units of time after it`,
      '. The first tenth are those of whom most was expected. In all ',
      number(sum('predicted_orders').toFixed(0)),
      ' were predicted and ',
      number(sum('observed_orders')),
      ' came',
      Number.isFinite(off) ? `: ${percent(off, 0)}.` : '.',
    ],
    legend: [
      ['muted ring', 'predicted'],
      ['active', 'observed'],
    ],
    says: rows
      .map((row) => `${row.decile}: ${row.predicted_orders} predicted, ${row.observed_orders} observed`)
      .join('; '),
    chart: {
      kind: 'pairs',
      rows: rows.map((row) => ({
        name: String(row.decile),
        predicted: Number(row.predicted_orders),
        observed: row.observed_orders,
      })),
    },
    figures: table(
      'Predicted and observed, by tenth of the clients',
      [
        ['Tenth', (row) => number(row.decile)],
        ['Clients', (row) => number(row.clients), 'n'],
        ['Alive, mean', (row) => percent(row.p_alive), 'n'],
        ['Orders predicted', (row) => number(row.predicted_orders), 'n'],
        ['observed', (row) => number(row.observed_orders), 'n'],
        ['Buyers predicted', (row) => number(row.predicted_buyers), 'n'],
        ['observed', (row) => number(row.observed_buyers), 'n'],
      ],
      rows,
    ),
  });
}

export default ({ about, calibration, fits }) => {
  const none = calibration === null || calibration.sqlstate === '55000';
  return {
    id: 'calibration',
    title: 'Can the model be believed?',
    lead: none
      ? null
      : 'A model of orders says who is still alive and what will come. Here is what it said, and what came.',
    parts: [
      none && !fits.sqlstate
        ? why_none(fits)
        : unless(calibration, title, about.role, () => judged(calibration, fits)),
    ],
  };
};
