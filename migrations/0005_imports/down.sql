DROP TRIGGER affiliation_fields_claimed ON affiliation;
DROP TRIGGER member_fields_claimed ON member;
DROP TRIGGER organization_fields_claimed ON organization;
DROP FUNCTION app.claim_fields();
DROP FUNCTION app.is_said(jsonb);
