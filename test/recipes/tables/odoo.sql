-- Odoo 17: partners with children, orders in UTC and several currencies, calls in minutes.
CREATE TABLE res_partner (
    id serial PRIMARY KEY,
    name varchar,
    parent_id int REFERENCES res_partner,
    commercial_partner_id int REFERENCES res_partner,
    user_id int,
    is_company boolean,
    active boolean DEFAULT true,
    customer_rank int DEFAULT 0,
    supplier_rank int DEFAULT 0,
    create_date timestamp,
    write_date timestamp
);
CREATE TABLE sale_order (
    id serial PRIMARY KEY,
    name varchar NOT NULL,
    partner_id int NOT NULL REFERENCES res_partner,
    partner_invoice_id int NOT NULL REFERENCES res_partner,
    partner_shipping_id int NOT NULL REFERENCES res_partner,
    company_id int NOT NULL DEFAULT 1,
    user_id int,
    date_order timestamp NOT NULL,
    state varchar,
    amount_untaxed numeric,
    amount_total numeric,
    currency_id int,
    currency_rate numeric,
    create_date timestamp
);
CREATE INDEX ON sale_order (partner_id);
CREATE TABLE account_move (
    id serial PRIMARY KEY,
    name varchar,
    move_type varchar NOT NULL,
    state varchar NOT NULL,
    partner_id int REFERENCES res_partner,
    commercial_partner_id int REFERENCES res_partner,
    invoice_date date,
    "date" date NOT NULL,
    amount_total numeric,
    amount_total_signed numeric
);
CREATE INDEX ON account_move (commercial_partner_id);
CREATE TABLE crm_phonecall (
    id serial PRIMARY KEY,
    name varchar NOT NULL,
    partner_id int REFERENCES res_partner,
    user_id int,
    state varchar,
    "date" timestamp,
    duration float8,
    active boolean DEFAULT true
);
CREATE INDEX ON crm_phonecall (partner_id);
INSERT INTO res_partner (id, name, parent_id, commercial_partner_id, is_company, user_id, customer_rank, active,
    create_date)
VALUES (1, 'Azure', NULL, 1, true, 7, 1, true, '2023-01-01'), (2, 'Brandon of Azure', 1, 1, false, NULL, 0, true, NULL),
    (3, 'Deco', NULL, 3, true, NULL, 2, false, '2023-01-01'), (4, 'A supplier', NULL, 4, true, NULL, 0, true, NULL),
    (5, 'Delivery address of Azure', 2, 1, false, NULL, 0, true, NULL);
INSERT INTO sale_order (name, partner_id, partner_invoice_id, partner_shipping_id, date_order, state, amount_total,
                        currency_rate) VALUES
    ('S1', 1, 1, 5, '2024-05-01 23:30', 'sale', 100, 1), ('S2', 2, 1, 5, '2024-05-10 10:00', 'sale', 110, 1.1),
    ('S3', 2, 2, 2, '2024-05-11 10:00', 'draft', 900, 1), ('S4', 2, 2, 2, '2024-05-12 10:00', 'sent', 900, 1),
    ('S5', 1, 1, 1, '2024-05-13 10:00', 'cancel', 900, 1), ('S6', 3, 3, 3, '2024-01-10 10:00', 'done', 50, NULL);
INSERT INTO account_move (name, move_type, state, partner_id, commercial_partner_id, invoice_date, "date", amount_total,
                          amount_total_signed) VALUES
    ('INV/1', 'out_invoice', 'posted', 2, 1, '2024-05-02', '2024-05-02', 100, 100),
    ('RINV/1', 'out_refund', 'posted', 2, 1, '2024-05-03', '2024-05-03', 10, -10),
    ('/', 'out_refund', 'draft', 2, 1, NULL, '2024-05-03', 90, -90),
    ('BILL/1', 'in_invoice', 'posted', 4, 4, '2024-05-03',
    '2024-05-03', 90, -90);
INSERT INTO crm_phonecall (name, partner_id, state, "date", duration, user_id) VALUES
    ('held', 2, 'done', '2024-05-15 10:00', 0.5, 7), ('short', 1, 'done', '2024-05-16 10:00', 0.25, 7),
    ('to come', 1, 'open', '2024-05-17 10:00', 5, 7), ('cancelled', 1, 'cancel', '2024-05-18 10:00', 5, 7);
