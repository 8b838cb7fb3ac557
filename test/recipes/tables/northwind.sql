-- Northwind: amounts on lines only, small and floating numbers.
CREATE TABLE customers (
    customer_id varchar(5) PRIMARY KEY,
    company_name varchar(40) NOT NULL,
    contact_name varchar(30),
    region varchar(15),
    country varchar(15)
);
CREATE TABLE orders (
    order_id smallint PRIMARY KEY,
    customer_id varchar(5) REFERENCES customers,
    employee_id smallint,
    order_date date,
    required_date date,
    shipped_date date,
    ship_via smallint,
    freight real
);
CREATE INDEX ON orders (customer_id);
CREATE TABLE order_details (
    order_id smallint NOT NULL REFERENCES orders,
    product_id smallint NOT NULL,
    unit_price real NOT NULL,
    quantity smallint NOT NULL,
    discount real NOT NULL,
    PRIMARY KEY (order_id, product_id)
);
INSERT INTO customers VALUES ('VINET', 'Vins et alcools Chevalier', 'Paul Henriot', NULL, 'France'),
    ('HANAR', 'Hanari Carnes', 'Mario Pontes', 'RJ', 'Brazil');
INSERT INTO orders (order_id, customer_id, order_date, freight) VALUES (10248, 'VINET', '2024-05-04', 32.38),
    (10249, 'HANAR', '2024-01-05', 0), (10250, NULL, '2024-05-05', 1), (10251, 'HANAR', NULL, 2),
    (10252, 'VINET', '2024-05-09', 11.61);
INSERT INTO order_details VALUES (10248, 11, 14, 12, 0), (10248, 42, 9.8, 10, 0), (10249, 14, 18.6, 9, 0.15),
    (10250, 51, 42.4, 35, 0.15), (10251, 51, 42.4, 35, 0.15);
