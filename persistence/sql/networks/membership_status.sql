-- Where a membership stands at a time, from its own dates and its member's.
CREATE OR REPLACE FUNCTION app.membership_status(valid tstzrange, suspended timestamptz, member_suspended timestamptz, at timestamptz)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN upper(valid) <= at THEN 'ended' WHEN lower(valid) > at THEN 'pending'
        WHEN suspended <= at OR member_suspended <= at THEN 'suspended' ELSE 'active' END
$$;
