-- Tables of the user's own CSV. The files' columns are found by their names; see the lists below.
-- Variables: orders_header, orders_separator, calls_header, calls_separator (empty header: no calls file).

\set SHOW_CONTEXT never
CREATE SCHEMA shop;

-- A time or a number as the file has it; null where it is none.
CREATE FUNCTION shop.to_time(value text) RETURNS timestamptz LANGUAGE plpgsql AS $$
BEGIN
    RETURN value::timestamptz;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END $$;
CREATE FUNCTION shop.to_amount(value text) RETURNS numeric LANGUAGE plpgsql AS $$
BEGIN
    value := regexp_replace(value, '[^0-9.,-]', '', 'g');
    IF value ~ ',\d{1,2}$' THEN
        value := translate(value, ',.', '.');
    END IF;
    RETURN replace(value, ',', '');
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END $$;

-- A table of text columns named by a file's header, in small letters, and which of them means what.
CREATE TABLE shop.meaning (file text, meaning text, names text[], required boolean, found text);
INSERT INTO shop.meaning (file, meaning, required, names) VALUES
    ('orders', 'time',    true,  '{placed_at,ordered_at,order_date,date_order,invoice_ts,invoice_date,invoicedate,
                                   created_at,date,time,timestamp,ts}'),
    ('orders', 'amount',  false, '{amount,total,total_amount,amount_total,grand_total,revenue,sum,value,price}'),
    ('orders', 'id',      false, '{order_id,order_no,invoice_no,invoiceno,invoice,order_number,id}'),
    ('orders', 'state',   false, '{status,state}'),
    ('calls',  'time',    true,  '{started_at,call_ts,calldate,start_time,called_at,started,date,time,timestamp,ts}'),
    ('calls',  'seconds', true,  '{seconds,talk_seconds,billsec,call_seconds,duration,duration_seconds}'),
    ('calls',  'id',      false, '{call_id,uniqueid,row_id,id}'),
    ('calls',  'agent',   false, '{agent,manager,operator,user}');
INSERT INTO shop.meaning (file, meaning, required, names)
SELECT file, 'client', true, '{client_id,customer_id,client,customer,clientid,customerid,cust_id,user_id,account_id,
                               partner_id,email}'
  FROM (VALUES ('orders'), ('calls')) AS f (file);

CREATE FUNCTION shop.make_raw(file text, header text, separator text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    -- Without quotes, a byte order mark and the carriage return of other systems.
    columns text[] := ARRAY(SELECT replace(lower(btrim(c, ' "' || chr(13) || chr(65279))), ' ', '_')
                              FROM unnest(string_to_array(header, separator)) WITH ORDINALITY AS h (c, n) ORDER BY n);
    m       record;
BEGIN
    EXECUTE format('CREATE TABLE shop.raw_%s (%s)', file,
                   (SELECT string_agg(format('%I text', c), ', ' ORDER BY n)
                      FROM unnest(columns) WITH ORDINALITY AS u (c, n)));
    UPDATE shop.meaning x
       SET found = (SELECT w FROM unnest(x.names) WITH ORDINALITY AS n (w, place)
                     WHERE w = ANY (columns) ORDER BY place LIMIT 1)
     WHERE x.file = make_raw.file;
    FOR m IN SELECT * FROM shop.meaning x WHERE x.file = make_raw.file AND x.required AND x.found IS NULL LOOP
        RAISE EXCEPTION 'the % file has no column for the %', file, m.meaning
            USING DETAIL = format('Its columns are %s.', array_to_string(columns, ', ')),
                  HINT = format('Name one of them %s.', array_to_string(m.names, ', '));
    END LOOP;
END $$;

-- The SQL that reads a meaning from a raw row; a default where the file has no such column.
CREATE FUNCTION shop.reading(file text, meaning text, otherwise text) RETURNS text LANGUAGE sql
RETURN (SELECT coalesce(quote_ident(m.found), otherwise) FROM shop.meaning m
         WHERE m.file = reading.file AND m.meaning = reading.meaning);

SELECT shop.make_raw('orders', :'orders_header', :'orders_separator') \g /dev/null
SELECT shop.make_raw('calls', coalesce(nullif(:'calls_header', ''), 'call_id,client,started_at,seconds,agent'),
                     :'calls_separator') \g /dev/null
