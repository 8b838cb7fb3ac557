-- LedgerSMB 1.6: entities with credit accounts, orders of four classes, invoices; notes that inherit.
CREATE TABLE entity_class (id serial PRIMARY KEY, class text NOT NULL);
INSERT INTO entity_class VALUES (1, 'Vendor'), (2, 'Customer'), (3, 'Employee');
CREATE TABLE entity (
    id serial UNIQUE,
    name text CHECK (name ~ '[[:alnum:]_]'),
    entity_class int NOT NULL REFERENCES entity_class,
    created date NOT NULL DEFAULT current_date,
    control_code text UNIQUE,
    PRIMARY KEY (control_code, entity_class)
);
CREATE TABLE entity_credit_account (
    id serial NOT NULL UNIQUE,
    entity_id int NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    entity_class int NOT NULL REFERENCES entity_class CHECK (entity_class IN (1, 2)),
    pay_to_name text,
    description text,
    creditlimit numeric DEFAULT 0,
    meta_number varchar(32),
    curr char(3),
    startdate date DEFAULT current_date,
    enddate date,
    PRIMARY KEY (entity_id, meta_number, entity_class)
);
CREATE TABLE oe_class (id smallint UNIQUE CHECK (id IN (1, 2, 3, 4)), oe_class text PRIMARY KEY);
INSERT INTO oe_class VALUES (1, 'Sales Order'), (2, 'Purchase Order'), (3, 'Quotation'), (4, 'RFQ');
CREATE TABLE oe (
    id serial PRIMARY KEY,
    ordnumber text,
    transdate date DEFAULT current_date,
    amount numeric,
    netamount numeric,
    reqdate date,
    curr char(3),
    closed bool DEFAULT false,
    quotation bool DEFAULT false,
    quonumber text,
    terms int2 DEFAULT 0,
    entity_credit_account int NOT NULL REFERENCES entity_credit_account (id),
    oe_class_id int NOT NULL REFERENCES oe_class (id)
);
CREATE TABLE ar (
    id int PRIMARY KEY,
    invnumber text,
    transdate date DEFAULT current_date,
    amount numeric,
    netamount numeric,
    curr char(3) CHECK ((amount IS NULL AND curr IS NULL) OR (amount IS NOT NULL AND curr IS NOT NULL)),
    reverse bool DEFAULT false,
    approved bool DEFAULT true,
    entity_credit_account int NOT NULL REFERENCES entity_credit_account (id),
    is_return bool DEFAULT false,
    CHECK (invnumber IS NOT NULL OR NOT approved)
);
CREATE INDEX ON oe (entity_credit_account);
CREATE INDEX ON ar (entity_credit_account);
-- The table has triggers of its own.
CREATE TABLE audittrail (tablename text, formname text);
CREATE FUNCTION gl_audit_trail_append() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO audittrail VALUES (TG_TABLE_NAME, TG_OP); RETURN NULL; END $$;
CREATE TRIGGER ar_audit_trail AFTER INSERT OR UPDATE OR DELETE ON ar
    FOR EACH ROW EXECUTE FUNCTION gl_audit_trail_append();
CREATE TABLE note (id serial PRIMARY KEY, note_class int NOT NULL, note text NOT NULL, created timestamp NOT NULL
                   DEFAULT now(), ref_key int NOT NULL);
CREATE TABLE eca_note (PRIMARY KEY (id), CHECK (note_class = 3)) INHERITS (note);
INSERT INTO entity (id, name, entity_class, control_code) VALUES (10, 'Ann Ltd', 2, 'A'), (11, 'Bob Ltd', 2, 'B');
INSERT INTO entity_credit_account (id, entity_id, entity_class, pay_to_name, meta_number, startdate, enddate) VALUES
    (1, 10, 2, 'Ann Ltd', 'C-1', '2023-01-01', NULL), (2, 10, 1, 'Ann Ltd', 'V-1', '2023-01-01', NULL),
    (3, 11, 2, NULL, 'C-2', '2023-01-01', '2024-02-01');
INSERT INTO oe (ordnumber, transdate, amount, netamount, curr, quotation, entity_credit_account, oe_class_id) VALUES
    ('SO-1', '2024-05-01', 119, 100, 'EUR', false, 1, 1),
    ('SO-2', '2024-05-20', NULL, NULL, 'EUR', NULL, 1, 1),
    ('SO-3', NULL, 500, 500, 'EUR', false, 1, 1),
    ('PO-1', '2024-05-21', 999, 999, 'EUR', false, 2, 2),
    (NULL, '2024-05-22', 999, 999, 'EUR', true, 1, 3),
    ('SO-4', '2024-01-10', 50, 42, 'EUR', false, 3, 1);
INSERT INTO ar (id, invnumber, transdate, amount, curr, reverse, approved, entity_credit_account, is_return) VALUES
    (1, 'I-1', '2024-05-02', 119, 'EUR', false, true, 1, false),
    (2, 'I-2', '2024-05-05', -19, 'EUR', false, true, 1, true),
    (3, NULL, '2024-05-06', 40, 'EUR', false, false, 1, true),
    (4, 'I-4', '2024-05-06', 40, 'EUR', true, true, 1, true);
