-- recompute: UPDATE membership s
--     SET member_id = a.member_id, organization_id = a.organization_id, organization_kind = o.kind, sort_name = m.sort_name
--     FROM affiliation a JOIN organization o ON o.id = a.organization_id JOIN member m ON m.id = a.member_id
--     WHERE a.id = s.affiliation_id AND (s.member_id, s.organization_id, s.organization_kind, s.sort_name)
--         IS DISTINCT FROM (a.member_id, a.organization_id, o.kind, m.sort_name);

-- A membership repeats what its affiliation and its member say, so that a page of memberships is read from one index.
CREATE OR REPLACE FUNCTION app.fill_membership() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT a.member_id, a.organization_id, o.kind, m.sort_name
        INTO NEW.member_id, NEW.organization_id, NEW.organization_kind, NEW.sort_name
        FROM affiliation a JOIN organization o ON o.id = a.organization_id JOIN member m ON m.id = a.member_id
        WHERE a.id = NEW.affiliation_id;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER membership_filled BEFORE INSERT ON membership FOR EACH ROW EXECUTE FUNCTION app.fill_membership();

CREATE OR REPLACE FUNCTION app.follow_member_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE membership SET sort_name = NEW.usual_name || ' ' || NEW.given_name WHERE member_id = NEW.id;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER member_name_followed AFTER UPDATE OF usual_name, given_name ON member FOR EACH ROW
    WHEN ((OLD.usual_name, OLD.given_name) IS DISTINCT FROM (NEW.usual_name, NEW.given_name))
    EXECUTE FUNCTION app.follow_member_name();

CREATE OR REPLACE FUNCTION app.follow_organization_kind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE membership SET organization_kind = NEW.kind WHERE organization_id = NEW.id;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER organization_kind_followed AFTER UPDATE OF kind ON organization FOR EACH ROW
    WHEN (OLD.kind IS DISTINCT FROM NEW.kind) EXECUTE FUNCTION app.follow_organization_kind();
