//! Members: a card and who sees it, several places at once, suspension, departure.

use serde_json::{Value, json};

use crate::support::{Client, World};

fn new(world: &World, email: &str, organization: &str) -> Value {
    json!({"given_name": "Odile", "usual_name": "Éssai", "email": email, "phones": ["01 40 56 60 00"], "languages": ["fr", "en"],
        "affiliation": {"organization_id": world.organization(organization), "position": "Attachée", "profession": "press_officer"}})
}

#[test]
fn a_member_is_recorded_changed_and_found() {
    let world = World::demo();
    let admin = world.client("org-admin-34");
    let created =
        admin.post("/members", new(&world, "Odile.Essai@Herault.Example", "Préfecture de l'Hérault")).expect(201);
    assert_eq!(
        (created.str("/status"), created.str("/email")),
        ("invited".into(), "odile.essai@herault.example".into())
    );
    assert_eq!(created.at("/phones"), json!(["+33140566000"]));
    assert_eq!(created.at("/affiliations/0/is_primary"), true);
    assert_eq!(created.str("/affiliations/0/organization/name"), "Préfecture de l'Hérault");
    let address = created.header("location").to_owned();
    let changed =
        admin.patch(&address, created.etag(), json!({"usual_name": "Essai-Durand", "email": null})).expect(200);
    assert_eq!(changed.str("/display_name"), "Odile Essai-Durand");
    assert!(changed.json().get("email").is_none());
    let found = world.client("member").walk("/members?q=essai%20durand");
    assert_eq!(found.len(), 0, "words are looked for as they stand");
    assert_eq!(world.client("member").walk("/members?q=ESSAI-durand").len(), 1);
    admin.post("/members", new(&world, "a@b.example", "MJ")).refused(403, "forbidden");
    let images = world.database.column(&format!(
        "SELECT image->>'usual_name' AS it FROM history WHERE object_id = '{}' ORDER BY object_version",
        created.str("/id")
    ));
    assert_eq!(images, ["Éssai", "Essai-Durand"]);
}

#[test]
fn no_two_members_present_share_an_address() {
    let world = World::demo();
    let admin = world.client("org-admin-34");
    let seen = admin
        .post("/members", new(&world, "deputy-34@diapason.example", "Préfecture de l'Hérault"))
        .refused(409, "already_exists");
    assert_eq!(seen.str("/errors/0/pointer"), "/email");
    // Someone whose card the caller may not see answers as an invalid address.
    world
        .database
        .run("UPDATE member SET profile_visibility = 'leads' WHERE email = 'contributor-sociaux@diapason.example'");
    let hidden = admin
        .post("/members", new(&world, "contributor-sociaux@diapason.example", "Préfecture de l'Hérault"))
        .refused(422, "invalid");
    assert_eq!(hidden.str("/errors/0/pointer"), "/email");
    // Someone who left gives it free.
    let sig = world.client("sig-admin");
    let deputy = format!("/members/{}", world.member("deputy-34"));
    sig.act(&format!("{deputy}/depart"), sig.get(&deputy).etag(), None).expect(200);
    admin.post("/members", new(&world, "deputy-34@diapason.example", "Préfecture de l'Hérault")).expect(201);
}

#[test]
fn a_card_is_shown_to_those_to_whom_it_is_meant() {
    let world = World::demo();
    let address = format!("/members/{}", world.member("contributor-sociaux"));
    let view = |client: &Client| client.get(&address).expect(200).str("/view");
    let callers = ["sig-admin", "director-sociaux", "lead-edito", "member", "observer"];
    let views = |visibility: &str| -> Vec<String> {
        world.database.run(&format!(
            "UPDATE member SET profile_visibility = '{visibility}' WHERE id = '{}'",
            world.member("contributor-sociaux")
        ));
        callers.iter().map(|persona| view(&world.client(persona))).collect()
    };
    assert_eq!(views("all_members"), ["full", "full", "full", "full", "name"]);
    assert_eq!(views("networks"), ["full", "full", "name", "name", "name"]);
    assert_eq!(views("leads"), ["full", "full", "name", "name", "name"]);
    let name = world.client("member").get(&address).expect(200).json();
    let fields: Vec<_> = name.as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields, ["display_name", "id", "organizations", "view"]);
    // The lead of a network that the member joins sees it.
    world
        .client("sig-admin")
        .post(
            "/networks/edito/memberships",
            json!({"affiliation_id": world.affiliation("contributor-sociaux"), "role": "member"}),
        )
        .expect(201);
    std::thread::sleep(std::time::Duration::from_millis(2100));
    assert_eq!(views("leads"), ["full", "full", "full", "name", "name"]);
    world.client("partner").get(&address).refused(404, "not_found");
    assert_eq!(world.client("partner").walk("/members").len(), 1, "partners see themselves alone");
}

#[test]
fn one_person_has_two_affiliations_of_which_one_is_main() {
    let world = World::demo();
    let (sig, member) = (world.client("sig-admin"), world.member("org-admin-34"));
    let second =
        json!({"organization_id": world.organization("MTRAV"), "position": "Chargée de mission", "is_primary": true});
    let created = sig.post(&format!("/members/{member}/affiliations"), second.clone()).expect(201);
    let card = sig.get(&format!("/members/{member}")).expect(200);
    assert_eq!(card.str("/affiliations/0/organization/short_name"), "MTRAV", "the main one first");
    assert_eq!(
        (card.at("/affiliations/0/is_primary"), card.at("/affiliations/1/is_primary")),
        (json!(true), json!(false))
    );
    sig.post(&format!("/members/{member}/affiliations"), second).refused(409, "overlap");
    let address = format!("/affiliations/{}", created.str("/id"));
    let kept = sig.patch(&address, created.etag(), json!({"is_primary": false})).refused(422, "invalid");
    assert_eq!(kept.str("/errors/0/pointer"), "/is_primary");
    sig.act(&format!("{address}/end"), created.etag(), Some(json!({"at": "2020-01-01T00:00:00Z"})))
        .refused(422, "invalid");
    let ended = sig.act(&format!("{address}/end"), created.etag(), Some(json!({}))).expect(200);
    assert!(ended.json().get("valid_to").is_some());
    let card = sig.get(&format!("/members/{member}")).expect(200);
    assert_eq!(card.at("/affiliations").as_array().unwrap().len(), 1);
    assert_eq!(card.at("/affiliations/0/is_primary"), true, "the one that is left becomes the main one");
    assert_eq!(sig.walk(&format!("/members/{member}/affiliations")).len(), 2, "nothing is deleted");
}

#[test]
fn suspended_one_may_nothing_and_the_gap_shows() {
    let world = World::demo();
    let (sig, referent) = (world.client("sig-admin"), world.client("referent-34"));
    let address = format!("/members/{}", world.member("referent-34"));
    referent.get("/me").expect(200);
    let etag = sig.get(&address).etag().to_owned();
    let suspended = sig.act(&format!("{address}/suspend"), &etag, None).expect(200);
    assert_eq!(suspended.str("/status"), "suspended");
    // At once for a write, within two seconds for a read.
    referent.patch("/networks/edito", "\"1-000000000000\"", json!({})).refused(403, "suspended");
    std::thread::sleep(std::time::Duration::from_millis(2100));
    referent.get("/networks").refused(403, "suspended");
    assert_eq!(referent.get("/me").expect(200).at("/suspended"), true);
    let gaps = sig.walk("/networks/prefectures/gaps?limit=200");
    let here = gaps.iter().find(|gap| gap["organization"]["name"] == "Préfecture de l'Hérault").unwrap();
    assert_eq!(here["gaps"], json!(["vacant", "unqualified"]));
    let membership = sig.get(&format!("/memberships/{}", world.membership("referent-34", "prefectures"))).expect(200);
    assert_eq!(membership.str("/status"), "suspended");
    sig.act(&format!("{address}/suspend"), suspended.etag(), None).refused(409, "invalid_transition");
    sig.act(&format!("{address}/restore"), suspended.etag(), None).expect(200);
    assert!(
        !sig.walk("/networks/prefectures/gaps?limit=200")
            .iter()
            .any(|gap| gap["organization"]["name"] == "Préfecture de l'Hérault")
    );
}

#[test]
fn a_leaver_departs_and_nothing_is_deleted() {
    let world = World::demo();
    let (admin, sig) = (world.client("org-admin-34"), world.client("sig-admin"));
    let (member, membership) = (world.member("referent-34"), world.membership("referent-34", "prefectures"));
    let address = format!("/members/{member}");
    let before = sig.get(&address).expect(200);
    // The member has a place at the ministère de l'Intérieur too, which this administrator does not keep.
    admin.act(&format!("{address}/depart"), before.etag(), None).refused(403, "forbidden");
    sig.act(&format!("{address}/depart"), before.etag(), None).expect(200);
    let after = sig.get(&address).expect(200);
    assert_eq!((after.str("/status"), after.at("/affiliations")), ("departed".into(), json!([])));
    let ended = sig.get(&format!("/memberships/{membership}")).expect(200);
    assert_eq!((ended.str("/status"), ended.str("/end_reason")), ("ended".into(), "left_org".into()));
    let gaps = sig.walk("/networks/prefectures/gaps?gap=expired");
    assert!(
        gaps.iter().any(|gap| gap["organization"]["name"] == "Préfecture de l'Hérault"),
        "vacant since the member left"
    );
    assert_eq!(world.client("member").get(&address).expect(200).str("/view"), "name", "the card is closed");
    assert!(!sig.walk("/members?q=P%C3%A9rignan").iter().any(|it| it["id"] == member), "out of lists");
    assert_eq!(sig.walk("/members?q=P%C3%A9rignan&status=departed").len(), 1);
    sig.patch(&address, after.etag(), json!({"usual_name": "Autre"})).refused(409, "invalid_transition");
    assert_eq!(sig.walk(&format!("/members/{member}/affiliations")).len(), 2);
    world.client("sig-admin").get("/me").expect(200);
}

#[test]
fn roles_are_given_within_bounds_and_end_with_the_affiliation() {
    let world = World::demo();
    let (director, sig) = (world.client("director-sociaux"), world.client("sig-admin"));
    // The persona sits elsewhere; a role is held through a place within the giver's scope.
    let elsewhere = json!({"affiliation_id": world.affiliation("member"), "role": "org_admin", "organization_id": world.organization("DICOM sociaux")});
    director.post("/role-assignments", elsewhere).refused(403, "forbidden");
    let place = json!({"organization_id": world.organization("DICOM sociaux")});
    let place = sig.post(&format!("/members/{}/affiliations", world.member("member")), place).expect(201).str("/id");
    let give = |role: &str, organization: &str| json!({"affiliation_id": place, "role": role, "organization_id": world.organization(organization)});
    let given = director.post("/role-assignments", give("org_admin", "DICOM sociaux")).expect(201);
    director.post("/role-assignments", give("org_admin", "DICOM sociaux")).refused(409, "overlap");
    // A ministry has a cabinet, which the director does not follow: the role would reach further than the director does.
    director.post("/role-assignments", give("org_admin", "MTRAV")).refused(403, "forbidden");
    director.post("/role-assignments", give("org_admin", "MJ")).refused(403, "forbidden");
    director.post("/role-assignments", give("dicom_director", "MTRAV")).refused(403, "forbidden");
    let oneself = json!({"affiliation_id": world.affiliation("director-sociaux"), "role": "org_admin", "organization_id": world.organization("MTRAV")});
    director.post("/role-assignments", oneself).refused(403, "forbidden");
    let oneself = json!({"affiliation_id": world.affiliation("sig-admin"), "role": "auditor"});
    sig.post("/role-assignments", oneself).refused(403, "forbidden");
    let unscoped = json!({"affiliation_id": world.affiliation("member"), "role": "org_admin"});
    assert_eq!(
        sig.post("/role-assignments", unscoped).refused(422, "invalid").str("/errors/0/pointer"),
        "/organization_id"
    );
    // The new administrator keeps the members of that directorate, from now on.
    let created =
        world.client("member").post("/members", new(&world, "n@sociaux.example", "DICOM sociaux")).expect(201);
    world.client("member").post("/members", new(&world, "m@justice.example", "MJ")).refused(403, "forbidden");
    let address = format!("/affiliations/{place}");
    sig.act(&format!("{address}/end"), sig.get(&address).etag(), Some(json!({}))).expect(200);
    assert!(sig.get(&format!("/role-assignments/{}", given.str("/id"))).expect(200).json().get("valid_to").is_some());
    world
        .client("member")
        .patch(created.header("location"), created.etag(), json!({"usual_name": "X"}))
        .refused(403, "forbidden");
}

#[test]
fn a_second_place_gives_its_keepers_no_hand_on_the_member() {
    let world = World::demo();
    let (admin, sig) = (world.client("org-admin-34"), world.client("sig-admin"));
    let target = world.member("contributor-sociaux");
    let place =
        |main: bool| json!({"organization_id": world.organization("Préfecture de l'Hérault"), "is_primary": main});
    admin.post(&format!("/members/{target}/affiliations"), place(true)).refused(403, "forbidden");
    let second = admin.post(&format!("/members/{target}/affiliations"), place(false)).expect(201);
    let card = sig.get(&format!("/members/{target}")).expect(200);
    let address = format!("/members/{target}");
    admin.patch(&address, card.etag(), json!({"email": "taken@over.example"})).refused(403, "forbidden");
    admin.act(&format!("{address}/depart"), card.etag(), None).refused(403, "forbidden");
    let place = format!("/affiliations/{}", second.str("/id"));
    admin.patch(&place, second.etag(), json!({"is_primary": true})).refused(403, "forbidden");
    world.database.run(&format!("UPDATE member SET profile_visibility = 'leads' WHERE id = '{target}'"));
    assert_eq!(admin.get(&address).expect(200).str("/view"), "name");
    admin.act(&format!("{place}/end"), second.etag(), Some(json!({}))).expect(200);
}

#[test]
fn the_last_sig_administrator_stays() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let role = sig.get(&format!("/role-assignments?role=sig_admin&member_id={}", world.member("sig-admin")));
    let address = format!("/role-assignments/{}", role.expect(200).str("/items/0/id"));
    let end = |etag: &str| sig.act(&format!("{address}/end"), etag, Some(json!({})));
    let etag = sig.get(&address).expect(200).etag().to_owned();
    end(&etag).refused(409, "last_admin");
    let member = format!("/members/{}", world.member("sig-admin"));
    sig.act(&format!("{member}/depart"), sig.get(&member).etag(), None).refused(409, "last_admin");
    let other = json!({"affiliation_id": world.affiliation("sig-coordinator"), "role": "sig_admin"});
    sig.post("/role-assignments", other).expect(201);
    // Someone who never logged in administers nothing.
    end(&etag).refused(409, "last_admin");
    world.client("sig-coordinator");
    end(&etag).expect(200);
}

#[test]
fn who_only_observes_a_network_opens_no_card_by_it() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let target = world.member("contributor-sociaux");
    world.database.run(&format!("UPDATE member SET profile_visibility = 'networks' WHERE id = '{target}'"));
    let join = |persona: &str, role: &str| {
        let new = json!({"affiliation_id": world.affiliation(persona), "role": role});
        sig.post("/networks/veille/memberships", new).expect(201)
    };
    join("contributor-sociaux", "member");
    let seat = join("org-admin-34", "observer");
    let view = || world.client("org-admin-34").get(&format!("/members/{target}")).expect(200).str("/view");
    assert_eq!(view(), "name");
    let address = format!("/memberships/{}/change-role", seat.str("/id"));
    sig.act(&address, seat.etag(), Some(json!({"role": "member"}))).expect(200);
    std::thread::sleep(std::time::Duration::from_millis(2100));
    assert_eq!(view(), "full");
}

#[test]
fn who_may_give_no_role_learns_nothing_of_whom_he_names() {
    let world = World::demo();
    let give = |affiliation: &str| json!({"affiliation_id": affiliation, "role": "org_admin", "organization_id": world.organization("MTRAV")});
    let nowhere = "01900000-0000-7000-8fff-ffffffffffff";
    for persona in ["observer", "partner", "member"] {
        let client = world.client(persona);
        let there = client.post("/role-assignments", give(&world.affiliation("deputy-34"))).refused(403, "forbidden");
        let none = client.post("/role-assignments", give(nowhere)).refused(403, "forbidden");
        assert_eq!(there.said(), none.said(), "{persona}");
    }
    let told = world.client("sig-admin").post("/role-assignments", give(nowhere)).refused(422, "invalid");
    assert_eq!(told.str("/errors/0/pointer"), "/affiliation_id");
}

#[test]
fn where_a_cap_holds_one_is_not_told_of_the_network_that_one_was_put_in() {
    let world = World::demo();
    world.database.run(&format!(
        "INSERT INTO membership (id, network_id, affiliation_id, member_id, organization_id, organization_kind, sort_name, role, valid, created_at, updated_at, created_by, updated_by)
         SELECT '01900000-0000-7000-8f00-000000000009', id, '{}', app.system(), app.system(), '', '', 'member', tstzrange('2025-01-01Z', NULL), '2025-01-01Z', '2025-01-01Z', app.system(), app.system()
         FROM network WHERE code = 'crise'",
        world.affiliation("partner")
    ));
    let partner = world.client("partner");
    assert_eq!(partner.get("/me").expect(200).at("/standings/0/seats"), json!([]));
    assert!(partner.walk("/me/memberships").is_empty());
}

#[test]
fn those_who_left_are_found_where_they_were_last() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let (herault, travail) = (world.organization("Préfecture de l'Hérault"), world.organization("MTRAV"));
    let record = |name: &str| {
        let member = json!({"given_name": "Ana", "usual_name": name, "email": format!("{name}@partie.example"), "affiliation": {"organization_id": herault}});
        sig.post("/members", member).expect(201).header("location").to_owned()
    };
    let (leaver, mover) = (record("restee"), record("mutee"));
    let place = sig.walk(&format!("{mover}/affiliations"))[0]["id"].as_str().unwrap().to_owned();
    sig.post(&format!("{mover}/affiliations"), json!({"organization_id": travail})).expect(201);
    let place = format!("/affiliations/{place}");
    sig.act(&format!("{place}/end"), sig.get(&place).etag(), Some(json!({}))).expect(200);
    for card in [&leaver, &mover] {
        sig.act(&format!("{card}/depart"), sig.get(card).etag(), None).expect(200);
    }
    let departed = |at: &str| {
        let found = sig.walk(&format!("/members?organization_id={at}&status=departed&limit=200"));
        found.iter().map(|it| format!("/api/v1/members/{}", it["id"].as_str().unwrap())).collect::<Vec<_>>()
    };
    assert!(departed(&herault).contains(&leaver) && !departed(&herault).contains(&mover));
    assert!(departed(&travail).contains(&mover) && !departed(&travail).contains(&leaver));
    let count = sig.get(&format!("/members?organization_id={herault}&status=departed&count=exact")).expect(200);
    assert_eq!(count.at("/count"), departed(&herault).len());
    // The card of someone who left is for the SIG.
    let admin = world.client("org-admin-34");
    assert!(admin.walk(&format!("/members?organization_id={herault}&status=departed")).is_empty());
}
