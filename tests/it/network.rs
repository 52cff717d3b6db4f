//! Networks: the thirteen, a gap that is found and filled, two scopes of co-leads, the last lead.

use chrono::TimeZone as _;
use serde_json::json;

use crate::support::World;

#[test]
fn the_thirteen_networks_stand_under_their_codes() {
    let world = World::shared();
    let codes: Vec<_> =
        world.client("sig-admin").walk("/networks").iter().map(|it| it["code"].as_str().unwrap().to_owned()).collect();
    let mut sorted = codes.clone();
    sorted.sort();
    let thirteen = "accessibilite analytics bureaux-campagne conseillers-com crise design dircom edito marque numerique partenariats prefectures veille";
    assert_eq!(sorted.join(" "), thirteen);
    assert_eq!(world.client("partner").walk("/networks").len(), 0, "a partner knows of no network");
    assert_eq!(world.client("observer").walk("/networks").len(), 13);
}

#[test]
fn a_gap_is_found_filled_by_the_lead_and_gone_from_the_matrix() {
    let world = World::demo();
    let (lead, sig) = (world.client("lead-edito"), world.client("sig-admin"));
    let vacant = lead.walk("/networks/edito/gaps?role=referent&gap=vacant");
    let gap = vacant.first().expect("a vacant seat of the réseau édito");
    let organization = gap["organization"]["id"].as_str().unwrap();
    let cell = || {
        let dicom = sig.get("/tracking/matrix").expect(200).at("/rows");
        let row = dicom.as_array().unwrap().iter().find(|row| {
            row["organizations"].as_array().unwrap().iter().any(|it| it["organization"]["id"] == organization)
        });
        row.unwrap()["cells"].as_array().unwrap().iter().find(|it| it["network_code"] == "edito").unwrap()["tally"]
            .clone()
    };
    let before = cell();

    let new = json!({"given_name": "Odile", "usual_name": "Essai", "email": "odile@essai.example",
        "affiliation": {"organization_id": organization, "profession": "editor"}});
    let member = sig.post("/members", new).expect(201);
    let affiliation = member.str("/affiliations/0/id");
    let created = lead
        .post("/networks/edito/memberships", json!({"affiliation_id": affiliation, "role": "referent"}))
        .expect(201);
    assert_eq!(created.str("/status"), "active");
    assert_eq!(created.str("/organization/id"), organization);
    assert!(lead.walk("/networks/edito/gaps?gap=vacant").iter().all(|it| it["organization"]["id"] != organization));
    let after = cell();
    assert_eq!(after["gaps"].as_i64().unwrap(), before["gaps"].as_i64().unwrap() - 1);
    assert_eq!(after["filled"].as_i64().unwrap(), before["filled"].as_i64().unwrap() + 1);
    lead.post("/networks/edito/memberships", json!({"affiliation_id": affiliation, "role": "member"}))
        .refused(409, "overlap");

    let yesterday = "2026-01-01";
    let then = lead.walk(&format!("/networks/edito/gaps?gap=vacant&as_of={yesterday}"));
    assert!(then.iter().any(|it| it["organization"]["id"] == organization), "as_of before, the gap is there");
}

#[test]
fn co_leads_lead_within_the_scope_of_their_co_animation() {
    let world = World::demo();
    let (dinum, interieur) = (world.client("colead-dinum"), world.client("colead-interieur"));
    let design = dinum.get("/networks/design").expect(200);
    dinum.patch("/networks/design", design.etag(), json!({"cadence": "weekly"})).expect(200);
    let prefectures = interieur.get("/networks/prefectures").expect(200);
    assert!(!prefectures.actions().contains(&"update_network".to_owned()));
    interieur.patch("/networks/prefectures", prefectures.etag(), json!({"purpose": "À moi"})).refused(403, "forbidden");

    let organization = world.organization("Préfecture de police");
    let seat = |interministerial| json!({"organization_id": organization, "role": "member", "min": 1, "max": 3, "interministerial": interministerial});
    interieur.post("/networks/prefectures/seats", seat(false)).refused(403, "forbidden");
    let created = interieur.post("/networks/prefectures/seats", seat(true)).expect(201);
    interieur.patch(&format!("/seats/{}", created.str("/id")), created.etag(), json!({"max": 2})).expect(200);
    interieur.post("/networks/design/seats", seat(true)).refused(403, "forbidden");
    dinum.post("/networks/design/seats", seat(false)).expect(201);

    let affiliation = world.affiliation("org-admin-34");
    let join = |interministerial| json!({"affiliation_id": affiliation, "role": "member", "interministerial": interministerial});
    interieur.post("/networks/prefectures/memberships", join(false)).refused(403, "forbidden");
    interieur.post("/networks/prefectures/memberships", join(true)).expect(201);
    let promote = json!({"affiliation_id": affiliation, "role": "lead"});
    let reply = dinum.post("/networks/design/memberships", promote).refused(403, "forbidden");
    assert!(reply.str("/detail").contains("SIG"), "{}", reply.text());
}

#[test]
fn the_last_lead_cannot_leave() {
    let world = World::demo();
    let (lead, sig) = (world.client("lead-edito"), world.client("sig-admin"));
    let address = format!("/memberships/{}", world.membership("lead-edito", "edito"));
    let seen = lead.get(&address).expect(200);
    assert!(!seen.actions().contains(&"end_membership".to_owned()));
    let reply =
        lead.act(&format!("{address}/end"), seen.etag(), Some(json!({"reason": "resigned"}))).refused(409, "last_lead");
    assert_eq!(reply.at("/allowed"), json!(["create_network_membership", "close_network"]), "the ways out");
    let later = json!({"reason": "resigned", "at": "2030-01-01T00:00:00Z"});
    sig.act(&format!("{address}/end"), sig.get(&address).etag(), Some(later)).refused(409, "last_lead");
    sig.act(&format!("{address}/change-role"), sig.get(&address).etag(), Some(json!({"role": "member"})))
        .refused(409, "last_lead");
    let affiliation = format!("/affiliations/{}", world.affiliation("lead-edito"));
    sig.act(&format!("{affiliation}/end"), sig.get(&affiliation).etag(), Some(json!({}))).refused(409, "last_lead");
    let member = format!("/members/{}", world.member("lead-edito"));
    sig.act(&format!("{member}/depart"), sig.get(&member).etag(), None).refused(409, "hand_over_required");

    let successor = json!({"affiliation_id": world.affiliation("contributor-sociaux"), "role": "lead"});
    sig.post("/networks/edito/memberships", successor).expect(201);
    lead.act(&format!("{address}/end"), seen.etag(), Some(json!({"reason": "resigned"}))).expect(200);
    lead.patch("/networks/edito", lead.get("/networks/edito").etag(), json!({"cadence": "weekly"}))
        .refused(403, "forbidden");
}

#[test]
fn two_leads_who_leave_at_once_leave_one() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    sig.post(
        "/networks/edito/memberships",
        json!({"affiliation_id": world.affiliation("contributor-sociaux"), "role": "lead"}),
    )
    .expect(201);
    for _ in 0..3 {
        let leave = |persona: &str| {
            let (client, address) =
                (world.client(persona), format!("/memberships/{}", world.membership(persona, "edito")));
            let etag = client.get(&address).expect(200).etag().to_owned();
            std::thread::spawn(move || {
                client.act(&format!("{address}/end"), &etag, Some(json!({"reason": "resigned"}))).status
            })
        };
        let (one, other) = (leave("lead-edito"), leave("contributor-sociaux"));
        let mut statuses = [one.join().unwrap(), other.join().unwrap()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        let gone = if world.database.column("SELECT m.id::text AS it FROM membership m JOIN network n ON n.id = m.network_id WHERE n.code = 'edito' AND m.role = 'lead' AND upper_inf(m.valid)")
            == [world.database.one("SELECT m.id::text AS it FROM membership m JOIN external_id x ON x.object_id = m.member_id AND x.value = 'lead-edito' WHERE m.role = 'lead' ORDER BY m.id DESC LIMIT 1")]
        { "contributor-sociaux" } else { "lead-edito" };
        sig.post("/networks/edito/memberships", json!({"affiliation_id": world.affiliation(gone), "role": "lead"}))
            .expect(201);
    }
}

#[test]
fn a_change_of_role_keeps_the_past() {
    let world = World::demo();
    let (sig, lead) = (world.client("sig-admin"), world.client("lead-edito"));
    let new = json!({"affiliation_id": world.affiliation("org-admin-34"), "role": "member", "valid_from": "2026-01-01T00:00:00Z"});
    let created = lead.post("/networks/edito/memberships", new).expect(201);
    let address = format!("/memberships/{}", created.str("/id"));
    let changed =
        lead.act(&format!("{address}/change-role"), created.etag(), Some(json!({"role": "deputy"}))).expect(200);
    assert_eq!((changed.str("/id"), changed.str("/role")), (created.str("/id"), "deputy".into()));
    lead.act(&format!("{address}/change-role"), changed.etag(), Some(json!({"role": "lead"})))
        .refused(403, "forbidden");
    let of = |query: &str| {
        let member = world.member("org-admin-34");
        let all = sig.walk(&format!("/networks/edito/memberships?limit=200&{query}"));
        all.iter()
            .filter(|it| it["member"]["id"] == member)
            .map(|it| it["role"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(of(""), ["deputy"]);
    assert_eq!(of("as_of=2026-02-01"), ["member"]);
    assert_eq!(of("as_of=2025-02-01"), [""; 0]);
}

#[test]
fn a_network_opens_sleeps_and_closes_for_good() {
    let world = World::demo();
    let sig = world.client("sig-coordinator");
    let new = json!({"code": "podcast", "name": "Réseau podcast", "audience": "Producteurs", "cadence": "ad_hoc", "visibility": "hidden",
        "join_policy": "request", "eligible_origins": ["operator"]});
    let created = sig.post("/networks", new.clone()).expect(201);
    assert_eq!((created.str("/status"), created.header("location")), ("preparing".into(), "/api/v1/networks/podcast"));
    assert_eq!(sig.post("/networks", new).refused(409, "already_exists").str("/errors/0/pointer"), "/code");
    world.client("member").get("/networks/podcast").refused(404, "not_found");

    let join = |persona: &str| json!({"affiliation_id": world.affiliation(persona), "role": "member"});
    let refused = sig.post("/networks/podcast/memberships", join("org-admin-34")).refused(422, "invalid");
    assert_eq!(refused.str("/errors/0/pointer"), "/affiliation_id", "a prefecture is not eligible");
    sig.post("/networks/podcast/memberships", join("member")).expect(201);
    std::thread::sleep(std::time::Duration::from_millis(2100));
    world.client("member").get("/networks/podcast").expect(200);

    let with = json!({"organization_id": world.organization("MJ"), "scope": "all"});
    sig.post("/networks/podcast/co-animations", with).expect(201);
    let active = sig.act("/networks/podcast/activate", created.etag(), None).expect(200);
    let dormant = sig.act("/networks/podcast/pause", active.etag(), None).expect(200);
    assert_eq!(
        sig.act("/networks/podcast/pause", dormant.etag(), None).refused(409, "invalid_transition").at("/allowed"),
        json!(["activate_network", "close_network"])
    );
    let closed = sig.act("/networks/podcast/close", dormant.etag(), None).expect(200);
    assert_eq!(closed.str("/status"), "closed");
    assert_eq!(sig.walk("/networks/podcast/memberships").len(), 0, "memberships end with the network");
    assert_eq!(sig.walk("/networks/podcast/co-animations").len(), 0, "co-animations too");
    sig.patch("/networks/podcast", closed.etag(), json!({"cadence": "weekly"})).refused(409, "invalid_transition");
}

#[test]
fn a_deputy_stands_in_while_there_is_no_referent() {
    let world = World::demo();
    let (sig, deputy) = (world.client("sig-admin"), world.client("deputy-34"));
    deputy.get("/tracking/matrix").refused(403, "forbidden");
    let referent = format!("/members/{}", world.member("referent-34"));
    sig.act(&format!("{referent}/suspend"), sig.get(&referent).etag(), None).expect(200);
    std::thread::sleep(std::time::Duration::from_millis(2100));
    deputy.get("/tracking/matrix").expect(200);
    world.client("referent-34").get("/networks").refused(403, "suspended");
}

#[test]
fn nobody_extends_what_he_holds_by_ending_it() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let soon = chrono::Utc.with_ymd_and_hms(2027, 1, 1, 0, 0, 0).unwrap().to_rfc3339();
    let new = json!({"affiliation_id": world.affiliation("contributor-sociaux"), "role": "lead", "valid_to": soon});
    let created = sig.post("/networks/edito/memberships", new).expect(201);
    let later = json!({"reason": "resigned", "at": "2099-01-01T00:00:00Z"});
    let own = world.client("contributor-sociaux");
    let ended = own.act(&format!("/memberships/{}/end", created.str("/id")), created.etag(), Some(later)).expect(200);
    assert_eq!(ended.str("/valid_to"), "2027-01-01T00:00:00Z");
}

#[test]
fn a_co_lead_leads_through_the_co_animation_and_not_without() {
    let world = World::demo();
    let (sig, interieur) = (world.client("sig-admin"), world.client("colead-interieur"));
    let co_animation = sig.get("/networks/prefectures/co-animations").expect(200).str("/items/0/id");
    let address = format!("/co-animations/{co_animation}");
    sig.act(&format!("{address}/end"), sig.get(&address).etag(), Some(json!({}))).expect(200);
    let etag = sig.get("/networks/prefectures").etag().to_owned();
    interieur.patch("/networks/prefectures", &etag, json!({"purpose": "À moi"})).refused(403, "forbidden");
    let join = json!({"affiliation_id": world.affiliation("org-admin-34"), "role": "member", "interministerial": true});
    interieur.post("/networks/prefectures/memberships", join).refused(403, "forbidden");
}

#[test]
fn the_sig_alone_decides_who_knows_of_a_network() {
    let world = World::demo();
    let (lead, auditor) = (world.client("lead-edito"), world.client("auditor"));
    let seen = lead.get("/networks/edito").expect(200);
    for visibility in ["hidden", "members"] {
        lead.patch("/networks/edito", seen.etag(), json!({"visibility": visibility})).refused(403, "forbidden");
    }
    auditor.get("/networks/edito").expect(200);
    // What a lead leaves as it is, they may say.
    let same = json!({"visibility": seen.str("/visibility"), "cadence": "quarterly"});
    lead.patch("/networks/edito", seen.etag(), same).expect(200);
    let sig = world.client("sig-coordinator");
    sig.patch("/networks/edito", sig.get("/networks/edito").etag(), json!({"visibility": "members"})).expect(200);
}
