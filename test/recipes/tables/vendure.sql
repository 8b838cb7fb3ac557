-- Vendure 3: names in camel case, money in cents, carts among the orders.
CREATE TABLE customer (
    "createdAt" timestamp(6) NOT NULL DEFAULT now(),
    "updatedAt" timestamp(6) NOT NULL DEFAULT now(),
    "deletedAt" timestamp(6),
    title varchar,
    "firstName" varchar NOT NULL,
    "lastName" varchar NOT NULL,
    "phoneNumber" varchar,
    "emailAddress" varchar NOT NULL,
    id serial PRIMARY KEY
);
CREATE TABLE "order" (
    "createdAt" timestamp(6) NOT NULL DEFAULT now(),
    "updatedAt" timestamp(6) NOT NULL DEFAULT now(),
    type varchar NOT NULL DEFAULT 'Regular',
    code varchar NOT NULL UNIQUE,
    state varchar NOT NULL,
    active boolean NOT NULL DEFAULT true,
    "orderPlacedAt" timestamp(6),
    "couponCodes" text NOT NULL DEFAULT '',
    "currencyCode" varchar NOT NULL DEFAULT 'EUR',
    id serial PRIMARY KEY,
    "aggregateOrderId" int REFERENCES "order",
    "customerId" int REFERENCES customer,
    "taxZoneId" int,
    "subTotal" int NOT NULL,
    "subTotalWithTax" int NOT NULL,
    shipping int NOT NULL DEFAULT 0,
    "shippingWithTax" int NOT NULL DEFAULT 0
);
CREATE INDEX ON "order" ("customerId");
INSERT INTO customer ("firstName", "lastName", "emailAddress", "createdAt", "deletedAt") VALUES
    ('Ann', 'Ahn', 'ann@example.com', '2023-01-01', NULL),
    ('Bob', 'Boe', 'bob@example.com', '2023-01-02', '2024-03-01');
INSERT INTO "order" (code, state, active, "orderPlacedAt", "customerId", "subTotal", "subTotalWithTax",
                     "shippingWithTax", type) VALUES
    ('A1', 'PaymentSettled', false, '2024-05-01 10:00', 1, 1000, 1190, 499, 'Regular'),
    ('A2', 'Delivered', false, '2024-05-09 10:00', 1, 2000, 2380, 0, 'Aggregate'),
    ('A3', 'Delivered', false, '2024-05-09 10:00', 1, 2000, 2380, 0, 'Seller'),
    ('A4', 'AddingItems', true, NULL, 1, 5000, 5950, 0, 'Regular'),
    ('A5', 'Cancelled', false, '2024-05-10 10:00', 1, 5000, 5950, 0, 'Regular'),
    ('A6', 'Draft', false, '2024-05-10 10:00', 1, 5000, 5950, 0, 'Regular'),
    ('A7', 'AddingItems', true, NULL, NULL, 5000, 5950, 0, 'Regular'),
    ('A8', 'PaymentSettled', false, '2024-01-01 23:30', 2, 100, 119, 0, 'Regular');
