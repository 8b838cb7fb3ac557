-- The open tasks at the instant :clock, carried from one instant to the next: a loss that is over takes its task with
-- it; a day of contact that has come brings one.

SELECT zone FROM figures.setting \gset
SET timezone = :'zone';

DELETE FROM figures.task t
 WHERE NOT EXISTS (SELECT FROM figures.client c
                    WHERE c.client_id = t.client AND c.status_since = t.lost_since AND c.next_contact_on IS NOT NULL);
INSERT INTO figures.task
SELECT client_id, status_since FROM figures.client WHERE next_contact_on <= timestamptz :'clock'::date
    ON CONFLICT DO NOTHING;
UPDATE figures.client c SET open_tasks = 1 FROM figures.task t WHERE t.client = c.client_id;
