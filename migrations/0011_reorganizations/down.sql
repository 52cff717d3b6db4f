DROP FUNCTION app.change_rights_over(uuid[]);
UPDATE membership SET end_reason = 'left_org' WHERE end_reason = 'reorganized';
ALTER TABLE membership DROP CONSTRAINT membership_end_reason_check, ADD CONSTRAINT membership_end_reason_check
    CHECK (end_reason IN ('resigned', 'replaced', 'left_org', 'network_closed', 'revoked'));
DROP TABLE reorganization;
