//! Reorganizations: everything at one instant or nothing, the dry run and the deed the same, no membership lost.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use persistence::registry::REGISTRY;
use serde_json::{Value, json};

use crate::support::client::Reply;
use crate::support::promised;
use crate::support::{Client, World};
use crate::tracking::differences;

pub fn existing(id: &str) -> Value {
    json!({"organization_id": id})
}

pub fn new(local: &str, name: &str, kind: &str) -> Value {
    json!({"new": {"ref": local, "name": name, "kind": kind}})
}

pub fn merge(gone: &[&str], into: &Value) -> Value {
    json!({"type": "merge", "organization_ids": gone, "into": into})
}

fn plan(operations: &Value) -> Value {
    json!({"title": "Remaniement", "operations": operations})
}

fn try_out(client: &Client, operations: &Value) -> Reply {
    client.post("/reorganizations/preview", plan(operations))
}

/// Drafts a plan; its address and its entity tag.
fn draft(client: &Client, operations: &Value) -> (String, String) {
    let drafted = client.post("/reorganizations", plan(operations)).expect(201);
    (drafted.header("location").to_owned(), drafted.etag().to_owned())
}

pub fn apply(client: &Client, operations: &Value) -> Reply {
    let (address, etag) = draft(client, operations);
    client.act(&format!("{address}/apply"), &etag, None).expect(200)
}

/// How many sit in each network now.
fn sitting(world: &World) -> Vec<String> {
    world.database.column(
        "SELECT n.code || ' ' || count(*) AS it FROM membership m JOIN network n ON n.id = m.network_id WHERE m.valid @> now() GROUP BY n.code ORDER BY 1",
    )
}

fn yesterday(world: &World) -> String {
    world.database.one("SELECT (now() AT TIME ZONE 'Europe/Paris' - interval '1 day')::date::text AS it")
}

/// The figures of a matrix, by row and column.
fn figures(matrix: &Reply) -> BTreeSet<String> {
    let rows = matrix.at("/rows").as_array().unwrap().clone();
    let of_row = |row: &Value| {
        let cells = row["cells"].as_array().unwrap().iter();
        let told = cells.map(|cell| format!("{} {} {}", row["dicom"]["id"], cell["network_code"], cell["tally"]));
        told.collect::<Vec<_>>()
    };
    rows.iter().flat_map(of_row).collect()
}

fn kind(impact: &Value, noun: &str) -> Value {
    impact["kinds"].as_array().unwrap().iter().find(|it| it["noun"] == noun).unwrap().clone()
}

/// What may be said of how to reach an organization: whether its director still answers for it.
fn answers(director: &Client, organization: &str) -> u16 {
    let address = format!("/organizations/{organization}");
    let etag = director.get(&address).etag().to_owned();
    director.act(&format!("{address}/contact-points"), &etag, Some(json!({"contact_points": []}))).status
}

/// J12: two prefectures become one, a ministry gets another name, a DICOM serves other organizations.
struct Reshuffle {
    herault: String,
    gard: String,
    solidarites: String,
    travail: String,
    dicom: String,
}

impl Reshuffle {
    fn of(world: &World) -> Self {
        let organization = |name: &str| world.organization(name);
        Self {
            herault: organization("Préfecture de l'Hérault"),
            gard: organization("Préfecture du Gard"),
            solidarites: organization("Ministère des Solidarités"),
            travail: organization("MTRAV"),
            dicom: organization("DICOM sociaux"),
        }
    }

    fn plan(&self) -> Value {
        json!([
            merge(&[&self.herault, &self.gard], &new("littoral", "Préfecture du Littoral", "prefecture")),
            {"type": "rename", "organization_id": self.solidarites, "name": "Ministère de la Fraternité"},
            {"type": "relink", "dicom": existing(&self.dicom), "serves": [{"ref": "littoral"}, existing(&self.solidarites)]},
        ])
    }
}

#[test]
fn a_government_reshuffle_is_one_instant() {
    let world = World::demo();
    let it = Reshuffle::of(&world);
    let (sig, director) = (world.client("sig-admin"), world.client("director-sociaux"));
    let then = yesterday(&world);
    let (before_it, matrix) =
        (sitting(&world), figures(&sig.get(&format!("/tracking/matrix?as_of={then}")).expect(200)));
    let members = |organization: &str, day: &str| seated(&sig, organization, day);
    let of_both: BTreeSet<_> = members(&it.herault, "").union(&members(&it.gard, "")).cloned().collect();
    assert!(of_both.len() > 3, "{of_both:?}");
    assert_eq!([answers(&director, &it.travail), answers(&director, &it.solidarites)], [200, 200]);
    let before = world.database.digest();
    let tried = try_out(&sig, &it.plan()).expect(200).json();
    assert_eq!(before, world.database.digest(), "a trial writes nothing");
    assert_eq!(tried["lost"], 0);
    for noun in ["affiliation", "membership", "seat", "organization", "organization_link", "role_assignment"] {
        assert!(kind(&tried, noun)["count"].as_i64().unwrap() > 0, "{noun}: {tried}");
    }
    let named = kind(&tried, "affiliation")["objects"].to_string();
    assert!(named.contains("Gaëlle Pérignan") && named.contains("Préfecture du Littoral"), "{named}");

    let (address, etag) = draft(&sig, &it.plan());
    let read = sig.get(&address).expect(200);
    assert_eq!((read.str("/status"), &read.at("/impact")), ("draft".into(), &tried), "a draft is read with its impact");
    assert_eq!(read.at("/operations/1/name"), "Ministère de la Fraternité");
    let done = sig.act(&format!("{address}/apply"), &etag, None).expect(200);
    assert_eq!((done.str("/status"), done.at("/impact")), ("applied".into(), tried), "the deed is what was tried");
    sig.act(&format!("{address}/apply"), done.etag(), None).refused(409, "invalid_transition");
    let kept = sig.get(&address).expect(200);
    assert!(!kept.text().contains("Pérignan"), "people are named in the answer alone");
    assert_eq!(kind(&kept.at("/impact"), "seat")["count"], kind(&done.at("/impact"), "seat")["count"]);

    // Old identifiers answer with the successor, and stand in no list.
    let heir = world.organization("Préfecture du Littoral");
    for gone in [&it.herault, &it.gard] {
        let merged = sig.get(&format!("/organizations/{gone}")).expect(200);
        assert_eq!((merged.str("/status"), merged.at("/successor_ids")), ("merged".into(), json!([heir])));
        assert!(!sig.walk("/organizations?kind=prefecture&limit=200").iter().any(|it| it["id"] == gone.as_str()));
        let then = sig.get(&format!("/organizations/{gone}?as_of={then}")).expect(200);
        assert_eq!(then.str("/status"), "active");
        assert!(members(gone, "").is_empty() && !members(gone, &format!("&as_of={}", yesterday(&world))).is_empty());
    }
    let renamed = format!("/organizations/{}", it.solidarites);
    assert_eq!(sig.get(&format!("{renamed}?as_of={then}")).str("/name"), "Ministère des Solidarités");
    assert_eq!(sig.get(&renamed).str("/name"), "Ministère de la Fraternité");
    let finds = |words: &str, id: &str| {
        let hits = sig.get(&format!("/search?q={words}")).expect(200).at("/items");
        hits.as_array().unwrap().iter().any(|hit| hit["organization"]["id"] == id)
    };
    assert!(finds("prefecture%20du%20gard", &heir) && finds("ministere%20des%20solidarites", &it.solidarites));

    // Nobody is lost, yesterday is as it was, and what is kept is what the facts say.
    assert_eq!(sitting(&world), before_it);
    assert_eq!(members(&heir, ""), of_both);
    assert_eq!(figures(&sig.get(&format!("/tracking/matrix?as_of={then}")).expect(200)), matrix);
    assert_eq!(differences(&world), [""; 0]);

    rights_move_along(&world, &it, &heir);
    history_tells_it(&world, &address, &it);
}

/// Who sits in the network of the prefectures for an organization, by name.
fn seated(client: &Client, organization: &str, day: &str) -> BTreeSet<String> {
    let list = format!("/networks/prefectures/memberships?organization_id={organization}&limit=200{day}");
    client.walk(&list).iter().map(|it| it["member"]["display_name"].as_str().unwrap().to_owned()).collect()
}

/// The référent has rights through the new organization, the director through what is served.
fn rights_move_along(world: &World, it: &Reshuffle, heir: &str) {
    let referent = world.client("referent-34");
    let told = referent.get("/me").expect(200).text();
    assert!(told.contains(heir) && !told.contains(&it.herault), "{told}");
    referent.get("/networks/prefectures/gaps").expect(200);
    let member = json!({"given_name": "Odile", "usual_name": "Essai", "affiliation": {"organization_id": heir}});
    world.client("org-admin-34").post("/members", member).expect(201);
    let director = world.client("director-sociaux");
    let reached = [&it.travail, &it.solidarites, heir].map(|id| answers(&director, id));
    assert_eq!(reached, [403, 200, 200]);
}

/// The audit log names the deed, and the history who did it to whom.
fn history_tells_it(world: &World, address: &str, it: &Reshuffle) {
    let id = address.rsplit('/').next().unwrap();
    let line = world.client("auditor").get(&format!("/audit-events?object={id}&limit=1")).expect(200);
    assert_eq!(
        (line.str("/items/0/action"), line.str("/items/0/noun")),
        ("apply_reorganization".into(), "reorganization".into())
    );
    let sql = "SELECT e.verb || ' ' || (h.image ->> 'end_reason') AS it FROM membership m
        JOIN history h ON h.object_id = m.id AND h.object_version = m.version
        JOIN change_event e ON e.object_id = m.id AND e.object_version = m.version
        WHERE m.organization_id = '@' AND m.end_reason = 'reorganized' AND e.actor_id = '#'";
    let told = world.database.column(&sql.replace('@', &it.herault).replace('#', &world.member("sig-admin")));
    assert!(!told.is_empty() && told.iter().all(|it| it == "ended reorganized"), "{told:?}");
    let periods = world.client("member").walk(&format!("/organizations/{}/history", it.herault));
    assert_eq!((periods[0]["status"].as_str(), periods[1]["status"].as_str()), (Some("merged"), Some("active")));
}

#[test]
fn whoever_sat_twice_sits_once_in_the_stronger_role() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let (justice, travail) = (world.organization("MJ"), world.organization("MTRAV"));
    let person = json!({"given_name": "Odile", "usual_name": "Double", "affiliation": {"organization_id": justice, "position": "Cheffe"}});
    let person = sig.post("/members", person).expect(201);
    let (member, first) = (person.str("/id"), person.str("/affiliations/0/id"));
    let second = json!({"organization_id": travail, "profession": "editor"});
    let second = sig.post(&format!("/members/{member}/affiliations"), second).expect(201).str("/id");
    let sits = |through: &str, network: &str, role: &str| {
        let body = json!({"affiliation_id": through, "role": role});
        sig.post(&format!("/networks/{network}/memberships"), body).expect(201).str("/id")
    };
    sits(&first, "veille", "member");
    sits(&second, "veille", "referent");
    let alone = sits(&second, "partenariats", "member");
    let later = json!({"affiliation_id": first, "role": "observer", "valid_from": "2099-01-01T00:00:00Z"});
    let later = sig.post("/networks/partenariats/memberships", later).expect(201).str("/id");
    let before = sitting(&world);

    let done =
        apply(&sig, &json!([merge(&[&justice, &travail], &new("jt", "Ministère du Droit du travail", "ministry"))]));
    let impact = done.at("/impact");
    let joined: Vec<_> =
        impact["joined"].as_array().unwrap().iter().filter(|it| it["member"]["id"] == member.as_str()).collect();
    assert_eq!(joined.len(), 1, "{impact}");
    assert_eq!((&joined[0]["kept_role"], &joined[0]["given_up_role"]), (&json!("referent"), &json!("member")));
    assert_eq!(joined[0]["member"]["display_name"], "Odile Double");
    // The impact explains every difference, network by network.
    let after = sitting(&world);
    assert_ne!(before, after);
    for network in impact["networks"].as_array().unwrap() {
        let figure = |name: &str| network[name].as_i64().unwrap();
        assert_eq!(figure("before") - figure("joined"), figure("after"), "{network}");
    }
    let heir = world.organization("Ministère du Droit du travail");
    let places = sig.walk(&format!("/members/{member}/affiliations"));
    let lasting: Vec<_> = places.iter().filter(|it| it.get("valid_to").is_none()).collect();
    assert_eq!((lasting.len(), lasting[0]["organization_id"].as_str().unwrap()), (1, heir.as_str()));
    assert_eq!(
        (&lasting[0]["is_primary"], &lasting[0]["position"], &lasting[0]["profession"]),
        (&json!(true), &json!("Cheffe"), &json!("editor"))
    );
    // What was to come in the network where the member sits already is part of that.
    assert_eq!(sig.get(&format!("/memberships/{alone}")).expect(200).str("/end_reason"), "reorganized");
    let ahead = "SELECT count(*)::text AS it FROM membership WHERE member_id = '@' AND upper_inf(valid)";
    assert_eq!(world.database.one(&ahead.replace('@', &member)), "2", "{later}");
    assert_eq!(differences(&world), [""; 0]);
    // Seats that met are one, wide enough for all who hold it.
    let seats = sig.walk(&format!("/networks/veille/seats?organization_id={heir}&role=referent"));
    assert_eq!(seats.len(), 1);
    let holders = sig.walk(&format!("/networks/veille/memberships?organization_id={heir}&role=referent")).len();
    assert!(seats[0]["max"].as_u64().unwrap() >= u64::try_from(holders).unwrap());
}

/// Every other lead of the network resigns.
fn leads_alone(sig: &Client, membership: &str) {
    for lead in sig.walk("/networks/veille/memberships?role=lead") {
        let address = format!("/memberships/{}", lead["id"].as_str().unwrap());
        if lead["id"] != membership {
            let etag = sig.get(&address).etag().to_owned();
            sig.act(&format!("{address}/end"), &etag, Some(json!({"reason": "resigned"}))).expect(200);
        }
    }
}

/// Nothing that lasts rests on what went, but that it is succeeded.
fn nothing_rests_on(world: &World, gone: &str) {
    for (table, column) in REGISTRY.iter().map(|it| (it.table, it.column)) {
        let dated = ["affiliation", "membership", "role_assignment", "co_animation", "seat", "organization_link"];
        if dated.contains(&table) && column != "affiliation_id" {
            let left = world.database.one(&format!(
                "SELECT count(*)::text AS it FROM {table} WHERE {column} = '{gone}' AND (upper_inf(valid) OR upper(valid) > now())"
            ));
            assert_eq!(left, if column == "to_id" { "1" } else { "0" }, "{table}.{column}");
        }
    }
}

#[test]
fn one_that_goes_into_another_takes_everything_along() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let record = |name: &str, kind: &str, parent: &str| {
        let body = json!({"kind": kind, "name": name, "parent_id": parent});
        sig.post("/organizations", body).expect(201).str("/id")
    };
    let (mi, justice) = (world.organization("MI"), world.organization("MJ"));
    let goes = record("Direction qui part", "communication_directorate", &mi);
    let stays = record("Direction qui reste", "communication_directorate", &goes);
    let below = record("Bureau", "central_administration", &goes);
    let post = |address: &str, body: Value| sig.post(address, body).expect(201).str("/id");
    let serves = json!({"to_id": justice, "kind": "serves"});
    post(&format!("/organizations/{goes}/links"), serves.clone());
    post(&format!("/organizations/{stays}/links"), serves);
    let place = post(&format!("/members/{}/affiliations", world.member("member")), json!({"organization_id": goes}));
    let to_come = json!({"organization_id": goes, "valid_from": "2098-01-01T00:00:00Z"});
    let ahead = post(&format!("/members/{}/affiliations", world.member("partner")), to_come);
    let role =
        post("/role-assignments", json!({"affiliation_id": place, "role": "dicom_director", "organization_id": goes}));
    let seat = json!({"organization_id": goes, "role": "lead", "min": 1, "max": 1});
    post("/networks/veille/seats", seat);
    leads_alone(&sig, &post("/networks/veille/memberships", json!({"affiliation_id": place, "role": "lead"})));
    post("/networks/veille/co-animations", json!({"organization_id": goes, "scope": "interministerial_topics"}));
    post("/networks/veille/co-animations", json!({"organization_id": stays, "scope": "all"}));
    let bot = "UPDATE service_account SET organization_id = '@' WHERE name = 'bot-mi'";
    world.database.run(&bot.replace('@', &goes));
    let before = sitting(&world);

    apply(&sig, &json!([merge(&[&goes], &existing(&stays))]));
    assert_eq!(sitting(&world), before, "the last lead of a network leads it still");
    nothing_rests_on(&world, &goes);
    let parent = |id: &str| sig.get(&format!("/organizations/{id}")).expect(200).str("/parent_id");
    assert_eq!((parent(&stays), parent(&below)), (mi.clone(), stays.clone()), "the successor takes its place");
    assert_eq!(
        sig.get(&format!("/affiliations/{ahead}")).expect(200).str("/organization_id"),
        stays,
        "what has not begun keeps its identifier"
    );
    assert!(sig.get(&format!("/role-assignments/{role}")).expect(200).json().get("valid_to").is_some());
    assert_eq!(answers(&world.client("member"), &justice), 200, "the director directs on");
    let animated = sig.walk("/networks/veille/co-animations");
    assert_eq!((animated.len(), animated[0]["scope"].as_str().unwrap()), (1, "all"));
    assert_eq!(
        world.database.one("SELECT organization_id::text AS it FROM service_account WHERE name = 'bot-mi'"),
        stays
    );
    assert_eq!(differences(&world), [""; 0]);
}

#[test]
fn whatever_is_merged_the_trial_is_the_deed_and_the_matrix_the_facts() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let mut seed: u64 = 20_261_126;
    let mut draw = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    let (mut done, mut moved) = (0, 0);
    for round in 0..8 {
        let sql = "SELECT o.id::text AS it FROM organization o WHERE o.status = 'active' AND o.origin NOT IN ('government_partner', 'observer')
            AND EXISTS (SELECT FROM affiliation a WHERE a.organization_id = o.id AND upper_inf(a.valid)) ORDER BY o.id";
        let mut all = world.database.column(sql);
        let gone: Vec<String> = (0..2 + draw(3)).map(|_| all.remove(draw(all.len()))).collect();
        let gone: Vec<&str> = gone.iter().map(String::as_str).collect();
        let into = if round % 2 == 0 {
            existing(&all[draw(all.len())])
        } else {
            new("n", &format!("Ensemble {round}"), "ministry")
        };
        let operations = json!([merge(&gone, &into)]);
        let tried = try_out(&sig, &operations);
        if tried.status == 422 {
            // The one that would stay stands below one that goes.
            continue;
        }
        let tried = tried.expect(200).json();
        let deed = apply(&sig, &operations);
        assert_eq!(deed.at("/impact"), tried);
        moved += kind(&tried, "membership")["count"].as_i64().unwrap();
        done += 1;
        assert_eq!(differences(&world), [""; 0], "{operations}");
        for network in tried["networks"].as_array().unwrap() {
            let sql = "SELECT count(*)::text AS it FROM membership WHERE network_id = '#' AND valid @> now()";
            let sits = world.database.one(&sql.replace('#', network["network_id"].as_str().unwrap()));
            assert_eq!(sits, network["after"].to_string(), "{network}");
        }
    }
    println!("random reshuffles: {done} done, {moved} memberships moved");
    assert!(done > 4 && moved > 20);
}

#[test]
fn a_split_gives_each_its_part_and_the_rest_to_one() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let gard = world.organization("Préfecture du Gard");
    let below = json!({"kind": "deconcentrated_service", "name": "Service des Cévennes", "parent_id": gard});
    let below = sig.post("/organizations", below).expect(201).str("/id");
    let places = world.database.column(&format!(
        "SELECT id::text AS it FROM affiliation WHERE organization_id = '{gard}' AND upper_inf(valid) ORDER BY id"
    ));
    assert!(places.len() > 1);
    let (sat, then) = (sitting(&world), yesterday(&world));
    let split = |assignments: Value| {
        json!([{"type": "split", "organization_id": gard, "default_successor": {"ref": "plaine"}, "assignments": assignments,
            "successors": [new("plaine", "Préfecture de la Plaine", "prefecture"), new("cevennes", "Préfecture des Cévennes", "prefecture")]}])
    };
    let foreign = json!([{"affiliation_id": world.affiliation("member"), "successor": {"ref": "cevennes"}}]);
    let told = try_out(&sig, &split(foreign)).refused(422, "invalid");
    assert_eq!(told.str("/errors/0/pointer"), "/operations/0/assignments/0");
    let assigned = json!([{"affiliation_id": places[0], "successor": {"ref": "cevennes"}}, {"organization_id": below, "successor": {"ref": "cevennes"}}]);
    apply(&sig, &split(assigned));

    let (plain, hills) = (world.organization("Préfecture de la Plaine"), world.organization("Préfecture des Cévennes"));
    let gone = sig.get(&format!("/organizations/{gard}")).expect(200);
    assert_eq!((gone.str("/status"), gone.at("/successor_ids")), ("split".into(), json!([plain, hills])));
    let here = |organization: &str| {
        let sql = format!(
            "SELECT count(*)::text AS it FROM affiliation WHERE organization_id = '{organization}' AND upper_inf(valid)"
        );
        world.database.one(&sql).parse::<usize>().unwrap()
    };
    assert_eq!((here(&plain), here(&hills), here(&gard)), (places.len() - 1, 1, 0));
    assert_eq!(sig.get(&format!("/organizations/{below}")).str("/parent_id"), hills);
    assert_eq!(sitting(&world), sat);
    assert_eq!(sig.get(&format!("/organizations/{gard}?as_of={then}")).expect(200).str("/status"), "active");
    assert_eq!(differences(&world), [""; 0]);
}

#[test]
fn what_contradicts_itself_or_the_world_is_told_where() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let (spm, dinum, mi) = (world.organization("SPM"), world.organization("DINUM"), world.organization("MI"));
    let (gone, closed) = (world.organization("Direction de la jeunesse"), json!({"kind": "operator", "name": "Close"}));
    let closed = sig.post("/organizations", closed).expect(201);
    sig.act(&format!("/organizations/{}/close", closed.str("/id")), closed.etag(), None).expect(200);
    let under = |parent: &str| {
        let body = json!({"kind": "operator", "name": "Dessous", "parent_id": parent});
        sig.post("/organizations", body).expect(201).str("/id")
    };
    let far = under(&under(&mi));
    let before = world.database.digest();
    let nowhere = "01900000-0000-7000-8fff-ffffffffffff";
    let invalid = [
        (json!([merge(&[&spm, &mi], &existing(&mi))]), "/operations/0/into"),
        (json!([merge(&[&mi], &existing(nowhere))]), "/operations/0/into"),
        (
            json!([merge(
                &[&mi, &dinum],
                &json!({"new": {"ref": "n", "name": "N", "kind": "ministry", "parent_id": mi}})
            )]),
            "/operations/0/into/new/parent_id",
        ),
        (json!([merge(&[&mi, &dinum], &new("n", "", "ministry"))]), "/operations/0/into/new/name"),
        (json!([{"type": "relink", "dicom": existing(&mi), "serves": []}]), "/operations/0/dicom"),
        (json!([{"type": "rename", "organization_id": mi}]), "/operations/0/name"),
        (json!([]), "/operations"),
    ];
    for (operations, pointer) in invalid {
        for address in ["/reorganizations/preview", "/reorganizations"] {
            let told = sig.post(address, plan(&operations)).refused(422, "invalid");
            let errors = told.at("/errors");
            let pointers: Vec<_> = errors.as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
            assert_eq!(pointers, [pointer], "{operations}: {errors}");
        }
    }
    // Above stands what is above what would stand above it.
    try_out(&sig, &json!([merge(&[&mi], &existing(&far))])).refused(422, "invalid");
    let told = try_out(&sig, &json!([merge(&[&gone], &existing(&mi))])).refused(409, "superseded");
    assert_eq!(told.at("/successor_ids"), json!([world.organization("DJS")]));
    try_out(&sig, &json!([merge(&[&closed.str("/id")], &existing(&mi))])).refused(409, "invalid_transition");
    // A network whose only lead would sit with an observer would have none.
    let observer = world.database.one("SELECT id::text AS it FROM organization WHERE kind = 'observer' LIMIT 1");
    let led = world.database.one(&format!(
        "SELECT organization_id::text AS it FROM affiliation WHERE id = '{}'",
        world.affiliation("lead-edito")
    ));
    try_out(&sig, &json!([merge(&[&led], &existing(&observer))])).refused(409, "last_lead");
    assert_eq!(before, world.database.digest());
}

#[test]
fn nothing_is_written_on_what_was_merged_and_the_successor_is_named() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let (gard, herault) = (world.organization("Préfecture du Gard"), world.organization("Préfecture de l'Hérault"));
    let place = world.database.one(&format!(
        "SELECT id::text AS it FROM affiliation WHERE organization_id = '{gard}' AND upper_inf(valid) ORDER BY id LIMIT 1"
    ));
    apply(&sig, &json!([merge(&[&gard], &existing(&herault))]));
    let dicom = world.organization("DICOM sociaux");
    let person = json!({"given_name": "Odile", "usual_name": "Essai", "affiliation": {"organization_id": gard}});
    let role = json!({"affiliation_id": world.affiliation("member"), "role": "org_admin", "organization_id": gard});
    let invitee =
        json!({"given_name": "Noé", "usual_name": "Vidal", "email": "noe.gard@gard.example", "organization_id": gard});
    let writes = [
        ("/members".to_owned(), person),
        (format!("/members/{}/affiliations", world.member("member")), json!({"organization_id": gard})),
        ("/organizations".into(), json!({"kind": "operator", "name": "Dessous", "parent_id": gard})),
        ("/role-assignments".into(), role),
        ("/networks/veille/seats".into(), json!({"organization_id": gard, "role": "member", "min": 0, "max": 1})),
        ("/networks/veille/co-animations".into(), json!({"organization_id": gard, "scope": "all"})),
        ("/networks/veille/memberships".into(), json!({"affiliation_id": place, "role": "member"})),
        (format!("/organizations/{dicom}/links"), json!({"to_id": gard, "kind": "serves"})),
        (format!("/organizations/{gard}/links"), json!({"to_id": dicom, "kind": "supervises"})),
        ("/reorganizations".into(), plan(&json!([{"type": "rename", "organization_id": gard, "name": "Encore"}]))),
        (
            "/follow-ups".into(),
            json!({"axis": "organization", "organization_id": gard, "held_on": "2026-11-10", "health": "red", "summary": "?"}),
        ),
        ("/action-items".into(), json!({"title": "x", "owner_organization_id": gard, "due_on": "2027-01-31"})),
        ("/networks/veille/requests".into(), json!({"kind": "invitation", "role": "member", "invitee": invitee})),
        ("/networks/veille/requests".into(), json!({"kind": "invitation", "role": "member", "affiliation_id": place})),
        (
            "/contacts".into(),
            json!({"kind": "person", "given_name": "Camille", "name": "Exemple", "organization_id": gard, "sharing": "all_members", "review_by": "2027-06-30"}),
        ),
    ];
    for (address, body) in writes {
        let told = sig.post(&address, body).refused(409, "superseded");
        assert_eq!(told.at("/successor_ids"), json!([herault]), "{address}");
    }
    let merged = sig.get(&format!("/organizations/{gard}")).expect(200);
    sig.patch(&format!("/organizations/{gard}"), merged.etag(), json!({"name": "Encore"})).refused(409, "superseded");
    let service = format!("/organizations/{dicom}");
    let etag = sig.get(&service).etag().to_owned();
    sig.patch(&service, &etag, json!({"parent_id": gard})).refused(409, "superseded");
    let action = json!({"title": "x", "owner_organization_id": herault, "due_on": "2027-01-31"});
    let action = sig.post("/action-items", action).expect(201);
    sig.patch(action.header("location"), action.etag(), json!({"owner_organization_id": gard}))
        .refused(409, "superseded");
}

#[test]
fn of_two_who_apply_one_does() {
    let world = World::demo();
    let it = Reshuffle::of(&world);
    let (one, other) = (world.client("sig-admin"), world.client("sig-coordinator"));
    // The same draft twice at once, then two drafts of the same.
    let race = |first: (String, String), second: (String, String)| {
        let go = |client: &Client, (address, etag): (String, String)| {
            let client = client.clone();
            // Who waited too long for the other is told to try again.
            let go = move || loop {
                let told = client.act(&format!("{address}/apply"), &etag, None);
                if told.status != 503 {
                    return told;
                }
            };
            std::thread::spawn(go)
        };
        let hands = [go(&one, first), go(&other, second)];
        let mut told: Vec<_> = hands.into_iter().map(|hand| hand.join().unwrap().status).collect();
        told.sort_unstable();
        told
    };
    let drafted = draft(&one, &it.plan());
    assert_eq!(race(drafted.clone(), drafted), [200, 409]);
    let (mi, justice) = (world.organization("MTRAV"), world.organization("MJ"));
    let operations = json!([merge(&[&mi], &existing(&justice))]);
    assert_eq!(race(draft(&one, &operations), draft(&other, &operations)), [200, 409]);
    // Each into the other: one is gone when the second comes.
    let (here, there) = (&it.solidarites, &justice);
    let into = |from: &str, to: &str| json!([merge(&[from], &existing(to))]);
    assert_eq!(race(draft(&one, &into(here, there)), draft(&other, &into(there, here))), [200, 409]);
    let standing = format!(
        "SELECT count(*)::text AS it FROM organization WHERE id IN ('{here}', '{there}') AND status = 'active'"
    );
    assert_eq!(world.database.one(&standing), "1");
    assert_eq!(differences(&world), [""; 0]);
}

#[test]
fn who_may_in_no_case_waits_for_no_lock() {
    let world = World::demo();
    let (sig, it) = (world.client("sig-admin"), Reshuffle::of(&world));
    let (drafted, etag) = draft(&sig, &it.plan());
    let (stranger, member) = (world.subject("nobody-yet", None), world.client("member"));
    world.client("member").get("/me").expect(200);
    // Someone holds all that these would lock.
    let mut other = PgConnection::establish(&world.database.owner()).unwrap();
    let locks = "BEGIN; SELECT FROM network FOR UPDATE; SELECT FROM organization FOR UPDATE; SELECT FROM reorganization FOR UPDATE";
    other.batch_execute(locks).unwrap();
    let soon = |reply: &dyn Fn() -> Reply, status: u16, code: &str| {
        let began = Instant::now();
        reply().refused(status, code);
        assert!(began.elapsed() < promised(1), "waited {:?}", began.elapsed());
    };
    soon(&|| stranger.act(&format!("{drafted}/apply"), &etag, None), 403, "not_registered");
    soon(&|| stranger.act("/networks/edito/close", "\"1-000000000000\"", None), 403, "not_registered");
    soon(&|| stranger.post("/reorganizations", plan(&it.plan())), 403, "not_registered");
    soon(&|| member.act(&format!("{drafted}/apply"), &etag, None), 404, "not_found");
    soon(&|| member.act(&format!("{drafted}/withdraw"), &etag, None), 404, "not_found");
    soon(&|| member.post("/reorganizations", plan(&it.plan())), 403, "forbidden");
    soon(&|| member.post("/reorganizations/preview", plan(&it.plan())), 403, "forbidden");
    other.batch_execute("ROLLBACK").unwrap();
}

#[test]
fn killed_in_the_middle_it_was_never_begun() {
    let world = World::demo();
    let it = Reshuffle::of(&world);
    let sig = world.client("sig-admin");
    let (address, etag) = draft(&sig, &it.plan());
    let before = world.database.digest();
    // Someone holds one of the links that will end, so that it waits when all the rest is done.
    let holder = world.database.owner();
    let held =
        format!("SELECT FROM organization_link WHERE from_id = '{}' AND to_id = '{}' FOR UPDATE", it.dicom, it.travail);
    let (ready, go) = (std::sync::mpsc::channel(), std::sync::mpsc::channel::<()>());
    let hand = std::thread::spawn(move || {
        use diesel::connection::SimpleConnection as _;
        use diesel::prelude::*;
        let mut conn = PgConnection::establish(&holder).unwrap();
        conn.batch_execute(&format!("BEGIN; {held}")).unwrap();
        ready.0.send(()).unwrap();
        go.1.recv().unwrap();
        conn.batch_execute("ROLLBACK").unwrap();
    });
    ready.1.recv().unwrap();
    // Its answer never comes: the line breaks.
    let begin = || {
        let (client, address, etag) = (sig.clone(), address.clone(), etag.clone());
        std::thread::spawn(move || client.act(&format!("{address}/apply"), &etag, None).status)
    };
    let mut applying = begin();
    let waiting = format!(
        "SELECT count(*)::text AS it FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE a.datname = '{}' AND NOT l.granted",
        world.database.name
    );
    crate::support::pace::until(Duration::from_secs(10), "it waits in the middle", || {
        // It waits for a second and is told to come back: a caller who looks too late has it come back.
        if applying.is_finished() {
            applying = begin();
        }
        world.database.one(&waiting) != "0"
    });
    world.signal("-KILL");
    go.0.send(()).unwrap();
    hand.join().unwrap();
    assert!(applying.join().is_err());
    let sessions = format!(
        "SELECT count(*)::text AS it FROM pg_stat_activity WHERE datname = '{}' AND usename = 'diapason_app'",
        world.database.name
    );
    crate::support::pace::until(Duration::from_secs(10), "its sessions end", || world.database.one(&sessions) == "0");
    assert_eq!(before, world.database.digest(), "everything is as before");

    // And what was answered is there after the server is gone.
    let again = World::over(world.database.clone(), &[]);
    let sig = again.client("sig-admin");
    apply(&sig, &it.plan());
    again.signal("-KILL");
    let status = "SELECT status AS it FROM organization WHERE id = '@'";
    assert_eq!(again.database.one(&status.replace('@', &it.gard)), "merged");
    assert_eq!(differences(&again), [""; 0]);
}

#[test]
fn what_is_being_prepared_is_nobody_elses() {
    let world = World::demo();
    let it = Reshuffle::of(&world);
    let (sig, auditor) = (world.client("sig-coordinator"), world.client("auditor"));
    let (address, etag) = draft(&sig, &it.plan());
    assert_eq!(auditor.get(&address).expect(200).actions(), ["get_reorganization"]);
    auditor.act(&format!("{address}/apply"), &etag, None).refused(403, "forbidden");
    for persona in ["lead-edito", "director-sociaux", "org-admin-34", "member", "bot-mi"] {
        let client = world.client(persona);
        client.get(&address).refused(404, "not_found");
        client.act(&format!("{address}/apply"), &etag, None).refused(404, "not_found");
        client.get("/reorganizations").refused(403, "forbidden");
        try_out(&client, &it.plan()).refused(403, "forbidden");
    }
    // Sent again with its key, it is drafted once; a trial minds no key.
    let again = |address: &str| sig.send("POST", address, &[("idempotency-key", "one")], Some(plan(&it.plan())));
    let (first, second) = (again("/reorganizations").expect(201), again("/reorganizations").expect(201));
    assert_eq!((second.header("idempotency-replayed"), second.json()), ("true", first.json()));
    assert_eq!(again("/reorganizations/preview").expect(200).json(), first.at("/impact"));
    sig.act(&format!("/reorganizations/{}/withdraw", first.str("/id")), first.etag(), None).expect(200);
    let listed = sig.walk("/reorganizations?status=draft");
    assert_eq!((listed.len(), listed[0].get("impact")), (1, None));
    let withdrawn = sig.act(&format!("{address}/withdraw"), &etag, None).expect(200);
    assert_eq!(
        (withdrawn.str("/status"), withdrawn.actions()),
        ("withdrawn".into(), vec!["get_reorganization".to_owned()])
    );
    sig.act(&format!("{address}/apply"), withdrawn.etag(), None).refused(409, "invalid_transition");
    // A draft that the world has overtaken is read without an impact, and says why when it is applied.
    let (late, etag) = draft(&sig, &it.plan());
    apply(&sig, &json!([merge(&[&it.gard], &existing(&it.herault))]));
    assert!(sig.get(&late).expect(200).json().get("impact").is_none());
    sig.act(&format!("{late}/apply"), &etag, None).refused(409, "superseded");
    assert_eq!(sig.walk("/reorganizations?limit=1").len(), 4, "pages walk them all");
}

#[test]
fn every_column_that_rests_on_an_organization_is_registered() {
    let real: BTreeSet<String> = World::shared()
        .database
        .column(
            "SELECT c.conrelid::regclass || '.' || a.attname AS it FROM pg_constraint c
                JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
             WHERE c.contype = 'f' AND c.confrelid IN ('organization'::regclass, 'affiliation'::regclass)",
        )
        .into_iter()
        .collect();
    let known: BTreeSet<String> = REGISTRY.iter().map(|it| format!("{}.{}", it.table, it.column)).collect();
    assert_eq!(
        real, known,
        "say in persistence/src/members/reorganization/registry.rs what a reorganization does with it"
    );
}

#[test]
fn what_is_yet_to_be_decided_and_done_goes_on_in_the_successor() {
    let world = World::demo();
    let (sig, director) = (world.client("sig-admin"), world.client("director-sociaux"));
    let [gone, heir] = ["MTRAV", "MSANTE"].map(|name| world.organization(name));
    let invitee = json!({"given_name": "Noé", "usual_name": "Vidal", "email": "noe.reorganise@travail.example", "organization_id": gone});
    let nomination = json!({"kind": "nomination", "role": "referent", "invitee": invitee});
    let dossier = director.post("/networks/marque/requests", nomination).expect(201).header("location").to_owned();
    let action = json!({"title": "Fusionner les chartes", "owner_organization_id": gone, "due_on": "2027-01-31"});
    let action = sig.post("/action-items", action.clone()).expect(201).header("location").to_owned();
    let operations = json!([merge(&[&gone], &existing(&heir))]);
    let impact = try_out(&sig, &operations).expect(200).json();
    for noun in ["action_item", "invitation", "membership_request"] {
        assert_eq!(kind(&impact, noun)["count"], 1, "{noun}");
    }
    apply(&sig, &operations);
    assert_eq!(sig.get(&action).expect(200).str("/owner_organization/id"), heir);
    assert_eq!(sig.get(&dossier).expect(200).str("/organization/id"), heir);
    assert_eq!(director.walk(&format!("/invitations?organization_id={heir}")).len(), 1);
    let late = json!({"title": "x", "owner_organization_id": gone, "due_on": "2027-01-31"});
    let refused = sig.post("/action-items", late).refused(409, "superseded");
    assert_eq!(refused.at("/successor_ids"), json!([heir]));
}
