-- EspoCRM: activities that hang on anything, by type and number; what is deleted stays.
CREATE TABLE account (
    id varchar(17) PRIMARY KEY,
    name varchar(249),
    deleted boolean DEFAULT false,
    billing_address_country varchar(100),
    created_at timestamp(0),
    assigned_user_id varchar(17)
);
CREATE TABLE contact (
    id varchar(17) PRIMARY KEY,
    first_name varchar(100),
    last_name varchar(100),
    deleted boolean DEFAULT false,
    account_id varchar(17)
);
CREATE TABLE opportunity (
    id varchar(17) PRIMARY KEY,
    name varchar(249),
    deleted boolean DEFAULT false,
    amount float8,
    amount_currency varchar(3),
    stage varchar(255) DEFAULT 'Prospecting',
    probability int,
    close_date date,
    created_at timestamp(0),
    account_id varchar(17)
);
CREATE INDEX ON opportunity (account_id);
CREATE TABLE "call" (
    id varchar(17) PRIMARY KEY,
    name varchar(255),
    deleted boolean DEFAULT false,
    status varchar(255) DEFAULT 'Planned',
    date_start timestamp(0),
    date_end timestamp(0),
    direction varchar(255) DEFAULT 'Outbound',
    parent_id varchar(17),
    parent_type varchar(100),
    account_id varchar(17),
    assigned_user_id varchar(17)
);
CREATE INDEX ON "call" (parent_id, parent_type);
CREATE TABLE "case" (
    id varchar(17) PRIMARY KEY,
    name varchar(255),
    deleted boolean DEFAULT false,
    status varchar(255) DEFAULT 'New',
    type varchar(255),
    created_at timestamp(0),
    account_id varchar(17)
);
CREATE INDEX ON "case" (account_id);
INSERT INTO account (id, name, created_at, assigned_user_id, deleted)
VALUES ('a1', 'Ann Ltd', '2023-01-01', 'u1', false),
    ('a2', 'Bob Ltd', '2023-01-01', NULL, false), ('a3', 'Gone Ltd', '2023-01-01', NULL, true);
INSERT INTO contact (id, first_name, account_id) VALUES ('c1', 'Ann', 'a1'), ('c2', 'Bob', 'a2'),
    ('c3', 'Nobody''s', NULL);
INSERT INTO opportunity (id, stage, amount, close_date, account_id, deleted) VALUES
    ('o1', 'Closed Won', 100.1, '2024-05-01', 'a1', false), ('o2', 'Closed Won', 50.2, '2024-05-10', 'a1', false),
    ('o3', 'Negotiation', 900, '2024-05-11', 'a1', false), ('o4', 'Closed Lost', 900, '2024-05-12', 'a1', false),
    ('o5', 'Closed Won', 900, '2024-05-12', 'a1', true), ('o6', 'Closed Won', 70, '2024-01-10', 'a2', false);
INSERT INTO "call" (id, status, date_start, date_end, parent_type, parent_id, deleted, assigned_user_id) VALUES
    ('k1', 'Held', '2024-05-15 10:00', '2024-05-15 10:05', 'Contact', 'c2', false, 'u1'),
    ('k2', 'Not Held', '2024-05-16 10:00', '2024-05-16 10:05', 'Contact', 'c2', false, 'u1'),
    ('k3', 'Planned', '2024-06-16 10:00', '2024-06-16 10:05', 'Account', 'a2', false, 'u1'),
    ('k4', 'Held', '2024-05-17 10:00', '2024-05-17 10:05', 'Account', 'a2', true, 'u1'),
    ('k5', 'Held', '2024-05-18 10:00', '2024-05-18 10:05', 'Lead', 'a2', false, 'u1'),
    ('k6', 'Held', '2024-05-19 10:00', '2024-05-19 10:05', 'Opportunity', 'o3', false, 'u1');
INSERT INTO "case" (id, type, status, created_at, account_id) VALUES ('s1', 'Problem', 'New', '2024-05-20 10:00', 'a2'),
    ('s2', 'Question', 'New', '2024-05-20 10:00', 'a1'), ('s3', 'Incident', 'Duplicate', '2024-05-20 10:00', 'a1');
