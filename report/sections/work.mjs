// How the work goes: whether managers are in time, where processes stall, how long steps take.
import { empty, figure, table, unless } from '../parts.mjs';
import { number, percent } from '../format.mjs';

const most = 15;

// A step by its name, after that of its playbook where there are several.
const step_name = (rows) =>
  new Set(rows.map((row) => row.playbook)).size > 1 ? (row) => `${row.playbook}: ${row.step}` : (row) => row.step;

function discipline(rows) {
  if (rows.length === 0) return empty('Tasks in time, by manager', 'No task was due within the last 12 months.');
  const shown = rows.slice(0, most);
  const parts = [
    ['done_in_time', 'done in time', 'returned'],
    ['done_late', 'done late', 'risk'],
    ['open_overdue', 'overdue now', 'lost'],
    ['open_in_time', 'open, in time', 'muted'],
    ['cancelled', 'cancelled', 'faint'],
  ].filter(([key]) => rows.some((row) => row[key] > 0));
  const name = (row) => row.manager ?? 'nobody (the pool)';
  return figure({
    id: 'discipline',
    title: 'Tasks by manager: in time, late, overdue; number, due within the last 12 months',
    note: [
      'Beside each name: the share in time, of those done or overdue',
      rows.some((row) => row.refused_closings > 0)
        ? '; and how often closing one was refused, for want of an outcome or a real call. '
        : '. ',
      rows.length > most && `The ${most} with the most tasks; all are in the figures.`,
    ],
    legend: parts.map(([, title, colour]) => [colour, title]),
    says: rows.map((row) => `${name(row)}: ${percent(row.share_in_time)} in time`).join(', '),
    chart: {
      kind: 'stacks',
      rows: shown.flatMap((row, at) =>
        parts.map(([key, part, colour]) => ({
          at,
          name: name(row),
          more: [
            row.share_in_time !== null && `${percent(row.share_in_time, 0)} in time`,
            row.refused_closings > 0 && `${number(row.refused_closings)} refused`,
          ]
            .filter(Boolean)
            .join('  ·  '),
          part,
          colour,
          value: row[key],
        })),
      ),
    },
    figures: table(
      'Tasks by manager, due within the last 12 months',
      [
        ['Manager', name],
        ...parts.map(([key, title]) => [title, (row) => number(row[key]), 'n']),
        ['in time', (row) => percent(row.share_in_time), 'n'],
        ['put off', (row) => number(row.times_put_off), 'n'],
        ['closing refused', (row) => number(row.refused_closings), 'n'],
        ['call gone since', (row) => number(row.without_evidence), 'n'],
      ],
      rows,
    ),
  });
}

function stalled(rows, steps) {
  if (rows.length === 0) {
    return empty('Where processes stall', steps.length > 0 ? 'No process stalls.' : 'No process has been begun yet.');
  }
  const shown = rows.slice(0, most);
  const parts = [
    ['overdue', 'task overdue', 'lost'],
    ['not_fixed', 'cause not fixed', 'risk'],
    ['no_room', 'no room yet', 'muted'],
    ['slow', 'slower than nine in ten', 'faint'],
  ].filter(([key]) => rows.some((row) => row[key] > 0));
  const name = step_name(rows);
  return figure({
    id: 'stalled',
    title: 'Where processes stall, and why: number of clients, by step',
    legend: parts.map(([, title, colour]) => [colour, title]),
    says: rows.map((row) => `${name(row)}: ${row.processes}`).join(', '),
    chart: {
      kind: 'stacks',
      rows: shown.flatMap((row, at) =>
        parts.map(([key, part, colour]) => ({ at, name: name(row), part, colour, value: row[key] })),
      ),
    },
    figures: table(
      'Processes that stall',
      [['Step', name], ...parts.map(([key, title]) => [title, (row) => number(row[key]), 'n'])],
      rows,
    ),
  });
}

function steps(rows) {
  const passed = rows.filter((row) => row.median_days !== null);
  if (passed.length === 0) return empty('How long steps take', 'No step has been passed yet.');
  const name = step_name(rows);
  return figure({
    id: 'steps',
    title: 'How long steps take: days within which half of the processes passed',
    says: passed.map((row) => `${name(row)}: ${row.median_days} days`).join(', '),
    chart: {
      kind: 'bars',
      rows: passed.slice(0, most).map((row) => ({
        name: name(row),
        value: Number(row.median_days),
        colour: 'muted',
        label: `${number(row.median_days)} days`,
        more: `9 in 10: ${number(row.days_of_nine_in_ten)}`,
      })),
    },
    figures: table(
      'How long steps take, in days',
      [
        ['Step', name],
        ['Passed', (row) => number(row.passed), 'n'],
        ['Half took no longer', (row) => number(row.median_days), 'n'],
        ['Nine in ten', (row) => number(row.days_of_nine_in_ten), 'n'],
        ['There now', (row) => number(row.at_step), 'n'],
        ['Longest so far', (row) => number(row.longest_days_so_far), 'n'],
      ],
      rows,
    ),
  });
}

export default ({ about, discipline: tasks, stalled: stalls, steps: times }) => ({
  id: 'work',
  title: 'The work',
  lead: 'What was to be done to bring clients back, and whether it was done in time.',
  parts: [
    unless(tasks, 'Tasks in time, by manager', about.role, () => discipline(tasks)),
    unless(stalls, 'Where processes stall', about.role, () => stalled(stalls, times.sqlstate ? [] : times)),
    unless(times, 'How long steps take', about.role, () => steps(times)),
  ],
});
