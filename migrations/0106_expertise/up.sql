-- Who knows what, who is asked for it, and the contacts that are shared.

-- What a term is called, as search compares it: its label in both languages, its code, its synonyms. A generated column
-- rests on it.
CREATE FUNCTION app.term_names(code text, label text, label_en text, synonyms text[]) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN ARRAY(SELECT DISTINCT app.search_terms(name) FROM unnest(ARRAY[code, label, label_en] || synonyms) name
        WHERE app.search_terms(name) <> '' ORDER BY 1);
END $$;

CREATE TABLE expertise_term (
    id uuid CONSTRAINT expertise_term_pkey PRIMARY KEY,
    code text NOT NULL CONSTRAINT expertise_term_code_key UNIQUE,
    label text COLLATE "und-x-icu" NOT NULL,
    label_en text,
    synonyms text[] NOT NULL DEFAULT '{}',
    names text[] NOT NULL GENERATED ALWAYS AS (app.term_names(code, label, label_en, synonyms)) STORED,
    parent_id uuid CONSTRAINT expertise_term_parent_id_fkey REFERENCES expertise_term,
    network_ids uuid[] NOT NULL DEFAULT '{}',
    retired_at timestamptz,
    status text NOT NULL GENERATED ALWAYS AS (CASE WHEN retired_at IS NULL THEN 'active' ELSE 'retired' END) STORED,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL CONSTRAINT expertise_term_created_by_fkey REFERENCES principal,
    updated_by uuid NOT NULL CONSTRAINT expertise_term_updated_by_fkey REFERENCES principal
);
CREATE INDEX expertise_term_label_idx ON expertise_term (label, id);
CREATE INDEX expertise_term_parent_id_idx ON expertise_term (parent_id);

-- A term that a member masters, for a time.
CREATE TABLE member_expertise (
    id uuid CONSTRAINT member_expertise_pkey PRIMARY KEY,
    member_id uuid NOT NULL CONSTRAINT member_expertise_member_id_fkey REFERENCES member,
    term_id uuid NOT NULL CONSTRAINT member_expertise_term_id_fkey REFERENCES expertise_term,
    level text NOT NULL CONSTRAINT member_expertise_level_check
        CHECK (level IN ('awareness', 'practitioner', 'expert', 'reference')),
    available_to_help boolean NOT NULL,
    last_confirmed_at timestamptz NOT NULL,
    endorsements integer NOT NULL DEFAULT 0,
    valid tstzrange NOT NULL CONSTRAINT member_expertise_valid_check CHECK (NOT isempty(valid)),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL CONSTRAINT member_expertise_created_by_fkey REFERENCES principal,
    updated_by uuid NOT NULL CONSTRAINT member_expertise_updated_by_fkey REFERENCES principal,
    CONSTRAINT member_expertise_once_excl EXCLUDE USING gist (member_id WITH =, term_id WITH =, valid WITH &&)
);
CREATE INDEX member_expertise_member_id_idx ON member_expertise (member_id, id);
-- Those who offer help, by term: where matching begins.
CREATE INDEX member_expertise_offered_idx ON member_expertise (term_id, member_id)
    WHERE available_to_help AND upper_inf(valid) AND level <> 'awareness';

CREATE TABLE expertise_endorsement (
    id uuid CONSTRAINT expertise_endorsement_pkey PRIMARY KEY,
    expertise_id uuid NOT NULL CONSTRAINT expertise_endorsement_expertise_id_fkey REFERENCES member_expertise,
    member_id uuid NOT NULL CONSTRAINT expertise_endorsement_member_id_fkey REFERENCES member,
    at timestamptz NOT NULL,
    CONSTRAINT expertise_endorsement_once_key UNIQUE (expertise_id, member_id)
);
CREATE INDEX expertise_endorsement_member_id_idx ON expertise_endorsement (member_id);

-- A member asks another for help (sollicitation).
CREATE TABLE expertise_request (
    id uuid CONSTRAINT expertise_request_pkey PRIMARY KEY,
    asker_id uuid NOT NULL CONSTRAINT expertise_request_asker_id_fkey REFERENCES member,
    expert_id uuid NOT NULL CONSTRAINT expertise_request_expert_id_fkey REFERENCES member,
    term_id uuid CONSTRAINT expertise_request_term_id_fkey REFERENCES expertise_term,
    need text NOT NULL,
    decision text NOT NULL DEFAULT 'pending' CONSTRAINT expertise_request_decision_check
        CHECK (decision IN ('pending', 'accepted', 'declined', 'withdrawn')),
    decided_at timestamptz,
    decline_reason text,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL CONSTRAINT expertise_request_created_by_fkey REFERENCES principal,
    updated_by uuid NOT NULL CONSTRAINT expertise_request_updated_by_fkey REFERENCES principal,
    CONSTRAINT expertise_request_two_persons_check CHECK (asker_id <> expert_id),
    CONSTRAINT expertise_request_decided_check CHECK ((decision = 'pending') = (decided_at IS NULL))
);
CREATE INDEX expertise_request_asker_id_idx ON expertise_request (asker_id, id);
CREATE INDEX expertise_request_expert_id_idx ON expertise_request (expert_id, id);
-- What counts of an expert's requests is read from one index.
CREATE INDEX expertise_request_asked_idx ON expertise_request (expert_id, created_at, decision);

-- Someone, or a service, who can be reached and has no account here.
CREATE TABLE contact (
    id uuid CONSTRAINT contact_pkey PRIMARY KEY,
    kind text NOT NULL CONSTRAINT contact_kind_check CHECK (kind IN ('person', 'service')),
    given_name text,
    name text COLLATE "und-x-icu" NOT NULL,
    organization_id uuid CONSTRAINT contact_organization_id_fkey REFERENCES organization,
    organization_name text,
    role_title text,
    email text,
    phones text[] NOT NULL DEFAULT '{}',
    website text,
    note text,
    sharing text NOT NULL CONSTRAINT contact_sharing_check CHECK (sharing IN ('organization', 'network', 'all_members')),
    network_id uuid CONSTRAINT contact_network_id_fkey REFERENCES network,
    owner_id uuid NOT NULL CONSTRAINT contact_owner_id_fkey REFERENCES organization,
    review_by date,
    archived_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL CONSTRAINT contact_created_by_fkey REFERENCES principal,
    updated_by uuid NOT NULL CONSTRAINT contact_updated_by_fkey REFERENCES principal,
    CONSTRAINT contact_given_name_check CHECK (kind = 'person' OR given_name IS NULL),
    CONSTRAINT contact_one_organization_check CHECK (organization_id IS NULL OR organization_name IS NULL),
    CONSTRAINT contact_network_check CHECK ((sharing = 'network') = (network_id IS NOT NULL))
);
CREATE INDEX contact_name_idx ON contact (name, id);
CREATE INDEX contact_owner_id_idx ON contact (owner_id);
CREATE INDEX contact_network_id_idx ON contact (network_id) WHERE network_id IS NOT NULL;
