-- recompute: DELETE FROM search_word;
-- recompute: SELECT app.search_learn('organization', ARRAY(SELECT text FROM search_name)),
--     app.search_learn('member', ARRAY(SELECT app.search_text(display_name) FROM member
--         WHERE departed_at IS NULL AND pseudonymised_at IS NULL));

-- Learns the words of texts, for completion and for mistyped words. A word that is known already costs one look.
CREATE OR REPLACE FUNCTION app.search_learn(about text, said text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    unknown text[] := ARRAY(SELECT w.word
        FROM unnest(said) t (text), unnest(string_to_array(t.text, ' ')) w (word)
        WHERE length(w.word) > 2 AND w.word !~ '[0-9]'
            AND NOT EXISTS (SELECT FROM search_word k WHERE k.noun = about AND k.word = w.word COLLATE "C"));
BEGIN
    IF cardinality(unknown) > 0 THEN
        INSERT INTO search_word (noun, word) SELECT DISTINCT about, word COLLATE "C" FROM unnest(unknown) AS u (word) ORDER BY 2
            ON CONFLICT DO NOTHING;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION app.learn_new_members() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM app.search_learn('member', ARRAY(SELECT app.search_text(display_name) FROM added));
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER member_learned AFTER INSERT ON member REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION app.learn_new_members();

-- A word that nobody present bears any more is forgotten: of who left, not even the name stays.
CREATE OR REPLACE FUNCTION app.learn_member_anew() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE OR REPLACE TRIGGER member_learned_anew AFTER UPDATE ON member FOR EACH ROW
    WHEN ((OLD.display_name, OLD.departed_at IS NULL, OLD.pseudonymised_at IS NULL)
        IS DISTINCT FROM (NEW.display_name, NEW.departed_at IS NULL, NEW.pseudonymised_at IS NULL))
    EXECUTE FUNCTION app.learn_member_anew();
