-- Medusa 2: text keys, an order without an amount, what is deleted stays.
CREATE TYPE order_status_enum AS ENUM ('pending', 'completed', 'draft', 'archived', 'canceled', 'requires_action');
CREATE TABLE customer (
    id text PRIMARY KEY,
    company_name text,
    first_name text,
    last_name text,
    email text,
    phone text,
    has_account boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);
CREATE TABLE "order" (
    id text PRIMARY KEY,
    display_id serial,
    region_id text,
    customer_id text,
    version int NOT NULL DEFAULT 1,
    sales_channel_id text,
    status order_status_enum NOT NULL DEFAULT 'pending',
    is_draft_order boolean NOT NULL DEFAULT false,
    email text,
    currency_code text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    canceled_at timestamptz
);
CREATE INDEX "IDX_order_customer_id" ON "order" (customer_id) WHERE deleted_at IS NOT NULL;
CREATE TABLE order_summary (
    id text PRIMARY KEY,
    order_id text NOT NULL REFERENCES "order" ON DELETE CASCADE,
    version int NOT NULL DEFAULT 1,
    totals jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);
CREATE TABLE order_item (
    id text PRIMARY KEY,
    order_id text NOT NULL REFERENCES "order",
    version int NOT NULL,
    item_id text NOT NULL,
    quantity numeric NOT NULL,
    raw_quantity jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);
CREATE TABLE order_transaction (
    id text PRIMARY KEY,
    order_id text NOT NULL REFERENCES "order" ON DELETE CASCADE,
    version int NOT NULL DEFAULT 1,
    amount numeric NOT NULL,
    raw_amount jsonb NOT NULL DEFAULT '{}',
    currency_code text NOT NULL,
    reference text,
    reference_id text,
    created_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);
INSERT INTO customer (id, first_name, last_name, email, has_account, created_at, deleted_at) VALUES
    ('cus_1', 'Ann', 'Ahn', 'ann@example.com', true, '2023-01-01', NULL),
    ('cus_2', 'Bob', NULL, 'bob@example.com', false, '2023-01-01', '2024-03-01');
INSERT INTO "order" (id, customer_id, status, is_draft_order, currency_code, created_at, canceled_at, deleted_at) VALUES
    ('o1', 'cus_1', 'completed', false, 'eur', '2024-05-01', NULL, NULL),
    ('o2', 'cus_1', 'pending', false, 'eur', '2024-05-10', NULL, NULL),
    ('o3', 'cus_1', 'draft', true, 'eur', '2024-05-11', NULL, NULL),
    ('o4', 'cus_1', 'pending', true, 'eur', '2024-05-11', NULL, NULL),
    ('o5', 'cus_1', 'canceled', false, 'eur', '2024-05-12', '2024-05-12', NULL),
    ('o6', 'cus_1', 'pending', false, 'eur', '2024-05-13', NULL, '2024-05-13'),
    ('o7', NULL, 'pending', false, 'eur', '2024-05-13', NULL, NULL),
    ('o8', 'cus_2', 'completed', false, 'eur', '2024-01-01', NULL, NULL);
INSERT INTO order_summary (id, order_id, version, totals) VALUES
    ('s1', 'o1', 1, '{"current_order_total": 100}'), ('s2', 'o1', 2, '{"current_order_total": 80}');
INSERT INTO order_item (id, order_id, version, item_id, quantity) VALUES ('i1', 'o1', 1, 'x', 2),
    ('i2', 'o1', 2, 'x', 1);
INSERT INTO order_transaction (id, order_id, amount, currency_code, reference, deleted_at) VALUES
    ('t1', 'o1', 100, 'eur', 'capture', NULL), ('t2', 'o1', -20, 'eur', 'refund', NULL),
    ('t3', 'o1', 999, 'eur', 'capture', '2024-05-02'), ('t4', 'o5', 50, 'eur', 'capture', NULL),
    ('t5', 'o7', 50, 'eur', 'capture', NULL), ('t6', 'o8', 5, 'eur', 'capture', NULL);
