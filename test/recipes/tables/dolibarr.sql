-- Dolibarr: floating amounts, states as numbers, several companies, calls in the agenda.
CREATE TABLE llx_societe (
    rowid serial PRIMARY KEY,
    nom varchar(128),
    entity int NOT NULL DEFAULT 1,
    tms timestamp,
    datec timestamp,
    status smallint DEFAULT 1,
    client smallint DEFAULT 0,
    fournisseur smallint DEFAULT 0
);
CREATE TABLE llx_commande (
    rowid serial PRIMARY KEY,
    ref varchar(30) NOT NULL,
    entity int NOT NULL DEFAULT 1,
    fk_soc int NOT NULL REFERENCES llx_societe (rowid),
    tms timestamp,
    date_creation timestamp,
    date_valid timestamp,
    date_commande date,
    fk_user_author int,
    fk_statut smallint DEFAULT 0,
    total_ht double precision DEFAULT 0,
    total_ttc double precision DEFAULT 0,
    UNIQUE (ref, entity)
);
CREATE INDEX ON llx_commande (fk_soc);
CREATE TABLE llx_facture (
    rowid serial PRIMARY KEY,
    ref varchar(30) NOT NULL,
    entity int NOT NULL DEFAULT 1,
    type smallint NOT NULL DEFAULT 0,
    fk_soc int NOT NULL REFERENCES llx_societe (rowid),
    datec timestamp,
    datef date,
    fk_statut smallint NOT NULL DEFAULT 0,
    total_ht double precision DEFAULT 0,
    total_ttc double precision DEFAULT 0
);
CREATE INDEX ON llx_facture (fk_soc);
CREATE TABLE llx_actioncomm (
    id serial PRIMARY KEY,
    entity int NOT NULL DEFAULT 1,
    datep timestamp,
    datep2 timestamp,
    code varchar(50),
    datec timestamp,
    fk_soc int,
    fk_user_action int,
    percent smallint NOT NULL DEFAULT 0,
    label varchar(255) NOT NULL,
    calling_duration int
);
CREATE INDEX ON llx_actioncomm (fk_soc);
INSERT INTO llx_societe (nom, entity, client, fournisseur, datec, status) VALUES ('Ann', 1, 1, 0, '2023-01-01', 1),
    ('Bob', 1, 3, 1, '2023-01-01', 0), ('A supplier', 1, 0, 1, '2023-01-01', 1),
    ('Of the other company', 2, 1, 0, NULL, 1);
INSERT INTO llx_commande (ref, entity, fk_soc, date_commande, fk_statut, total_ttc) VALUES
    ('CO1', 1, 1, '2024-05-01', 3, 0.1), ('CO2', 1, 1, '2024-05-10', 1, 0.2), ('(PROV3)', 1, 1, '2024-05-11', 0, 900),
    ('CO4', 1, 1, '2024-05-12', -1, 900), ('CO5', 1, 2, '2024-01-10', 2, 1234.565), ('CO1', 2, 4, '2024-05-01', 3, 900);
INSERT INTO llx_facture (ref, type, fk_soc, datef, fk_statut, total_ttc) VALUES
    ('FA1', 0, 1, '2024-05-02', 2, 0.1), ('AV1', 2, 1, '2024-05-03', 1, -0.05), ('AV2', 2, 1, '2024-05-03', 0, -900);
INSERT INTO llx_actioncomm (code, datep, datep2, fk_soc, percent, label, calling_duration, fk_user_action) VALUES
    ('AC_TEL', '2024-05-15 10:00', '2024-05-15 10:05', 2, 100, 'by hand', NULL, 7),
    ('AC_TEL', '2024-05-16 10:00', '2024-05-16 10:05', 2, 100, 'nobody there', 15, 7),
    ('AC_TEL', '2024-05-25 10:00', '2024-05-25 10:05', 2, 0, 'planned', NULL, 7),
    ('AC_EMAIL', '2024-05-17 10:00', '2024-05-17 10:05', 2, 100, 'an e-mail', NULL, 7);
