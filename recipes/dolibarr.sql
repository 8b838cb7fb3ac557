-- Dolibarr 13 and later on PostgreSQL, tables with the usual prefix llx_.
--
-- Run in Dolibarr's database as the owner of its tables, after CREATE EXTENSION winback:
--     psql -v ON_ERROR_STOP=1 -d dolibarr -f recipes/dolibarr.sql
--
-- Checked on the source: the tables llx_commande, llx_actioncomm and llx_societe, and llx_facture of an old version,
-- where the number is still called facnumber; that it is ref now is from memory. Not run on an installed system.
-- To adapt: entity is the company of a multi-company database: 1 here. Times are local times of the server:
-- winback.policy.timezone must be the server's. Who invoices without orders watches llx_facture with datef and
-- fk_statut IN (1, 2) in place of orders.

-- fk_statut: -1 cancelled, 0 draft, 1 validated, 2 in process, 3 delivered. Amounts are floating: rounded to cents.
SELECT winback.watch_orders('llx_commande', client => 'fk_soc', placed_at => 'date_commande',
                            amount => 'round(total_ttc::numeric, 2)', order_id => 'ref',
                            counts_when => 'fk_statut >= 1 AND entity = 1');

-- Credit notes are invoices of type 2; their amounts are negative already. 1 is validated, 2 paid, 3 abandoned.
SELECT winback.watch_orders('llx_facture', client => 'fk_soc', placed_at => 'datef',
                            amount => 'round(total_ttc::numeric, 2)', order_id => 'ref',
                            counts_when => 'type = 2 AND fk_statut IN (1, 2) AND entity = 1');

-- Third parties are suppliers too: client is 0 for none, 1 for a customer, 2 for a prospect, 3 for both.
SELECT winback.watch_clients('llx_societe', client => 'CASE WHEN client > 0 AND entity = 1 THEN rowid END',
                             name => 'nom', registered_at => 'datec', do_not_contact => 'status = 0');

-- Calls are events of the agenda with this code. One that is planned is not at 100 percent yet. The telephone system's
-- duration is in seconds; what is entered by hand has a beginning and an end.
SELECT winback.watch_calls('llx_actioncomm', call_id => 'id', client => 'fk_soc', started_at => 'datep',
                           seconds => 'coalesce(calling_duration, extract(epoch FROM datep2 - datep))',
                           agent => 'fk_user_action',
                           counts_when => 'code = ''AC_TEL'' AND percent = 100 AND entity = 1');
