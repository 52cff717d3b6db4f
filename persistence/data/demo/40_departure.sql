-- leavers: fifty departed at the end of 2025
CREATE TEMP TABLE leaver AS SELECT number FROM person p WHERE code IS NULL AND number % 100 = 61
    AND NOT EXISTS (SELECT FROM membership m WHERE m.member_id = pg_temp.id(48, p.number) AND m.role = 'lead')
    AND NOT EXISTS (SELECT FROM role_assignment r WHERE r.member_id = pg_temp.id(48, p.number));
UPDATE membership SET valid = tstzrange(lower(valid), '2025-12-31Z'), end_reason = 'left_org', version = 2, updated_at = '2025-12-31Z'
    FROM leaver l WHERE member_id = pg_temp.id(48, l.number) AND upper_inf(valid);
UPDATE affiliation SET valid = tstzrange(lower(valid), '2025-12-31Z'), version = 2, updated_at = '2025-12-31Z'
    FROM leaver l WHERE member_id = pg_temp.id(48, l.number) AND upper_inf(valid);
UPDATE member SET departed_at = '2025-12-31Z', version = 2, updated_at = '2025-12-31Z' FROM leaver l WHERE id = pg_temp.id(48, l.number);

