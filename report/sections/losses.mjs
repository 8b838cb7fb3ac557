// Where the clients stand, and losses and returns over time.
import { empty, figure, table, unless } from '../parts.mjs';
import { money, number, percent, count } from '../format.mjs';
import { period } from './tiles.mjs';

const names = {
  active: 'Active',
  at_risk: 'At risk',
  lost: 'Lost',
  written_off: 'Written off',
  prospect: 'Never bought',
};
const colours = { active: 'active', at_risk: 'risk', lost: 'lost', written_off: 'muted', prospect: 'faint' };
const most_months = 60;

function status(data, about) {
  const all = data.reduce((sum, row) => sum + row.clients, 0);
  if (all === 0) return empty('Clients by status', 'There is no client yet. A watched table of orders brings them.');
  return figure({
    id: 'status',
    title: 'Clients by status: how many stand so now',
    says: data.map((row) => `${names[row.status]}: ${number(row.clients)}`).join(', '),
    chart: {
      kind: 'bars',
      rows: data.map((row) => ({
        name: names[row.status],
        value: row.clients,
        colour: colours[row.status],
        label: `${number(row.clients)} (${percent(row.clients / all)})`,
      })),
    },
    figures: table(
      `Clients by status at ${about.at}`,
      [
        ['Status', (row) => names[row.status]],
        ['Clients', (row) => number(row.clients), 'n'],
        ['Share', (row) => percent(row.clients / all), 'n'],
        [`What they brought ${period(about)}`, (row) => money(row.revenue), 'n'],
      ],
      data,
    ),
  });
}

function months(data, about) {
  if (data.length === 0) return empty('Losses and returns by month', 'Nobody has been lost so far.');
  const shown = data.slice(-most_months);
  const sum = (key) => data.reduce((total, row) => total + row[key], 0);
  const now = data.at(-1).month === about.month;
  return figure({
    id: 'months',
    title: 'Losses and returns by month: number of clients',
    note: [
      now && `${about.month} is not over yet: pale.`,
      data.length > shown.length && ` The latest ${most_months} months; all of them are in the figures.`,
      sum('recovered') > 0 &&
        ' Losses that ended without a purchase (a complaint settled, a rule changed) are in the ' + 'figures only.',
    ]
      .filter(Boolean)
      .join(''),
    legend: [
      ['returned', 'returned, upwards'],
      ['lost', 'lost, downwards'],
    ],
    says: `In all ${number(sum('lost'))} losses and ${number(sum('returned'))} returns`,
    chart: { kind: 'months', unfinished: now ? about.month : null, rows: shown },
    figures: table(
      'Losses and returns by month',
      [
        ['Month', (row) => row.month],
        ['Lost', (row) => number(row.lost), 'n'],
        ['Returned', (row) => number(row.returned), 'n'],
        ['Ended otherwise', (row) => number(row.recovered), 'n'],
      ],
      data,
    ),
  });
}

function years(data) {
  const known = data.filter((row) => row.share_lost !== null);
  if (known.length === 0) {
    return empty('Loss rate by year', 'No year has begun yet with clients that were active at its start.');
  }
  return figure({
    id: 'years',
    title: 'Loss rate by year: share of the clients active at its start who were lost within it',
    says: known.map((row) => `${row.year}: ${percent(row.share_lost)}`).join(', '),
    chart: {
      kind: 'bars',
      most: 1,
      rows: known.map((row) => ({
        name: row.is_over ? row.year : `${row.year}, so far`,
        value: Number(row.share_lost),
        colour: 'lost',
        pale: !row.is_over,
        label: `${percent(row.share_lost)} of ${number(row.active_at_start)}`,
      })),
    },
    figures: table(
      'Loss rate by year',
      [
        ['Year', (row) => (row.is_over ? row.year : `${row.year}, so far`)],
        ['Active at its start', (row) => number(row.active_at_start), 'n'],
        ['Of these, lost', (row) => number(row.lost_of_active), 'n'],
        ['Share', (row) => percent(row.share_lost), 'n'],
        ['All lost, with those who came within the year', (row) => number(row.clients_lost), 'n'],
        ['All lost / active at its start', (row) => percent(row.loss_rate), 'n'],
      ],
      data,
    ),
  });
}

const rules_in_words = {
  silence: 'silence: no purchase for too long',
  detractor: 'detractor: a bad score',
  conflict: 'conflict',
  fruitless: 'fruitless: inquiries, and no purchase',
  unanswered_offer: 'unanswered offer',
  own_cadence: 'own cadence: far slower than usual',
  model: 'model: hardly alive, by the fit',
};

function rules(data) {
  if (data.length === 0) return empty('Losses by rule', 'No rule has fired so far.');
  return figure({
    id: 'rules',
    title: 'Losses by the rule that told them: number, of all time',
    says: data.map((row) => `${row.rule}: ${number(row.lost)}`).join(', '),
    chart: {
      kind: 'bars',
      rows: data.map((row) => ({
        name: rules_in_words[row.rule] ?? row.rule ?? 'not known',
        value: row.lost,
        colour: 'lost',
        label: number(row.lost),
      })),
    },
    figures: table(
      'Losses by rule',
      [
        ['Rule', (row) => row.rule ?? 'not known'],
        ['Losses', (row) => number(row.lost), 'n'],
      ],
      data,
    ),
  });
}

export default (data) => {
  const { about, status: standing } = data;
  const is = (key, title, make) => unless(data[key], title, about.role, () => make(data[key], about));
  return {
    id: 'losses',
    title: 'Lost, and returned',
    lead: standing.sqlstate
      ? null
      : `${count(
          standing.reduce((sum, row) => sum + row.clients, 0),
          'client',
        )} in all, as they stand now; and who was ` + 'lost and came back when, by what is known today.',
    parts: [
      is('months', 'Losses and returns by month', months),
      is('status', 'Clients by status', status),
      is('years', 'Loss rate by year', years),
      is('rules', 'Losses by rule', rules),
    ],
  };
};
