DROP TRIGGER organization_named ON organization;
DROP TRIGGER organization_renamed ON organization;
DROP TRIGGER member_learned ON member;
DROP TRIGGER member_learned_anew ON member;
DROP FUNCTION app.rename_organization, app.name_new_organizations, app.name_organizations, app.learn_member_anew,
    app.learn_new_members, app.search_learn;
DROP INDEX organization_successor_ids_idx, member_search_idx;
DROP TABLE search_word, search_name;
DROP FUNCTION app.search_vector, app.search_deletes, app.search_initials, app.search_terms, app.search_text;
