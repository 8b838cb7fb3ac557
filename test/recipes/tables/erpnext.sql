-- ERPNext 15: tables with blanks in their names, text keys, documents that are submitted and cancelled.
CREATE TABLE "tabCustomer" (
    name varchar(140) PRIMARY KEY,
    creation timestamp(6),
    modified timestamp(6),
    modified_by varchar(140),
    owner varchar(140),
    docstatus smallint NOT NULL DEFAULT 0,
    idx bigint NOT NULL DEFAULT 0,
    customer_name varchar(140),
    customer_group varchar(140),
    territory varchar(140),
    account_manager varchar(140),
    disabled smallint NOT NULL DEFAULT 0
);
CREATE TABLE "tabSales Order" (
    name varchar(140) PRIMARY KEY,
    creation timestamp(6),
    modified timestamp(6),
    docstatus smallint NOT NULL DEFAULT 0,
    idx bigint NOT NULL DEFAULT 0,
    customer varchar(140),
    transaction_date date,
    delivery_date date,
    company varchar(140),
    currency varchar(140),
    base_grand_total numeric(21,9) NOT NULL DEFAULT 0.0,
    grand_total numeric(21,9) NOT NULL DEFAULT 0.0,
    status varchar(140),
    amended_from varchar(140)
);
CREATE INDEX ON "tabSales Order" (customer);
CREATE TABLE "tabSales Invoice" (
    name varchar(140) PRIMARY KEY,
    creation timestamp(6),
    docstatus smallint NOT NULL DEFAULT 0,
    customer varchar(140),
    posting_date date,
    posting_time time(6),
    is_return smallint NOT NULL DEFAULT 0,
    base_grand_total numeric(21,9) NOT NULL DEFAULT 0.0,
    grand_total numeric(21,9) NOT NULL DEFAULT 0.0,
    status varchar(140)
);
CREATE INDEX ON "tabSales Invoice" (customer);
CREATE TABLE "tabCall Log" (
    name varchar(140) PRIMARY KEY,
    creation timestamp(6),
    docstatus smallint NOT NULL DEFAULT 0,
    id varchar(140) UNIQUE,
    "from" varchar(140),
    "to" varchar(140),
    employee_user_id varchar(140),
    start_time timestamp(6),
    end_time timestamp(6),
    type varchar(140),
    customer varchar(140),
    status varchar(140),
    duration numeric(21,9)
);
CREATE INDEX ON "tabCall Log" (customer);
CREATE TABLE "tabIssue" (
    name varchar(140) PRIMARY KEY,
    creation timestamp(6),
    docstatus smallint NOT NULL DEFAULT 0,
    customer varchar(140),
    subject varchar(140),
    issue_type varchar(140),
    status varchar(140)
);
CREATE INDEX ON "tabIssue" (customer);
INSERT INTO "tabCustomer" (name, creation, customer_name, customer_group, territory, account_manager, disabled) VALUES
    ('CUST-1', '2023-01-01 09:00', 'Ann & Co', 'Retail', 'Berlin', 'kim@example.com', 0),
    ('CUST-2', '2023-01-01 09:00', 'Bob''s', 'Retail', NULL, NULL, 1),
    ('Zoë', NULL, 'Zoë', NULL, NULL, NULL, 0);
INSERT INTO "tabSales Order" (name, docstatus, customer, transaction_date, grand_total, base_grand_total, status) VALUES
    ('SO-1', 1, 'CUST-1', '2024-05-01', 100, 110.5, 'Completed'),
    ('SO-2', 1, 'CUST-1', '2024-05-10', 50, 55, 'To Bill'),
    ('SO-3', 0, 'CUST-1', '2024-05-11', 900, 990, 'Draft'), ('SO-4', 2, 'CUST-1', '2024-05-12', 900, 990, 'Cancelled'),
    ('SO-5', 1, 'CUST-2', '2024-01-10', 10, 11, 'Completed'), ('SO-6', 1, 'Zoë', '2024-01-31', 10, 11, 'Completed');
INSERT INTO "tabSales Invoice" (name, docstatus, customer, posting_date, is_return, grand_total, base_grand_total)
VALUES
    ('SI-1', 1, 'CUST-1', '2024-05-02', 0, 100, 110.5), ('SI-2', 1, 'CUST-1', '2024-05-03', 1, -5, -5.5),
    ('SI-3', 0, 'CUST-1', '2024-05-04', 1, -50, -55);
INSERT INTO "tabCall Log" (name, id, start_time, customer, status, duration, employee_user_id) VALUES
    ('c1', 'c1', '2024-05-15 10:00', 'Zoë', 'Completed', 61, 'kim@example.com'),
    ('c2', 'c2', '2024-05-16 10:00', 'Zoë', 'No Answer', 40, NULL),
    ('c3', 'c3', '2024-05-17 10:00', 'Zoë', 'Completed', 20, NULL),
    ('c4', 'c4', '2024-05-18 10:00', NULL, 'Completed', 90, NULL);
INSERT INTO "tabIssue" (name, creation, customer, issue_type) VALUES
    ('I-1', '2024-05-20 10:00', 'Zoë', 'Complaint'), ('I-2', '2024-05-21 10:00', 'CUST-1', 'Question');
