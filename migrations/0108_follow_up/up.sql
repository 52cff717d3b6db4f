CREATE TABLE follow_up (
    id uuid CONSTRAINT follow_up_pkey PRIMARY KEY,
    axis text NOT NULL CONSTRAINT follow_up_axis_check CHECK (axis IN ('network', 'organization')),
    network_id uuid CONSTRAINT follow_up_network_id_fkey REFERENCES network,
    organization_id uuid CONSTRAINT follow_up_organization_id_fkey REFERENCES organization,
    interministerial boolean NOT NULL DEFAULT false,
    held_on date NOT NULL,
    health text NOT NULL CONSTRAINT follow_up_health_check CHECK (health IN ('green', 'amber', 'red')),
    summary text NOT NULL,
    confidentiality text NOT NULL CONSTRAINT follow_up_confidentiality_check
        CHECK (confidentiality IN ('normal', 'confidential')),
    attendee_ids uuid[] NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL CONSTRAINT follow_up_created_by_fkey REFERENCES principal,
    updated_by uuid NOT NULL CONSTRAINT follow_up_updated_by_fkey REFERENCES principal,
    CONSTRAINT follow_up_subject_check CHECK (CASE axis WHEN 'network' THEN network_id ELSE organization_id END IS NOT NULL)
);
CREATE INDEX follow_up_held_on_idx ON follow_up (held_on, id);
CREATE INDEX follow_up_network_id_idx ON follow_up (network_id, held_on, id);
CREATE INDEX follow_up_organization_id_idx ON follow_up (organization_id, held_on, id);

CREATE TABLE follow_up_comment (
    id uuid CONSTRAINT follow_up_comment_pkey PRIMARY KEY,
    follow_up_id uuid NOT NULL CONSTRAINT follow_up_comment_follow_up_id_fkey REFERENCES follow_up,
    body text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL CONSTRAINT follow_up_comment_created_by_fkey REFERENCES principal,
    updated_by uuid NOT NULL CONSTRAINT follow_up_comment_updated_by_fkey REFERENCES principal
);
CREATE INDEX follow_up_comment_follow_up_id_idx ON follow_up_comment (follow_up_id, id);

CREATE TABLE decision (
    id uuid CONSTRAINT decision_pkey PRIMARY KEY,
    follow_up_id uuid NOT NULL CONSTRAINT decision_follow_up_id_fkey REFERENCES follow_up,
    body text NOT NULL,
    decided_on date NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL CONSTRAINT decision_created_by_fkey REFERENCES principal,
    updated_by uuid NOT NULL CONSTRAINT decision_updated_by_fkey REFERENCES principal
);
CREATE INDEX decision_follow_up_id_idx ON decision (follow_up_id, id);
-- Decisions are listed by the day on which they were taken.
CREATE INDEX decision_decided_on_idx ON decision (decided_on, id);

-- An organization owes it, perhaps by one of its people; the network axis and the organization axis show the same row.
CREATE TABLE action_item (
    id uuid CONSTRAINT action_item_pkey PRIMARY KEY,
    title text NOT NULL,
    detail text,
    network_id uuid CONSTRAINT action_item_network_id_fkey REFERENCES network,
    owner_organization_id uuid NOT NULL CONSTRAINT action_item_owner_organization_id_fkey REFERENCES organization,
    owner_member_id uuid CONSTRAINT action_item_owner_member_id_fkey REFERENCES member,
    follow_up_id uuid CONSTRAINT action_item_follow_up_id_fkey REFERENCES follow_up,
    interministerial boolean NOT NULL DEFAULT false,
    due_on date NOT NULL,
    status text NOT NULL DEFAULT 'open' CONSTRAINT action_item_status_check CHECK (status IN ('open', 'done', 'cancelled')),
    closed_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL CONSTRAINT action_item_created_by_fkey REFERENCES principal,
    updated_by uuid NOT NULL CONSTRAINT action_item_updated_by_fkey REFERENCES principal,
    CONSTRAINT action_item_closed_check CHECK ((status = 'open') = (closed_at IS NULL))
);
CREATE INDEX action_item_due_on_idx ON action_item (due_on, id);
CREATE INDEX action_item_network_id_idx ON action_item (network_id, due_on, id);
CREATE INDEX action_item_owner_organization_id_idx ON action_item (owner_organization_id, due_on, id);
CREATE INDEX action_item_owner_member_id_idx ON action_item (owner_member_id, due_on, id);
CREATE INDEX action_item_follow_up_id_idx ON action_item (follow_up_id);
