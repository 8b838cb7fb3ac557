-- Tryton 6.0: parties, sales and complaints.
CREATE TABLE party_party (
    id serial PRIMARY KEY CHECK (id >= 0),
    active boolean DEFAULT true,
    code varchar NOT NULL UNIQUE,
    create_date timestamp(6),
    create_uid int,
    name varchar,
    replaced_by int REFERENCES party_party ON DELETE SET NULL
);
CREATE TABLE sale_sale (
    id serial PRIMARY KEY CHECK (id >= 0),
    company int NOT NULL,
    create_date timestamp(6),
    currency int NOT NULL,
    number varchar,
    party int NOT NULL REFERENCES party_party ON DELETE RESTRICT,
    invoice_party int REFERENCES party_party ON DELETE RESTRICT,
    shipment_party int REFERENCES party_party ON DELETE SET NULL,
    sale_date date,
    state varchar NOT NULL,
    tax_amount_cache numeric,
    total_amount_cache numeric,
    untaxed_amount_cache numeric
);
CREATE INDEX sale_sale_party_index ON sale_sale (party);
-- Rows of the history repeat those of the table.
CREATE TABLE sale_sale__history (LIKE sale_sale);
CREATE TABLE sale_complaint (
    id serial PRIMARY KEY,
    company int NOT NULL,
    customer int NOT NULL REFERENCES party_party,
    "date" date NOT NULL,
    state varchar NOT NULL
);
CREATE INDEX ON sale_complaint (customer);
INSERT INTO party_party (code, name, active, create_date) VALUES
    ('1', 'Ann', true, '2023-01-01 08:00'), ('2', 'Bob', true, '2023-01-02 08:00'), ('3', 'Cyd', false, NULL),
    ('4', NULL, true, NULL);
INSERT INTO sale_sale (company, create_date, currency, number, party, sale_date, state, total_amount_cache) VALUES
    (1, '2024-05-01 10:00', 1, 'S1', 1, '2024-05-02', 'done', 100.25),
    (1, '2024-05-10 10:00', 1, 'S2', 1, '2024-05-10', 'processing', 50),
    (1, '2024-05-11 10:00', 1, 'S3', 1, '2024-05-11', 'done', -20.25),
    (1, '2024-05-12 10:00', 1, NULL, 1, NULL, 'draft', NULL),
    (1, '2024-05-12 10:00', 1, 'S4', 1, '2024-05-12', 'quotation', 999),
    (1, '2024-05-12 10:00', 1, 'S5', 1, '2024-05-12', 'cancelled', 999),
    (1, '2024-01-05 10:00', 1, 'S6', 2, '2024-01-05', 'done', 70),
    (1, '2024-01-05 10:00', 1, 'S7', 3, '2024-01-06', 'done', 30);
INSERT INTO sale_sale__history SELECT * FROM sale_sale;
INSERT INTO sale_complaint (company, customer, "date", state) VALUES (1, 1, '2024-05-20', 'approved'),
    (1, 2, '2024-05-20', 'draft'), (1, 2, '2024-05-21', 'rejected');
