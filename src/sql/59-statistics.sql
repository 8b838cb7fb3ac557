-- What winback.lift holds the difference of two groups against. 95 %, two-sided, throughout.
--
--   question                                       function
--   --------------------------------------------   -------------------------------------------------------------------
--   how sure is the difference of two shares       _newcombe(): Newcombe's hybrid score method, of two intervals by
--                                                  _wilson()
--   how sure is the difference of two means        _welch()
--   how many clients are needed                    _clients_needed(); how many of them are missing: _more_clients()
--   what is to be said                             _lift_words()
--
-- Figures are not shown before there are as many clients as are needed, and how many that is does not depend on the
-- difference: who looks until a difference shows will find one, also where there is none.

-- 1.96: the normal quantile of 95 %, two-sided.
CREATE FUNCTION winback._z95() RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
RETURN 1.959963984540054;
COMMENT ON FUNCTION winback._z95() IS 'the quantile of the normal distribution at 0.975';

-- Wilson 1927, JASA 22:209-212, without correction for continuity.
CREATE FUNCTION winback._wilson(positive bigint, total bigint, OUT low double precision, OUT high double precision)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT (2 * w.x + w.z ^ 2 - w.root) / (2 * (w.n + w.z ^ 2)), (2 * w.x + w.z ^ 2 + w.root) / (2 * (w.n + w.z ^ 2))
      FROM (SELECT v.*, v.z * sqrt(v.z ^ 2 + 4 * v.x * (1 - v.x / v.n)) AS root
              FROM (SELECT positive::double precision AS x, nullif(total, 0)::double precision AS n,
                           winback._z95() AS z) v) w
$$;
COMMENT ON FUNCTION winback._wilson(bigint, bigint) IS
    'the 95 % interval of a share by Wilson''s score method; null where there is nobody';

-- Newcombe 1998, Statistics in Medicine 17:873-890, method 10.
CREATE FUNCTION winback._newcombe(positive1 bigint, total1 bigint, positive2 bigint, total2 bigint,
    OUT difference double precision, OUT low double precision, OUT high double precision)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.p1 - s.p2, s.p1 - s.p2 - sqrt((s.p1 - a.low) ^ 2 + (b.high - s.p2) ^ 2),
           s.p1 - s.p2 + sqrt((a.high - s.p1) ^ 2 + (s.p2 - b.low) ^ 2)
      FROM (SELECT positive1 / nullif(total1, 0)::double precision AS p1,
                   positive2 / nullif(total2, 0)::double precision AS p2) s,
           winback._wilson(positive1, total1) a, winback._wilson(positive2, total2) b
$$;
COMMENT ON FUNCTION winback._newcombe(bigint, bigint, bigint, bigint) IS
    'the difference of two shares with its 95 % interval by Newcombe''s hybrid score method; null where one of the '
    'groups is empty';

-- Welch 1938, Biometrika 29:350-362. By the normal quantile: groups of a size that is shown have some hundred clients.
CREATE FUNCTION winback._welch(mean1 numeric, variance1 numeric, total1 bigint, mean2 numeric, variance2 numeric,
    total2 bigint, OUT difference numeric, OUT low numeric, OUT high numeric)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT d.difference, d.difference - d.reach, d.difference + d.reach
      FROM (SELECT mean1 - mean2 AS difference,
                   winback._z95()::numeric * sqrt(variance1 / total1 + variance2 / total2) AS reach) d
$$;
COMMENT ON FUNCTION winback._welch(numeric, numeric, bigint, numeric, numeric, bigint) IS
    'the difference of two means with its 95 % interval, from the means, variances and sizes of both samples';

-- The usual number for two shares, two-sided 5 %, power 80 %, without correction for continuity: Fleiss, Levin, Paik
-- 2003, Statistical Methods for Rates and Proportions, chapter 4. With k worked clients for each of the control group:
--
--   control = (z(0.975) sqrt((1 + 1/k) p (1-p)) + z(0.8) sqrt(base (1-base) + share (1-share) / k))² / effect²
--   share = base + effect, p = (base + k share) / (1 + k), worked = k control
--
-- Where the share would be more than all: of the same effect downwards.
CREATE FUNCTION winback._clients_needed(base double precision, effect double precision, holdout double precision,
    OUT worked bigint, OUT control bigint)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT ceil(n.control * n.k), ceil(n.control)
      FROM (SELECT s.k, ((winback._z95() * sqrt((1 + 1 / s.k) * s.p * (1 - s.p))
                          + 0.8416212335729143 * sqrt(base * (1 - base) + s.share * (1 - s.share) / s.k)) / effect) ^ 2
                        AS control
              FROM (SELECT v.k, v.share, (base + v.k * v.share) / (1 + v.k) AS p
                      FROM (SELECT (100 - holdout) / holdout AS k,
                                   base + CASE WHEN base + effect <= 1 THEN effect ELSE -effect END AS share) v) s) n
$$;
COMMENT ON FUNCTION winback._clients_needed(double precision, double precision, double precision) IS
    'how many clients each group needs, so that a difference of this size from the base share is found in 80 of 100 '
    'cases, and one that is not there in 5; of all, holdout percent are in the control group';

-- The base share is the control group's as if 100 clients had been seen before it, of whom 30 came back: a guess on the
-- safe side, for more clients are needed at 0.30 than at any smaller share. It gives way as the group grows; until then
-- chance in a small group moves the number by a few clients only.
CREATE FUNCTION winback._more_clients(worked bigint, control bigint, control_returned bigint, effect double precision,
    holdout double precision) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT greatest(0, ceil((n.control - _more_clients.control) / (holdout / 100)),
                    ceil((n.worked - _more_clients.worked) / (1 - holdout / 100)))::bigint
      FROM winback._clients_needed((control_returned + 30) / (_more_clients.control + 100)::double precision, effect,
                                   holdout) n
$$;
COMMENT ON FUNCTION winback._more_clients(bigint, bigint, bigint, double precision, double precision) IS
    'about how many clients are missing before both groups are large enough; 0: they are';

CREATE FUNCTION winback._lift_words(more bigint, entered_since bigint, difference double precision,
    low double precision, high double precision) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN more > 0 THEN format('not enough clients yet, about %s more', more)
                               || CASE WHEN entered_since > 0 THEN format(' (%s have entered since)', entered_since)
                                       ELSE '' END
            ELSE format(CASE WHEN low > 0 THEN 'a difference is shown: of 100 clients %s more come back with the work'
                             WHEN high < 0 THEN 'a difference is shown: of 100 clients %s fewer come back with the work'
                             ELSE 'no difference is shown: of 100 clients %s more come back with the work'
                        END || ' (95 %% interval %s to %s)',
                        round((100 * CASE WHEN high < 0 THEN -difference ELSE difference END)::numeric, 1),
                        round((100 * low)::numeric, 1), round((100 * high)::numeric, 1)) END;
COMMENT ON FUNCTION winback._lift_words(bigint, bigint, double precision, double precision, double precision) IS
    'what a comparison of shares says: how many clients are missing, or whether a difference is shown and how large';
