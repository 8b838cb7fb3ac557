// build.mjs DATABASE FILE: reads the database and writes the page.
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { escape } from './format.mjs';
import { html } from './parts.mjs';
import { read } from './read.mjs';
import tiles from './sections/tiles.mjs';
import losses from './sections/losses.mjs';
import causes from './sections/causes.mjs';
import funnel from './sections/funnel.mjs';
import work from './sections/work.mjs';
import thresholds from './sections/thresholds.mjs';
import calibration from './sections/calibration.mjs';
import cohorts from './sections/cohorts.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

// The licences of the packages of which these files are, each text once.
function licences(files) {
  const folders = new Set(files.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]).filter(Boolean));
  const texts = new Map();
  for (const folder of [...folders].sort()) {
    const text = readFileSync(here(`${folder}/LICENSE`), 'utf8').trim();
    texts.set(text, [...(texts.get(text) ?? []), folder.replace(/^.*node_modules\//, '')]);
  }
  return [...texts].map(([text, names]) => `${names.join(', ')}\n\n${text}`).join('\n\n\n');
}

// Plot and what draws with it, as one script, and their licences.
async function drawing() {
  const { outputFiles, metafile } = await build({
    entryPoints: [here('charts/main.mjs')],
    absWorkingDir: here('.'),
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2020',
    write: false,
    metafile: true,
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'error',
  });
  return { script: outputFiles[0].text.trimEnd(), licences: licences(Object.keys(metafile.inputs)) };
}

const section = ({ id, title, lead, parts }) => html`<section id="at-${id}">
<h2>${title}</h2>
${lead && html`<p class="lead">${lead}</p>`}
<div class="figures">${parts.map((part) => part.html)}</div>
</section>`;

// A page of the template: {{name}} is replaced in one go, so that nothing that is put in is looked at again.
function page(values) {
  const template = readFileSync(here('template.html'), 'utf8');
  return template.replace(/\{\{(\w+)\}\}/g, (_, name) => values[name]);
}

const [database, file] = process.argv.slice(2);
try {
  const data = read(database);
  const sections = [losses, causes, funnel, work, thresholds, calibration, cohorts].map((make) => make(data));
  const charts = sections.flatMap(({ parts }) => parts.map((part) => part.chart).filter(Boolean));
  const { script, licences: terms } = await drawing();
  const text = page({
    hash: createHash('sha256').update(script).digest('base64'),
    script,
    licences: escape(terms),
    style: readFileSync(here('style.css'), 'utf8'),
    database: escape(data.about.database),
    at: escape(data.about.at),
    timezone: escape(data.about.timezone),
    role: escape(data.about.role),
    tiles: tiles(data).text,
    contents: sections.map(({ id, title }) => html`<li><a href="#at-${id}">${title}</a></li>`.text).join(''),
    sections: sections.map((each) => section(each).text).join('\n'),
    data: JSON.stringify(charts)
      .replace(/</g, '\\u003c')
      .replace(/\u2028|\u2029/g, ' '),
  });
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
} catch (error) {
  console.error(`no report: ${error.message}`);
  process.exit(1);
}
