-- Pagila: payments in partitions by month, with a key of two columns.
CREATE TABLE customer (
    customer_id serial PRIMARY KEY,
    store_id int NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    email text,
    activebool boolean NOT NULL DEFAULT true,
    create_date date NOT NULL DEFAULT current_date,
    active int
);
CREATE TABLE rental (
    rental_id serial PRIMARY KEY,
    rental_date timestamptz NOT NULL,
    customer_id int NOT NULL REFERENCES customer,
    return_date timestamptz,
    staff_id int NOT NULL
);
CREATE TABLE payment (
    payment_id serial NOT NULL,
    customer_id int NOT NULL,
    staff_id int NOT NULL,
    rental_id int NOT NULL,
    amount numeric(5,2) NOT NULL,
    payment_date timestamptz NOT NULL,
    PRIMARY KEY (payment_date, payment_id)
) PARTITION BY RANGE (payment_date);
CREATE TABLE payment_p2024_04 PARTITION OF payment FOR VALUES FROM ('2024-04-01 00:00+00') TO ('2024-05-01 00:00+00');
CREATE TABLE payment_p2024_05 PARTITION OF payment FOR VALUES FROM ('2024-05-01 00:00+00') TO ('2024-06-01 00:00+00');
ALTER TABLE payment_p2024_05 ADD FOREIGN KEY (customer_id) REFERENCES customer;
CREATE INDEX ON payment_p2024_04 (customer_id);
CREATE INDEX ON payment_p2024_05 (customer_id);
INSERT INTO customer (store_id, first_name, last_name, activebool, create_date) VALUES
    (1, 'ANN', 'AHN', true, '2023-02-14'), (2, 'BOB', 'BOE', false, '2023-02-14');
INSERT INTO rental (rental_date, customer_id, staff_id) VALUES ('2024-04-01', 1, 1);
INSERT INTO payment (customer_id, staff_id, rental_id, amount, payment_date) VALUES
    (1, 1, 1, 2.99, '2024-04-10 10:00+00'), (1, 1, 1, 0.99, '2024-05-10 10:00+00'),
    (2, 1, 1, 5.99, '2024-04-01 00:00+00');
