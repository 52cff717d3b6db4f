-- recompute: DELETE FROM search_name;
-- recompute: SELECT app.name_organizations(ARRAY(SELECT id FROM organization));

-- `Direction départementale des territoires – Gard` is also called `ddt gard`. Two letters say too little by themselves.
CREATE OR REPLACE FUNCTION app.search_initials(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN length(initials) >= CASE tail WHEN '' THEN 3 ELSE 2 END THEN btrim(initials || ' ' || tail) END
    FROM (SELECT string_agg(left(word, 1), '' ORDER BY place) AS initials,
            app.search_terms(substr(name, length(head) + 1)) AS tail
        FROM (SELECT regexp_replace(name, '(\s+[–-]\s|\s*\().*', '') AS head) h,
            unnest(string_to_array(app.search_terms(head), ' ')) WITH ORDINALITY w (word, place)
        GROUP BY head) i
$$;

-- Writes the names of active organizations anew: by their own names and by those of what they succeed.
CREATE OR REPLACE FUNCTION app.name_organizations(organizations uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM search_name WHERE organization_id = ANY (organizations);
    INSERT INTO search_name (text, organization_id, kind, for_insiders)
        WITH RECURSIVE self AS (
            SELECT o.id, app.search_terms(o.name) AS name, app.search_terms(o.short_name) AS short_name,
                app.search_initials(o.name) AS initials, substr(t.code, 5) AS number
            FROM organization o LEFT JOIN territory t ON t.code = o.territory_code AND t.kind <> 'region'
            WHERE o.id = ANY (organizations) AND o.status = 'active'
        ), lineage (id, part_id) AS (
            SELECT id, id FROM self
            UNION
            SELECT l.id, o.id FROM lineage l
                JOIN organization o ON o.successor_ids <> '{}' AND o.successor_ids @> ARRAY[l.part_id]
        ), called (id, text, rank, kind) AS (
            SELECT id, name, 1, 'name' FROM self
            UNION ALL SELECT id, short_name, 2, 'short_name' FROM self
            UNION ALL SELECT id, initials, 3, 'initials' FROM self
            UNION ALL SELECT id, name || ' ' || number, 4, 'territory' FROM self
            UNION ALL SELECT id, split_part(initials, ' ', 1) || ' ' || number, 4, 'territory' FROM self
            UNION ALL SELECT l.id, app.search_terms(said), 5, 'former'
                FROM lineage l JOIN organization o ON o.id = l.part_id,
                    unnest(o.aliases || ARRAY(SELECT unnest(ARRAY[p.name, p.short_name])
                        FROM organization_period p WHERE p.organization_id = o.id)) said
        )
        SELECT DISTINCT ON (id, text) text, id, kind, kind IN ('territory', 'former')
        FROM called WHERE text <> '' ORDER BY id, text, rank;
    PERFORM app.search_learn('organization', ARRAY(SELECT text FROM search_name WHERE organization_id = ANY (organizations)));
END $$;

CREATE OR REPLACE FUNCTION app.name_new_organizations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM app.name_organizations(ARRAY(SELECT id FROM added));
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER organization_named AFTER INSERT ON organization REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION app.name_new_organizations();

-- With the organization itself, those that live on in its place, near or far.
CREATE OR REPLACE FUNCTION app.rename_organization() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM app.name_organizations(ARRAY(
        WITH RECURSIVE heirs (id) AS (
            SELECT unnest(NEW.id || OLD.successor_ids || NEW.successor_ids)
            UNION
            SELECT unnest(o.successor_ids) FROM heirs JOIN organization o ON o.id = heirs.id
        )
        SELECT id FROM heirs));
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER organization_renamed AFTER UPDATE ON organization FOR EACH ROW
    WHEN ((OLD.name, OLD.short_name, OLD.aliases, OLD.territory_code, OLD.status, OLD.successor_ids)
        IS DISTINCT FROM (NEW.name, NEW.short_name, NEW.aliases, NEW.territory_code, NEW.status, NEW.successor_ids))
    EXECUTE FUNCTION app.rename_organization();
