-- Saleor 3: orders with uuid keys of users, or of guests known by e-mail.
CREATE TABLE account_user (
    id serial PRIMARY KEY,
    email varchar(254) NOT NULL UNIQUE,
    first_name varchar(256) NOT NULL DEFAULT '',
    last_name varchar(256) NOT NULL DEFAULT '',
    is_staff boolean NOT NULL DEFAULT false,
    is_active boolean NOT NULL DEFAULT true,
    date_joined timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE order_order (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    number int NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    expired_at timestamptz,
    status varchar(32) NOT NULL,
    user_id int REFERENCES account_user,
    user_email varchar(254) NOT NULL DEFAULT '',
    origin varchar(32) NOT NULL DEFAULT 'checkout',
    currency varchar(3) NOT NULL DEFAULT 'USD',
    total_net_amount numeric(20,3) NOT NULL DEFAULT 0,
    total_gross_amount numeric(20,3) NOT NULL DEFAULT 0
);
CREATE INDEX ON order_order (user_id);
INSERT INTO account_user (id, email, first_name, last_name, is_staff, is_active, date_joined) VALUES
    (1, 'Ann@example.com', 'Ann', 'Ahn', false, true, '2023-01-01'),
    (2, 'bob@example.com', 'Bob', '', false, false, '2023-01-01'),
    (3, 'staff@example.com', 'Kim', '', true, true, '2023-01-01');
INSERT INTO order_order (number, created_at, status, user_id, user_email, total_gross_amount) VALUES
    (1, '2024-05-01 10:00+00', 'fulfilled', 1, 'ann@example.com', 100),
    (2, '2024-05-10 10:00+00', 'unfulfilled', NULL, 'ann@Example.com', 50),
    (3, '2024-05-11 10:00+00', 'draft', 1, '', 900), (4, '2024-05-11 10:00+00', 'unconfirmed', 1, '', 900),
    (5, '2024-05-12 10:00+00', 'canceled', 1, '', 900), (6, '2024-05-12 10:00+00', 'expired', 1, '', 900),
    (7, '2024-05-12 10:00+00', 'fulfilled', NULL, 'guest@example.com', 30),
    (8, '2024-05-12 10:00+00', 'fulfilled', NULL, '', 30),
    (9, '2024-01-10 10:00+00', 'returned', 2, 'bob@example.com', 70);
