-- The demo: fictional members at the real orders of magnitude, the same at each load. No real person's name; every
-- address ends in .example. tests/it/demo.rs asserts that every case occurs.
CREATE FUNCTION pg_temp.id(kind integer, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT ('01900000-0000-7000-8' || lpad(to_hex(kind), 3, '0') || '-' || lpad(to_hex(number), 12, '0'))::uuid $$;
CREATE FUNCTION pg_temp.network(wanted text) RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT id FROM network WHERE code = wanted $$;
CREATE FUNCTION pg_temp.organization(wanted text) RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT id FROM organization WHERE name = wanted OR short_name = wanted ORDER BY id LIMIT 1 $$;
-- A number that looks drawn, and is the same at each load.
CREATE FUNCTION pg_temp.draw(seed text, below integer) RETURNS integer LANGUAGE sql IMMUTABLE AS
$$ SELECT (('x' || left(md5(seed), 7))::bit(28)::integer) % below $$;

