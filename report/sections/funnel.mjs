// From lost to returned: how far the work gets, and what it brings.
import { empty, figure, html, table, unless } from '../parts.mjs';
import { count, money, number, percent } from '../format.mjs';

function funnel(r) {
  if (r.lost === 0) return empty('From lost to returned', 'Nobody was lost within the last 12 months.');
  const steps = [
    ['Lost', r.lost, 'lost'],
    ['Taken up', r.begun, 'risk'],
    ['Worked', r.worked, 'active'],
    ['Returned after work', r.worked_returned, 'returned'],
  ].map(([name, value, colour]) => ({
    name,
    value,
    colour,
    label: number(value),
    more: `${percent(value / r.lost, 0)}`,
  }));
  return figure({
    id: 'funnel',
    title: 'From lost to returned: losses of the last 12 months',
    note: [
      'Taken up: a playbook was begun, or a task done. Worked: a task was done before the return. ',
      `${number(r.unworked_returned)} more returned without any work. `,
      r.held_out > 0 &&
        `The ${count(r.held_out, 'client')} of control groups are left out; ${number(
          r.held_out_returned,
        )} of them returned.`,
    ],
    says: steps.map((step) => `${step.name}: ${step.label}`).join(', '),
    chart: { kind: 'bars', most: r.lost, rows: steps },
    figures: table(
      'Losses of the last 12 months',
      [
        ['', ([name]) => name],
        ['Losses', ([, value]) => number(value), 'n'],
        ['Share of the lost', ([, value]) => percent(value / r.lost), 'n'],
      ],
      [...steps.map((step) => [step.name, step.value]), ['Returned without any work', r.unworked_returned]],
    ),
  });
}

function campaign(rows) {
  if (rows.length === 0) {
    return empty('Processes by cause', 'No process has been begun yet: see playbooks and segments in the README.');
  }
  const shown = rows.slice(0, 12);
  const parts = [
    ['waiting', 'waits for a fix', 'risk'],
    ['at_work', 'at work', 'active'],
    ['returned', 'returned', 'returned'],
    ['given_up', 'given up', 'lost'],
    ['others', 'ended otherwise', 'muted'],
    ['control', 'control group', 'faint'],
  ].filter(([key]) => rows.some((row) => row[key] > 0));
  return figure({
    id: 'campaign',
    title: 'Processes by cause: how they stand or ended, number of clients',
    note: rows.length > shown.length ? `The first ${shown.length}; all are in the figures.` : null,
    legend: parts.map(([, name, colour]) => [colour, name]),
    says: rows
      .map((row) => `${row.title}: ${parts.map(([key, name]) => `${row[key]} ${name}`).join(', ')}`)
      .join('; '),
    chart: {
      kind: 'stacks',
      rows: shown.flatMap((row, at) =>
        parts.map(([key, part, colour]) => ({ at, name: row.title, part, colour, value: row[key] })),
      ),
    },
    figures: table(
      'Processes by cause',
      [['Cause', (row) => row.title], ...parts.map(([key, name]) => [name, (row) => number(row[key]), 'n'])],
      rows,
    ),
  });
}

function lift(rows) {
  const title = 'Worked clients beside the control group';
  if (rows.length === 0) {
    return empty(
      title,
      'No playbook holds out a control group, so nobody knows who would have come back anyway. This ' +
        'makes one of 20 %: ',
      html`<code>UPDATE winback.playbook SET holdout = 20;</code>`,
    );
  }
  const name = (row) => `${row.playbook} (${row.holdout} % held out)`;
  const shown = rows.filter((row) => row.worked_share !== null);
  if (shown.length === 0)
    return empty(
      title,
      rows.map((row) => html`${name(row)}: ${row.says}. `),
    );
  return figure({
    id: 'lift',
    title: `${title}: share that bought again`,
    note: rows.map((row) => `${name(row)}: ${row.says}. `),
    says: rows.map((row) => `${name(row)}: ${row.says}`).join('; '),
    chart: {
      kind: 'bars',
      most: 1,
      rows: shown.flatMap((row) => [
        {
          name: `${row.playbook}, worked`,
          value: Number(row.worked_share),
          colour: 'returned',
          label: percent(row.worked_share),
          more: `of ${number(row.worked_clients)}`,
        },
        {
          name: `${row.playbook}, control group`,
          value: Number(row.control_share),
          colour: 'muted',
          label: percent(row.control_share),
          more: `of ${number(row.control_clients)}`,
        },
      ]),
    },
    figures: table(
      title,
      [
        ['Playbook', (row) => row.playbook],
        ['Held out', (row) => percent(row.holdout / 100, 0), 'n'],
        ['Worked clients', (row) => number(row.worked_clients), 'n'],
        ['Bought again', (row) => percent(row.worked_share), 'n'],
        ['Control group', (row) => number(row.control_clients), 'n'],
        ['Bought again', (row) => percent(row.control_share), 'n'],
        ['', (row) => row.says],
      ],
      rows,
    ),
  });
}

export default ({ about, results, campaign: causes, lift: compared }) => ({
  id: 'funnel',
  title: 'Won back',
  lead:
    results.sqlstate || results.losses === 0
      ? null
      : `The work has cost ${money(results.cost)} so far; ` +
        `all who returned have brought ${money(results.revenue)} since. ` +
        'Many come back by themselves: only a control group tells what the work is worth.',
  parts: [
    unless(results, 'From lost to returned', about.role, () => funnel(results)),
    unless(compared, 'Worked clients beside a control group', about.role, () => lift(compared)),
    unless(causes, 'Processes by cause', about.role, () => campaign(causes)),
  ],
});
