//! Rules between several fields: told on the field that is wrong, with the rule in both languages.

use serde_json::{Value, json};

use crate::support::World;

/// A request that breaks one rule: its method, its address and body, and where the fault is.
type Case = (&'static str, String, Value, &'static str);

fn of_the_directory(world: &World) -> Vec<Case> {
    let [sig, travail, prefecture] = ["SIG", "MTRAV", "Préfecture de l'Hérault"].map(|name| world.organization(name));
    let member = world.affiliation("contributor-sociaux");
    let organization = |id: &String| format!("/organizations/{id}");
    let nature = |name: &str, more: Value| {
        let mut body = json!({"kind": "operator", "name": name});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let contact = |more: Value| {
        let mut body = json!({"kind": "person", "name": "Exemple", "sharing": "all_members"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let role = |more: Value| {
        let mut body = json!({"affiliation_id": member, "role": "org_admin", "organization_id": travail});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    vec![
        ("POST", "/organizations".into(), nature("Agence", json!({"prefecture_level": "region"})), "/prefecture_level"),
        ("PATCH", organization(&prefecture), json!({"kind": "operator"}), "/kind"),
        ("PATCH", organization(&travail), json!({"prefecture_level": "region"}), "/prefecture_level"),
        ("PATCH", organization(&travail), json!({"parent_id": travail}), "/parent_id"),
        ("POST", format!("{}/links", organization(&sig)), json!({"kind": "serves", "to_id": sig}), "/to_id"),
        (
            "POST",
            "/contacts".into(),
            contact(json!({"organization_id": sig, "organization_name": "Agence"})),
            "/organization_name",
        ),
        ("POST", "/contacts".into(), contact(json!({"kind": "service", "given_name": "Camille"})), "/given_name"),
        ("POST", "/contacts".into(), contact(json!({"sharing": "network"})), "/network_code"),
        ("POST", "/contacts".into(), contact(json!({"network_code": "edito"})), "/network_code"),
        (
            "POST",
            "/role-assignments".into(),
            role(json!({"valid_from": "2027-02-01T00:00:00Z", "valid_to": "2027-01-01T00:00:00Z"})),
            "/valid_to",
        ),
        ("POST", "/role-assignments".into(), role(json!({"role": "auditor"})), "/organization_id"),
    ]
}

fn of_the_networks(world: &World) -> Vec<Case> {
    let [sig, travail] = ["SIG", "MTRAV"].map(|name| world.organization(name));
    let member = world.affiliation("contributor-sociaux");
    let seat = world
        .database
        .one("SELECT id::text AS it FROM seat WHERE upper_inf(valid) AND min = 1 AND max = 1 ORDER BY id LIMIT 1");
    let span = json!({"affiliation_id": member, "role": "member", "valid_from": "2027-02-01T00:00:00Z", "valid_to": "2027-01-01T00:00:00Z"});
    let follow_up = |more: Value| {
        let mut body = json!({"axis": "network", "held_on": "2026-11-02", "health": "green", "summary": "Point"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let said = |more: Value| {
        let mut body = json!({"title": "Annonce", "body": "…"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    vec![
        (
            "POST",
            "/networks/veille/seats".into(),
            json!({"organization_id": travail, "role": "deputy", "min": 3, "max": 2}),
            "/max",
        ),
        ("PATCH", format!("/seats/{seat}"), json!({"min": 2}), "/min"),
        ("PATCH", format!("/seats/{seat}"), json!({"min": 3, "max": 2}), "/max"),
        ("POST", "/networks/veille/memberships".into(), span, "/valid_to"),
        ("POST", "/follow-ups".into(), follow_up(json!({})), "/network_code"),
        ("POST", "/follow-ups".into(), follow_up(json!({"axis": "organization"})), "/organization_id"),
        (
            "POST",
            "/follow-ups".into(),
            follow_up(json!({"network_code": "edito", "held_on": "2150-01-01"})),
            "/held_on",
        ),
        ("POST", "/announcements".into(), said(json!({})), "/network_code"),
        (
            "POST",
            "/announcements".into(),
            said(json!({"network_code": "edito", "origins": ["ministry"]})),
            "/network_code",
        ),
        ("PATCH", "/network-criteria/lead".into(), json!({"half_at": 5}), "/half_at"),
        ("PATCH", "/network-criteria/actions".into(), json!({"full_at": 999}), "/full_at"),
        (
            "POST",
            "/action-items".into(),
            json!({"title": "Agir", "owner_organization_id": sig, "owner_member_id": world.member("deputy-34"), "due_on": "2026-12-15"}),
            "/owner_member_id",
        ),
    ]
}

#[test]
fn a_rule_between_fields_is_told_on_the_field_that_is_wrong() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let before = world.database.digest();
    for (method, address, body, pointer) in of_the_directory(&world).into_iter().chain(of_the_networks(&world)) {
        let told = |language: &str| {
            let headers = [("if-match", "*"), ("accept-language", language)];
            let told = sig.send(method, &address, &headers, Some(body.clone())).refused(422, "invalid").json();
            let errors = told["errors"].as_array().unwrap();
            assert_eq!(errors.len(), 1, "{method} {address} {body}: {told}");
            assert_eq!((&errors[0]["pointer"], &errors[0]["code"]), (&json!(pointer), &json!("invalid")), "{told}");
            errors[0]["detail"].as_str().unwrap().to_owned()
        };
        let (french, english) = (told("fr"), told("en"));
        assert_ne!(french, english, "{address}");
        assert!(french.ends_with('.') && english.ends_with('.'), "{french} {english}");
    }
    assert_eq!(world.database.digest(), before);
}
