DROP FUNCTION app.refresh_cells, app.record_loaded, app.system, app.is_last_lead, app.membership_status, app.networks_of, app.change_rights, app.enter, app.rights_key, app.look, app.actor, app.refresh_cell, app.cell, app.seat_state;
DROP TABLE tracking_cell, membership, seat, co_animation, network;
DROP TRIGGER member_name_followed ON member;
DROP TRIGGER organization_kind_followed ON organization;
DROP FUNCTION app.fill_membership, app.follow_member_name, app.follow_organization_kind;
