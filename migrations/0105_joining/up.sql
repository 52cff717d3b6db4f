-- Joining and leaving: membership requests with two decisions, invitations that bind a first login, reviews.

-- Someone joins a network when both want it. Where a request stands follows from the two decisions and from the clock. Who
-- has no account yet is named by the invitation.
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
