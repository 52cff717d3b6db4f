DROP TRIGGER member_objection_kept ON member;
DROP FUNCTION app.keep_objection();
ALTER TABLE member DROP COLUMN profile_objection_at;
