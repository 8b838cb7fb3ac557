-- What suggest_watches() makes of a candidate's columns: the arguments of the call that would watch it.

-- The column of a candidate for one argument, as SQL; null: it has none.
CREATE FUNCTION winback._suggest_column(columns jsonb, argument text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$ SELECT quote_ident(columns->>argument) $$;
COMMENT ON FUNCTION winback._suggest_column(jsonb, text) IS 'the column for an argument, as SQL';

-- The same as a number that is exact: what is floating, or money, is made numeric.
CREATE FUNCTION winback._suggest_number(source regclass, columns jsonb, argument text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT quote_ident(a.attname) || CASE WHEN a.atttypid IN ('float4'::regtype, 'float8'::regtype, 'money'::regtype)
                                          THEN '::numeric' ELSE '' END
      FROM pg_attribute a WHERE a.attrelid = source AND a.attname = columns->>argument
$$;
COMMENT ON FUNCTION winback._suggest_number(regclass, jsonb, text) IS
    'the column for an argument, as SQL that yields an exact number';

-- What an order or a line is worth:
--
--   a column that is called cents            * 0.01
--   a floating number                        rounded, for 0.1 + 0.2 is not 0.3
--   an integer                               as it is, with a word of warning
--   of lines: a price and a quantity         multiplied, less the discount as a share or in percent
CREATE FUNCTION winback._suggest_amount(source regclass, columns jsonb, OUT amount text, OUT reason text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    column_  text := winback._suggest_column(columns, 'amount');
    number   text := winback._suggest_number(source, columns, 'amount');
    discount text := winback._suggest_number(source, columns, 'discount');
    shipping text;
    type     regtype;
    most     numeric;
BEGIN
    IF column_ IS NULL AND columns ? 'price' THEN
        amount := format('%s * %s', winback._suggest_number(source, columns, 'price'),
                         winback._suggest_number(source, columns, 'quantity'));
        IF discount IS NOT NULL THEN
            SELECT max((r->>'value')::numeric) INTO most
              FROM jsonb_array_elements(winback._suggest_sample(source, discount || ' AS value', 1000)) r;
            amount := format('%s * (1 - %s%s)', amount, discount, CASE WHEN most > 1 THEN ' / 100.0' END);
        END IF;
        amount := format('round(%s, 2)', amount);
        RETURN;
    END IF;
    SELECT a.atttypid INTO type FROM pg_attribute a WHERE a.attrelid = source AND a.attname = columns->>'amount';
    IF column_ IS NULL THEN
        RETURN;
    ELSIF winback._plain_name(columns->>'amount') ~ '(^|_)(cents?|pence|kopeks|kopecks|kopeiki|minor)(_|$)' THEN
        amount := column_ || ' * 0.01';
    ELSIF number LIKE '%::numeric' AND type <> 'money'::regtype THEN
        amount := format('round(%s, 2)', number);
    ELSE
        amount := column_;
        IF type IN ('int4'::regtype, 'int8'::regtype) THEN
            -- A total that is kept in two parts.
            SELECT quote_ident(a.attname) INTO shipping FROM pg_attribute a
             WHERE a.attrelid = source AND a.atttypid = type AND NOT a.attisdropped
               AND winback._plain_name(columns->>'amount') = 'sub_total_with_tax'
               AND winback._plain_name(a.attname) = 'shipping_with_tax';
            amount := concat_ws(' + ', column_, shipping);
            reason := format('%s is in whole numbers: if these are cents, write (%s) * 0.01', column_, amount);
        END IF;
    END IF;
END $$;
COMMENT ON FUNCTION winback._suggest_amount(regclass, jsonb) IS 'what an order or a line is worth, as an expression';

-- How long a call took, in seconds.
CREATE FUNCTION winback._suggest_seconds(source regclass, columns jsonb, OUT seconds text, OUT reason text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    seconds := winback._suggest_column(columns, 'seconds');
    IF seconds IS NULL THEN
        seconds := format('%s - %s', winback._suggest_column(columns, 'ended_at'),
                          winback._suggest_column(columns, 'started_at'));
        reason := 'its length is taken from beginning to end: it may hold the ringing, or be what was planned';
    ELSIF winback._plain_name(columns->>'seconds') ~ '(^|_)minutes?(_|$)' THEN
        seconds := seconds || ' * 60';
    ELSIF winback._suggest_number(source, columns, 'seconds') LIKE '%::numeric' THEN
        reason := format('%s may be in minutes: write %1$s * 60 then', seconds);
    ELSIF winback._plain_name(columns->>'seconds') LIKE '%duration' THEN
        reason := format('%s may hold the ringing', seconds);
    END IF;
END $$;
COMMENT ON FUNCTION winback._suggest_seconds(regclass, jsonb) IS 'how long a call took, as an expression';

-- Whether a client may not be contacted.
CREATE FUNCTION winback._suggest_do_not_contact(source regclass, columns jsonb) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT string_agg(format(CASE WHEN a.attname = columns->>'do_not_contact' THEN '%s'
                                  WHEN a.atttypid = 'bool'::regtype THEN '%s IS FALSE' ELSE '%s IS NOT NULL' END,
                             quote_ident(a.attname)), ' OR ' ORDER BY a.attnum)
      FROM pg_attribute a
     WHERE a.attrelid = source AND a.attnum > 0 AND NOT a.attisdropped
       AND (a.attname = columns->>'do_not_contact'
            OR a.atttypid = 'bool'::regtype AND winback._plain_name(a.attname) IN ('active', 'is_active', 'activebool')
            OR 'time' = ANY (winback._suggest_wanted(a.atttypid))
               AND winback._plain_name(a.attname) IN ('deleted_at', 'blocked_at', 'unsubscribed_at'))
$$;
COMMENT ON FUNCTION winback._suggest_do_not_contact(regclass, jsonb) IS
    'whether a client may not be contacted, as an expression';

-- The arguments of the call for a candidate, in order, as [[name, expression], ...]; and reasons.
CREATE FUNCTION winback._suggest_arguments(source regclass, kind text, columns jsonb, word text, event_kind text,
                                           OUT arguments text[], OUT reasons text[])
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    amount      text;
    seconds     text;
    counts_when text;
    reason      text;
    name        text;
BEGIN
    IF kind IN ('orders', 'order_lines') THEN
        SELECT a.amount, a.reason INTO amount, reason FROM winback._suggest_amount(source, columns) a;
    ELSIF kind = 'calls' THEN
        SELECT s.seconds, s.reason INTO seconds, reason FROM winback._suggest_seconds(source, columns) s;
    END IF;
    IF kind <> 'clients' THEN
        SELECT c.condition, c.reasons INTO counts_when, reasons
          FROM winback._suggest_counts_when(source, kind, word, event_kind) c;
    END IF;
    reasons := reasons || reason;
    name := CASE WHEN columns ?& '{first_name,last_name}'
                 THEN format('concat_ws('' '', %s, %s)', winback._suggest_column(columns, 'first_name'),
                             winback._suggest_column(columns, 'last_name'))
                 ELSE winback._suggest_column(columns, 'name') END;
    arguments := CASE kind
        WHEN 'orders' THEN ARRAY['client', winback._suggest_column(columns, 'client'),
            'placed_at', winback._suggest_column(columns, 'placed_at'), 'amount', amount,
            'order_id', winback._suggest_column(columns, 'order_id'), 'counts_when', counts_when]
        WHEN 'order_lines' THEN ARRAY['order_id', winback._suggest_column(columns, 'order_id'), 'amount', amount,
            'counts_when', counts_when]
        WHEN 'calls' THEN ARRAY['call_id', winback._suggest_column(columns, 'call_id'),
            'client', winback._suggest_column(columns, 'client'),
            'started_at', winback._suggest_column(columns, 'started_at'), 'seconds', seconds,
            'agent', CASE WHEN columns->'agent' <> columns->'client' THEN winback._suggest_column(columns, 'agent') END,
            'counts_when', counts_when]
        WHEN 'events' THEN ARRAY['client', winback._suggest_column(columns, 'client'),
            'kind', quote_literal(event_kind), 'happened_at', winback._suggest_column(columns, 'happened_at'),
            'value', CASE event_kind WHEN 'nps' THEN winback._suggest_column(columns, 'value') END,
            'counts_when', counts_when]
        ELSE ARRAY['client', winback._suggest_column(columns, 'client'), 'name', name,
            'manager', winback._suggest_column(columns, 'manager'),
            'channel', winback._suggest_column(columns, 'channel'),
            'region', winback._suggest_column(columns, 'region'),
            'department', winback._suggest_column(columns, 'department'),
            'registered_at', winback._suggest_column(columns, 'registered_at'),
            'do_not_contact', winback._suggest_do_not_contact(source, columns)] END;
END $$;
COMMENT ON FUNCTION winback._suggest_arguments(regclass, text, jsonb, text, text) IS
    'the arguments of the call that would watch a candidate, and reasons';
