-- Whether a person, by their rights, works elsewhere than at partners and observers.
CREATE OR REPLACE FUNCTION app.is_insider(actor jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT EXISTS (SELECT FROM jsonb_array_elements(actor -> 'standings') s
        WHERE s ->> 'origin' NOT IN ('government_partner', 'observer'))
$$;

-- A service account keeps what its owner keeps of its organization and below, if it may write and speaks for a source; and no more
-- than its token was given for (`within`), if it was given for less than all. It describes organizations there, if its owner is the SIG.
CREATE OR REPLACE FUNCTION app.service_actor(who uuid, at timestamptz, within text[] DEFAULT NULL) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    account record;
    kept jsonb := '[]';
    described jsonb := '[]';
    of_the_sig boolean;
    owner jsonb;
BEGIN
    SELECT s.*, o.origin, m.suspended_at IS NOT NULL OR m.departed_at IS NOT NULL
            OR s.revoked_at IS NOT NULL AS suspended,
            ARRAY(SELECT g FROM unnest(s.scopes) g WHERE within IS NULL OR g = ANY (within)) AS granted INTO account
        FROM service_account s JOIN member m ON m.id = s.owner_id JOIN organization o ON o.id = s.organization_id
        WHERE s.id = who;
    owner := app.actor(account.owner_id);
    -- A partner or an observer reads less than a scope gives, so an account of theirs has none; nor has one of a person who works nowhere.
    IF NOT app.is_insider(owner) THEN
        account.granted := '{}';
    END IF;
    of_the_sig := EXISTS (SELECT FROM jsonb_array_elements(owner -> 'standings') s, jsonb_array_elements(s -> 'roles') r
        WHERE s ->> 'origin' NOT IN ('government_partner', 'observer') AND r ->> 'role' IN ('sig_admin', 'sig_coordinator'));
    -- Networks and organizations are the SIG's.
    IF NOT of_the_sig THEN
        account.granted := array_remove(array_remove(account.granted, 'scim:networks'), 'organizations:write');
    END IF;
    IF 'organizations:write' = ANY (account.granted) AND account.source_id IS NOT NULL THEN
        SELECT coalesce(jsonb_agg(d), '[]') INTO described FROM app.descendants(account.organization_id, at) d;
    END IF;
    IF 'directory:write' = ANY (account.granted) AND account.source_id IS NOT NULL THEN
        SELECT coalesce(jsonb_agg(DISTINCT d), '[]') INTO kept
            FROM jsonb_array_elements(owner -> 'standings') s,
                jsonb_array_elements(s -> 'roles') r, app.descendants(account.organization_id, at) d
            WHERE s ->> 'origin' NOT IN ('government_partner', 'observer')
                AND (r ->> 'role' IN ('sig_admin', 'sig_coordinator')
                    OR (r ->> 'role' IN ('dicom_director', 'org_admin') AND r -> 'scope' ? d::text));
    END IF;
    RETURN jsonb_build_object('id', who, 'kind', 'service_account', 'suspended', account.suspended, 'departed', false,
        'expired', account.expires_at <= at, 'scopes', to_jsonb(account.granted),
        'standings', jsonb_build_array(jsonb_build_object('organization_id', account.organization_id,
            'origin', account.origin, 'roles', '[]'::jsonb, 'seats', '[]'::jsonb, 'kept', kept, 'described', described)));
END $$;
