// Reads every file of sql/ from a database, in one read-only transaction, so that all figures are of one instant.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

const folder = new URL('sql/', import.meta.url);

// psql goes on after an error (a view that the role may not read), and says of each file how it went.
function script(names) {
  const parts = names.map(
    (name) => `\\echo @ ${name}
${readFileSync(new URL(`${name}.sql`, folder), 'utf8')}
\\if :ERROR
SELECT pg_catalog.jsonb_build_object('sqlstate', :'LAST_ERROR_SQLSTATE'::text, 'error', :'LAST_ERROR_MESSAGE'::text);
\\endif`,
  );
  return `\\set ON_ERROR_ROLLBACK on
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL search_path = pg_catalog, pg_temp;
SET LOCAL datestyle = 'ISO, YMD';
SET LOCAL intervalstyle = 'postgres';
SET LOCAL jit = off;
${parts.join('\n')}
\\echo @
COMMIT;
`;
}

// What each file yields by its name: a JSON value, or { sqlstate, error }. Throws where there is nothing to report on.
export function read(database) {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .map((name) => name.slice(0, -4));
  names.sort((a, b) => (b === 'about') - (a === 'about') || a.localeCompare(b));
  const psql = spawnSync(process.env.PSQL || 'psql', ['-X', '-q', '-A', '-t', '-d', database], {
    input: script(names),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    env: { ...process.env, PGCLIENTENCODING: 'UTF8' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  if (psql.error) throw new Error(`psql could not be run: ${psql.error.message}`);
  const results = {};
  let name;
  for (const line of psql.stdout.split('\n')) {
    if (line.startsWith('@')) name = line.slice(2);
    else if (name && line) results[name] = JSON.parse(line);
  }
  if (psql.status !== 0 || name !== '') throw new Error(psql.stderr.trim() || 'psql ended before its time');
  const { sqlstate, error } = results.about ?? { sqlstate: '42P01', error: 'no settings' };
  if (sqlstate === '42501') throw new Error(`${error}: a superuser lets a role read by winback.grant_reader('role')`);
  if (sqlstate === '3F000' || sqlstate === '42P01') throw new Error(`database "${database}" has no winback ledger`);
  if (sqlstate) throw new Error(error);
  return results;
}
