-- Finding organizations and members by what they are called (docs/decisions, on search).

-- Text as search compares it: case and accents folded, `st` written out, one blank between words.
CREATE FUNCTION app.search_text(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(regexp_replace(app.fold($1) COLLATE "und-x-icu", '[^[:alnum:]]+', ' ', 'g'),
        '\mst(e?)\M', 'saint\1', 'g'))
$$;

-- The same without the little words of French, unless there is nothing else.
CREATE FUNCTION app.search_terms(said text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    whole text := app.search_text(said);
BEGIN
    RETURN coalesce(nullif(
        btrim(regexp_replace(whole, '\m(a|au|aux|d|de|des|du|en|et|l|la|le|les|n)\M *', '', 'g')), ''), whole);
END $$;

-- `Direction départementale des territoires – Gard` is also called `ddt gard`. Two letters say too little by themselves.
CREATE FUNCTION app.search_initials(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN length(initials) >= CASE tail WHEN '' THEN 3 ELSE 2 END THEN btrim(initials || ' ' || tail) END
    FROM (SELECT string_agg(left(word, 1), '' ORDER BY place) AS initials,
            app.search_terms(substr(name, length(head) + 1)) AS tail
        FROM (SELECT regexp_replace(name, '(\s+[–-]\s|\s*\().*', '') AS head) h,
            unnest(string_to_array(app.search_terms(head), ' ')) WITH ORDINALITY w (word, place)
        GROUP BY head) i
$$;

-- What a word becomes when letters are left out of its first seven: one of a word of four or five letters, up to two of a
-- longer one. Two words that meet here are a typo or two apart (symmetric deletes, as in SymSpell).
CREATE FUNCTION app.search_deletes(word text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    start text := left(word, 7);
    shorter text;
    found text[] := ARRAY[start];
BEGIN
    IF length(word) < 4 THEN
        RETURN '{}';
    END IF;
    FOR i IN 1..length(start) LOOP
        shorter := overlay(start PLACING '' FROM i FOR 1);
        found := found || shorter;
        IF length(word) > 5 THEN
            FOR j IN i..length(shorter) LOOP
                found := found || overlay(shorter PLACING '' FROM j FOR 1);
            END LOOP;
        END IF;
    END LOOP;
    RETURN found;
END $$;

-- The words of a text, for an index that finds it by any of them, whole or begun.
CREATE FUNCTION app.search_vector(text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT array_to_tsvector(string_to_array(app.search_text($1), ' ')) $$;

-- Members present, by the words of their names. A search reads one by one what waits in such an index: little may wait.
CREATE INDEX member_search_idx ON member USING gin (app.search_vector(display_name)) WITH (gin_pending_list_limit = 256)
    WHERE departed_at IS NULL AND pseudonymised_at IS NULL;

-- What an active organization is called, a row for each way to say it, kept by triggers. Rows for insiders hold what its
-- name and its short name alone do not tell.
CREATE TABLE search_name (
    text text COLLATE "C" NOT NULL,
    organization_id uuid NOT NULL CONSTRAINT search_name_organization_id_fkey REFERENCES organization,
    kind text NOT NULL CONSTRAINT search_name_kind_check
        CHECK (kind IN ('name', 'short_name', 'initials', 'former', 'territory')),
    for_insiders boolean NOT NULL,
    CONSTRAINT search_name_pkey PRIMARY KEY (text, organization_id)
);
CREATE INDEX search_name_organization_id_idx ON search_name (organization_id);
CREATE INDEX search_name_words_idx ON search_name USING gin (app.search_vector(text)) WITH (gin_pending_list_limit = 256);

-- The words of all these names, of three letters or more and without digits: those that are known need not be completed,
-- those of four or more may be mistyped.
CREATE TABLE search_word (
    noun text NOT NULL CONSTRAINT search_word_noun_check CHECK (noun IN ('organization', 'member')),
    word text COLLATE "C" NOT NULL,
    CONSTRAINT search_word_pkey PRIMARY KEY (noun, word)
);
CREATE INDEX search_word_organization_idx ON search_word USING gin (app.search_deletes(word))
    WITH (gin_pending_list_limit = 256) WHERE noun = 'organization';
CREATE INDEX search_word_member_idx ON search_word USING gin (app.search_deletes(word))
    WITH (gin_pending_list_limit = 256) WHERE noun = 'member';
GRANT DELETE ON search_name, search_word TO diapason_app;

-- A word that is known already costs one look.
CREATE FUNCTION app.search_learn(about text, said text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_word (noun, word)
        SELECT DISTINCT about, w.word COLLATE "C"
        FROM unnest(said) t (text), unnest(string_to_array(t.text, ' ')) w (word)
        WHERE length(w.word) > 2 AND w.word !~ '[0-9]'
            AND NOT EXISTS (SELECT FROM search_word k WHERE k.noun = about AND k.word = w.word COLLATE "C")
        ORDER BY 2
        ON CONFLICT DO NOTHING;
END $$;

CREATE FUNCTION app.learn_new_members() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM app.search_learn('member', ARRAY(SELECT app.search_text(display_name) FROM added));
    RETURN NULL;
END $$;
CREATE TRIGGER member_learned AFTER INSERT ON member REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION app.learn_new_members();

-- A word that nobody present bears any more is forgotten: of who left, not even the name stays.
CREATE FUNCTION app.learn_member_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM search_word k WHERE k.noun = 'member'
        AND k.word = ANY (string_to_array(app.search_text(OLD.display_name), ' '))
        AND NOT EXISTS (SELECT FROM member m WHERE m.departed_at IS NULL AND m.pseudonymised_at IS NULL
            AND app.search_vector(m.display_name) @@ quote_literal(k.word)::tsquery);
    IF NEW.departed_at IS NULL AND NEW.pseudonymised_at IS NULL THEN
        PERFORM app.search_learn('member', ARRAY[app.search_text(NEW.display_name)]);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER member_learned_anew AFTER UPDATE ON member FOR EACH ROW
    WHEN ((OLD.display_name, OLD.departed_at IS NULL, OLD.pseudonymised_at IS NULL)
        IS DISTINCT FROM (NEW.display_name, NEW.departed_at IS NULL, NEW.pseudonymised_at IS NULL))
    EXECUTE FUNCTION app.learn_member_anew();

CREATE INDEX organization_successor_ids_idx ON organization USING gin (successor_ids) WHERE successor_ids <> '{}';

-- Active organizations, by their own names and by those of what they succeed.
CREATE FUNCTION app.name_organizations(organizations uuid[]) RETURNS void LANGUAGE plpgsql AS $$
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

CREATE FUNCTION app.name_new_organizations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM app.name_organizations(ARRAY(SELECT id FROM added));
    RETURN NULL;
END $$;
CREATE TRIGGER organization_named AFTER INSERT ON organization REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION app.name_new_organizations();

-- With itself, those that live on in its place, near or far.
CREATE FUNCTION app.rename_organization() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER organization_renamed AFTER UPDATE ON organization FOR EACH ROW
    WHEN ((OLD.name, OLD.short_name, OLD.aliases, OLD.territory_code, OLD.status, OLD.successor_ids)
        IS DISTINCT FROM (NEW.name, NEW.short_name, NEW.aliases, NEW.territory_code, NEW.status, NEW.successor_ids))
    EXECUTE FUNCTION app.rename_organization();

-- What is there already.
SELECT app.name_organizations(ARRAY(SELECT id FROM organization)),
    app.search_learn('member', ARRAY(SELECT app.search_text(display_name) FROM member
        WHERE departed_at IS NULL AND pseudonymised_at IS NULL));
