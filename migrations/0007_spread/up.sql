-- GiST sorts identifiers by their first 53 bits: those made in one millisecond (an import) all look alike, and each insert
-- then walks the whole index. A hash in front spreads them; the identifiers themselves stay in the constraint.
ALTER TABLE organization_period DROP CONSTRAINT organization_period_excl, ADD CONSTRAINT organization_period_excl EXCLUDE USING gist (
    (uuid_hash_extended(organization_id, 0)) WITH =, organization_id WITH =, valid WITH &&);
ALTER TABLE organization_link DROP CONSTRAINT organization_link_excl, ADD CONSTRAINT organization_link_excl EXCLUDE USING gist (
    (uuid_hash_extended(from_id, 0)) WITH =, from_id WITH =, to_id WITH =, kind WITH =, valid WITH &&);
ALTER TABLE affiliation DROP CONSTRAINT affiliation_once_excl, ADD CONSTRAINT affiliation_once_excl EXCLUDE USING gist (
    (uuid_hash_extended(member_id, 0)) WITH =, member_id WITH =, organization_id WITH =, valid WITH &&);
ALTER TABLE affiliation DROP CONSTRAINT affiliation_one_primary_excl, ADD CONSTRAINT affiliation_one_primary_excl EXCLUDE USING gist (
    (uuid_hash_extended(member_id, 0)) WITH =, member_id WITH =, valid WITH &&) WHERE (is_primary);
ALTER TABLE role_assignment DROP CONSTRAINT role_assignment_once_excl, ADD CONSTRAINT role_assignment_once_excl EXCLUDE USING gist (
    (uuid_hash_extended(affiliation_id, 0)) WITH =, affiliation_id WITH =, role WITH =, (coalesce(organization_id, '00000000-0000-0000-0000-000000000000')) WITH =,
        valid WITH &&);
ALTER TABLE co_animation DROP CONSTRAINT co_animation_once_excl, ADD CONSTRAINT co_animation_once_excl EXCLUDE USING gist (
    (uuid_hash_extended(network_id, 0)) WITH =, network_id WITH =, organization_id WITH =, valid WITH &&);
ALTER TABLE seat DROP CONSTRAINT seat_once_excl, ADD CONSTRAINT seat_once_excl EXCLUDE USING gist (
    (uuid_hash_extended(organization_id, 0)) WITH =, network_id WITH =, organization_id WITH =, role WITH =, valid WITH &&);
ALTER TABLE membership DROP CONSTRAINT membership_once_excl, ADD CONSTRAINT membership_once_excl EXCLUDE USING gist (
    (uuid_hash_extended(affiliation_id, 0)) WITH =, network_id WITH =, affiliation_id WITH =, valid WITH &&);
