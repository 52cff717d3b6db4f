//! Members, their affiliations, invitations and roles, and what concerns the caller alone.

use serde_json::json;

use super::NONE;
use crate::examples::tour::Tour;

const WRONG: &str = "Saisie sur un homonyme.";

pub fn standing(tour: &mut Tour) {
    let (admin, sig) = ("org-admin-34", "sig-admin");
    let prefecture = tour.world.organization("Préfecture de l'Hérault");
    let new = json!({"given_name": "Camille", "usual_name": "Aubrac", "email": "camille.aubrac@herault.example",
        "phones": ["04 67 61 61 61"], "languages": ["fr", "en"], "affiliation": {"organization_id": prefecture,
        "position": "Chargée de communication", "profession": "communicator", "service": "Communication interministérielle"}});
    let created = tour.write(admin, "create_member", "", new);
    let (member, first) = (Tour::id(&created), created.str("/affiliations/0/id"));
    tour.write(
        admin,
        "update_member",
        &member,
        json!({"usual_name": "Aubrac-Vidal", "phones": ["+33467616161", "+33612345678"]}),
    );
    tour.write(admin, "release_member_fields", &member, json!({"fields": ["phones"]}));
    tour.read(admin, "get_member", &member, "");
    tour.read(admin, "get_member_vcard", &member, "");
    tour.read(admin, "list_members", "", &format!("?organization_id={prefecture}&status=invited&count=exact"));
    invited(tour, &member);
    affiliated(tour, &member);
    seated(tour, &first);
    let other = tour.world.member("observer");
    tour.write(sig, "suspend_member", &other, NONE);
    tour.write(sig, "restore_member", &other, NONE);
    given(tour);
}

fn invited(tour: &mut Tour, member: &str) {
    let admin = "org-admin-34";
    let invitation = Tour::id(&tour.write(admin, "invite_member", member, NONE));
    tour.read(admin, "get_invitation", &invitation, "");
    tour.read(admin, "list_invitations", "", "?status=sent&count=exact");
    tour.world.database.run(&format!("UPDATE delivery SET status = 'bounced' WHERE object_id = '{invitation}'"));
    tour.write(admin, "resend_invitation", &invitation, NONE);
    tour.write(admin, "revoke_invitation", &invitation, NONE);
}

fn affiliated(tour: &mut Tour, member: &str) {
    let sig = "sig-admin";
    let second = json!({"organization_id": tour.world.organization("MTRAV"), "position": "Chargée de mission", "profession": "editor",
        "service": "Pôle éditorial"});
    let affiliation = Tour::id(&tour.write(sig, "create_member_affiliation", member, second));
    tour.read(sig, "get_affiliation", &affiliation, "");
    tour.write(sig, "update_affiliation", &affiliation, json!({"position": "Cheffe du pôle éditorial"}));
    tour.write(sig, "release_affiliation_fields", &affiliation, json!({"fields": ["position"]}));
    tour.read(sig, "list_member_affiliations", member, "");
    tour.write(sig, "end_affiliation", &affiliation, json!({}));
    let wrong = json!({"organization_id": tour.world.organization("MJ")});
    let wrong = Tour::id(&tour.ask(sig, "create_member_affiliation", member, wrong));
    tour.write(sig, "void_affiliation", &wrong, json!({"reason": WRONG}));
}

/// The newcomer sits in the réseau édito: what is asked of her there comes in its turn.
fn seated(tour: &mut Tour, affiliation: &str) {
    let lead = "lead-edito";
    let sits = json!({"affiliation_id": affiliation, "role": "member"});
    let membership = Tour::id(&tour.write(lead, "create_network_membership", "edito", sits));
    tour.read(lead, "get_membership", &membership, "");
    let of = tour.world.organization("Préfecture de l'Hérault");
    let query = format!("?organization_id={of}&role=member&include=member&count=exact");
    tour.read(lead, "list_network_memberships", "edito", &query);
    let place = tour.world.organization("DICOM sociaux");
    tour.read(
        lead,
        "list_organization_memberships",
        &place,
        "?network_code=edito&include=member&count=exact&facets=role",
    );
    let someone = tour.world.member("director-sociaux");
    tour.read(lead, "list_member_memberships", &someone, "?count=exact");
    tour.write(lead, "change_membership_role", &membership, json!({"role": "referent"}));
    let review = Tour::id(&tour.write(lead, "create_network_review", "edito", json!({"due_on": "2027-01-31"})));
    tour.write(lead, "review_membership", &membership, json!({"review_id": review, "outcome": "keep"}));
    tour.read(lead, "get_membership_review", &review, "");
    tour.read(lead, "list_network_reviews", "edito", "");
    tour.read(lead, "list_membership_review_items", &review, "?answered=true&count=exact");
}

fn given(tour: &mut Tour) {
    let (sig, dicom) = ("sig-admin", tour.world.organization("DICOM sociaux"));
    let role = |tour: &Tour, of: &str| json!({"affiliation_id": tour.world.affiliation("contributor-sociaux"), "role": "org_admin", "organization_id": of});
    let body = role(tour, &dicom);
    let assignment = Tour::id(&tour.write(sig, "create_role_assignment", "", body));
    tour.read(sig, "get_role_assignment", &assignment, "");
    tour.read(sig, "list_role_assignments", "", &format!("?organization_id={dicom}"));
    tour.write(sig, "end_role_assignment", &assignment, json!({}));
    let body = role(tour, &tour.world.organization("MTRAV"));
    let wrong = Tour::id(&tour.ask(sig, "create_role_assignment", "", body));
    tour.write(sig, "void_role_assignment", &wrong, json!({"reason": WRONG}));
}

/// A script of a ministry, its owner and its keys.
pub fn scripted(tour: &mut Tour) {
    let sig = "sig-admin";
    let script = json!({"name": "Annuaire du ministère du Travail", "organization_id": tour.world.organization("MTRAV"),
        "owner_id": tour.world.member("director-sociaux"), "source_code": "annuaire-travail",
        "scopes": ["directory:read", "directory:write"], "expires_at": "2028-12-31T23:00:00Z"});
    let account = Tour::id(&tour.write(sig, "create_service_account", "", script));
    tour.read(sig, "get_service_account", &account, "");
    tour.read(sig, "list_service_accounts", "", &format!("?organization_id={}", tour.world.organization("MTRAV")));
    synced(tour, &account);
    tour.write(sig, "update_service_account", &account, json!({"scopes": ["directory:read"]}));
    let director = "director-sociaux";
    let key = Tour::id(&tour.write(director, "create_service_account_key", &account, json!({})));
    tour.read(director, "get_service_account_key", &key, "");
    tour.write(director, "rotate_service_account_key", &key, json!({"keep_until": "2026-12-08T09:00:00Z"}));
    tour.read(director, "list_service_account_keys", &account, "");
    tour.write(director, "revoke_service_account_key", &key, NONE);
    tour.write(sig, "revoke_service_account", &account, NONE);
}

/// A directory that calls someone by a name of its own, and says what others do not.
fn synced(tour: &mut Tour, account: &str) {
    let member = tour.world.member("contributor-sociaux");
    tour.world.database.run(&format!(
        r#"INSERT INTO external_id (noun, source_id, value, object_id) SELECT 'member', source_id, 'agent-4217', '{member}' FROM service_account WHERE id = '{account}';
         INSERT INTO directory_user (member_id, source_id, user_name, name_key, said, created_at, updated_at)
            SELECT '{member}', source_id, 'agent-4217', 'agent-4217', '{{"position": "Responsable éditorial", "active": true}}', app.clock(), app.clock()
            FROM service_account WHERE id = '{account}'"#
    ));
    tour.read("sig-admin", "list_drift_reports", "", &format!("?member_id={member}"));
    tour.read("sig-admin", "list_external_ids", "", &format!("?object_id={member}"));
}

/// What callers read and say of themselves.
pub fn own(tour: &mut Tour) {
    let (lead, director) = ("lead-edito", "director-sociaux");
    tour.read(director, "get_me", "", "");
    tour.read(lead, "list_my_memberships", "", "");
    tour.read(lead, "list_my_subscriptions", "", "");
    let membership = tour.world.membership(lead, "edito");
    tour.write(lead, "update_my_subscription", &membership, json!({"notification_level": "immediate"}));
    let asked = json!({"checks": [{"action": "update_network", "object": "edito"}, {"action": "close_network", "object": "edito"}]});
    tour.write(lead, "check_permissions", "", asked);
    tour.read(director, "get_my_data_export", "", "");
    tour.write("member", "bind_me", "", NONE);
    tour.write("member", "object_to_publication", "", NONE);
    tour.write("member", "withdraw_objection", "", NONE);
}

/// A deputy who leaves hands over first.
pub fn left(tour: &mut Tour) {
    let (admin, leaver) = ("org-admin-34", tour.world.member("deputy-34"));
    let given = json!({"title": "Mettre à jour l’annuaire de crise", "owner_organization_id": tour.world.organization("Préfecture de l'Hérault"),
        "owner_member_id": leaver, "due_on": "2026-12-18"});
    tour.ask("sig-admin", "create_action_item", "", given);
    let owned = tour.read(admin, "get_member_hand_over", &leaver, "");
    let taker = "SELECT id::text AS it FROM member WHERE email = 'camille.aubrac@herault.example'";
    let taker = tour.world.database.one(taker);
    let items = owned.at("/items").as_array().cloned().unwrap_or_default();
    let items: Vec<_> =
        items.iter().map(|it| json!({"kind": it["kind"], "id": it["id"], "to_member_id": taker})).collect();
    tour.write(admin, "hand_over_member", &leaver, json!({"items": items}));
    tour.write(admin, "depart_member", &leaver, NONE);
}
