-- 1C:Enterprise 8.3 on PostgreSQL. Tables and columns have numbers for names, which differ in every infobase: this is
-- a pattern. "Structure of database storage" (ПолучитьСтруктуруХраненияБазыДанных) says which number is which name.
--
-- Run in the infobase's database as the owner of its tables, after CREATE EXTENSION winback:
--     psql -v ON_ERROR_STOP=1 -d infobase -f recipes/1c-enterprise.sql \
--          -v document=_document123 -v client=_fld124rref -v amount=_fld125 -v clients=_reference45
--
-- Written from descriptions of its tables and from memory; no installed system and no source was at hand to check it.
-- The vendor's license speaks of access to the tables past the platform: read it.
-- To adapt: the four names above, or the defaults below. Several types in one reference are three columns: take
-- CASE WHEN _fld124_rtref = '\x0000002d' THEN _fld124_rrref END as client, the number of the clients' table being 2d
-- (45) there. An infobase made with a date offset has years from 4000 on: subtract interval '2000 years'.
\if :{?document}
\else
\set document _document123
\set client _fld124rref
\set amount _fld125
\set clients _reference45
\endif

-- A document counts once it is posted, and not while it is marked for deletion. An empty reference is sixteen zero
-- bytes. Times are local times: winback.policy.timezone must be theirs.
SELECT winback.watch_orders(:'document',
                            client => format('nullif(%I, ''\x00000000000000000000000000000000'')', :'client'),
                            placed_at => '_date_time', amount => :'amount', order_id => '_number',
                            counts_when => '_posted AND NOT _marked');

-- Groups of a catalog are rows of it as well, with _folder false.
SELECT winback.watch_clients(:'clients', client => 'CASE WHEN _folder THEN _idrref END', name => '_description',
                             do_not_contact => '_marked');

-- A configuration update rebuilds the tables that it changes: makes new ones, fills them and drops the old. The watch
-- takes the new one where its columns fit. Else winback.source_status says detached, and its clients stay as they were:
-- SELECT winback.reattach('_document123') says what is missing, and attaches once it is there.
