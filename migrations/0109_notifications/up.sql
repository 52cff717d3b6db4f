-- What waits for a time, done by one worker; who is told what, how soon, by which e-mail; announcements.

-- What waits for a time: claimed with SKIP LOCKED and a lease, done once by its key, whoever does it.
CREATE TABLE task (
    position bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT task_pkey PRIMARY KEY,
    kind text NOT NULL CONSTRAINT task_kind_check CHECK (kind IN ('send', 'publish_indicators')),
    key text NOT NULL CONSTRAINT task_key_key UNIQUE,
    object_id uuid,
    due_at timestamptz NOT NULL,
    lease_until timestamptz,
    attempt integer NOT NULL DEFAULT 0,
    done_at timestamptz,
    failure text
);
CREATE INDEX task_due_idx ON task (due_at, position) WHERE done_at IS NULL;
GRANT DELETE ON task TO diapason_app;

-- The ledger of what was sent, to whom, and what became of it; one line per recipient, also of those who
-- want no e-mail or have no address.
CREATE TABLE delivery (
    id uuid CONSTRAINT delivery_pkey PRIMARY KEY,
    kind text NOT NULL CONSTRAINT delivery_kind_check CHECK (kind IN ('invitation', 'notification', 'digest')),
    object_id uuid NOT NULL,
    member_id uuid CONSTRAINT delivery_member_id_fkey REFERENCES member,
    address text,
    status text NOT NULL DEFAULT 'queued' CONSTRAINT delivery_status_check
        CHECK (status IN ('queued', 'sent', 'failed', 'bounced', 'muted')),
    attempts integer NOT NULL DEFAULT 0,
    failure text,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    CONSTRAINT delivery_address_check CHECK (address IS NOT NULL OR status IN ('failed', 'muted'))
);
CREATE INDEX delivery_object_id_idx ON delivery (object_id);
CREATE INDEX delivery_member_id_idx ON delivery (member_id);

CREATE TABLE announcement (
    id uuid CONSTRAINT announcement_pkey PRIMARY KEY,
    title text NOT NULL,
    body text NOT NULL,
    network_id uuid CONSTRAINT announcement_network_id_fkey REFERENCES network,
    organization_kinds text[] NOT NULL DEFAULT '{}',
    origins text[] NOT NULL DEFAULT '{}',
    interministerial boolean NOT NULL DEFAULT false,
    class text NOT NULL CONSTRAINT announcement_class_check CHECK (class IN ('normal', 'mandatory')),
    status text NOT NULL DEFAULT 'draft' CONSTRAINT announcement_status_check
        CHECK (status IN ('draft', 'published', 'withdrawn')),
    published_at timestamptz,
    withdrawn_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL CONSTRAINT announcement_created_by_fkey REFERENCES principal,
    updated_by uuid NOT NULL CONSTRAINT announcement_updated_by_fkey REFERENCES principal,
    CONSTRAINT announcement_audience_check
        CHECK ((network_id IS NOT NULL) <> (organization_kinds <> '{}' OR origins <> '{}')),
    CONSTRAINT announcement_published_check CHECK (status <> 'published' OR published_at IS NOT NULL)
);
CREATE INDEX announcement_network_id_idx ON announcement (network_id, id);

-- What a member is told of, with the level that held then. Who was told of the publication of an announcement is whom it
-- is addressed to, for good.
CREATE TABLE notification (
    id uuid CONSTRAINT notification_pkey PRIMARY KEY,
    member_id uuid NOT NULL CONSTRAINT notification_member_id_fkey REFERENCES member,
    kind text NOT NULL CONSTRAINT notification_kind_check CHECK (kind IN ('announcement_published', 'announcement_changed',
        'membership_request_waits', 'membership_request_decided', 'action_item_given', 'expertise_requested',
        'expertise_request_decided', 'membership_given', 'membership_review_opened')),
    class text NOT NULL CONSTRAINT notification_class_check CHECK (class IN ('normal', 'mandatory')),
    level text NOT NULL CONSTRAINT notification_level_check CHECK (level IN ('immediate', 'digest', 'none')),
    noun text NOT NULL,
    object_id uuid NOT NULL,
    network_id uuid CONSTRAINT notification_network_id_fkey REFERENCES network,
    read_at timestamptz,
    digested_at timestamptz,
    digest_id uuid,
    withdrawn_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL
);
CREATE INDEX notification_member_id_idx ON notification (member_id, id);
CREATE INDEX notification_object_id_idx ON notification (object_id, member_id);
CREATE INDEX notification_digest_id_idx ON notification (digest_id);
-- Nobody is addressed twice by one publication.
CREATE UNIQUE INDEX notification_addressee_key ON notification (object_id, member_id) WHERE kind = 'announcement_published';
CREATE INDEX notification_undigested_idx ON notification (created_at)
    WHERE level = 'digest' AND digested_at IS NULL AND withdrawn_at IS NULL AND read_at IS NULL;
CREATE INDEX notification_needless_idx ON notification (created_at)
    WHERE level = 'digest' AND digested_at IS NULL AND withdrawn_at IS NULL AND read_at IS NOT NULL;
