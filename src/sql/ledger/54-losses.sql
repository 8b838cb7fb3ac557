-- One row each time a client is lost.
--
--   the loss                                           result
--   ------------------------------------------------   ------------
--   lasts                                              null
--   lasts, and the client has been written off         written_off
--   was ended by a purchase                            returned
--   was ended otherwise: a signal or a rule is gone    recovered
--   was an erased client's                             erased
--
-- The n-th loss of a client and the n-th end of one belong together: they alternate, also where two are of one instant.
-- A loss that the clock has brought and no sweep has recorded yet is there, too.
CREATE OR REPLACE VIEW winback.loss AS
SELECT l.loss_id, l.client_id, l.lost_at, l.rule, l.manager, l.channel, l.region, l.department,
       coalesce(k.cause, r.cause) AS cause, k.competitor, k.competitor_offer, k.note AS cause_note, k.stated_at,
       k.stated_by, e.ended_at,
       CASE WHEN l.client_id IS NULL THEN 'erased'
            WHEN e.result IS NOT NULL THEN e.result
            WHEN c.written_off_since IS NOT NULL THEN 'written_off' END AS result
  FROM (SELECT u.*, row_number() OVER w AS number, lead(u.lost_at) OVER w AS next_lost_at
          FROM (SELECT s.change_id AS loss_id, s.client_id, s.changed_at AS lost_at, s.rule, s.manager, s.channel,
                       s.region, s.department
                  FROM winback.status_change s
                 WHERE s.loss = 'lost' AND s.withdrawn_at IS NULL
                UNION ALL
                SELECT NULL, d.client_id, d.lost_at, d.lost_by, d.manager, d.channel, d.region, d.department
                  FROM winback.client d
                 WHERE d.lost_at <= winback.now() AND NOT d.by_fact
                   AND d.recorded_status NOT IN ('lost', 'written_off')) u
        WINDOW w AS (PARTITION BY u.client_id ORDER BY u.lost_at, u.loss_id)) l
  LEFT JOIN (SELECT s.client_id, s.changed_at AS ended_at, s.loss AS result,
                    row_number() OVER (PARTITION BY s.client_id ORDER BY s.changed_at, s.change_id) AS number
               FROM winback.status_change s
              WHERE s.loss IN ('returned', 'recovered') AND s.withdrawn_at IS NULL) e
         ON e.client_id @client_equals@ l.client_id AND e.number = l.number
  LEFT JOIN winback.client c ON c.client_id @client_equals@ l.client_id
  LEFT JOIN LATERAL (
       SELECT a.*
         FROM unnest(winback._keys_of_client(l.client_id::text)) k (key)
         JOIN winback.loss_cause a ON a.client_id @client_equals@ k.key::@client_type@
        WHERE (a.about >= l.lost_at OR l.number = 1) AND (a.about < l.next_lost_at OR l.next_lost_at IS NULL)
        ORDER BY a.stated_at DESC, a.statement_id DESC LIMIT 1) k ON true
  -- What a process had found out while its client was but at risk.
  LEFT JOIN LATERAL (
       SELECT p.cause
         FROM unnest(winback._keys_of_client(l.client_id::text)) n (key)
         JOIN winback.process p ON p.client_id @client_equals@ n.key::@client_type@
        WHERE k.cause IS NULL AND p.cause IS NOT NULL AND p.started_at <= l.lost_at
          AND (p.ended_at >= l.lost_at OR p.ended_at IS NULL)
        ORDER BY p.process_id DESC LIMIT 1) r ON true;
COMMENT ON VIEW winback.loss IS
    'one row each time a client is lost; UPDATE of cause, competitor, competitor_offer and cause_note states its cause';
COMMENT ON COLUMN winback.loss.loss_id IS
    'number of the change of status that began it; null until a sweep has recorded that';
COMMENT ON COLUMN winback.loss.client_id IS 'the client; null: it has been erased';
COMMENT ON COLUMN winback.loss.lost_at IS 'since when the client was lost';
COMMENT ON COLUMN winback.loss.rule IS 'the rule by which it was lost';
COMMENT ON COLUMN winback.loss.manager IS
    'the client''s manager when the loss was recorded; channel, region and department likewise';
COMMENT ON COLUMN winback.loss.channel IS 'see manager';
COMMENT ON COLUMN winback.loss.region IS 'see manager';
COMMENT ON COLUMN winback.loss.department IS 'see manager';
COMMENT ON COLUMN winback.loss.cause IS
    'why, as last stated, or as a process had found out while the client was at risk; null: not known';
COMMENT ON COLUMN winback.loss.competitor IS 'the competitor to whom the client went';
COMMENT ON COLUMN winback.loss.competitor_offer IS 'what that competitor offers';
COMMENT ON COLUMN winback.loss.cause_note IS 'free text about the cause';
COMMENT ON COLUMN winback.loss.stated_at IS 'when the cause was stated';
COMMENT ON COLUMN winback.loss.stated_by IS 'the role that stated the cause; null: winback itself';
COMMENT ON COLUMN winback.loss.ended_at IS 'until when the client was lost; null: it still is';
COMMENT ON COLUMN winback.loss.result IS
    'returned (by a purchase), recovered (otherwise), written_off, erased; null: the client is lost still';

CREATE OR REPLACE TRIGGER stated INSTEAD OF UPDATE ON winback.loss
    FOR EACH ROW EXECUTE FUNCTION winback._state_cause_of_loss();
COMMENT ON TRIGGER stated ON winback.loss IS 'states the cause of a loss';

CREATE OR REPLACE TRIGGER statement_check BEFORE INSERT OR UPDATE ON winback.loss_cause
    FOR EACH ROW EXECUTE FUNCTION winback._check_statement();
COMMENT ON TRIGGER statement_check ON winback.loss_cause IS 'finds the loss that is meant, and stamps the statement';

CREATE OR REPLACE TRIGGER statement_made AFTER INSERT ON winback.loss_cause
    FOR EACH ROW EXECUTE FUNCTION winback._statement_made();
COMMENT ON TRIGGER statement_made ON winback.loss_cause IS 'running processes are about the cause that is stated last';

CREATE OR REPLACE TRIGGER renamed BEFORE UPDATE OF cause OR DELETE ON winback.cause
    FOR EACH ROW EXECUTE FUNCTION winback._cause_renamed();
COMMENT ON TRIGGER renamed ON winback.cause IS
    'saved playbooks follow a renamed cause, and keep one from being removed';

CREATE OR REPLACE TRIGGER tree_check AFTER INSERT OR UPDATE OF parent ON winback.cause
    FOR EACH ROW WHEN (NEW.parent IS NOT NULL) EXECUTE FUNCTION winback._check_cause();
COMMENT ON TRIGGER tree_check ON winback.cause IS 'no cause is a case of itself';
