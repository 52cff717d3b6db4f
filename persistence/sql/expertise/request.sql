-- How long an expert has to answer.
CREATE OR REPLACE FUNCTION app.request_expires_at(created timestamptz) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT created + interval '30 days' $$;

-- Where a request stands at a time: one that nobody answered in time is expired, which is written nowhere.
CREATE OR REPLACE FUNCTION app.expertise_request_status(decision text, created timestamptz, at timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN decision = 'pending' AND app.request_expires_at(created) <= at THEN 'expired' ELSE decision END
$$;
