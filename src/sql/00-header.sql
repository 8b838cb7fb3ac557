\echo Use "CREATE EXTENSION winback" to load this file. \quit

-- Code only: the ledger, which holds the data, is made by winback.init() as ordinary objects of the database.
