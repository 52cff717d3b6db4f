-- What a directory writes through a service account is kept by it, unless the row says whose it is.
CREATE OR REPLACE FUNCTION app.claim_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.source_id = '00000000-0000-7000-8000-000000000010' THEN
        NEW.source_id := coalesce((SELECT id FROM source WHERE code = current_setting('diapason.source', true)), NEW.source_id);
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER affiliation_claimed BEFORE INSERT ON affiliation FOR EACH ROW
    WHEN (current_setting('diapason.managed_alone', true) = 'on') EXECUTE FUNCTION app.claim_row();
CREATE OR REPLACE TRIGGER membership_claimed BEFORE INSERT ON membership FOR EACH ROW
    WHEN (current_setting('diapason.managed_alone', true) = 'on') EXECUTE FUNCTION app.claim_row();

-- The code of a source.
CREATE OR REPLACE FUNCTION app.code_of_source(which uuid) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT code FROM source WHERE id = which $$;

-- A User changes with the member and with the affiliations of the member: both tell it once for each statement. What is no version of
-- the member, such as what is computed from the name, is none of the User.
CREATE OR REPLACE FUNCTION app.touch_users_of_members() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE directory_user SET version = version + 1, updated_at = app.clock()
        WHERE member_id IN (SELECT id FROM (SELECT id, version FROM touched EXCEPT SELECT id, version FROM was) changed);
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION app.touch_users_of_affiliations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE directory_user u SET version = u.version + 1, updated_at = app.clock()
        FROM (SELECT DISTINCT member_id, source_id FROM touched) t WHERE u.member_id = t.member_id AND u.source_id = t.source_id;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER member_touches_users AFTER UPDATE ON member REFERENCING OLD TABLE AS was NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION app.touch_users_of_members();
CREATE OR REPLACE TRIGGER affiliation_touches_users AFTER UPDATE ON affiliation REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION app.touch_users_of_affiliations();
CREATE OR REPLACE TRIGGER affiliation_begins_for_users AFTER INSERT ON affiliation REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION app.touch_users_of_affiliations();

-- A Group changes with the memberships that a directory gave.
CREATE OR REPLACE FUNCTION app.touch_groups() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO directory_group AS g (network_id, source_id, updated_at)
        SELECT DISTINCT network_id, source_id, app.clock() FROM touched WHERE source_id <> '00000000-0000-7000-8000-000000000010'
        ON CONFLICT (network_id, source_id) DO UPDATE SET version = g.version + 1, updated_at = excluded.updated_at;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER membership_begins_in_group AFTER INSERT ON membership REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION app.touch_groups();
CREATE OR REPLACE TRIGGER membership_touches_groups AFTER UPDATE ON membership REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION app.touch_groups();
