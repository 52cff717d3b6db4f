DROP TABLE role_assignment, service_account, affiliation, member, organization_link, organization_period, organization, territory;
DROP FUNCTION app.affiliations_of, app.served, app.is_below, app.descendants, app.keep_organization_period, app.origin;
