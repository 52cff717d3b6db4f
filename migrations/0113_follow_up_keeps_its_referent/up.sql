-- Who answered for the organization in the network on the day of the follow-up. As with those who were there, no foreign key:
-- members are never deleted.
ALTER TABLE follow_up ADD COLUMN referent_id uuid;
UPDATE follow_up f SET referent_id = (
    SELECT m.member_id FROM membership m
    WHERE m.network_id = f.network_id AND m.organization_id = f.organization_id AND m.role = 'referent'
        AND m.valid @> ((f.held_on + 1)::timestamp AT TIME ZONE 'Europe/Paris' - interval '1 microsecond')
    ORDER BY lower(m.valid), m.id LIMIT 1)
WHERE f.axis = 'network' AND f.organization_id IS NOT NULL;
