-- The professional networks, who is expected in them, and who sits there. On exclusions and stamps, see 0102_members.

CREATE TABLE network (
    id uuid CONSTRAINT network_pkey PRIMARY KEY,
    code text NOT NULL CONSTRAINT network_code_key UNIQUE,
    name text COLLATE "und-x-icu" NOT NULL,
    audience text NOT NULL,
    purpose text,
    scope_note text,
    cadence text NOT NULL CONSTRAINT network_cadence_check
        CHECK (cadence IN ('weekly', 'monthly', 'bimonthly', 'quarterly', 'ad_hoc')),
    visibility text NOT NULL CONSTRAINT network_visibility_check CHECK (visibility IN ('listed', 'members', 'hidden')),
    join_policy text NOT NULL CONSTRAINT network_join_policy_check
        CHECK (join_policy IN ('invitation', 'request', 'automatic')),
    eligible_origins text[] NOT NULL,
    annual_objectives text[] NOT NULL DEFAULT '{}',
    status text NOT NULL CONSTRAINT network_status_check CHECK (status IN ('preparing', 'active', 'dormant', 'closed')),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_by uuid NOT NULL,
    charter_adopted_on date,
    objectives_reviewed_on date,
    CONSTRAINT network_eligible_origins_check CHECK (eligible_origins <@ ARRAY[
        'ministry', 'operator', 'ministerial_cabinet', 'central_administration', 'deconcentrated_service',
        'prefecture', 'government_partner', 'observer'])
);
CREATE INDEX network_name_idx ON network (name, id);

CREATE TABLE co_animation (
    id uuid CONSTRAINT co_animation_pkey PRIMARY KEY,
    network_id uuid NOT NULL CONSTRAINT co_animation_network_id_fkey REFERENCES network,
    organization_id uuid NOT NULL CONSTRAINT co_animation_organization_id_fkey REFERENCES organization,
    scope text NOT NULL CONSTRAINT co_animation_scope_check CHECK (scope IN ('all', 'interministerial_topics')),
    valid tstzrange NOT NULL CONSTRAINT co_animation_valid_check CHECK (NOT isempty(valid)),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_by uuid NOT NULL,
    CONSTRAINT co_animation_once_excl EXCLUDE USING gist (
        (uuid_hash_extended(organization_id, uuid_hash_extended(network_id, 0))) WITH =,
        (uuid_hash_extended(organization_id, uuid_hash_extended(network_id, 1))) WITH =,
        (tstzrange(lower(valid), upper(valid))) WITH &&)
);
CREATE INDEX co_animation_organization_id_idx ON co_animation (organization_id);

-- Who is expected: so many of a role, from an organization, in a network.
CREATE TABLE seat (
    id uuid CONSTRAINT seat_pkey PRIMARY KEY,
    network_id uuid NOT NULL CONSTRAINT seat_network_id_fkey REFERENCES network,
    organization_id uuid NOT NULL CONSTRAINT seat_organization_id_fkey REFERENCES organization,
    role text NOT NULL CONSTRAINT seat_role_check
        CHECK (role IN ('lead', 'co_lead', 'referent', 'deputy', 'member', 'observer')),
    min smallint NOT NULL CONSTRAINT seat_min_check CHECK (min >= 0),
    max smallint NOT NULL,
    professions text[] NOT NULL DEFAULT '{}',
    interministerial boolean NOT NULL DEFAULT false,
    valid tstzrange NOT NULL CONSTRAINT seat_valid_check CHECK (NOT isempty(valid)),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_by uuid NOT NULL,
    CONSTRAINT seat_bounds_check CHECK (max >= 1 AND max >= min),
    CONSTRAINT seat_once_excl EXCLUDE USING gist (
        (hashtextextended(role, uuid_hash_extended(organization_id, uuid_hash_extended(network_id, 0)))) WITH =,
        (hashtextextended(role, uuid_hash_extended(organization_id, uuid_hash_extended(network_id, 1)))) WITH =,
        (tstzrange(lower(valid), upper(valid))) WITH &&)
);
CREATE INDEX seat_network_idx ON seat (network_id, id);
CREATE INDEX seat_organization_id_idx ON seat (organization_id);

-- organization_id, organization_kind and sort_name repeat what the affiliation and the member say, so that a page of
-- memberships is read from one index; triggers keep them
-- (persistence/sql/networks/membership_copies.sql).
CREATE TABLE membership (
    id uuid CONSTRAINT membership_pkey PRIMARY KEY,
    network_id uuid NOT NULL CONSTRAINT membership_network_id_fkey REFERENCES network,
    member_id uuid NOT NULL CONSTRAINT membership_member_id_fkey REFERENCES member,
    affiliation_id uuid NOT NULL CONSTRAINT membership_affiliation_id_fkey REFERENCES affiliation,
    organization_id uuid NOT NULL CONSTRAINT membership_organization_id_fkey REFERENCES organization,
    organization_kind text NOT NULL,
    sort_name text COLLATE "und-x-icu" NOT NULL,
    role text NOT NULL CONSTRAINT membership_role_check
        CHECK (role IN ('lead', 'co_lead', 'referent', 'deputy', 'member', 'observer')),
    interministerial boolean NOT NULL DEFAULT false,
    valid tstzrange NOT NULL CONSTRAINT membership_valid_check CHECK (NOT isempty(valid)),
    suspended_at timestamptz,
    end_reason text CONSTRAINT membership_end_reason_check
        CHECK (end_reason IN ('resigned', 'replaced', 'left_org', 'network_closed', 'revoked', 'reorganized')),
    last_reviewed_at timestamptz,
    source_id uuid NOT NULL DEFAULT '00000000-0000-7000-8000-000000000010'
        CONSTRAINT membership_source_id_fkey REFERENCES source,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_by uuid NOT NULL,
    notification_level text NOT NULL DEFAULT 'digest' CONSTRAINT membership_notification_level_check
        CHECK (notification_level IN ('immediate', 'digest', 'none')),
    CONSTRAINT membership_once_excl EXCLUDE USING gist (
        (uuid_hash_extended(affiliation_id, uuid_hash_extended(network_id, 0))) WITH =,
        (uuid_hash_extended(affiliation_id, uuid_hash_extended(network_id, 1))) WITH =,
        (tstzrange(lower(valid), upper(valid))) WITH &&)
);
CREATE INDEX membership_network_name_idx ON membership (network_id, sort_name, id);
CREATE INDEX membership_network_kind_name_idx ON membership (network_id, organization_kind, sort_name, id);
CREATE INDEX membership_seat_idx ON membership (network_id, organization_id, role);
CREATE INDEX membership_member_id_idx ON membership (member_id);
CREATE INDEX membership_organization_id_idx ON membership (organization_id);
CREATE INDEX membership_affiliation_id_idx ON membership (affiliation_id);
CREATE INDEX membership_network_updated_at_idx ON membership (network_id, updated_at, id);
-- The référents of some organizations.
CREATE INDEX membership_referent_idx ON membership (organization_id) WHERE role = 'referent';

GRANT DELETE ON co_animation, seat, membership TO diapason_app;
