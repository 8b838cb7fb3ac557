-- The call detail records of Asterisk (cdr_pgsql, cdr_adaptive_odbc), beside a CRM that knows telephone numbers.
--
-- Run in the CRM's database, which has or receives the table of calls, as the owner of the tables, after the CRM's own
-- recipe:
--     psql -v ON_ERROR_STOP=1 -d crm -f recipes/asterisk-cdr.sql \
--          -v phones=crm.phones -v number=number -v client=client_id -v calls=cdr -v begun=calldate
--
-- Checked on the schema file for PostgreSQL in Asterisk's source. Not run on an installed system.
-- To adapt: the five names above, or the defaults below; the time is start in Asterisk's own schema, calldate in the
-- older one. Times are local, or UTC with usegmtime = yes: write begun AT TIME ZONE 'UTC' then. Own extensions are
-- taken to have up to five digits, and telephone numbers to differ in the last nine.
\if :{?phones}
\else
\set phones client_phone
\set number number
\set client client_id
\set calls cdr
\set begun calldate
\endif

-- Numbers are written in many ways: +49 (30) 123-4567, 00493012345. Their last nine digits say whose it is.
SELECT winback.watch_aliases(:'phones', client => quote_ident(:'client'),
                             alias => format('right(regexp_replace(%I, ''[^0-9]'', '''', ''g''), 9)', :'number'));

-- Who called an extension is src, whom one of ours called is dst. billsec is the time of talking; duration holds the
-- ringing, too. A call that rings at several phones has a row for each: only one is ANSWERED.
SELECT winback.watch_calls(:'calls', call_id => 'uniqueid', started_at => quote_ident(:'begun'), seconds => 'billsec',
    client => 'right(regexp_replace(CASE WHEN length(src) <= 5 THEN dst ELSE src END, ''[^0-9]'', '''', ''g''), 9)',
    agent => 'CASE WHEN length(src) <= 5 THEN src ELSE dst END',
    counts_when => 'disposition = ''ANSWERED''', by_alias => true);
