//! Follow-up on two axes over the same facts; what a leaver has yet to do.

use serde_json::{Value, json};

use crate::support::{Client, World};

fn action_titles(page: &Value) -> Vec<&str> {
    page["action_items"].as_array().unwrap().iter().map(|it| it["title"].as_str().unwrap()).collect()
}

fn summaries(page: &Value) -> Vec<&str> {
    page["follow_ups"].as_array().unwrap().iter().map(|it| it["summary"].as_str().unwrap()).collect()
}

fn sum(rows: &Value, of: &str) -> i64 {
    rows.as_array().unwrap().iter().map(|row| row[of].as_i64().or(row["tally"][of].as_i64()).unwrap()).sum()
}

pub fn record(
    client: &Client,
    axis: &str,
    network: Option<&str>,
    organization: Option<&str>,
    summary: &str,
    private: bool,
) -> String {
    let mut body = json!({"axis": axis, "held_on": "2026-11-10", "health": "amber", "summary": summary});
    if let Some(network) = network {
        body["network_code"] = network.into();
    }
    if let Some(organization) = organization {
        body["organization_id"] = organization.into();
    }
    if private {
        body["confidentiality"] = "confidential".into();
    }
    client.post("/follow-ups", body).expect(201).str("/id")
}

/// A cell of the matrix is what its drill-downs add up to, on both pages.
fn drill_downs_add_up_to_the_matrix(sig: &Client, dicom: &str, network: &str, organization: &str) {
    let query = format!("/tracking/cells?network_code=edito&dicom_id={dicom}");
    let cells = sig.get(&query).expect(200).at("/items");
    let matrix = sig.get("/tracking/matrix").expect(200).json();
    let row = matrix["rows"].as_array().unwrap().iter().find(|row| row["dicom"]["id"] == dicom).unwrap();
    let cell = row["cells"].as_array().unwrap().iter().find(|cell| cell["network_code"] == "edito").unwrap();
    let here: Vec<&Value> = cells.as_array().unwrap().iter().collect();
    let ids: Vec<&str> = here.iter().map(|cell| cell["organization"]["id"].as_str().unwrap()).collect();
    for rows in [sig.rows(network), sig.rows(organization)] {
        let here =
            |row: &Value| row["network_code"] == "edito" && ids.contains(&row["organization"]["id"].as_str().unwrap());
        let rows: Vec<Value> = rows.into_iter().filter(here).collect();
        let rows = Value::from(rows);
        for of in ["expected", "filled", "gaps", "referents", "members"] {
            let added: i64 = if of == "referents" {
                rows.as_array().unwrap().iter().map(|row| row["tally"][of].as_i64().unwrap()).sum()
            } else {
                sum(&rows, of)
            };
            assert_eq!(added, cell["tally"][of].as_i64().unwrap(), "{of}");
        }
        assert_eq!(sum(&rows, "open_actions"), 1);
        assert_eq!(sum(&rows, "overdue_actions"), 1);
    }
}

/// Journey J2.
#[test]
fn both_axes_show_the_same_action_and_change_at_once() {
    let world = World::demo();
    let (lead, sig, director) =
        (world.client("lead-edito"), world.client("sig-coordinator"), world.client("director-sociaux"));
    let dicom = world.organization("DICOM sociaux");
    let held = record(&lead, "network", Some("edito"), Some(&dicom), "Point avec le référent", false);
    let given = json!({"title": "Transmettre le plan éditorial", "network_code": "edito", "owner_organization_id": dicom,
        "follow_up_id": held, "due_on": "2026-11-01"});
    let action = lead.post("/action-items", given).expect(201);
    record(&sig, "organization", None, Some(&dicom), "Point DICOM trimestriel", false);
    record(&sig, "organization", Some("edito"), Some(&dicom), "Tensions au cabinet", true);
    let (network, organization) = ("/tracking/networks/edito".to_owned(), format!("/tracking/organizations/{dicom}"));
    let (by_network, by_organization) =
        (lead.get(&network).expect(200).json(), director.get(&organization).expect(200).json());
    assert_eq!(action_titles(&by_network), ["Transmettre le plan éditorial"]);
    assert_eq!(by_network["action_items"][0]["id"], by_organization["action_items"][0]["id"]);
    assert_eq!(summaries(&by_network), ["Point avec le référent"], "what is confidential stays with whom it concerns");
    assert_eq!(
        summaries(&by_organization),
        ["Tensions au cabinet", "Point DICOM trimestriel", "Point avec le référent"]
    );
    drill_downs_add_up_to_the_matrix(&sig, &dicom, &network, &organization);
    // The director closes it: both change at once.
    let tasks = director.get("/me/tasks").expect(200).json();
    assert!(tasks["items"].as_array().unwrap().iter().any(|task| task["id"] == action.str("/id")), "{tasks}");
    let seen = director.get(&format!("/action-items/{}", action.str("/id"))).expect(200);
    let done = director.act(&format!("/action-items/{}/complete", action.str("/id")), seen.etag(), None).expect(200);
    assert_eq!(done.str("/status"), "done");
    assert!(action_titles(&lead.get(&network).expect(200).json()).is_empty());
    assert!(action_titles(&director.get(&organization).expect(200).json()).is_empty());
    director
        .act(&format!("/action-items/{}/complete", action.str("/id")), done.etag(), None)
        .refused(409, "invalid_transition");
    let tasks = director.get("/me/tasks").expect(200).json();
    assert!(tasks["items"].as_array().unwrap().iter().all(|task| task["id"] != action.str("/id")));
    // The lead reads the row of the other axis, not its confidential notes.
    let private = sig.walk("/follow-ups?axis=organization");
    let private = private.iter().find(|it| it["summary"] == "Tensions au cabinet").unwrap()["id"].as_str().unwrap();
    lead.get(&format!("/follow-ups/{private}")).refused(404, "not_found");
    director.get(&format!("/follow-ups/{private}")).expect(200);
    world.client("contributor-sociaux").get(&format!("/follow-ups/{private}")).refused(404, "not_found");
}

#[test]
fn a_page_stands_as_at_its_own_last_follow_up() {
    let world = World::demo();
    let (lead, sig) = (world.client("lead-edito"), world.client("sig-coordinator"));
    let dicom = world.organization("DICOM sociaux");
    let pages = ["/tracking/networks/edito".to_owned(), format!("/tracking/organizations/{dicom}")];
    let stands = || pages.each_ref().map(|page| sig.get(page).expect(200).json()["health"].clone());
    assert_eq!(stands(), [Value::Null, Value::Null]);
    let held = |day: &str, health: &str, more: Value| {
        let mut body = json!({"held_on": day, "health": health, "summary": "Point"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    lead.post("/follow-ups", held("2026-01-10", "red", json!({"axis": "network", "network_code": "edito"})))
        .expect(201);
    sig.post("/follow-ups", held("2026-01-11", "green", json!({"axis": "organization", "organization_id": dicom})))
        .expect(201);
    // More than the page shows, later, of both: with a référent, and with the directorate on the network.
    for day in 1..=11 {
        for axis in ["network", "organization"] {
            let more = json!({"axis": axis, "network_code": "edito", "organization_id": dicom});
            sig.post("/follow-ups", held(&format!("2026-02-{day:02}"), "amber", more)).expect(201);
        }
    }
    assert_eq!(stands(), ["red", "green"]);
    let page = sig.get(&pages[0]).expect(200).json();
    assert_eq!(page["last_follow_up_on"], "2026-01-10");
    assert_eq!(page["follow_ups"].as_array().unwrap().len(), 20);
    let rows = sig.rows(&pages[0]);
    let row = rows.iter().find(|row| row["organization"]["id"] == dicom).unwrap();
    assert_eq!([&row["health"], &row["last_follow_up_on"]], ["amber", "2026-02-11"]);
}

#[test]
fn a_follow_up_is_decided_commented_and_changed() {
    let world = World::demo();
    let (sig, director) = (world.client("sig-coordinator"), world.client("director-sociaux"));
    let dicom = world.organization("DICOM sociaux");
    let id = record(&sig, "organization", None, Some(&dicom), "Point DICOM", false);
    let address = format!("/follow-ups/{id}");
    let comment =
        director.post(&format!("{address}/comments"), json!({"body": "Le cabinet valide jeudi."})).expect(201);
    assert_eq!(comment.str("/follow_up_id"), id);
    let decided = json!({"body": "Le plan paraît le 15.", "decided_on": "2026-11-10"});
    let decision = sig.post(&format!("{address}/decisions"), decided).expect(201);
    let changed =
        sig.patch(decision.header("location"), decision.etag(), json!({"body": "Le plan paraît le 22."})).expect(200);
    assert_eq!(director.get(changed_address(&changed).as_str()).expect(200).str("/body"), "Le plan paraît le 22.");
    assert_eq!(director.walk(&format!("{address}/comments")).len(), 1);
    assert_eq!(director.walk(&format!("{address}/decisions")).len(), 1);
    let seen = sig.get(&address).expect(200);
    let changed = sig.patch(&address, seen.etag(), json!({"health": "green"})).expect(200);
    assert_eq!(changed.str("/health"), "green");
    sig.patch(&address, changed.etag(), json!({"held_on": "2999-01-01"})).refused(422, "invalid");
    sig.patch(&address, changed.etag(), json!({"attendee_ids": ["01900000-0000-7000-8fff-ffffffffffff"]}))
        .refused(422, "invalid");
    for (missing, pointer) in [("network", "/network_code"), ("organization", "/organization_id")] {
        let body = json!({"axis": missing, "held_on": "2026-11-10", "health": "red", "summary": "?"});
        assert_eq!(sig.post("/follow-ups", body).refused(422, "invalid").str("/errors/0/pointer"), pointer);
    }
    // Those who were there read it, however confidential.
    let mut body = json!({"axis": "network", "network_code": "edito", "held_on": "2026-11-10", "health": "red", "summary": "À huis clos"});
    body["confidentiality"] = "confidential".into();
    body["attendee_ids"] = json!([world.member("referent-34")]);
    let closed = sig.post("/follow-ups", body).expect(201).header("location").to_owned();
    world.client("referent-34").get(&closed).expect(200);
    world.client("deputy-34").get(&closed).refused(404, "not_found");
}

fn changed_address(reply: &crate::support::client::Reply) -> String {
    format!("/decisions/{}", reply.str("/id"))
}

#[test]
fn actions_are_listed_by_their_day_and_found_by_what_they_are() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let dicom = world.organization("DICOM sociaux");
    for (title, day) in [("hier", "2026-01-01"), ("demain", "2099-01-01"), ("avant", "2025-01-01")] {
        let body = json!({"title": title, "network_code": "edito", "owner_organization_id": dicom, "due_on": day});
        sig.post("/action-items", body).expect(201);
    }
    let titles = |query: &str| -> Vec<String> {
        sig.walk(&format!("/action-items?limit=1&{query}"))
            .iter()
            .map(|it| it["title"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(titles("network_code=edito"), ["avant", "hier", "demain"]);
    assert_eq!(titles("network_code=edito&overdue=true"), ["avant", "hier"]);
    assert_eq!(titles("network_code=edito&overdue=false"), ["demain"]);
    assert_eq!(titles(&format!("owner_organization_id={dicom}&status=done")), [""; 0]);
    let stranger = json!({"title": "x", "owner_organization_id": dicom, "owner_member_id": world.member("referent-34"), "due_on": "2027-01-01"});
    assert_eq!(
        sig.post("/action-items", stranger).refused(422, "invalid").str("/errors/0/pointer"),
        "/owner_member_id"
    );
    // What is hidden and what is not there are told alike.
    world.database.run("UPDATE network SET visibility = 'hidden' WHERE code = 'veille'");
    let director = world.client("director-sociaux");
    let said = |network: &str| {
        let body =
            json!({"title": "x", "network_code": network, "owner_organization_id": dicom, "due_on": "2027-01-01"});
        director.post("/action-items", body).refused(403, "forbidden").said()
    };
    assert_eq!(said("veille"), said("nulle-part"));
    let said = |network: &str| {
        let body = json!({"axis": "network", "network_code": network, "held_on": "2026-11-10", "health": "red", "summary": "?"});
        director.post("/follow-ups", body).refused(403, "forbidden").said()
    };
    assert_eq!(said("veille"), said("nulle-part"));
}

/// Journey J13, from the departure on.
#[test]
fn a_leaver_is_suspended_hands_over_and_leaves() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let leaver = world.member("lead-edito");
    let address = format!("/members/{leaver}");
    let place =
        format!("SELECT organization_id::text AS it FROM affiliation WHERE id = '{}'", world.affiliation("lead-edito"));
    let home = world.database.one(&place);
    for number in 1..=4 {
        let body = json!({"title": format!("Action {number}"), "owner_organization_id": home, "owner_member_id": leaver, "due_on": "2026-12-01"});
        sig.post("/action-items", body).expect(201);
    }
    let client = world.client("lead-edito");
    client.get("/me/tasks").expect(200);
    sig.act(&format!("{address}/suspend"), sig.get(&address).etag(), None).expect(200);
    // Suspended at once for writes, and within two seconds for reads.
    client
        .post("/action-items", json!({"title": "x", "owner_organization_id": home, "due_on": "2026-12-01"}))
        .refused(403, "suspended");
    let tasks = sig.get("/me/tasks").expect(200).json();
    let kinds: Vec<_> = tasks["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|task| (task["kind"].as_str().unwrap(), task["network_code"].as_str().unwrap_or("")))
        .collect();
    assert!(kinds.contains(&("appoint_lead", "edito")), "nobody leads it now: {kinds:?}");
    let etag = |client: &Client| client.get(&address).expect(200).etag().to_owned();
    sig.act(&format!("{address}/depart"), &etag(&sig), None).refused(409, "hand_over_required");
    let owned = sig.get(&format!("{address}/hand-over")).expect(200).at("/items");
    let owned = owned.as_array().unwrap();
    let count = |kind: &str| owned.iter().filter(|item| item["kind"] == kind).count();
    assert_eq!((count("membership"), count("action_item")), (1, 4), "{owned:?}");
    let colleague = format!(
        "SELECT a.member_id::text AS it FROM affiliation a JOIN member m ON m.id = a.member_id WHERE a.organization_id = '{home}' AND a.is_primary AND upper_inf(a.valid) AND m.suspended_at IS NULL AND m.departed_at IS NULL AND m.id <> '{leaver}' ORDER BY m.id LIMIT 1"
    );
    let colleague = world.database.one(&colleague);
    let plan = |items: &[Value]| json!({"items": items.iter().map(|item| json!({"kind": item["kind"], "id": item["id"], "to_member_id": colleague})).collect::<Vec<_>>()});
    // All of it, or nothing.
    sig.act(&format!("{address}/hand-over"), &etag(&sig), Some(plan(&owned[1..]))).refused(422, "invalid");
    assert_eq!(sig.get(&format!("{address}/hand-over")).expect(200).at("/items").as_array().unwrap().len(), 5);
    sig.act(&format!("{address}/hand-over"), &etag(&sig), Some(plan(owned))).expect(200);
    let taken = sig.walk(&format!("/action-items?owner_member_id={colleague}"));
    assert_eq!(taken.iter().filter(|it| it["title"].as_str().unwrap().starts_with("Action ")).count(), 4);
    sig.act(&format!("{address}/depart"), &etag(&sig), None).expect(200);
    let said = sig.get(&address).expect(200);
    assert_eq!((said.str("/status"), said.at("/affiliations")), ("departed".into(), json!([])));
    let history = "SELECT image->>'owner_member_id' AS it FROM history WHERE noun = 'action_item' AND image->>'title' = 'Action 1' ORDER BY object_version";
    assert_eq!(world.database.column(history), [leaver.as_str(), &colleague], "the history says who did what");
    let former = world.client("sig-coordinator").get(&format!("/members/{leaver}/affiliations")).expect(200);
    assert_eq!(former.at("/items/0/organization_id"), home.as_str(), "they keep the history of their organization");
}

#[test]
fn what_was_held_decided_and_done_is_found_by_whom_it_serves_and_by_its_day() {
    let world = World::demo();
    let [sig, director, lead] = ["sig-admin", "director-sociaux", "lead-edito"].map(|persona| world.client(persona));
    let [dicom, travail, justice] = ["DICOM sociaux", "MTRAV", "MJ"].map(|name| world.organization(name));
    let held = |organization: &str, day: &str, private: bool| {
        let confidentiality = if private { "confidential" } else { "normal" };
        let body = json!({"axis": "organization", "network_code": "edito", "organization_id": organization, "held_on": day,
            "health": "green", "summary": day, "confidentiality": confidentiality});
        let address = sig.post("/follow-ups", body).expect(201).header("location").to_owned();
        let decided = json!({"body": day, "decided_on": day});
        sig.post(&format!("{address}/decisions"), decided).expect(201);
    };
    for (organization, day, private) in [
        (&dicom, "2026-11-02", false),
        (&travail, "2026-11-03", false),
        (&justice, "2026-11-04", false),
        (&travail, "2026-11-05", true),
    ] {
        held(organization, day, private);
    }
    let of = |client: &Client, list: &str, field: &str| -> Vec<String> {
        client.walk(list).iter().map(|it| it[field].as_str().unwrap().to_owned()).collect()
    };
    let mine = format!("/follow-ups?limit=1&dicom_id={dicom}");
    assert_eq!(of(&sig, &mine, "held_on"), ["2026-11-05", "2026-11-03", "2026-11-02"]);
    let between = format!("{mine}&held_from=2026-11-03&held_to=2026-11-04");
    assert_eq!(of(&sig, &between, "held_on"), ["2026-11-03"]);
    // Decisions, under the rights of their follow-ups.
    let decided = |client: &Client, filter: &str| of(client, &format!("/decisions?limit=2{filter}"), "decided_on");
    assert_eq!(decided(&sig, "&network_code=edito"), ["2026-11-05", "2026-11-04", "2026-11-03", "2026-11-02"]);
    assert_eq!(decided(&lead, ""), ["2026-11-04", "2026-11-03", "2026-11-02"]);
    assert_eq!(decided(&director, ""), ["2026-11-05", "2026-11-03", "2026-11-02"]);
    assert_eq!(decided(&world.client("member"), ""), [""; 0]);
    let of_travail = format!("&organization_id={travail}&from=2026-11-03&to=2026-11-04");
    assert_eq!(decided(&director, &of_travail), ["2026-11-03"]);
    let one = &director.walk(&format!("/decisions?count=exact{of_travail}"))[0];
    assert_eq!((&one["network_code"], &one["organization"]["id"]), (&json!("edito"), &json!(travail)));
    assert!(one["follow_up_id"].is_string());
    let page = lead.get("/tracking/networks/edito").expect(200).at("/decisions");
    assert_eq!(page.as_array().unwrap().len(), 3, "what is confidential stays with whom it concerns");
    let page = director.get(&format!("/tracking/organizations/{dicom}")).expect(200).at("/decisions/0/decided_on");
    assert_eq!(page, "2026-11-05");
    // Actions, the last that was done before the others.
    let done: Vec<String> =
        [(&dicom, "2026-12-01"), (&travail, "2026-12-03"), (&travail, "2026-12-02"), (&justice, "2026-12-04")]
            .iter()
            .map(|(owner, day)| {
                let body = json!({"title": day, "owner_organization_id": owner, "due_on": day});
                sig.post("/action-items", body).expect(201).header("location").to_owned()
            })
            .collect();
    let list = format!("/action-items?limit=1&dicom_id={dicom}");
    assert_eq!(of(&sig, &list, "due_on"), ["2026-12-01", "2026-12-02", "2026-12-03"]);
    let between = format!("{list}&due_from=2026-12-02&due_to=2026-12-02");
    assert_eq!(of(&sig, &between, "due_on"), ["2026-12-02"]);
    for address in [&done[1], &done[0], &done[2]] {
        sig.act(&format!("{address}/complete"), sig.get(address).etag(), None).expect(200);
    }
    assert_eq!(of(&sig, &format!("{list}&status=done"), "due_on"), ["2026-12-02", "2026-12-01", "2026-12-03"]);
}

#[test]
fn an_action_that_was_given_to_the_wrong_ones_is_put_right() {
    let world = World::demo();
    let [sig, lead, director] = ["sig-admin", "lead-edito", "director-sociaux"].map(|persona| world.client(persona));
    let [dicom, travail, justice] = ["DICOM sociaux", "MTRAV", "MJ"].map(|name| world.organization(name));
    let person = world.member("contributor-sociaux");
    let body =
        json!({"title": "Écrire", "owner_organization_id": dicom, "owner_member_id": person, "due_on": "2026-12-15"});
    let address = director.post("/action-items", body).expect(201).header("location").to_owned();
    let put = |client: &Client, patch: Value| client.patch(&address, client.get(&address).etag(), patch);
    // Where they could give it, and with someone who is there.
    put(&director, json!({"owner_organization_id": justice, "owner_member_id": null})).refused(403, "forbidden");
    let moved = json!({"owner_organization_id": travail});
    assert_eq!(put(&director, moved).refused(422, "invalid").str("/errors/0/pointer"), "/owner_member_id");
    let moved = put(&director, json!({"owner_organization_id": travail, "owner_member_id": null})).expect(200);
    assert_eq!((moved.str("/owner_organization/id"), moved.json().get("owner_member")), (travail, None));
    let followed = put(&director, json!({"network_code": "edito"})).expect(200);
    assert_eq!(followed.str("/network_code"), "edito");
    put(&lead, json!({"network_code": "veille"})).refused(403, "forbidden");
    assert_eq!(
        put(&lead, json!({"owner_organization_id": justice})).expect(200).str("/owner_organization/id"),
        justice
    );
    director.get(&address).refused(404, "not_found");
    let nowhere = put(&sig, json!({"network_code": "nulle-part"})).refused(422, "invalid");
    assert_eq!(nowhere.str("/errors/0/pointer"), "/network_code");
    let nowhere = put(&sig, json!({"owner_organization_id": "01900000-0000-7000-8fff-ffffffffffff"}));
    assert_eq!(nowhere.refused(422, "invalid").str("/errors/0/pointer"), "/owner_organization_id");
    assert!(put(&sig, json!({"network_code": null})).expect(200).json().get("network_code").is_none());
    lead.get(&address).refused(404, "not_found");
}

#[test]
fn what_who_left_had_to_do_is_his_organizations_again() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let (dicom, travail) = (world.organization("DICOM sociaux"), world.organization("MTRAV"));
    let person = json!({"given_name": "Odile", "usual_name": "Mobile", "affiliation": {"organization_id": dicom}});
    let person = sig.post("/members", person).expect(201);
    let (member, place) = (person.str("/id"), person.str("/affiliations/0/id"));
    sig.post(&format!("/members/{member}/affiliations"), json!({"organization_id": travail})).expect(201);
    let give = |owner: &str| {
        let body = json!({"title": "Écrire", "owner_organization_id": owner, "owner_member_id": member, "due_on": "2026-12-15"});
        sig.post("/action-items", body).expect(201).header("location").to_owned()
    };
    let (left, kept, done) = (give(&dicom), give(&travail), give(&dicom));
    sig.act(&format!("{done}/complete"), sig.get(&done).etag(), None).expect(200);
    let place = format!("/affiliations/{place}");
    sig.act(&format!("{place}/end"), sig.get(&place).etag(), Some(json!({}))).expect(200);
    let doer = |address: &str| sig.get(address).expect(200).json().pointer("/owner_member/id").cloned();
    assert_eq!(doer(&left), None);
    assert_eq!((doer(&kept), doer(&done)), (Some(json!(member)), Some(json!(member))), "and nothing else");
    let tasks = world.client("director-sociaux").get("/me/tasks").expect(200).text();
    assert!(tasks.contains(left.rsplit('/').next().unwrap()), "it waits for the director: {tasks}");
    let id = left.rsplit('/').next().unwrap();
    let told = format!(
        "SELECT array_to_string(changed_fields, ',') AS it FROM change_event WHERE object_id = '{id}' AND verb = 'updated'"
    );
    assert_eq!(world.database.column(&told), ["owner_member_id"], "and its history tells it");
}

/// Journey J20: those who read what is confidential leave a line.
#[test]
fn reading_what_is_confidential_is_on_the_record_and_reading_the_rest_is_not() {
    let world = World::demo();
    let (sig, director) = (world.client("sig-admin"), world.client("director-sociaux"));
    let dicom = world.organization("DICOM sociaux");
    let secret = record(&sig, "organization", None, Some(&dicom), "Tensions", true);
    record(&sig, "organization", None, Some(&dicom), "Point", false);
    let decided = json!({"body": "Rien ne sort.", "decided_on": "2026-11-10"});
    let decision = sig.post(&format!("/follow-ups/{secret}/decisions"), decided).expect(201).str("/id");
    let action =
        json!({"title": "Se taire", "owner_organization_id": dicom, "due_on": "2026-12-24", "follow_up_id": secret});
    let action = sig.post("/action-items", action).expect(201).str("/id");
    let lines = |of: &dyn Fn()| {
        let last = world.database.one("SELECT max(position)::text AS it FROM audit_event");
        of();
        world.database.column(&format!("SELECT concat_ws(' ', action, noun, object, outcome) AS it FROM audit_event WHERE position > {last} ORDER BY position"))
    };
    let read = |address: String| move |client: &Client| drop(client.get(&address).expect(200));
    let of = |client: &Client, address: String| lines(&|| read(address.clone())(client));
    for (address, expected) in [
        (format!("/follow-ups/{secret}"), vec![format!("get_follow_up follow_up {secret} read")]),
        (format!("/follow-ups/{secret}/comments"), vec![format!("list_follow_up_comments follow_up {secret} read")]),
        (format!("/follow-ups/{secret}/decisions"), vec![format!("list_follow_up_decisions follow_up {secret} read")]),
        (format!("/decisions/{decision}"), vec![format!("get_decision decision {decision} read")]),
        ("/follow-ups".to_owned(), vec![format!("list_follow_ups follow_up {secret} read")]),
        ("/decisions".to_owned(), vec![format!("list_decisions decision {decision} read")]),
        (format!("/action-items/{action}"), vec![format!("get_action_item action_item {action} read")]),
        (
            format!("/tracking/organizations/{dicom}"),
            vec![
                format!("get_organization_tracking decision {decision} read"),
                format!("get_organization_tracking follow_up {secret} read"),
                format!("get_organization_tracking action_item {action} read"),
            ],
        ),
        ("/tracking/matrix.csv".to_owned(), vec!["get_tracking_matrix_csv tracking read".to_owned()]),
        ("/tracking/indicators.csv".to_owned(), vec!["get_tracking_indicators_csv tracking read".to_owned()]),
        ("/tracking/matrix".to_owned(), vec![]),
        ("/tracking/networks/edito".to_owned(), vec![]),
    ] {
        assert_eq!(of(&director, address.clone()), expected, "{address}");
    }
    // Who sees nothing of it reads the same pages without a trace, and is told of nothing.
    let lead = world.client("lead-edito");
    assert_eq!(of(&lead, "/follow-ups".to_owned()), [""; 0]);
    let events = world.client("auditor").walk(&format!("/audit-events?object={secret}&outcome=read"));
    assert_eq!(events.len(), 5);
    assert!(events.iter().all(|it| it["principal_id"] == world.member("director-sociaux").as_str()));
}

#[test]
fn an_action_belongs_to_the_network_of_its_follow_up() {
    let world = World::demo();
    let (lead, sociaux) = (world.client("lead-edito"), world.organization("DICOM sociaux"));
    let follow_up = json!({"axis": "network", "network_code": "edito", "organization_id": sociaux, "held_on": "2026-11-02", "health": "amber", "summary": "Point"});
    let follow_up = lead.post("/follow-ups", follow_up).expect(201).str("/id");
    let action = |network: Value| {
        let mut body = json!({"title": "Relire la charte", "owner_organization_id": sociaux, "due_on": "2026-12-24", "follow_up_id": follow_up});
        if network.is_string() {
            body["network_code"] = network;
        }
        body
    };
    let created = lead.post("/action-items", action(Value::Null)).expect(201);
    assert_eq!(created.str("/network_code"), "edito");
    let (id, address) = (created.str("/id"), created.header("location"));
    let shown = lead.get("/tracking/networks/edito").expect(200).at("/action_items");
    assert!(shown.as_array().unwrap().iter().any(|it| it["id"] == id.as_str()), "{shown}");
    let sig = world.client("sig-admin");
    let other = sig.post("/action-items", action("design".into())).refused(422, "invalid");
    assert_eq!(other.str("/errors/0/pointer"), "/network_code");
    sig.post("/action-items", action("edito".into())).expect(201);
    // Nor is it taken out of it afterwards.
    for network in [json!("design"), Value::Null] {
        let moved =
            sig.patch(address, sig.get(address).etag(), json!({"network_code": network})).refused(422, "invalid");
        assert_eq!(moved.str("/errors/0/pointer"), "/network_code");
    }
}

#[test]
fn a_follow_up_of_a_row_keeps_who_answered_for_it_on_that_day() {
    let world = World::demo();
    let (sig, herault) = (world.client("sig-admin"), world.organization("Préfecture de l'Hérault"));
    let referent = world.member("referent-34");
    let held = |network: &str, day: &str, axis: &str| {
        let body = json!({"axis": axis, "network_code": network, "organization_id": herault, "held_on": day, "health": "amber", "summary": "Point",
            "attendee_ids": [world.member("member")]});
        sig.post("/follow-ups", body).expect(201)
    };
    let (from, to) = ("2026-06-01", "2026-11-20");
    world.database.run(&format!("UPDATE membership SET valid = '[2026-03-01Z,)' WHERE member_id = '{referent}' AND network_id = (SELECT id FROM network WHERE code = 'prefectures')"));
    let first = held("prefectures", from, "network");
    assert_eq!(first.at("/referent/id"), referent);
    assert!(held("prefectures", from, "organization").at("/referent").is_null(), "on the network axis");
    assert!(held("prefectures", "2026-02-01", "network").at("/referent").is_null(), "nobody answered yet");
    // Who comes after answers for what comes after.
    let seat = format!("/memberships/{}", world.membership("referent-34", "prefectures"));
    sig.act(&format!("{seat}/end"), sig.get(&seat).etag(), Some(json!({"reason": "resigned"}))).expect(200);
    let address = first.header("location");
    let seen = sig.get(address).expect(200);
    assert_eq!((seen.at("/referent/id"), seen.at("/referent/display_name").is_string()), (json!(referent), true));
    let listed = sig.walk(&format!("/follow-ups?network_code=prefectures&organization_id={herault}"));
    assert!(listed.iter().any(|it| it["referent"]["id"] == referent.as_str()));
    // The day decides.
    let moved = sig.patch(address, seen.etag(), json!({"held_on": "2026-02-02"})).expect(200);
    assert!(moved.at("/referent").is_null());
    let moved = sig.patch(address, moved.etag(), json!({"held_on": to})).expect(200);
    assert_eq!(moved.at("/referent/id"), referent);
    // Shown to those who may see who sits there.
    let there = world.client("member");
    assert_eq!(there.get(address).expect(200).at("/referent/id"), referent);
    world.database.run("UPDATE network SET visibility = 'members' WHERE code = 'prefectures'");
    assert!(there.get(address).expect(200).at("/referent").is_null());
    assert_eq!(sig.get(address).expect(200).at("/referent/id"), referent);
}
