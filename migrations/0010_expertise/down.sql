DROP TABLE contact, expertise_request, expertise_endorsement, member_expertise, expertise_term;
DROP FUNCTION app.term_names, app.term_said, app.term_code, app.linked_network, app.linked_networks, app.lock_terms, app.terms_below,
    app.member_named, app.endorsers_of, app.level_rank, app.expertise_request_status, app.request_expires_at, app.organization_named,
    app.is_past, app.contact_said;
CREATE OR REPLACE FUNCTION app.record_loaded() RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    noun text;
BEGIN
    FOREACH noun IN ARRAY ARRAY['organization', 'organization_link', 'member', 'affiliation', 'role_assignment', 'network',
        'co_animation', 'seat', 'membership'] LOOP
        EXECUTE format($sql$
            WITH loaded AS (
                INSERT INTO history (noun, object_id, object_version, at, image)
                SELECT %1$L, t.id, t.version, app.clock(), jsonb_strip_nulls(to_jsonb(t))
                FROM %1$I t WHERE NOT EXISTS (SELECT FROM history h WHERE h.object_id = t.id AND h.object_version = t.version)
                RETURNING object_id, object_version)
            INSERT INTO change_event (noun, object_id, object_version, verb, changed_fields, actor_id, at)
            SELECT %1$L, object_id, object_version, 'created', '{}', app.system(), app.clock() FROM loaded
        $sql$, noun);
    END LOOP;
END $$;
