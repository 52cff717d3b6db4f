//! Organizations: a life, two hands on one object, what outsiders see, what they were called.

use serde_json::json;

use crate::support::World;

#[test]
fn an_organization_lives_from_its_record_to_its_closing() {
    let world = World::demo();
    let (sig, member) = (world.client("sig-coordinator"), world.client("member"));
    let new = json!({"kind": "operator", "name": "Agence d'essai", "siren": "130025265", "territory_code": "dep-34",
        "contact_points": [{"kind": "email", "value": "presse@agence.example"}]});
    let created = sig.post("/organizations", new).expect(201);
    let address = created.header("location").to_owned();
    assert_eq!(address, format!("/api/v1/organizations/{}", created.str("/id")));
    assert_eq!((created.str("/origin"), created.str("/view")), ("operator".into(), "full".into()));
    assert!(created.actions().contains(&"close_organization".to_owned()));

    let seen = member.get(&address).expect(200);
    assert_eq!(seen.actions(), ["get_organization"]);
    member.patch(&address, seen.etag(), json!({"name": "À moi"})).refused(403, "forbidden");
    sig.send("PATCH", &address, &[], Some(json!({}))).refused(428, "precondition_required");

    let changed = sig.patch(&address, created.etag(), json!({"name": "Agence de l'essai", "siren": null})).expect(200);
    assert_eq!(changed.at("/aliases"), json!(["Agence d'essai"]), "a name that goes is kept as an alias");
    assert!(changed.json().get("siren").is_none(), "what is absent is absent, never null");
    sig.patch(&address, created.etag(), json!({"name": "Trop tard"})).refused(412, "stale");

    let closed = sig.act(&format!("{address}/close"), changed.etag(), None).expect(200);
    assert_eq!(closed.str("/status"), "closed");
    sig.act(&format!("{address}/close"), closed.etag(), None).refused(409, "invalid_transition");
    let names = [
        "create_organization done",
        "update_organization refused forbidden",
        "update_organization done",
        "close_organization done",
    ];
    assert_eq!(world.audit(), names);
    let id = created.str("/id");
    let history = world
        .database
        .column(&format!("SELECT object_version::text AS it FROM history WHERE object_id = '{id}' ORDER BY 1"));
    let events = world.database.column(&format!(
        "SELECT verb || ' ' || array_to_string(changed_fields, ',') AS it FROM change_event WHERE object_id = '{id}' ORDER BY position"
    ));
    assert_eq!(history, ["1", "2", "3"]);
    assert_eq!(events[1..], ["updated aliases,name,siren", "ended status"]);
}

#[test]
fn of_two_at_the_same_time_one_wins() {
    let world = World::demo();
    let address = format!("/organizations/{}", world.organization("SIG"));
    let (one, other) = (world.client("sig-admin"), world.client("sig-coordinator"));
    let etag = one.get(&address).expect(200).etag().to_owned();
    let change = |client: crate::support::Client| {
        let (address, etag) = (address.clone(), etag.clone());
        std::thread::spawn(move || client.patch(&address, &etag, json!({"website": "https://sig.example"})).status)
    };
    let (one, other) = (change(one), change(other));
    let mut statuses = [one.join().unwrap(), other.join().unwrap()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
}

#[test]
fn the_director_says_how_to_reach_what_he_answers_for_and_nothing_else() {
    let world = World::demo();
    let director = world.client("director-sociaux");
    let contacts = json!({"contact_points": [{"kind": "phone", "label": "Standard", "value": "+33 1 40 56 60 00"}]});
    for (name, status) in [("DICOM sociaux", 200), ("MTRAV", 200), ("MJ", 403)] {
        let address = format!("/organizations/{}", world.organization(name));
        let etag = director.get(&address).expect(200).etag().to_owned();
        director.act(&format!("{address}/contact-points"), &etag, Some(contacts.clone())).expect(status);
        director.patch(&address, &etag, json!({"name": "À moi"})).refused(403, "forbidden");
    }
}

#[test]
fn observers_and_partners_see_names_alone() {
    let world = World::shared();
    for persona in ["observer", "partner"] {
        let client = world.client(persona);
        let seen = client.get(&format!("/organizations/{}", world.organization("SIG"))).expect(200);
        let fields: Vec<String> = seen.json().as_object().unwrap().keys().cloned().collect();
        assert_eq!(fields, ["id", "kind", "name", "short_name", "view"], "{persona}");
        let hidden = client.get("/organizations?territory_code=dep-34").expect(200);
        assert_eq!(hidden.at("/items"), json!([]), "a filter on what the caller may not read finds nothing");
        assert!(!client.walk("/organizations?kind=ministry").is_empty());
    }
}

#[test]
fn as_of_a_past_day_it_is_called_what_it_was() {
    let world = World::shared();
    let sig = world.client("sig-admin");
    let address = format!("/organizations/{}", world.organization("Service des infrastructures"));
    let now = sig.get(&address).expect(200);
    assert_eq!(now.str("/name"), "Service des infrastructures");
    let then = sig.get(&format!("{address}?as_of=2025-05-31")).expect(200);
    assert_eq!((then.str("/name"), then.str("/short_name")), ("Service de l'équipement".into(), "SE".into()));
    assert_eq!(then.etag(), "", "another day is no version");
    sig.get(&format!("{address}?as_of=2020-01-01")).refused(404, "not_found");
    assert_eq!(
        sig.get(&format!("{address}?as_of=2999-01-01")).refused(422, "invalid").str("/errors/0/pointer"),
        "/as_of"
    );
    sig.get(&format!("{address}?as_of=yesterday")).refused(422, "invalid");
}

#[test]
fn what_was_merged_says_who_lives_on_and_takes_no_write() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let address = format!("/organizations/{}", world.organization("Direction de la jeunesse"));
    let merged = sig.get(&address).expect(200);
    assert_eq!(merged.str("/status"), "merged");
    assert_eq!(merged.str("/successor_ids/0"), world.organization("DJS"));
    sig.patch(&address, merged.etag(), json!({"website": "https://dj.example"})).refused(409, "superseded");
    assert!(sig.walk("/organizations?q=jeunesse").iter().all(|item| item["status"] == "active"));
}

#[test]
fn an_organization_never_stands_below_itself() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let (upper, lower) = (world.organization("SPM"), world.organization("SIG"));
    let etag = sig.get(&format!("/organizations/{upper}")).expect(200).etag().to_owned();
    for parent in [&lower, &upper] {
        let reply =
            sig.patch(&format!("/organizations/{upper}"), &etag, json!({"parent_id": parent})).refused(422, "invalid");
        assert_eq!(reply.str("/errors/0/pointer"), "/parent_id");
    }
}

#[test]
fn pages_walk_the_whole_list_in_human_order() {
    let world = World::shared();
    let names = |items: Vec<serde_json::Value>| -> Vec<String> {
        items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
    };
    let sig = world.client("sig-admin");
    let walked = names(sig.walk("/organizations?kind=prefecture&limit=7"));
    let whole = names(sig.walk("/organizations?kind=prefecture&limit=200"));
    assert_eq!(walked, whole);
    assert_eq!(walked.len(), 109);
    let page = sig.get("/organizations?kind=prefecture&limit=1").expect(200);
    let cursor = page.str("/next");
    sig.get(&format!("/organizations?kind=operator&limit=1&cursor={cursor}")).refused(400, "invalid_cursor");
    sig.get("/organizations?cursor=invented").refused(400, "invalid_cursor");
    assert_eq!(names(sig.walk("/organizations?q=PREFECTURE%20DE%20L%27HERAULT")), ["Préfecture de l'Hérault"]);
    for (words, found) in [("%25", 0), ("_", 0)] {
        assert_eq!(sig.walk(&format!("/organizations?q={words}")).len(), found, "{words} means itself");
    }
}

#[test]
fn what_the_client_has_already_is_not_sent_again() {
    let world = World::shared();
    let address = format!("/organizations/{}", world.organization("SIG"));
    let (sig, member) = (world.client("sig-admin"), world.client("member"));
    let first = sig.get(&address).expect(200);
    let again = |client: &crate::support::Client, language| {
        client.send("GET", &address, &[("if-none-match", first.etag()), ("accept-language", language)], None)
    };
    assert!(again(&sig, "fr").expect(304).bytes.is_empty());
    again(&sig, "en").expect(200);
    again(&member, "fr").expect(200);
    assert!(first.header("vary").starts_with("Authorization, Accept-Language"));
    let tag = first.etag();
    let asks = |tags: &[&str]| {
        let headers: Vec<_> =
            tags.iter().map(|tags| ("if-none-match", *tags)).chain([("accept-language", "fr")]).collect();
        sig.send("GET", &address, &headers, None).status
    };
    for known in [
        "*",
        " * ",
        &format!("W/{tag}"),
        &format!("\"a\", {tag}"),
        &format!("\"a,b\",W/{tag} , W/\"c\""),
        &format!(",, {tag},"),
    ] {
        assert_eq!(asks(&[known]), 304, "{known}");
    }
    assert_eq!(asks(&["\"a\"", tag]), 304, "in several lines");
    for unknown in ["", "a", "\"a\"", "\"*\"", tag.trim_matches('"'), &format!("\"a,{}\"", tag.trim_matches('"'))] {
        assert_eq!(asks(&[unknown]), 200, "{unknown}");
    }
}

#[test]
fn all_that_rests_on_an_organization_ends_with_it() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let new = |name: &str, kind: &str, parent: Option<&str>| {
        let new = json!({"kind": kind, "name": name, "parent_id": parent});
        let new = if parent.is_some() { new } else { json!({"kind": kind, "name": name}) };
        sig.post("/organizations", new).expect(201)
    };
    let dicom = new("Direction qui ferme", "communication_directorate", None);
    let id = dicom.str("/id");
    let below = new("Bureau d'en dessous", "central_administration", Some(&id));
    let close = |etag: &str| sig.act(&format!("/organizations/{id}/close"), etag, None);
    close(dicom.etag()).refused(409, "not_empty");
    sig.act(&format!("/organizations/{}/close", below.str("/id")), below.etag(), None).expect(200);

    let link = json!({"to_id": world.organization("MJ"), "kind": "serves"});
    let link = sig.post(&format!("/organizations/{id}/links"), link).expect(201).str("/id");
    let place = sig.post(
        &format!("/members/{}/affiliations", world.member("member")),
        json!({"organization_id": id, "is_primary": true}),
    );
    let place = place.expect(201).str("/id");
    let role = json!({"affiliation_id": place, "role": "dicom_director", "organization_id": id});
    let role = sig.post("/role-assignments", role).expect(201).str("/id");
    let seat = json!({"organization_id": id, "role": "referent", "min": 1, "max": 1});
    let seat = sig.post("/networks/veille/seats", seat).expect(201).str("/id");
    let membership = json!({"affiliation_id": place, "role": "referent"});
    let membership = sig.post("/networks/veille/memberships", membership).expect(201).str("/id");
    let co_animation = json!({"organization_id": id, "scope": "all"});
    let co_animation = sig.post("/networks/veille/co-animations", co_animation).expect(201).str("/id");

    close(sig.get(&format!("/organizations/{id}")).etag()).expect(200);
    for address in
        [format!("/affiliations/{place}"), format!("/role-assignments/{role}"), format!("/memberships/{membership}")]
    {
        assert!(sig.get(&address).expect(200).json().get("valid_to").is_some(), "{address}");
    }
    for (table, id) in [("organization_link", link), ("seat", seat), ("co_animation", co_animation)] {
        let open = format!("SELECT upper_inf(valid)::text AS it FROM {table} WHERE id = '{id}'");
        assert_eq!(world.database.one(&open), "false", "{table}");
    }
    let main = sig.get(&format!("/members/{}", world.member("member"))).expect(200);
    assert_eq!(main.at("/affiliations/0/is_primary"), true, "the place that is left is the main one");
    assert!(sig.walk("/networks/veille/gaps?limit=200").iter().all(|gap| gap["organization"]["id"] != id));
    assert!(sig.get("/tracking/matrix").expect(200).text().find(&id).is_none());
}

#[test]
fn what_moves_takes_its_rights_along() {
    let world = World::demo();
    let (sig, admin) = (world.client("sig-admin"), world.client("org-admin-34"));
    let new =
        |parent: &str| json!({"kind": "deconcentrated_service", "name": "Service qui bouge", "parent_id": parent});
    let herault = world.organization("Préfecture de l'Hérault");
    let moving = sig.post("/organizations", new(&herault)).expect(201);
    let member = |n: u8| json!({"given_name": "Odile", "usual_name": format!("Essai{n}"), "affiliation": {"organization_id": moving.str("/id")}});
    admin.post("/members", member(1)).expect(201);
    let address = format!("/organizations/{}", moving.str("/id"));
    sig.patch(&address, moving.etag(), json!({"parent_id": world.organization("MJ")})).expect(200);
    admin.post("/members", member(2)).refused(403, "forbidden");
}

#[test]
fn what_an_organization_was_called_is_told_with_its_time() {
    let world = World::demo();
    let (sig, member) = (world.client("sig-admin"), world.client("member"));
    let address = format!("/organizations/{}", world.organization("DICOM sociaux"));
    let before = sig.get(&address).expect(200);
    for name in ["Premier nom d'essai", "Second nom d'essai"] {
        sig.patch(&address, sig.get(&address).etag(), json!({"name": name})).expect(200);
    }
    let periods = member.walk(&format!("{address}/history?limit=1"));
    let names: Vec<_> = periods.iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names[..2], ["Second nom d'essai", "Premier nom d'essai"]);
    assert_eq!(names[2], before.str("/name"));
    assert!(periods[0].get("valid_to").is_none());
    // Each begins where the one before it ends, and nothing is between them.
    for both in periods.windows(2) {
        assert_eq!(both[0]["valid_from"], both[1]["valid_to"]);
    }
    world.client("observer").get(&format!("{address}/history")).refused(403, "forbidden");
    sig.get(&format!("/organizations/{}/history", world.member("member"))).refused(404, "not_found");
}

#[test]
fn a_tree_is_walked_depth_first_now_and_then() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let root = world.organization("MI");
    let address = format!("/organizations/{root}/tree");
    let nodes = sig.walk(&format!("{address}?limit=3"));
    assert_eq!(nodes, sig.walk(&format!("{address}?limit=200")), "pages lose nothing");
    assert_eq!(
        (nodes[0]["organization"]["id"].as_str().unwrap(), nodes[0]["depth"].as_i64()),
        (root.as_str(), Some(0))
    );
    assert!(nodes.len() > 3, "{}", nodes.len());
    let mut way: Vec<String> = Vec::new();
    for node in &nodes {
        way.truncate(usize::try_from(node["depth"].as_i64().unwrap()).unwrap());
        if let Some(above) = way.last() {
            assert_eq!(
                node["parent_id"].as_str(),
                Some(above.as_str()),
                "{node} follows another than what it is under"
            );
        }
        way.push(node["organization"]["id"].as_str().unwrap().to_owned());
    }
    let expected = world.database.one(&format!(
        "SELECT count(*)::text AS it FROM app.descendants('{root}', now()) d JOIN organization o ON o.id = d WHERE o.status = 'active'"
    ));
    assert_eq!(nodes.len().to_string(), expected);
    // What moves away is still there on the day before.
    let leaf = nodes.last().unwrap()["organization"]["id"].as_str().unwrap();
    let leaf_address = format!("/organizations/{leaf}");
    sig.patch(&leaf_address, sig.get(&leaf_address).etag(), json!({"parent_id": null})).expect(200);
    let holds = |as_of: &str| sig.walk(&format!("{address}{as_of}")).iter().any(|it| it["organization"]["id"] == leaf);
    assert!(!holds(""));
    assert!(holds("?as_of=2026-01-01"));
}
