-- Asterisk's call detail records, and a CRM that knows telephone numbers.
CREATE TABLE client (id int PRIMARY KEY, name text);
CREATE TABLE client_phone (client_id int REFERENCES client, number text);
CREATE TABLE sale (client_id int REFERENCES client, sold_at timestamptz, amount numeric);
CREATE INDEX ON sale (client_id);
CREATE TABLE cdr (
    calldate timestamp NOT NULL DEFAULT now(),
    clid varchar(80) NOT NULL DEFAULT '',
    src varchar(80) NOT NULL DEFAULT '',
    dst varchar(80) NOT NULL DEFAULT '',
    dcontext varchar(80) NOT NULL DEFAULT '',
    channel varchar(80) NOT NULL DEFAULT '',
    dstchannel varchar(80) NOT NULL DEFAULT '',
    lastapp varchar(80) NOT NULL DEFAULT '',
    lastdata varchar(80) NOT NULL DEFAULT '',
    duration int NOT NULL DEFAULT 0,
    billsec int NOT NULL DEFAULT 0,
    disposition varchar(45) NOT NULL DEFAULT '',
    amaflags int NOT NULL DEFAULT 0,
    accountcode varchar(20) NOT NULL DEFAULT '',
    uniqueid varchar(150) NOT NULL DEFAULT '',
    userfield varchar(255) NOT NULL DEFAULT ''
);
INSERT INTO client VALUES (1, 'Ann'), (2, 'Bob'), (3, 'Cyd');
INSERT INTO client_phone VALUES (1, '+49 (30) 123-4567'), (2, '0049 171 7654321'), (2, NULL);
INSERT INTO sale VALUES (1, '2024-01-10 10:00+00', 10), (2, '2024-01-11 10:00+00', 20);
INSERT INTO cdr (calldate, src, dst, duration, billsec, disposition, uniqueid) VALUES
    ('2024-05-01 10:00', '101', '0301234567', 75, 60, 'ANSWERED', '1.1'),
    ('2024-05-02 10:00', '+4930 1234567', '101', 40, 30, 'ANSWERED', '1.2'),
    ('2024-05-03 10:00', '101', '00491717654321', 60, 0, 'NO ANSWER', '1.3'),
    ('2024-05-04 10:00', '101', '01717654321', 45, 20, 'ANSWERED', '1.4'),
    ('2024-05-05 10:00', '101', '01717654321', 5, 0, 'BUSY', '1.5'),
    ('2024-05-06 10:00', '101', '0309999999', 90, 80, 'ANSWERED', '1.6'),
    ('2024-05-07 10:00', '101', '102', 90, 80, 'ANSWERED', '1.7'),
    ('2024-05-08 10:00', '', '101', 90, 80, 'ANSWERED', '1.8');
