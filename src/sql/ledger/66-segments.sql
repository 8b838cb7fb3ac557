-- Who is in the segments, and who enters.

CREATE OR REPLACE VIEW winback.segment_fit AS
SELECT s.name AS segment, c.client_id, c.name, c.manager, s.ground, h.client_id IS DISTINCT FROM NULL AS by_hand,
       s.playbook,
       c.status_since AS since, c.abc, c.period_revenue, c.orders, c.revenue / nullif(c.orders, 0) AS average_order,
       c.status, s.status AS wanted_status
  FROM winback.segment s
 CROSS JOIN winback.clients c
  LEFT JOIN (SELECT DISTINCT m.segment, winback._present_client(m.client_id::text)::@client_type@ AS client_id
               FROM winback.segment_member m) h
         ON h.segment = s.name AND h.client_id @client_equals@ c.client_id
 WHERE s.enabled
   AND (h.client_id IS DISTINCT FROM NULL
        OR NOT s.by_hand
           AND (s.abc IS NULL OR c.abc = ANY (s.abc))
           AND (s.least_period_revenue IS NULL OR c.period_revenue >= s.least_period_revenue)
           AND (s.least_orders IS NULL OR c.orders >= s.least_orders)
           AND (s.least_average_order IS NULL OR c.revenue >= s.least_average_order * c.orders AND c.orders > 0)
           AND (s.managers IS NULL OR c.manager = ANY (s.managers))
           AND (s.channels IS NULL OR c.channel = ANY (s.channels))
           AND (s.regions IS NULL OR c.region = ANY (s.regions))
           AND (s.departments IS NULL OR c.department = ANY (s.departments)));
COMMENT ON VIEW winback.segment_fit IS
    'the clients that segments ask for, whatever their status at winback.now(): see winback.segment_clients';
COMMENT ON COLUMN winback.segment_fit.segment IS 'name of the segment';
COMMENT ON COLUMN winback.segment_fit.client_id IS 'the client';
COMMENT ON COLUMN winback.segment_fit.name IS 'its name, as mapped by watch_clients';
COMMENT ON COLUMN winback.segment_fit.manager IS 'its manager, as mapped by watch_clients';
COMMENT ON COLUMN winback.segment_fit.ground IS 'why it is wanted back: image, order_size or frequency';
COMMENT ON COLUMN winback.segment_fit.by_hand IS 'it was put there by hand: see winback.segment_member';
COMMENT ON COLUMN winback.segment_fit.playbook IS 'the playbook that is begun for whoever enters; null: none';
COMMENT ON COLUMN winback.segment_fit.since IS 'since when it has its status';
COMMENT ON COLUMN winback.segment_fit.abc IS 'its class';
COMMENT ON COLUMN winback.segment_fit.period_revenue IS 'its period_revenue';
COMMENT ON COLUMN winback.segment_fit.orders IS 'number of its purchases';
COMMENT ON COLUMN winback.segment_fit.average_order IS 'its revenue divided by its orders';
COMMENT ON COLUMN winback.segment_fit.status IS 'its status';
COMMENT ON COLUMN winback.segment_fit.wanted_status IS 'the status of the clients of the segment';

CREATE OR REPLACE VIEW winback.segment_clients AS
SELECT f.segment, f.client_id, f.name, f.manager, f.ground, f.by_hand, f.playbook, f.since, f.abc, f.period_revenue,
       f.orders, f.average_order
  FROM winback.segment_fit f
 WHERE f.status = f.wanted_status;
COMMENT ON VIEW winback.segment_clients IS 'who is in which segment at winback.now()';
COMMENT ON COLUMN winback.segment_clients.segment IS 'name of the segment';
COMMENT ON COLUMN winback.segment_clients.client_id IS 'the client';
COMMENT ON COLUMN winback.segment_clients.name IS 'its name, as mapped by watch_clients';
COMMENT ON COLUMN winback.segment_clients.manager IS 'its manager, as mapped by watch_clients';
COMMENT ON COLUMN winback.segment_clients.ground IS 'why it is wanted back: image, order_size or frequency';
COMMENT ON COLUMN winback.segment_clients.by_hand IS 'it was put there by hand: see winback.segment_member';
COMMENT ON COLUMN winback.segment_clients.playbook IS 'the playbook that is begun for whoever enters; null: none';
COMMENT ON COLUMN winback.segment_clients.since IS 'since when it has its status';
COMMENT ON COLUMN winback.segment_clients.abc IS 'its class';
COMMENT ON COLUMN winback.segment_clients.period_revenue IS 'its period_revenue';
COMMENT ON COLUMN winback.segment_clients.orders IS 'number of its purchases';
COMMENT ON COLUMN winback.segment_clients.average_order IS 'its revenue divided by its orders';

--   a client in a segment with a playbook                          enters
--   ------------------------------------------------------------   ------------------------------------------
--   has had a process since it is lost (at risk), by whatever way  no: once each time it is lost
--   is in one that began before that                               no, but once that has ended
--   is not to be contacted                                         no, but once it may be
--   had a process that ended less than reentry_after before        no
--   otherwise                                                      yes, by the segment with the least position
CREATE OR REPLACE VIEW winback.segment_entrants AS
SELECT DISTINCT ON (m.client_id) m.client_id, m.segment, m.playbook, s.examined
  FROM winback.segment_clients m
  JOIN winback.segment s ON s.name = m.segment
  JOIN winback.playbook b ON b.playbook = m.playbook AND b.enabled
  JOIN winback.client c ON c.client_id @client_equals@ m.client_id AND NOT c.do_not_contact
 CROSS JOIN winback.policy o
 WHERE NOT EXISTS (
       SELECT FROM winback.process p
        WHERE p.client_id @client_equals@ m.client_id
          AND (p.state = 'running' OR greatest(p.started_at, p.since) >= m.since  -- a loss may be dated ahead
               OR (p.ended_at AT TIME ZONE o.timezone) + s.reentry_after > m.since AT TIME ZONE o.timezone))
 ORDER BY m.client_id, s.position, s.name;
COMMENT ON VIEW winback.segment_entrants IS
    'the clients for whom the next sweep, or their own next commit, begins the playbook of a segment';
COMMENT ON COLUMN winback.segment_entrants.client_id IS 'the client';
COMMENT ON COLUMN winback.segment_entrants.segment IS 'the segment that it enters';
COMMENT ON COLUMN winback.segment_entrants.playbook IS 'the playbook that is begun';
COMMENT ON COLUMN winback.segment_entrants.examined IS 'false: the next sweep looks for such clients';

CREATE OR REPLACE TRIGGER change BEFORE INSERT OR UPDATE ON winback.segment
    FOR EACH ROW EXECUTE FUNCTION winback._segment_change();
COMMENT ON TRIGGER change ON winback.segment IS
    'who is in a segment that has changed is to be looked at; that for the image is by hand, if nothing else is said';

CREATE OR REPLACE TRIGGER changed AFTER INSERT OR DELETE OR TRUNCATE
       OR UPDATE OF name, position, status, abc, least_period_revenue, least_orders, least_average_order, managers,
                    channels, regions, departments, by_hand, playbook, reentry_after, enabled ON winback.segment
    FOR EACH STATEMENT EXECUTE FUNCTION winback._segments_changed();
COMMENT ON TRIGGER changed ON winback.segment IS 'lets every session know, and the worker look who has entered';

CREATE OR REPLACE TRIGGER added BEFORE INSERT ON winback.segment_member
    FOR EACH ROW EXECUTE FUNCTION winback._member_added();
COMMENT ON TRIGGER added ON winback.segment_member IS 'says when and by whom; the client is looked at at commit';

CREATE OR REPLACE TRIGGER enabled AFTER UPDATE OF enabled ON winback.playbook
    FOR EACH ROW WHEN (NEW.enabled AND NOT OLD.enabled) EXECUTE FUNCTION winback._playbook_enabled();
COMMENT ON TRIGGER enabled ON winback.playbook IS 'its segments are to be looked at';
