-- Who the communicators are and where they sit: territories, organizations, members, affiliations, roles.

CREATE TABLE territory (
    code text CONSTRAINT territory_pkey PRIMARY KEY,
    kind text NOT NULL CONSTRAINT territory_kind_check CHECK (kind IN ('region', 'department', 'overseas')),
    name text COLLATE "und-x-icu" NOT NULL,
    parent_code text CONSTRAINT territory_parent_code_fkey REFERENCES territory,
    seat_insee_code text,
    time_zone text NOT NULL,
    cog_year smallint NOT NULL
);

-- The eight member origins of the brief, from the kind of the organization.
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
    created_by uuid NOT NULL CONSTRAINT organization_created_by_fkey REFERENCES principal,
    updated_by uuid NOT NULL CONSTRAINT organization_updated_by_fkey REFERENCES principal,
    CONSTRAINT organization_not_its_own_parent_check CHECK (parent_id <> id),
    CONSTRAINT organization_level_of_prefecture_check CHECK (prefecture_level IS NULL OR kind = 'prefecture')
);
CREATE INDEX organization_name_idx ON organization (name, id);
CREATE INDEX organization_kind_name_idx ON organization (kind, name, id);
CREATE INDEX organization_parent_id_idx ON organization (parent_id);
CREATE INDEX organization_territory_code_idx ON organization (territory_code);

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
    CONSTRAINT organization_period_excl EXCLUDE USING gist (organization_id WITH =, valid WITH &&)
);
CREATE INDEX organization_period_parent_id_idx ON organization_period (parent_id);

-- Each description of an organization lasts until the next one.
CREATE FUNCTION app.keep_organization_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.kind, NEW.name, NEW.status) = (OLD.kind, OLD.name, OLD.status)
            AND (NEW.short_name, NEW.parent_id, NEW.territory_code)
                IS NOT DISTINCT FROM (OLD.short_name, OLD.parent_id, OLD.territory_code) THEN
            RETURN NULL;
        END IF;
        DELETE FROM organization_period
            WHERE organization_id = NEW.id AND upper_inf(valid) AND lower(valid) >= NEW.updated_at;
        UPDATE organization_period SET valid = tstzrange(lower(valid), NEW.updated_at)
            WHERE organization_id = NEW.id AND upper_inf(valid);
    END IF;
    INSERT INTO organization_period (organization_id, valid, kind, name, short_name, parent_id, territory_code, status)
        VALUES (NEW.id, tstzrange(NEW.updated_at, NULL), NEW.kind, NEW.name, NEW.short_name, NEW.parent_id,
                NEW.territory_code, NEW.status);
    RETURN NULL;
END $$;
GRANT DELETE ON organization_period TO diapason_app;
CREATE TRIGGER organization_period_kept AFTER INSERT OR UPDATE ON organization
    FOR EACH ROW EXECUTE FUNCTION app.keep_organization_period();

CREATE TABLE organization_link (
    id uuid CONSTRAINT organization_link_pkey PRIMARY KEY,
    from_id uuid NOT NULL CONSTRAINT organization_link_from_id_fkey REFERENCES organization,
    to_id uuid NOT NULL CONSTRAINT organization_link_to_id_fkey REFERENCES organization,
    kind text NOT NULL CONSTRAINT organization_link_kind_check CHECK (kind IN ('serves', 'supervises', 'succeeds')),
    valid tstzrange NOT NULL CONSTRAINT organization_link_valid_check CHECK (NOT isempty(valid)),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL CONSTRAINT organization_link_created_by_fkey REFERENCES principal,
    updated_by uuid NOT NULL CONSTRAINT organization_link_updated_by_fkey REFERENCES principal,
    CONSTRAINT organization_link_two_ends_check CHECK (from_id <> to_id),
    CONSTRAINT organization_link_excl EXCLUDE USING gist (from_id WITH =, to_id WITH =, kind WITH =, valid WITH &&)
);
CREATE INDEX organization_link_to_id_idx ON organization_link (to_id, kind);

-- The organization and all below it, at a time.
CREATE FUNCTION app.descendants(organization uuid, at timestamptz) RETURNS SETOF uuid LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY WITH RECURSIVE below(id) AS (
        SELECT organization
        UNION
        SELECT p.organization_id FROM below JOIN organization_period p ON p.parent_id = below.id AND p.valid @> at
    )
    SELECT id FROM below;
END $$;

-- Whether an organization is another one, or stands below it.
CREATE FUNCTION app.is_below(lower uuid, upper uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    WITH RECURSIVE above(id) AS (
        SELECT lower
        UNION
        SELECT o.parent_id FROM above JOIN organization o ON o.id = above.id WHERE o.parent_id IS NOT NULL
    )
    SELECT EXISTS (SELECT FROM above WHERE above.id = upper)
$$;

-- Which organizations a DICOM follows at a time (all DICOMs when NULL): itself, those it serves, and what is below
-- them, stopping at one that another DICOM serves and at ministerial cabinets, unless linked themselves.
CREATE FUNCTION app.served(dicom uuid, at timestamptz) RETURNS TABLE (dicom_id uuid, organization_id uuid)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY WITH RECURSIVE scope(dicom_id, id) AS (
        SELECT p.organization_id, p.organization_id FROM organization_period p
            WHERE p.kind = 'communication_directorate' AND p.status = 'active' AND p.valid @> at
                AND (dicom IS NULL OR p.organization_id = dicom)
        UNION
        SELECT l.from_id, l.to_id FROM organization_link l
            JOIN organization_period p ON p.organization_id = l.from_id AND p.valid @> at
                AND p.kind = 'communication_directorate' AND p.status = 'active'
            WHERE l.kind = 'serves' AND l.valid @> at AND (dicom IS NULL OR l.from_id = dicom)
        UNION
        SELECT scope.dicom_id, p.organization_id
            FROM scope JOIN organization_period p ON p.parent_id = scope.id AND p.valid @> at
            WHERE p.kind <> 'ministerial_cabinet'
                AND NOT EXISTS (SELECT FROM organization_link l WHERE l.to_id = p.organization_id
                    AND l.kind = 'serves' AND l.valid @> at AND l.from_id <> scope.dicom_id)
    )
    SELECT scope.dicom_id, scope.id FROM scope;
END $$;

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
    created_by uuid NOT NULL CONSTRAINT member_created_by_fkey REFERENCES principal,
    updated_by uuid NOT NULL CONSTRAINT member_updated_by_fkey REFERENCES principal
);
-- Stored lower-case; someone who left gives the address free.
CREATE UNIQUE INDEX member_email_key ON member (email) WHERE departed_at IS NULL;
CREATE INDEX member_sort_name_idx ON member (sort_name, id);

CREATE TABLE affiliation (
    id uuid CONSTRAINT affiliation_pkey PRIMARY KEY,
    member_id uuid NOT NULL CONSTRAINT affiliation_member_id_fkey REFERENCES member,
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
    created_by uuid NOT NULL CONSTRAINT affiliation_created_by_fkey REFERENCES principal,
    updated_by uuid NOT NULL CONSTRAINT affiliation_updated_by_fkey REFERENCES principal,
    CONSTRAINT affiliation_once_excl EXCLUDE USING gist (member_id WITH =, organization_id WITH =, valid WITH &&),
    CONSTRAINT affiliation_one_primary_excl EXCLUDE USING gist (member_id WITH =, valid WITH &&) WHERE (is_primary)
);
CREATE INDEX affiliation_member_id_idx ON affiliation (member_id);
CREATE INDEX affiliation_organization_id_idx ON affiliation (organization_id);

-- What a card shows of a member's affiliations in force: one JSON list, so that a card is one query.
CREATE FUNCTION app.affiliations_of(who uuid, at timestamptz) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', a.id,
            'organization', jsonb_build_object('id', o.id, 'kind', o.kind, 'name', o.name, 'short_name', o.short_name),
            'position', a.position, 'service', a.service, 'profession', a.profession, 'is_primary', a.is_primary))
            ORDER BY a.is_primary DESC, a.id), '[]')
        FROM affiliation a JOIN organization o ON o.id = a.organization_id WHERE a.member_id = who AND a.valid @> at);
END $$;

CREATE TABLE service_account (
    id uuid CONSTRAINT service_account_pkey PRIMARY KEY CONSTRAINT service_account_id_fkey REFERENCES principal,
    name text NOT NULL,
    organization_id uuid NOT NULL CONSTRAINT service_account_organization_id_fkey REFERENCES organization,
    owner_id uuid NOT NULL CONSTRAINT service_account_owner_id_fkey REFERENCES member,
    source_id uuid CONSTRAINT service_account_source_id_fkey REFERENCES source,
    scopes text[] NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL
);

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
    created_by uuid NOT NULL CONSTRAINT role_assignment_created_by_fkey REFERENCES principal,
    updated_by uuid NOT NULL CONSTRAINT role_assignment_updated_by_fkey REFERENCES principal,
    CONSTRAINT role_assignment_scope_check CHECK (
        (role IN ('dicom_director', 'dicom_contributor', 'org_admin')) = (organization_id IS NOT NULL)),
    CONSTRAINT role_assignment_once_excl EXCLUDE USING gist (
        affiliation_id WITH =, role WITH =, (coalesce(organization_id, '00000000-0000-0000-0000-000000000000')) WITH =,
        valid WITH &&)
);
CREATE INDEX role_assignment_member_id_idx ON role_assignment (member_id);
CREATE INDEX role_assignment_organization_id_idx ON role_assignment (organization_id);
