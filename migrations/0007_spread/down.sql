ALTER TABLE organization_period DROP CONSTRAINT organization_period_excl, ADD CONSTRAINT organization_period_excl EXCLUDE USING gist (
    organization_id WITH =, valid WITH &&);
ALTER TABLE organization_link DROP CONSTRAINT organization_link_excl, ADD CONSTRAINT organization_link_excl EXCLUDE USING gist (
    from_id WITH =, to_id WITH =, kind WITH =, valid WITH &&);
ALTER TABLE affiliation DROP CONSTRAINT affiliation_once_excl, ADD CONSTRAINT affiliation_once_excl EXCLUDE USING gist (
    member_id WITH =, organization_id WITH =, valid WITH &&);
ALTER TABLE affiliation DROP CONSTRAINT affiliation_one_primary_excl, ADD CONSTRAINT affiliation_one_primary_excl EXCLUDE USING gist (
    member_id WITH =, valid WITH &&) WHERE (is_primary);
ALTER TABLE role_assignment DROP CONSTRAINT role_assignment_once_excl, ADD CONSTRAINT role_assignment_once_excl EXCLUDE USING gist (
    affiliation_id WITH =, role WITH =, (coalesce(organization_id, '00000000-0000-0000-0000-000000000000')) WITH =,
        valid WITH &&);
ALTER TABLE co_animation DROP CONSTRAINT co_animation_once_excl, ADD CONSTRAINT co_animation_once_excl EXCLUDE USING gist (
    network_id WITH =, organization_id WITH =, valid WITH &&);
ALTER TABLE seat DROP CONSTRAINT seat_once_excl, ADD CONSTRAINT seat_once_excl EXCLUDE USING gist (
    network_id WITH =, organization_id WITH =, role WITH =, valid WITH &&);
ALTER TABLE membership DROP CONSTRAINT membership_once_excl, ADD CONSTRAINT membership_once_excl EXCLUDE USING gist (
    network_id WITH =, affiliation_id WITH =, valid WITH &&);
