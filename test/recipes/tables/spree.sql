-- Spree 4: carts among the orders, users and guests.
CREATE TABLE spree_users (
    id bigserial PRIMARY KEY,
    email varchar,
    deleted_at timestamp,
    created_at timestamp(6) NOT NULL DEFAULT now()
);
CREATE TABLE spree_orders (
    id bigserial PRIMARY KEY,
    number varchar(32) UNIQUE,
    item_total numeric(10,2) NOT NULL DEFAULT 0,
    total numeric(10,2) NOT NULL DEFAULT 0,
    state varchar,
    adjustment_total numeric(10,2) NOT NULL DEFAULT 0,
    user_id bigint,
    completed_at timestamp,
    payment_total numeric(10,2) DEFAULT 0,
    email varchar,
    created_at timestamp(6) NOT NULL DEFAULT now(),
    updated_at timestamp(6) NOT NULL DEFAULT now(),
    currency varchar,
    created_by_id bigint,
    canceled_at timestamp,
    store_id bigint
);
CREATE INDEX ON spree_orders (user_id, created_by_id);
INSERT INTO spree_users (email, created_at) VALUES ('ann@example.com', '2023-01-01'), ('bob@example.com', '2023-01-01');
INSERT INTO spree_orders (number, total, state, user_id, completed_at, email, canceled_at) VALUES
    ('R1', 100, 'complete', 1, '2024-05-01 10:00', 'ann@example.com', NULL),
    ('R2', 50.5, 'complete', NULL, '2024-05-10 10:00', 'ANN@example.com', NULL),
    ('R3', 900, 'cart', 1, NULL, 'ann@example.com', NULL), ('R4', 900, 'payment', NULL, NULL, NULL, NULL),
    ('R5', 900, 'canceled', 1, '2024-05-11 10:00', 'ann@example.com', '2024-05-12'),
    ('R6', 7, 'complete', 2, '2024-01-10 10:00', 'bob@example.com', NULL),
    ('R7', 9, 'complete', NULL, '2024-05-10 10:00', 'guest@example.com', NULL);
