-- The playbook that is shipped: find out the cause, mend what the company can mend, make an offer that fits, wait.
--
--   cause                                              branch
--   ------------------------------------------------   ------------------------------------------------------------
--   product_quality, service                           wait until it is fixed, guarantee, meeting
--   conflict, manager_changed                          guarantee, meeting
--   price, competitor, money_trouble                   special offer
--   one_time_purchase, business_changed                new products
--   moved_city, other                                  letter

INSERT INTO winback.task_kind (kind, needs_call, title, is_action) VALUES
    ('determine_cause', false, 'Find out why the client left',              false),
    ('survey_call',     true,  'Ask the client why',                        false),
    ('guarantee',       false, 'Give an executive''s guarantee',            true),
    ('meeting',         false, 'Meet in person',                            true),
    ('special_offer',   false, 'Make a special offer on price or service',  true),
    ('new_products',    false, 'Show new products',                         true),
    ('gift',            false, 'Send a gift',                               true),
    ('video_message',   false, 'Send a video message',                      true),
    ('letter',          false, 'Write a letter',                            true);

INSERT INTO winback.playbook (playbook, title) VALUES ('return', 'Bring the client back');

INSERT INTO winback.playbook_step (playbook, step, position, kind, due_after, instructions) VALUES
    ('return', 'determine_cause', 1, 'determine_cause', '3 days',
     'Read complaints, calls and orders. If they do not tell, a survey is needed. A competitor is named in the note, '
     'as "Acme: 10 % off".'),
    ('return', 'survey_call', 2, 'survey_call', '3 days',
     'Ask what the client liked, what not, and what should be better. Sell nothing. A competitor is named in the note, '
     'as "Acme: 10 % off".'),
    ('return', 'wait_until_fixed', 3, 'wait_until_fixed', '0', NULL),
    ('return', 'guarantee', 4, 'guarantee', '2 days',
     'An executive says what has been done, and guarantees that it will not happen again.'),
    ('return', 'meeting', 5, 'meeting', '7 days', 'Meet, listen, and show what is different now.'),
    ('return', 'special_offer', 6, 'special_offer', '3 days', 'An offer on price or service that fits the cause.'),
    ('return', 'new_products', 7, 'new_products', '3 days', 'Show what the client has not seen yet.'),
    ('return', 'video_message', 8, 'video_message', '3 days', 'A short personal message from the manager.'),
    ('return', 'letter', 9, 'letter', '3 days', 'A personal letter, by hand if possible.'),
    ('return', 'offer_made', 10, 'wait', '30 days', NULL),
    ('return', 'follow_up', 11, 'call', '3 days', 'Ask what the client thinks of the offer.'),
    ('return', 'last_wait', 12, 'wait', '30 days', NULL);

UPDATE winback.playbook_step SET script = 'return_survey' WHERE step = 'survey_call';

-- Whoever finds out a cause, by whichever step, states it and comes to its branch.
INSERT INTO winback.playbook_path (playbook, step, outcome, next_step, cause)
SELECT 'return', s.step, b.cause, b.next_step, b.cause
  FROM (VALUES ('determine_cause'), ('survey_call')) s (step)
 CROSS JOIN (VALUES ('product_quality', 'wait_until_fixed'), ('service', 'wait_until_fixed'),
                    ('conflict', 'guarantee'), ('manager_changed', 'guarantee'),
                    ('price', 'special_offer'), ('competitor', 'special_offer'), ('money_trouble', 'special_offer'),
                    ('one_time_purchase', 'new_products'), ('business_changed', 'new_products'),
                    ('moved_city', 'letter'), ('other', 'letter')) b (cause, next_step);

INSERT INTO winback.playbook_path (playbook, step, outcome, next_step, end_state, reaction) VALUES
    ('return', 'determine_cause',  'survey_needed',  'survey_call',    NULL,          NULL),
    ('return', 'survey_call',      'would_not_say',  'video_message',  NULL,          NULL),
    ('return', 'wait_until_fixed', 'fixed',          'guarantee',      NULL,          NULL),
    ('return', 'guarantee',        'accepted',       'meeting',        NULL,          'accepted'),
    ('return', 'guarantee',        'declined',       'letter',         NULL,          'refused'),
    ('return', 'meeting',          'held',           'offer_made',     NULL,          'accepted'),
    ('return', 'meeting',          'declined',       'video_message',  NULL,          'refused'),
    ('return', 'special_offer',    'made',           'offer_made',     NULL,          NULL),
    ('return', 'new_products',     'shown',          'offer_made',     NULL,          NULL),
    ('return', 'video_message',    'sent',           'offer_made',     NULL,          NULL),
    ('return', 'letter',           'sent',           'offer_made',     NULL,          NULL),
    ('return', 'offer_made',       'elapsed',        'follow_up',      NULL,          NULL),
    ('return', 'follow_up',        'will_order',     'last_wait',      NULL,          'accepted'),
    ('return', 'follow_up',        'thinks_it_over', 'offer_made',     NULL,          NULL),
    ('return', 'follow_up',        'refused',        NULL,             'gave_up',     'refused'),
    ('return', 'follow_up',        'gone_for_good',  NULL,             'written_off', 'refused'),
    ('return', 'last_wait',        'elapsed',        NULL,             'gave_up',     NULL);

INSERT INTO winback.playbook_version (playbook, version, definition, made_at)
VALUES ('return', 1, winback._playbook_definition('return'), winback.now());
