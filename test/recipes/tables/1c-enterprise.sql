-- 1C:Enterprise on PostgreSQL: names are numbers, keys sixteen bytes.
CREATE TABLE _reference45 (
    _idrref bytea NOT NULL,
    _version int NOT NULL DEFAULT 0,
    _marked boolean NOT NULL,
    _predefinedid bytea NOT NULL DEFAULT '\x00000000000000000000000000000000',
    _parentidrref bytea NOT NULL DEFAULT '\x00000000000000000000000000000000',
    _folder boolean NOT NULL,
    _code varchar(9) NOT NULL,
    _description varchar(100) NOT NULL
);
CREATE UNIQUE INDEX _reference45_1 ON _reference45 (_idrref);
CREATE TABLE _document123 (
    _idrref bytea NOT NULL,
    _version int NOT NULL DEFAULT 0,
    _marked boolean NOT NULL,
    _date_time timestamp NOT NULL,
    _numberprefix timestamp NOT NULL DEFAULT '0001-01-01',
    _number varchar(11) NOT NULL,
    _posted boolean NOT NULL,
    _fld124rref bytea NOT NULL,
    _fld125 numeric(15,2) NOT NULL,
    _fld126 varchar(50) NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX _document123_1 ON _document123 (_idrref);
CREATE INDEX _document123_2 ON _document123 (_fld124rref, _date_time);
INSERT INTO _reference45 (_idrref, _marked, _folder, _code, _description) VALUES
    ('\x80c6001e8c4b1df511de0000000000a1', false, true, '000000001', 'Анна'),
    ('\x80c6001e8c4b1df511de0000000000b2', true, true, '000000002', 'Борис'),
    ('\x80c6001e8c4b1df511de0000000000f0', false, false, '000000003', 'Покупатели');
INSERT INTO _document123 (_idrref, _marked, _date_time, _number, _posted, _fld124rref, _fld125) VALUES
    ('\x01', false, '2024-05-01 10:00', '00000000001', true, '\x80c6001e8c4b1df511de0000000000a1', 100.50),
    ('\x02', false, '2024-05-10 10:00', '00000000002', true, '\x80c6001e8c4b1df511de0000000000a1', 50),
    ('\x03', false, '2024-05-11 10:00', '00000000003', false, '\x80c6001e8c4b1df511de0000000000a1', 900),
    ('\x04', true, '2024-05-11 10:00', '00000000004', false, '\x80c6001e8c4b1df511de0000000000a1', 900),
    ('\x05', false, '2024-05-12 10:00', '00000000005', true, '\x00000000000000000000000000000000', 900),
    ('\x06', false, '2024-01-10 10:00', '00000000006', true, '\x80c6001e8c4b1df511de0000000000b2', 70);
