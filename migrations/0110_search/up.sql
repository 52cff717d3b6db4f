-- What organizations and members are called, kept for search (docs/decisions/0010-search.md); the functions that keep it
-- stand in persistence/sql/search.

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
