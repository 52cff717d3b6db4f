-- Who the communicators are and where they sit: territories, organizations, members, affiliations, roles.

-- "The same fact at the same time" is excluded over two hashes of 64 bits each. GiST sorts identifiers by their first 53
-- bits: those made in one millisecond (an import) all look alike, each insert would walk the whole index, and the planner,
-- who does not know, would prefer it for look-ups too. The range is rebuilt so that no look-up by time is tempted either.
--
-- created_by and updated_by have no foreign key on tables that are written often: principals are never deleted, and a
-- caller who writes much would have their own row locked by each of their writes.

CREATE TABLE territory (
    code text CONSTRAINT territory_pkey PRIMARY KEY,
    kind text NOT NULL CONSTRAINT territory_kind_check CHECK (kind IN ('region', 'department', 'overseas')),
    name text COLLATE "und-x-icu" NOT NULL,
    parent_code text CONSTRAINT territory_parent_code_fkey REFERENCES territory,
    seat_insee_code text,
    time_zone text NOT NULL,
    cog_year smallint NOT NULL
);

-- The eight member origins of the brief, from the kind of the organization; a generated column rests on it.
CREATE FUNCTION app.origin(kind text, override text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(override, CASE kind
        WHEN 'communication_directorate' THEN 'central_administration'
        WHEN 'prime_minister_service' THEN 'central_administration'
        ELSE kind END)
$$;

-- The current description; organization_period keeps each one with its time.
CREATE TABLE organization (
    id uuid CONSTRAINT organization_pkey PRIMARY KEY,
    kind text NOT NULL CONSTRAINT organization_kind_check CHECK (kind IN (
        'ministry', 'ministerial_cabinet', 'central_administration', 'communication_directorate', 'operator',
        'deconcentrated_service', 'prefecture', 'government_partner', 'observer', 'prime_minister_service')),
    prefecture_level text CONSTRAINT organization_prefecture_level_check
        CHECK (prefecture_level IN ('department', 'region', 'police', 'overseas')),
    origin_override text CONSTRAINT organization_origin_override_check CHECK (origin_override IN (
        'ministry', 'operator', 'ministerial_cabinet', 'central_administration', 'deconcentrated_service',
        'prefecture', 'government_partner', 'observer')),
    origin text NOT NULL GENERATED ALWAYS AS (app.origin(kind, origin_override)) STORED,
    name text COLLATE "und-x-icu" NOT NULL,
    short_name text,
    aliases text[] NOT NULL DEFAULT '{}',
    parent_id uuid CONSTRAINT organization_parent_id_fkey REFERENCES organization,
    siren text,
    sirets text[] NOT NULL DEFAULT '{}',
    territory_code text CONSTRAINT organization_territory_code_fkey REFERENCES territory,
    email_domains text[] NOT NULL DEFAULT '{}',
    website text,
    contact_points jsonb NOT NULL DEFAULT '[]',
    successor_ids uuid[] NOT NULL DEFAULT '{}',
    status text NOT NULL DEFAULT 'active'
        CONSTRAINT organization_status_check CHECK (status IN ('active', 'merged', 'split', 'closed')),
    field_sources jsonb NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_by uuid NOT NULL,
    CONSTRAINT organization_not_its_own_parent_check CHECK (parent_id <> id),
    CONSTRAINT organization_level_of_prefecture_check CHECK (prefecture_level IS NULL OR kind = 'prefecture')
);
CREATE INDEX organization_name_idx ON organization (name, id);
CREATE INDEX organization_kind_name_idx ON organization (kind, name, id);
CREATE INDEX organization_parent_id_idx ON organization (parent_id);
CREATE INDEX organization_territory_code_idx ON organization (territory_code);
CREATE INDEX organization_successor_ids_idx ON organization USING gin (successor_ids) WHERE successor_ids <> '{}';
-- Lists in the order of the last change.
CREATE INDEX organization_updated_at_idx ON organization (updated_at, id);
-- They are few, and asked for with every caller.
CREATE INDEX organization_merged_idx ON organization (id) WHERE successor_ids <> '{}';

CREATE TABLE organization_period (
    organization_id uuid NOT NULL CONSTRAINT organization_period_organization_id_fkey REFERENCES organization,
    valid tstzrange NOT NULL CONSTRAINT organization_period_valid_check CHECK (NOT isempty(valid)),
    kind text NOT NULL,
    name text NOT NULL,
    short_name text,
    parent_id uuid,
    territory_code text,
    status text NOT NULL,
    CONSTRAINT organization_period_pkey PRIMARY KEY (organization_id, valid),
    CONSTRAINT organization_period_excl EXCLUDE USING gist (
        (uuid_hash_extended(organization_id, 0)) WITH =,
        (uuid_hash_extended(organization_id, 1)) WITH =,
        (tstzrange(lower(valid), upper(valid))) WITH &&)
);
CREATE INDEX organization_period_parent_id_idx ON organization_period (parent_id);
GRANT DELETE ON organization_period TO diapason_app;

CREATE TABLE organization_link (
    id uuid CONSTRAINT organization_link_pkey PRIMARY KEY,
    from_id uuid NOT NULL CONSTRAINT organization_link_from_id_fkey REFERENCES organization,
    to_id uuid NOT NULL CONSTRAINT organization_link_to_id_fkey REFERENCES organization,
    kind text NOT NULL CONSTRAINT organization_link_kind_check CHECK (kind IN ('serves', 'supervises', 'succeeds')),
    valid tstzrange NOT NULL CONSTRAINT organization_link_valid_check CHECK (NOT isempty(valid)),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_by uuid NOT NULL,
    CONSTRAINT organization_link_two_ends_check CHECK (from_id <> to_id),
    CONSTRAINT organization_link_excl EXCLUDE USING gist (
        (hashtextextended(kind, uuid_hash_extended(to_id, uuid_hash_extended(from_id, 0)))) WITH =,
        (hashtextextended(kind, uuid_hash_extended(to_id, uuid_hash_extended(from_id, 1)))) WITH =,
        (tstzrange(lower(valid), upper(valid))) WITH &&)
);
CREATE INDEX organization_link_to_id_idx ON organization_link (to_id, kind);
CREATE INDEX organization_link_from_id_idx ON organization_link (from_id, kind);

-- Who objects to the publication of their profile (GDPR, art. 21: profile_objection_at) is shown to those alone who must
-- know them.
CREATE TABLE member (
    id uuid CONSTRAINT member_pkey PRIMARY KEY CONSTRAINT member_id_fkey REFERENCES principal,
    given_name text COLLATE "und-x-icu" NOT NULL,
    usual_name text COLLATE "und-x-icu" NOT NULL,
    display_name text NOT NULL GENERATED ALWAYS AS (given_name || ' ' || usual_name) STORED,
    sort_name text COLLATE "und-x-icu" NOT NULL GENERATED ALWAYS AS (usual_name || ' ' || given_name) STORED,
    email text,
    phones text[] NOT NULL DEFAULT '{}',
    languages text[] NOT NULL DEFAULT '{fr}',
    profile_visibility text NOT NULL DEFAULT 'all_members'
        CONSTRAINT member_profile_visibility_check CHECK (profile_visibility IN ('all_members', 'networks', 'leads')),
    activated_at timestamptz,
    suspended_at timestamptz,
    departed_at timestamptz,
    pseudonymised_at timestamptz,
    status text NOT NULL GENERATED ALWAYS AS (CASE
        WHEN pseudonymised_at IS NOT NULL THEN 'pseudonymised' WHEN departed_at IS NOT NULL THEN 'departed'
        WHEN suspended_at IS NOT NULL THEN 'suspended' WHEN activated_at IS NOT NULL THEN 'active'
        ELSE 'invited' END) STORED,
    field_sources jsonb NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_by uuid NOT NULL,
    profile_objection_at timestamptz
);
-- Stored lower-case; someone who left gives the address free.
CREATE UNIQUE INDEX member_email_key ON member (email) WHERE departed_at IS NULL;
CREATE INDEX member_sort_name_idx ON member (sort_name, id);
-- Members present, by the words of their names. A search reads one by one what waits in such an index: little may wait.
CREATE INDEX member_search_idx ON member USING gin (app.search_vector(display_name)) WITH (gin_pending_list_limit = 256)
    WHERE departed_at IS NULL AND pseudonymised_at IS NULL;
CREATE INDEX member_updated_at_idx ON member (updated_at, id);

-- The first affiliation is written before its member, so that the member's row is given back with it: the foreign key waits
-- for the end of the transaction.
CREATE TABLE affiliation (
    id uuid CONSTRAINT affiliation_pkey PRIMARY KEY,
    member_id uuid NOT NULL CONSTRAINT affiliation_member_id_fkey REFERENCES member DEFERRABLE INITIALLY DEFERRED,
    organization_id uuid NOT NULL CONSTRAINT affiliation_organization_id_fkey REFERENCES organization,
    position text,
    service text,
    profession text,
    is_primary boolean NOT NULL,
    valid tstzrange NOT NULL CONSTRAINT affiliation_valid_check CHECK (NOT isempty(valid)),
    field_sources jsonb NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_by uuid NOT NULL,
    CONSTRAINT affiliation_once_excl EXCLUDE USING gist (
        (uuid_hash_extended(organization_id, uuid_hash_extended(member_id, 0))) WITH =,
        (uuid_hash_extended(organization_id, uuid_hash_extended(member_id, 1))) WITH =,
        (tstzrange(lower(valid), upper(valid))) WITH &&),
    CONSTRAINT affiliation_one_primary_excl EXCLUDE USING gist (
        (uuid_hash_extended(member_id, 0)) WITH =,
        (uuid_hash_extended(member_id, 1)) WITH =,
        (tstzrange(lower(valid), upper(valid))) WITH &&) WHERE (is_primary)
);
CREATE INDEX affiliation_member_id_idx ON affiliation (member_id);
CREATE INDEX affiliation_organization_id_idx ON affiliation (organization_id);

CREATE TABLE service_account (
    id uuid CONSTRAINT service_account_pkey PRIMARY KEY CONSTRAINT service_account_id_fkey REFERENCES principal,
    name text NOT NULL,
    organization_id uuid NOT NULL CONSTRAINT service_account_organization_id_fkey REFERENCES organization,
    owner_id uuid NOT NULL CONSTRAINT service_account_owner_id_fkey REFERENCES member,
    source_id uuid CONSTRAINT service_account_source_id_fkey REFERENCES source,
    scopes text[] NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1
);
CREATE INDEX service_account_owner_id_idx ON service_account (owner_id);

CREATE TABLE role_assignment (
    id uuid CONSTRAINT role_assignment_pkey PRIMARY KEY,
    member_id uuid NOT NULL CONSTRAINT role_assignment_member_id_fkey REFERENCES member,
    affiliation_id uuid NOT NULL CONSTRAINT role_assignment_affiliation_id_fkey REFERENCES affiliation,
    role text NOT NULL CONSTRAINT role_assignment_role_check CHECK (role IN (
        'sig_admin', 'sig_coordinator', 'auditor', 'dpo', 'dicom_director', 'dicom_contributor', 'org_admin')),
    organization_id uuid CONSTRAINT role_assignment_organization_id_fkey REFERENCES organization,
    valid tstzrange NOT NULL CONSTRAINT role_assignment_valid_check CHECK (NOT isempty(valid)),
    granted_by uuid NOT NULL CONSTRAINT role_assignment_granted_by_fkey REFERENCES principal,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_by uuid NOT NULL,
    CONSTRAINT role_assignment_scope_check CHECK (
        (role IN ('dicom_director', 'dicom_contributor', 'org_admin')) = (organization_id IS NOT NULL)),
    CONSTRAINT role_assignment_once_excl EXCLUDE USING gist (
        (uuid_hash_extended(coalesce(organization_id, '00000000-0000-0000-0000-000000000000'), hashtextextended(role, uuid_hash_extended(affiliation_id, 0)))) WITH =,
        (uuid_hash_extended(coalesce(organization_id, '00000000-0000-0000-0000-000000000000'), hashtextextended(role, uuid_hash_extended(affiliation_id, 1)))) WITH =,
        (tstzrange(lower(valid), upper(valid))) WITH &&)
);
CREATE INDEX role_assignment_member_id_idx ON role_assignment (member_id);
CREATE INDEX role_assignment_organization_id_idx ON role_assignment (organization_id);
CREATE INDEX role_assignment_affiliation_id_idx ON role_assignment (affiliation_id);

-- A fact that should never have been leaves its table; the history keeps it.
GRANT DELETE ON organization_link, affiliation, role_assignment TO diapason_app;
