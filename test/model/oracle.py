"""Holds the ledger against the figures of test/figures, which plain SQL computes from the CRM's tables."""
import os
import subprocess

import crm

HERE = os.path.dirname(os.path.abspath(__file__))
FIGURES = os.path.join(HERE, '..', 'figures')

# What the settings are, as the figures want them; clients of whom nothing but history is left.
SETTINGS = '''
UPDATE figures.setting SET (zone, contact_seconds, value_period, abc_a, abc_b, working_days)
    = (SELECT timezone, contact_seconds, value_period, abc_a, abc_b, working_days FROM winback.policy);
TRUNCATE figures.day, figures.approach, figures.rule, figures.remembered, figures.order_row, figures.call_row,
    figures.event_row, figures.person;
INSERT INTO figures.day SELECT day, working FROM winback.calendar;
INSERT INTO figures.approach SELECT name, contact_every FROM winback.interaction_status;
INSERT INTO figures.rule
SELECT valid_from, rule, position, enabled, after, factor, floor, ceiling, at_most, more_than
  FROM winback.rule_history WHERE rule <> 'model';
INSERT INTO figures.remembered
SELECT client_id FROM winback.status_change WHERE client_id IS NOT NULL
 UNION SELECT client_id FROM winback.task WHERE client_id IS NOT NULL;
SELECT zone FROM figures.setting \\gset
SET timezone = :'zone';
'''

OPEN_TASKS = '''
UPDATE figures.client c
   SET open_tasks = (SELECT count(*) FROM winback.task t WHERE t.client_id = c.client_id AND t.status = 'open');
'''


def prepare(database, key_type):
    """Makes the schema of the figures in a database."""
    psql(database, '\\i model.sql\n', key_type=key_type, zone='UTC')


def differences(database, clock):
    """What differs at an instant, as text: columns, history, verify(), the rejected list and the tasks."""
    reads = ''.join(f'{sql};\n' for sql in crm.facts())
    parts = 'rejected of parts' in crm.SUPPORTED
    views = f'''CREATE TEMP VIEW called (source, id, client, began, seconds) AS {crm.calls()};
CREATE TEMP VIEW flawed (source, no) AS {crm.rejected(parts)};
CREATE TEMP VIEW listed AS SELECT source, coalesce(row ->> 'no', row ->> 'client') AS no FROM winback.rejected
    {'' if parts else "WHERE source::text NOT SIMILAR TO '(shop.sales|shop.tills|tel.cdr)%'"};\n'''
    return psql(database, '\\pset tuples_only on\n\\pset format unaligned\n' + SETTINGS + reads + '\\i compute.sql\n'
                + OPEN_TASKS + '\\i compare.sql\n' + views + f'\\i {HERE}/invariants.sql\n', clock=f'{clock}+00')


def psql(database, script, **variables):
    """Runs a script from the folder of the figures; returns all that it prints."""
    settings = [word for name, value in variables.items() for word in ('-v', f'{name}={value}')]
    done = subprocess.run(['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', database, *settings, '-f', '-'],
                          input=script, cwd=FIGURES, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False, env=dict(os.environ, PGOPTIONS='-c client_min_messages=warning'))
    if done.returncode:
        return f'psql ended with {done.returncode}\n{done.stdout}'
    return done.stdout.strip()
