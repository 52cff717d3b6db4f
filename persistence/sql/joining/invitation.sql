CREATE OR REPLACE FUNCTION app.invitation_status(used timestamptz, revoked timestamptz, claimed timestamptz, expires timestamptz, at timestamptz)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN used IS NOT NULL THEN 'used' WHEN revoked IS NOT NULL THEN 'revoked' WHEN expires <= at THEN 'expired'
        WHEN claimed IS NOT NULL THEN 'claimed' ELSE 'sent' END
$$;

-- What became of the last e-mail of an invitation.
CREATE OR REPLACE FUNCTION app.delivery_status(of_invitation uuid) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT d.status FROM delivery d WHERE d.object_id = of_invitation AND d.kind IN ('invitation', 'invitation_reminder')
        ORDER BY d.created_at DESC, d.id DESC LIMIT 1);
END $$;

-- The member that a subject is already, unless they left.
CREATE OR REPLACE FUNCTION app.claimant(by_issuer text, by_subject text) RETURNS uuid LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT m.id FROM identity i JOIN member m ON m.id = i.principal_id AND m.departed_at IS NULL
        WHERE i.issuer = by_issuer AND i.subject = by_subject);
END $$;

-- Who sent an invitation: first, once more, or by recording the member it is for; of a script, who answers for it too.
CREATE OR REPLACE FUNCTION app.senders(first_by uuid, again_by uuid[], invited uuid) RETURNS uuid[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (WITH sent AS (
            SELECT unnest(again_by || first_by) AS id UNION SELECT m.created_by FROM member m WHERE m.id = invited)
        SELECT array_agg(s.id) FROM (
            SELECT id FROM sent UNION SELECT a.owner_id FROM service_account a JOIN sent ON sent.id = a.id) s);
END $$;
