DROP FUNCTION app.other_sig_admin(uuid, timestamptz);
DROP FUNCTION app.change_rights_over(uuid);
DROP FUNCTION app.rights_over(uuid);
