-- Segments: groups of clients by what they are worth and whose they are, and what is begun when a client enters one.

CREATE TABLE winback.segment (
    name                 text PRIMARY KEY CHECK (name <> ''),
    title                text,
    position             int NOT NULL DEFAULT 100,
    ground               text CHECK (ground IN ('image', 'order_size', 'frequency')),
    status               text NOT NULL DEFAULT 'lost'
                         CHECK (status IN ('prospect', 'active', 'at_risk', 'lost', 'written_off')),
    abc                  text[] CHECK (abc <@ '{A,B,C}'),
    least_period_revenue numeric CHECK (least_period_revenue < 'Infinity'),
    least_orders         bigint,
    least_average_order  numeric CHECK (least_average_order < 'Infinity'),
    managers             text[],
    channels             text[],
    regions              text[],
    departments          text[],
    by_hand              boolean NOT NULL,
    playbook             text REFERENCES winback.playbook ON UPDATE CASCADE,
    reentry_after        interval CHECK (reentry_after >= interval '0' AND reentry_after <= interval '100 years'),
    enabled              boolean NOT NULL DEFAULT true,
    examined             boolean NOT NULL DEFAULT false,
    CONSTRAINT to_be_brought_back CHECK (playbook IS NULL OR status IN ('lost', 'at_risk'))
);
COMMENT ON TABLE winback.segment IS
    'groups of clients; who is in one: winback.segment_clients. A client that enters one with a playbook has a process '
    'of it begun at once, once each time it is lost';
COMMENT ON COLUMN winback.segment.name IS 'name of the segment';
COMMENT ON COLUMN winback.segment.title IS 'what managers read';
COMMENT ON COLUMN winback.segment.position IS
    'whoever is in several segments with a playbook is brought back by that of the one with the least position, at a '
    'tie by the one whose name comes first';
COMMENT ON COLUMN winback.segment.ground IS
    'why these clients are wanted back: image (a name to be shown), order_size or frequency; null: not said';
COMMENT ON COLUMN winback.segment.status IS 'the status of its clients; with a playbook: lost or at_risk';
COMMENT ON COLUMN winback.segment.abc IS 'the classes of its clients, as in winback.clients; null: any';
COMMENT ON COLUMN winback.segment.least_period_revenue IS 'their period_revenue is at least this; null: any';
COMMENT ON COLUMN winback.segment.least_orders IS 'they have at least so many orders; null: any';
COMMENT ON COLUMN winback.segment.least_average_order IS
    'their revenue divided by their orders is at least this; null: any';
COMMENT ON COLUMN winback.segment.managers IS 'their manager is one of these; null: any or none';
COMMENT ON COLUMN winback.segment.channels IS 'their channel is one of these; null: any or none';
COMMENT ON COLUMN winback.segment.regions IS 'their region is one of these; null: any or none';
COMMENT ON COLUMN winback.segment.departments IS 'their department is one of these; null: any or none';
COMMENT ON COLUMN winback.segment.by_hand IS
    'only those in winback.segment_member are in it; otherwise these are in it besides, whatever they are worth. Left '
    'out: true where the ground is image';
COMMENT ON COLUMN winback.segment.playbook IS 'begun for whoever enters; null: nothing is';
COMMENT ON COLUMN winback.segment.reentry_after IS
    'whose last process ended less than this before it was lost again does not enter; null: no such limit';
COMMENT ON COLUMN winback.segment.enabled IS 'false: nobody is in it';
COMMENT ON COLUMN winback.segment.examined IS
    'winback''s own: false while the next sweep is to look who has entered by a change of the segment or the classes';

CREATE TABLE winback.segment_member (
    segment   text REFERENCES winback.segment ON UPDATE CASCADE ON DELETE CASCADE,
    client_id @client_type@,
    note      text,
    added_at  timestamptz NOT NULL,
    added_by  text,
    PRIMARY KEY (segment, client_id)
);
COMMENT ON TABLE winback.segment_member IS 'clients put into a segment by hand, as long as they have its status';
COMMENT ON COLUMN winback.segment_member.note IS 'why';
COMMENT ON COLUMN winback.segment_member.added_at IS 'when, by the clock';
COMMENT ON COLUMN winback.segment_member.added_by IS 'the role that did it';

INSERT INTO winback.segment (name, title, position, ground, abc, by_hand)
VALUES ('desired_returners', 'Lost clients of class A', 1, 'order_size', '{A}', false);
