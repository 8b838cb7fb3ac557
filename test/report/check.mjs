// check.mjs FOLDER: opens the reports that report.sh has put there in headless Chromium, without a network, and
// compares what is drawn with what the database says. Screenshots go to the same folder. Ends with one line that says
// how it went.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const { chromium } = createRequire(new URL('../../report/package.json', import.meta.url))('playwright-core');
const folder = process.argv[2];
const chrome =
  process.env.CHROMIUM ||
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));
let checks = 0;
const failures = [];

function check(what, holds, detail = '') {
  checks += 1;
  if (!holds) failures.push(`${what}${detail && `: ${detail}`}`);
}
function same(what, found, expected) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  check(what, a === b, `${a}, and by the database ${b}`);
}

// Rows of a query, as the test's superuser sees them; fields are texts.
function query(database, sql) {
  const psql = spawnSync(
    process.env.PSQL || 'psql',
    ['-X', '-q', '-A', '-t', '-F', '\t', '-v', 'ON_ERROR_STOP=1', '-d', database, '-c', sql],
    { encoding: 'utf8' },
  );
  if (psql.status !== 0) throw new Error(psql.stderr);
  return psql.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t'));
}

// The marks of a chart that say what they stand for: that text, and their size in pixels.
const marks = (page, id) =>
  page.$$eval(`#${id} svg [aria-label]`, (found) =>
    found
      .filter((each) => ['rect', 'circle', 'path', 'line'].includes(each.localName))
      .map((each) => ({
        label: each.getAttribute('aria-label'),
        width: each.getBoundingClientRect().width,
        height: each.getBoundingClientRect().height,
        y: each.getBoundingClientRect().y,
      })),
  );

// Numbers of a table's column, without the spaces between groups.
const column = (page, id, at) =>
  page.$$eval(
    `#${id} details tbody tr`,
    (rows, n) => rows.map((row) => row.children[n].textContent.replace(/\u202f/g, '').replace('−', '-')),
    at,
  );

// The headings of that table.
const headings = (page, id) => page.$$eval(`#${id} details thead th`, (cells) => cells.map((cell) => cell.textContent));

// Opens a report and looks at what every report must be, at each width and in each colour scheme.
async function open(
  browser,
  name,
  look,
  every = [
    ['phone', 'dark'],
    ['desktop', 'light'],
  ],
) {
  const url = pathToFileURL(`${folder}/${name}.html`).href;
  const shots = {};
  for (const [device, colorScheme] of every) {
    const width = device === 'phone' ? 360 : 1280;
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, offline: true });
    const page = await context.newPage();
    const said = [];
    const asked = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(String(error)));
    page.on('dialog', (dialog) => {
      said.push(`dialog ${dialog.message()}`);
      dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!/^(data|about|blob):/.test(request.url())) asked.push(request.url());
    });
    await page.goto(url);
    await page.waitForFunction(() =>
      [...document.querySelectorAll('[data-chart]')].every((e) => e.querySelector('svg')),
    );
    const is = `${name}, ${device}, ${colorScheme}`;
    same(`${is}: nothing is said on the console`, said, []);
    same(`${is}: nothing is asked for but the file`, asked, [url]);
    const seen = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth,
      paper: getComputedStyle(document.body).backgroundColor,
      ink: getComputedStyle(document.body).color,
      beyond: [...document.querySelectorAll('figure, .tile, h1, h2, p, svg, summary')].filter(
        (e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.wide'),
      ).length,
      untold: [...document.querySelectorAll('.chart svg')].filter((e) => !e.getAttribute('aria-label')).length,
      bare: [...document.querySelectorAll('[data-chart]')].filter(
        (e) =>
          !e.closest('figure').querySelector('h3')?.textContent || !e.closest('figure').querySelector('details td'),
      ).length,
      foreign: document.querySelectorAll(
        'body img, body iframe, body script:not([id]) ~ script, [onerror], [onclick]',
      ).length,
    }));
    check(`${is}: no scrolling sideways`, seen.wide <= width && seen.beyond === 0, JSON.stringify(seen));
    check(
      `${is}: every chart has a title, a text and a table`,
      seen.untold === 0 && seen.bare === 0,
      JSON.stringify(seen),
    );
    check(`${is}: no element but ours`, seen.foreign === 0);
    const [paper, ink] = [seen.paper, seen.ink].map((colour) =>
      /(\d+), (\d+), (\d+)/
        .exec(colour)
        .slice(1)
        .reduce((sum, part) => sum + Number(part), 0),
    );
    check(
      `${is}: ${colorScheme} it is`,
      colorScheme === 'light' ? paper > 600 && ink < 200 : paper < 150 && ink > 600,
    );
    shots[is] = await page.screenshot({ path: `${folder}/${name}-${device}-${colorScheme}.png`, fullPage: true });
    if (look && device === 'desktop' && colorScheme === 'light') await look(page);
    await context.close();
  }
  const different = new Set(Object.values(shots).map((shot) => shot.toString('base64'))).size;
  same(`${name}: the pictures differ`, different, every.length);
}

// What is drawn of the shop with half a year of work, beside the tables of its ledger.
async function shop(page) {
  const of = (sql) => query('shop', sql);
  const labels = async (id) => (await marks(page, id)).map((mark) => mark.label);

  const months = of(`SELECT to_char(m, 'YYYY-MM'),
      (SELECT count(*) FROM winback.loss l WHERE date_trunc('month', l.lost_at AT TIME ZONE 'Europe/Berlin') = m),
      (SELECT count(*) FROM winback.loss l WHERE l.result = 'returned'
          AND date_trunc('month', l.ended_at AT TIME ZONE 'Europe/Berlin') = m)
    FROM generate_series((SELECT date_trunc('month', min(lost_at) AT TIME ZONE 'Europe/Berlin') FROM winback.loss),
                         winback.now() AT TIME ZONE 'Europe/Berlin', interval '1 month') m ORDER BY 1`);
  const bars = await marks(page, 'months');
  same(
    'months: a bar each',
    bars.map((mark) => mark.label),
    [
      ...months.map(([m, , returned]) => `${m}: ${returned} returned`),
      ...months.map(([m, lost]) => `${m}: ${lost} lost`),
    ],
  );
  same(
    'months: their table',
    [await column(page, 'months', 0), await column(page, 'months', 1), await column(page, 'months', 2)],
    [0, 1, 2].map((i) => months.map((row) => row[i])),
  );
  const unit = bars.at(-2).height / Number(months.at(-2)[1]);
  check(
    'months: heights are in proportion',
    bars.every((bar) => Math.abs(bar.height - unit * Number(/: (\d+) /.exec(bar.label)[1])) < 1),
  );

  const status = of(`SELECT winback.status(client_id), count(*) FROM winback.client GROUP BY 1 ORDER BY 2 DESC`);
  same(
    'status: counts',
    (await column(page, 'status', 1))
      .filter((n) => n !== '0')
      .map(Number)
      .sort((a, b) => b - a),
    status.map(([, n]) => Number(n)),
  );
  const stands = await marks(page, 'status');
  const longest = Math.max(...stands.map((bar) => bar.width));
  check(
    'status: lengths are in proportion',
    stands.length === 5 &&
      stands.every(
        (bar) =>
          Math.abs(
            bar.width -
              (longest * Number(/: ([\d\u202f]+)/.exec(bar.label)[1].replace(/\u202f/g, ''))) / Number(status[0][1]),
          ) < 1,
      ),
  );
  same('the first figure', await page.textContent('.tile b'), status.find(([name]) => name === 'lost')[1]);
  same(
    'revenue at stake, exactly',
    (await page.$$eval('.tile b', (all) => all[1].textContent)).replace(/\u202f/g, ''),
    of(`SELECT sum(period_revenue) FROM winback.client WHERE winback.status(client_id) = 'lost'`)[0][0],
  );

  const causes = of(`SELECT k.title, count(*) FROM winback.loss l JOIN winback.cause k USING (cause)
                      GROUP BY k.cause ORDER BY 2 DESC, k.cause`);
  same(
    'causes: a bar each',
    (await labels('causes')).map((label) => /^(.*): (\d+)/.exec(label).slice(1)),
    causes,
  );
  same(
    'causes: lost revenue, exactly',
    await column(page, 'revenue', 1),
    of(`SELECT sum(lost_revenue)
    FROM winback.lost_revenue WHERE cause IS NOT NULL GROUP BY cause ORDER BY 1 DESC, cause`).map(([money]) => money),
  );

  const [[lost, worked, won]] = of(`SELECT count(*), count(*) FILTER (WHERE was_worked),
      count(*) FILTER (WHERE was_worked AND result = 'returned')
    FROM winback.loss_result WHERE NOT held_out
     AND lost_at >= (winback.now() AT TIME ZONE 'Europe/Berlin' - interval '12 months') AT TIME ZONE 'Europe/Berlin'`);
  const steps = (await labels('funnel')).map((label) => /: ([\d\u202f]+)/.exec(label)[1].replace(/\u202f/g, ''));
  same('funnel', [steps.length, steps[0], steps[2], steps[3]], [4, lost, worked, won]);

  const processes = of('SELECT count(*) FROM winback.process')[0][0];
  same(
    'processes: parts make up all of them',
    (await labels('campaign')).reduce((sum, label) => sum + Number(/: (\d+) /.exec(label)[1]), 0),
    Number(processes),
  );
  same(
    'tasks: parts make up all of them',
    (await labels('discipline')).reduce((sum, label) => sum + Number(/: (\d+) /.exec(label)[1]), 0),
    Number(of('SELECT count(*) FROM winback.task')[0][0]),
  );
  const refused = Number(of('SELECT count(*) FROM winback.refused_closing')[0][0]);
  const column_of_refused = (await headings(page, 'discipline')).indexOf('closing refused');
  check('closings that were refused are counted', refused > 0, String(refused));
  same(
    'tasks: refused closings make up all of them',
    (await column(page, 'discipline', column_of_refused)).reduce((sum, value) => sum + Number(value), 0),
    refused,
  );
  const done = (await marks(page, 'discipline')).map((mark) => [mark.width, Number(/: (\d+) /.exec(mark.label)[1])]);
  const [widest, most] = done.reduce((a, b) => (b[1] > a[1] ? b : a));
  check(
    'tasks: lengths are in proportion',
    done.every(([wide, value]) => Math.abs(wide - (widest * value) / most) < 2),
  );
  same(
    'stalled processes',
    (await labels('stalled')).reduce((sum, label) => sum + Number(/: (\d+) /.exec(label)[1]), 0),
    Number(of('SELECT count(*) FROM winback.stalled_processes')[0][0]),
  );
  same(
    'steps: a bar each',
    (await marks(page, 'steps')).length,
    Number(of('SELECT count(DISTINCT step) FROM winback.process_step WHERE step IS NOT NULL')[0][0]),
  );

  const silence = of(
    `SELECT min(silence) FROM winback.suggest_silence(0.2) WHERE choice = 'asked' AND scope = 'all'`,
  )[0][0];
  const curve = await marks(page, 'silences');
  check(
    'the curve, its band and its marks are drawn',
    curve.length === 4 && curve.some((mark) => mark.label === `${silence} days: ≤ 20\u00a0% return`),
    JSON.stringify(curve),
  );
  same(
    'choices of a silence',
    await page.$$eval('#choices > .wide tbody tr', (rows) => rows.length),
    Number(of(`SELECT count(*) FROM winback.suggest_silence() WHERE scope = 'all' AND silence IS NOT NULL`)[0][0]),
  );

  const [[lasting]] = of(`SELECT (array_agg(t.survival ORDER BY t.duration DESC))[1]
    FROM (SELECT winback.km(days::float8, ended) AS km FROM winback._silences(winback.now())) k,
         winback.km_table(k.km) t`);
  const height = (label) => curve.find((mark) => mark.label.includes(label)).height;
  check(
    'the curve falls as far as it should',
    Math.abs(height('curve') / height('the rule') - (1 - Number(lasting))) < 0.02,
    `${height('curve')} of ${height('the rule')} to ${lasting}`,
  );

  const tenths = of('SELECT decile, observed_orders FROM winback.calibration() ORDER BY decile');
  const dots = await labels('calibration');
  same(
    'calibration: observed',
    dots.filter((label) => label.endsWith('observed')),
    tenths.map(([decile, orders]) => `${decile}: ${orders} observed`),
  );
  const dot = (mark) => [mark.y + mark.height / 2, Number(/: ([\d.]+) /.exec(mark.label)[1])];
  const placed = (await marks(page, 'calibration')).map(dot).sort((a, b) => a[1] - b[1]);
  const [low, high] = [placed[0], placed.at(-1)];
  check(
    'calibration: heights are in proportion',
    placed.every(([y, n]) => Math.abs(low[0] + ((n - low[1]) / (high[1] - low[1])) * (high[0] - low[0]) - y) < 1),
  );
  same('calibration: predicted', dots.filter((label) => label.endsWith('predicted')).length, tenths.length);

  same(
    'cohorts: a cell each',
    (await marks(page, 'cohorts')).length,
    Number(
      of(
        `SELECT count(*) FROM winback.cohort_months WHERE months_since <= 24 AND cohort > (
       SELECT date_trunc('month', winback.now() AT TIME ZONE timezone) - interval '24 months' FROM winback.policy)`,
      )[0][0],
    ),
  );
}

// Hostile names are text, and what the role may not read is told of.
async function odd(page) {
  const name = '</script><img src=x onerror=alert(1)>';
  const rows = await column(page, 'causes', 0);
  check('a hostile cause is text', rows.includes(name), rows.join());
  check(
    'a long cause is whole in the table',
    rows.some((row) => row.length === 200),
  );
  const managers = await column(page, 'discipline', 0);
  check(
    'hostile managers are text',
    managers.includes('<b onclick="alert(1)">Bob</b>') && managers.includes('{{script}} $& ${database}'),
    managers.join(),
  );
  check(
    'the marks say so, too',
    (await marks(page, 'causes')).some((mark) => mark.label.startsWith(name)),
  );
  same(
    'money beyond a double is exact',
    await column(page, 'revenue', 1),
    query(
      'odd shop',
      `SELECT sum(lost_revenue)
    FROM winback.lost_revenue WHERE cause IS NOT NULL GROUP BY cause ORDER BY sum(lost_revenue) DESC, cause`,
    ).map(([m]) => m),
  );
  const refused = await page.textContent('#at-funnel');
  check(
    'a view that may not be read is told of',
    refused.includes('permission denied for view loss_result'),
    refused,
  );
  check(
    'without a fit it says how to make one',
    (await page.textContent('#at-calibration')).includes('winback.fit(until'),
  );
  check('months are those of the policy', (await column(page, 'months', 0)).at(-1) === '2026-03');
}

// With nothing in the ledger there are words in every place, and no chart.
async function nothing(page) {
  same('an empty ledger: no chart', await page.$$eval('svg', (all) => all.length), 0);
  check('an empty ledger: words instead', (await page.$$eval('.empty', (all) => all.length)) >= 14);
}

// A single client, who is there.
async function one(page) {
  same('one client', (await column(page, 'status', 1)).join(), '1,0,0,0,0');
}

const browser = await chromium.launch({ executablePath: chrome, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
try {
  await open(
    browser,
    'shop',
    shop,
    ['phone', 'desktop'].flatMap((device) => [
      [device, 'light'],
      [device, 'dark'],
    ]),
  );
  await open(browser, 'odd', odd);
  await open(browser, 'empty', nothing);
  await open(browser, 'one', one);
  // Without a script all figures are there, in tables.
  const context = await browser.newContext({ javaScriptEnabled: false, offline: true });
  const page = await context.newPage();
  await page.goto(pathToFileURL(`${folder}/shop.html`).href);
  check('without JavaScript the tables are there', (await page.content()).split('<tbody>').length > 14);
  writeFileSync(`${folder}/shop.pdf`, await page.pdf({ format: 'A4' }));
} finally {
  await browser.close();
}
for (const failure of failures) console.log(`not so: ${failure}`);
console.log(`${checks} checks of 4 reports, ${failures.length} failed; pictures in ${folder}`);
process.exit(failures.length > 0 ? 1 : 0);
