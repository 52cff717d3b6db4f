-- Joining and leaving: dossiers with two decisions, invitations that bind a first login, reviews; and what waits for a
-- time, done by one worker.

-- How soon one wants to hear of a network.
ALTER TABLE membership ADD COLUMN notification_level text NOT NULL DEFAULT 'digest'
    CONSTRAINT membership_notification_level_check CHECK (notification_level IN ('immediate', 'digest', 'none'));

-- One dossier: someone joins a network when he wants to and the network wants him. Where it stands follows from the two
-- decisions and from the clock. Who has no account yet is named by his invitation.
CREATE TABLE membership_request (
    id uuid CONSTRAINT membership_request_pkey PRIMARY KEY,
    network_id uuid NOT NULL CONSTRAINT membership_request_network_id_fkey REFERENCES network,
    kind text NOT NULL CONSTRAINT membership_request_kind_check CHECK (kind IN ('request', 'invitation', 'nomination')),
    organization_id uuid NOT NULL CONSTRAINT membership_request_organization_id_fkey REFERENCES organization,
    affiliation_id uuid CONSTRAINT membership_request_affiliation_id_fkey REFERENCES affiliation,
    member_id uuid CONSTRAINT membership_request_member_id_fkey REFERENCES member,
    invitee_given_name text,
    invitee_usual_name text,
    invitee_email text,
    role text NOT NULL CONSTRAINT membership_request_role_check
        CHECK (role IN ('lead', 'co_lead', 'referent', 'deputy', 'member', 'observer')),
    interministerial boolean NOT NULL DEFAULT false,
    justification text,
    notification_level text CONSTRAINT membership_request_notification_level_check
        CHECK (notification_level IN ('immediate', 'digest', 'none')),
    person_decision text NOT NULL DEFAULT 'pending' CONSTRAINT membership_request_person_decision_check
        CHECK (person_decision IN ('pending', 'accepted', 'refused')),
    person_decided_at timestamptz,
    network_decision text NOT NULL DEFAULT 'pending' CONSTRAINT membership_request_network_decision_check
        CHECK (network_decision IN ('pending', 'accepted', 'refused')),
    network_decided_at timestamptz,
    network_decided_by uuid CONSTRAINT membership_request_network_decided_by_fkey REFERENCES principal,
    refusal_reason text,
    withdrawn_at timestamptz,
    expires_at timestamptz NOT NULL,
    membership_id uuid CONSTRAINT membership_request_membership_id_fkey REFERENCES membership ON DELETE SET NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL CONSTRAINT membership_request_created_by_fkey REFERENCES principal,
    updated_by uuid NOT NULL CONSTRAINT membership_request_updated_by_fkey REFERENCES principal,
    CONSTRAINT membership_request_person_check CHECK ((affiliation_id IS NOT NULL AND member_id IS NOT NULL)
        OR (invitee_given_name IS NOT NULL AND invitee_usual_name IS NOT NULL AND invitee_email IS NOT NULL)),
    CONSTRAINT membership_request_reason_check
        CHECK (refusal_reason IS NOT NULL OR (person_decision <> 'refused' AND network_decision <> 'refused'))
);
CREATE INDEX membership_request_network_id_idx ON membership_request (network_id, id);
CREATE INDEX membership_request_organization_id_idx ON membership_request (organization_id, id);
CREATE INDEX membership_request_member_id_idx ON membership_request (member_id, id);
CREATE INDEX membership_request_affiliation_id_idx ON membership_request (affiliation_id);
CREATE INDEX membership_request_created_by_idx ON membership_request (created_by, id);
CREATE INDEX membership_request_membership_id_idx ON membership_request (membership_id);

-- Where a dossier stands at a time.
CREATE FUNCTION app.request_status(person text, network text, withdrawn timestamptz, expires timestamptz, at timestamptz)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN person = 'refused' OR network = 'refused' THEN 'refused' WHEN withdrawn IS NOT NULL THEN 'withdrawn'
        WHEN person = 'accepted' AND network = 'accepted' THEN 'accepted' WHEN expires <= at THEN 'expired' ELSE 'open' END
$$;

-- A first login binds (issuer, subject) to a member: by a code that was sent to an address, shown with a token of the
-- invited organization, or confirmed by those who answer for it. The code is made of the identifier and of the server's
-- key, so that it stands nowhere.
CREATE TABLE invitation (
    id uuid CONSTRAINT invitation_pkey PRIMARY KEY,
    organization_id uuid NOT NULL CONSTRAINT invitation_organization_id_fkey REFERENCES organization,
    network_id uuid CONSTRAINT invitation_network_id_fkey REFERENCES network,
    request_id uuid CONSTRAINT invitation_request_id_fkey REFERENCES membership_request,
    member_id uuid CONSTRAINT invitation_member_id_fkey REFERENCES member,
    given_name text NOT NULL,
    usual_name text NOT NULL,
    email text NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz,
    claimed_at timestamptz,
    claimed_issuer text,
    claimed_subject text,
    claimed_level text CONSTRAINT invitation_claimed_level_check CHECK (claimed_level IN ('immediate', 'digest', 'none')),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL CONSTRAINT invitation_created_by_fkey REFERENCES principal,
    updated_by uuid NOT NULL CONSTRAINT invitation_updated_by_fkey REFERENCES principal,
    CONSTRAINT invitation_claim_check
        CHECK ((claimed_at IS NULL) = (claimed_issuer IS NULL) AND (claimed_at IS NULL) = (claimed_subject IS NULL))
);
CREATE INDEX invitation_organization_id_idx ON invitation (organization_id, id);
CREATE INDEX invitation_network_id_idx ON invitation (network_id, id);
CREATE INDEX invitation_request_id_idx ON invitation (request_id);
CREATE INDEX invitation_member_id_idx ON invitation (member_id);
CREATE INDEX invitation_created_by_idx ON invitation (created_by, id);

CREATE FUNCTION app.invitation_status(used timestamptz, revoked timestamptz, claimed timestamptz, expires timestamptz, at timestamptz)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN used IS NOT NULL THEN 'used' WHEN revoked IS NOT NULL THEN 'revoked' WHEN expires <= at THEN 'expired'
        WHEN claimed IS NOT NULL THEN 'claimed' ELSE 'sent' END
$$;

-- A periodic review of who sits in a network: one open at a time.
CREATE TABLE membership_review (
    id uuid CONSTRAINT membership_review_pkey PRIMARY KEY,
    network_id uuid NOT NULL CONSTRAINT membership_review_network_id_fkey REFERENCES network,
    due_on date NOT NULL,
    closed_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL CONSTRAINT membership_review_created_by_fkey REFERENCES principal,
    updated_by uuid NOT NULL CONSTRAINT membership_review_updated_by_fkey REFERENCES principal
);
CREATE UNIQUE INDEX membership_review_one_open_key ON membership_review (network_id) WHERE closed_at IS NULL;
CREATE INDEX membership_review_network_id_idx ON membership_review (network_id, id);

-- What was answered, of whom, by whom: once in a review.
CREATE TABLE membership_review_answer (
    review_id uuid NOT NULL CONSTRAINT membership_review_answer_review_id_fkey REFERENCES membership_review,
    membership_id uuid NOT NULL CONSTRAINT membership_review_answer_membership_id_fkey REFERENCES membership ON DELETE CASCADE,
    outcome text NOT NULL CONSTRAINT membership_review_answer_outcome_check CHECK (outcome IN ('keep', 'end')),
    answered_at timestamptz NOT NULL,
    answered_by uuid NOT NULL CONSTRAINT membership_review_answer_answered_by_fkey REFERENCES principal,
    CONSTRAINT membership_review_answer_pkey PRIMARY KEY (review_id, membership_id)
);
CREATE INDEX membership_review_answer_membership_id_idx ON membership_review_answer (membership_id);

-- How many memberships a review asks about: those that stood when it was opened, but who left since without an answer.
CREATE FUNCTION app.review_total(review uuid, network uuid, opened timestamptz, closed timestamptz) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT count(*) FROM membership m WHERE m.network_id = network AND m.valid @> opened
        AND (m.valid @> coalesce(closed, app.clock())
            OR EXISTS (SELECT FROM membership_review_answer a WHERE a.review_id = review AND a.membership_id = m.id))
$$;
CREATE FUNCTION app.review_answered(review uuid) RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT count(*) FROM membership_review_answer a WHERE a.review_id = review $$;

-- A service account is somebody's, and can be handed over.
ALTER TABLE service_account ADD COLUMN version integer NOT NULL DEFAULT 1;
CREATE INDEX service_account_owner_id_idx ON service_account (owner_id);

-- What waits for a time: claimed with SKIP LOCKED and a lease, done once by its key, whoever does it.
CREATE TABLE task (
    position bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT task_pkey PRIMARY KEY,
    kind text NOT NULL CONSTRAINT task_kind_check CHECK (kind IN ('send')),
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

-- The ledger of what was sent, to whom, and what became of it; one line per recipient.
CREATE TABLE delivery (
    id uuid CONSTRAINT delivery_pkey PRIMARY KEY,
    kind text NOT NULL CONSTRAINT delivery_kind_check CHECK (kind IN ('invitation')),
    object_id uuid NOT NULL,
    member_id uuid CONSTRAINT delivery_member_id_fkey REFERENCES member,
    address text NOT NULL,
    status text NOT NULL DEFAULT 'queued' CONSTRAINT delivery_status_check
        CHECK (status IN ('queued', 'sent', 'failed', 'bounced')),
    attempts integer NOT NULL DEFAULT 0,
    failure text,
    created_at timestamptz NOT NULL,
    sent_at timestamptz
);
CREATE INDEX delivery_object_id_idx ON delivery (object_id);
CREATE INDEX delivery_member_id_idx ON delivery (member_id);
