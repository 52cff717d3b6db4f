-- How text is folded and compared. Indexes and generated columns rest on these functions, so they stand here: whoever
-- changes one rewrites in the same migration what was made with it.

-- Case and accents folded, for search and order; IMMUTABLE because the dictionary never changes. PL/pgSQL keeps its plan: one in
-- SQL, which cannot be inlined (unaccent is not IMMUTABLE), would be parsed and planned at each call.
CREATE FUNCTION app.fold(said text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN lower(public.unaccent('public.unaccent'::regdictionary, said));
END $$;

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

-- Index expressions in SQL that cannot be inlined are parsed and planned for each row.
CREATE FUNCTION app.search_vector(text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN array_to_tsvector(string_to_array(app.search_text($1), ' '));
END $$;

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
