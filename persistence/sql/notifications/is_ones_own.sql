-- Whether an object concerns a member alone, even in a network that is hidden from them: a membership request about them, until
-- they sit in the network, and an action item that they have yet to do.
CREATE OR REPLACE FUNCTION app.is_ones_own(about text, object uuid, who uuid, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE about
        WHEN 'membership_request' THEN EXISTS (SELECT FROM membership_request r WHERE r.id = object AND r.member_id = who
            AND app.request_status(r.person_decision, r.network_decision, r.withdrawn_at, r.expires_at, at) <> 'accepted')
        WHEN 'action_item' THEN EXISTS (SELECT FROM action_item i WHERE i.id = object AND i.owner_member_id = who
            AND i.status = 'open')
        ELSE false END
$$;
