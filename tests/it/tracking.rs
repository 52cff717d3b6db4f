//! The matrix: every cell the sum of its drill-down, the kept cells the aggregate of the facts, the picture legible.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::page::bears_its_style;
use crate::support::{Client, World};

const FIGURES: [&str; 5] = ["expected", "filled", "referents", "members", "gaps"];

fn sum(cells: &[Value]) -> Vec<i64> {
    FIGURES.iter().map(|figure| cells.iter().map(|cell| cell["tally"][figure].as_i64().unwrap()).sum()).collect()
}

fn figures(cell: &Value) -> Vec<i64> {
    FIGURES.iter().map(|figure| cell["tally"][figure].as_i64().unwrap()).collect()
}

fn opened(client: &Client, cell: &Value, row: &Value, day: &str) -> Vec<Value> {
    let dicom = row["dicom"]["id"].as_str().map_or(String::new(), |id| format!("&dicom_id={id}"));
    let code = cell["network_code"].as_str().unwrap();
    let reply = client.get(&format!("/tracking/cells?network_code={code}{dicom}{day}")).expect(200);
    reply.at("/items").as_array().unwrap().clone()
}

#[test]
fn each_cell_is_the_sum_of_its_drill_down() {
    let world = World::shared();
    for (persona, day) in [
        ("sig-admin", ""),
        ("sig-admin", "&as_of=2025-12-01"),
        ("director-sociaux", ""),
        ("lead-edito", ""),
        ("org-admin-34", ""),
    ] {
        let client = world.client(persona);
        let matrix = client.get(&format!("/tracking/matrix?{}", day.trim_start_matches('&'))).expect(200);
        let rows = matrix.at("/rows").as_array().unwrap().clone();
        assert!(!rows.is_empty(), "{persona}");
        for row in rows.iter().take(6) {
            for cell in row["cells"].as_array().unwrap().iter().take(4) {
                let open = opened(&client, cell, row, day);
                assert_eq!(figures(cell), sum(&open), "{persona} {}", row["dicom"]["name"]);
                let all = row["organizations"].as_array().unwrap().len();
                match cell["scope"].as_str().unwrap() {
                    "all" => assert_eq!(open.len(), all),
                    "part" => assert!((1..all).contains(&open.len())),
                    scope => assert_eq!((scope, open.len()), ("nothing", 0)),
                }
            }
        }
    }
}

#[test]
fn one_dicom_serves_three_ministries_and_two_dicoms_one_agency() {
    let world = World::shared();
    let matrix = world.client("sig-admin").get("/tracking/matrix").expect(200);
    let rows = matrix.at("/rows").as_array().unwrap().clone();
    let names = |row: &Value| -> Vec<String> {
        row["organizations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["organization"]["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let sociaux = rows.iter().find(|row| row["dicom"]["short_name"] == "DICOM sociaux").unwrap();
    for ministry in ["Ministère de la Santé", "Ministère du Travail", "Ministère des Solidarités"] {
        assert!(names(sociaux).contains(&ministry.to_owned()), "{ministry}");
    }
    assert!(!names(sociaux).iter().any(|name| name.starts_with("Cabinet")), "cabinets are not served unless linked");
    let holding: Vec<_> =
        rows.iter().filter(|row| names(row).contains(&"Agence Santé-Environnement".to_owned())).collect();
    assert_eq!(holding.len(), 2);
    let shared = |row: &Value| {
        row["organizations"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["organization"]["name"] == "Agence Santé-Environnement")
            .unwrap()["shared"]
            .clone()
    };
    assert!(holding.iter().all(|row| shared(row) == true), "marked in both rows");
    assert!(rows.last().unwrap().get("dicom").is_none(), "the last row is of those that none serves");
    // Totals count an organization once, however many rows it stands in.
    let gaps = |code: &str| -> i64 {
        world
            .client("sig-admin")
            .walk(&format!("/networks/{code}/gaps?limit=200"))
            .iter()
            .map(|gap| i64::try_from(gap["gaps"].as_array().unwrap().len()).unwrap())
            .sum()
    };
    for total in matrix.at("/totals").as_array().unwrap() {
        assert_eq!(
            total["tally"]["gaps"].as_i64().unwrap(),
            gaps(total["network_code"].as_str().unwrap()),
            "{}",
            total["network_code"]
        );
    }
}

#[test]
fn every_reader_sees_his_part() {
    let world = World::shared();
    let matrix = |persona: &str| world.client(persona).get("/tracking/matrix").expect(200);
    let count = |reply: &crate::support::client::Reply, pointer: &str| reply.at(pointer).as_array().unwrap().len();
    assert_eq!(count(&matrix("sig-admin"), "/columns"), 13);
    assert_eq!(count(&matrix("auditor"), "/rows"), count(&matrix("sig-admin"), "/rows"));
    let lead = matrix("lead-edito");
    assert_eq!(lead.at("/columns/0/network_code"), "edito");
    assert_eq!((count(&lead, "/columns"), count(&lead, "/rows")), (1, count(&matrix("sig-admin"), "/rows")));
    let director = matrix("director-sociaux");
    let dicoms: Vec<_> =
        director.at("/rows").as_array().unwrap().iter().map(|row| row["dicom"]["short_name"].clone()).collect();
    assert!(dicoms.contains(&json!("DICOM sociaux")), "{dicoms:?}");
    let admin = matrix("org-admin-34");
    assert_eq!(admin.at("/rows/0/organizations").as_array().unwrap().len(), 1);
    assert_eq!(admin.at("/rows/0/organizations/0/organization/name"), "Préfecture de l'Hérault");
}

#[test]
fn a_hidden_network_makes_no_row_of_the_matrix() {
    let world = World::demo();
    let network = "01900000-0000-7000-8f00-000000000001";
    // Nobody's organization, which sits in nothing but a hidden network.
    let alone =
        world.client("sig-admin").post("/organizations", json!({"kind": "observer", "name": "Institution seule"}));
    let alone = alone.expect(201).str("/id");
    let before = world.client("auditor").get("/tracking/matrix").expect(200).json();
    world.database.run(&format!(
        "INSERT INTO network (id, code, name, audience, cadence, visibility, join_policy, eligible_origins, status, created_at, updated_at, created_by, updated_by)
            VALUES ('{network}', 'ombre', 'Réseau ombre', 'Personne', 'ad_hoc', 'hidden', 'invitation', '{{}}', 'active', '2025-01-01Z', '2025-01-01Z', app.system(), app.system())"
    ));
    let sig = world.client("sig-admin");
    sig.post("/networks/ombre/seats", json!({"organization_id": alone, "role": "referent", "min": 1, "max": 1}))
        .expect(201);
    let named = |persona: &str| {
        let matrix = world.client(persona).get("/tracking/matrix").expect(200).json();
        matrix["rows"].to_string().contains("Institution seule")
    };
    assert!(named("sig-admin"));
    assert!(!named("auditor"));
    assert_eq!(world.client("auditor").get("/tracking/matrix").expect(200).json()["rows"], before["rows"]);
}

/// The kept cells beside those computed from the facts.
pub fn differences(world: &World) -> Vec<String> {
    world.database.column(
        "SELECT concat_ws(' ', n.code, p.organization_id, k.*, c.*) AS it
         FROM (SELECT network_id, organization_id FROM seat UNION SELECT network_id, organization_id FROM membership) p
            JOIN network n ON n.id = p.network_id
            LEFT JOIN tracking_cell k USING (network_id, organization_id), app.cell(p.network_id, p.organization_id, now()) c
         WHERE (k.expected, k.filled, k.referents, k.members, k.gaps) IS DISTINCT FROM (c.expected, c.filled, c.referents, c.members, c.gaps)",
    )
}

/// One of the memberships of a network.
fn one_of(sig: &Client, network: &str, drawn: usize) -> String {
    let found = sig.get(&format!("/networks/{network}/memberships?limit=200")).at("/items");
    let found = found.as_array().unwrap();
    format!("/memberships/{}", found[drawn % found.len()]["id"].as_str().unwrap())
}

#[test]
fn the_kept_cells_are_the_aggregate_after_random_histories() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    assert_eq!(differences(&world), [""; 0]);
    let mut seed: u64 = 20_261_122;
    let mut draw = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    let places = world
        .database
        .column("SELECT id::text AS it FROM affiliation WHERE upper_inf(valid) ORDER BY md5(id::text) LIMIT 60");
    let members = world.database.column("SELECT id::text AS it FROM member WHERE departed_at IS NULL AND email LIKE 'agent%' ORDER BY md5(id::text) LIMIT 60");
    let seats = world.database.column("SELECT id::text AS it FROM seat ORDER BY md5(id::text) LIMIT 40");
    let networks = ["edito", "design", "veille", "marque", "crise", "prefectures", "analytics"];
    let etag = |address: &str| sig.get(address).etag().to_owned();
    let mut done = BTreeMap::new();
    for _ in 0..150 {
        let (place, member, seat) =
            (&places[draw(60)], format!("/members/{}", members[draw(60)]), format!("/seats/{}", seats[draw(40)]));
        let network = networks[draw(7)];
        let roles = ["referent", "deputy", "member", "lead"];
        let wrong = || Some(json!({"reason": "Saisie par erreur."}));
        let (kind, reply) = match draw(10) {
            0 | 1 => (
                "join",
                sig.post(
                    &format!("/networks/{network}/memberships"),
                    json!({"affiliation_id": place, "role": roles[draw(4)]}),
                ),
            ),
            2 => {
                let address = one_of(&sig, network, draw(200));
                ("end", sig.act(&format!("{address}/end"), &etag(&address), Some(json!({"reason": "revoked"}))))
            }
            3 => {
                let address = one_of(&sig, network, draw(200));
                (
                    "role",
                    sig.act(&format!("{address}/change-role"), &etag(&address), Some(json!({"role": roles[draw(3)]}))),
                )
            }
            4 => ("suspend", sig.act(&format!("{member}/suspend"), &etag(&member), None)),
            5 => ("restore", sig.act(&format!("{member}/restore"), &etag(&member), None)),
            6 => ("depart", sig.act(&format!("{member}/depart"), &etag(&member), None)),
            7 => {
                let address = one_of(&sig, network, draw(200));
                ("void", sig.act(&format!("{address}/void"), &etag(&address), wrong()))
            }
            8 => ("void a seat", sig.act(&format!("{seat}/void"), &etag(&seat), wrong())),
            _ => ("seat", sig.patch(&seat, &etag(&seat), json!({"max": 1 + draw(3)}))),
        };
        assert!(reply.status < 500, "{kind} {}", reply.text());
        *done.entry((kind, reply.status)).or_insert(0) += 1;
    }
    println!("histories: {done:?}");
    assert_eq!(differences(&world), [""; 0]);
}

#[test]
fn a_cell_changes_when_its_time_comes() {
    let world = World::over(crate::support::database::Database::demo(), &[("DIAPASON_TEST_CLOCK", "1")]);
    let sig = world.client("sig-admin");
    let address = format!("/memberships/{}", world.membership("referent-34", "prefectures"));
    let ending = json!({"reason": "resigned", "at": "2027-03-01T00:00:00Z"});
    let ended = sig.act(&format!("{address}/end"), sig.get(&address).etag(), Some(ending)).expect(200);
    assert_eq!(ended.str("/status"), "active", "until then");
    let gaps = || -> i64 {
        let total = sig.get("/tracking/matrix").expect(200).at("/totals");
        total.as_array().unwrap().iter().find(|cell| cell["network_code"] == "prefectures").unwrap()["tally"]["gaps"]
            .as_i64()
            .unwrap()
    };
    let before = gaps();
    let admin = Client::new(&world.admin, None);
    admin
        .raw(
            "PUT",
            "/test/clock",
            &[("content-type", "application/json")],
            br#"{"now":"2027-03-01T00:00:01Z"}"#.to_vec(),
        )
        .expect(204);
    // The token is older than half a day by then.
    sig.get("/tracking/matrix").refused(401, "unauthenticated");
    admin
        .raw(
            "PUT",
            "/test/clock",
            &[("content-type", "application/json")],
            format!(
                r#"{{"now":"{}"}}"#,
                chrono::DateTime::from_timestamp(kernel::clock::now().timestamp(), 0).unwrap().to_rfc3339()
            )
            .into_bytes(),
        )
        .expect(204);
    assert_eq!(gaps(), before);
    world.database.run("UPDATE tracking_cell SET next_change_at = now() - interval '1 minute' WHERE next_change_at > now();
        UPDATE membership SET valid = tstzrange(lower(valid), now() - interval '1 minute') WHERE upper(valid) = '2027-03-01Z'");
    assert_eq!(gaps(), before + 1, "a reader computes anew what is due");
}

#[test]
fn the_picture_carries_its_values_as_text() {
    let world = World::shared();
    let sig = world.client("sig-admin");
    let picture = sig.get("/tracking/matrix.svg").expect(200);
    assert_eq!(picture.header("content-type"), "image/svg+xml");
    let text = picture.text();
    assert!(picture.bytes.len() <= 80_000, "{} bytes", picture.bytes.len());
    for part in ["<title", "<desc", "role=\"table\"", "DICOM sociaux", "✓", "viewBox=\"0 0 1440", "aucun siège pourvu"]
    {
        assert!(text.contains(part), "{part}");
    }
    bears_its_style(&picture);
    let english = sig.send("GET", "/tracking/matrix.svg", &[("accept-language", "en")], None).expect(200);
    assert!(english.text().contains("no seat filled") && english.text().contains("lang=\"en\""));
    assert_eq!((picture.header("content-language"), english.header("content-language")), ("fr", "en"));
    let matrix = sig.get("/tracking/matrix").expect(200);
    let tally = &matrix.at("/rows/0/cells/0/tally");
    assert!(text.contains(&format!("{}/{}", tally["filled"], tally["expected"])));
}

#[test]
fn the_csv_says_the_same() {
    let world = World::shared();
    let sig = world.client("sig-admin");
    let reply = sig.get("/tracking/matrix.csv").expect(200);
    let text = reply.text();
    assert!(text.starts_with('\u{feff}') && text.contains("\r\n"));
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    let matrix = sig.get("/tracking/matrix").expect(200);
    let cells: usize =
        matrix.at("/rows").as_array().unwrap().iter().map(|row| row["cells"].as_array().unwrap().len()).sum();
    assert_eq!(lines.len(), cells + 1);
    let first: Vec<&str> = lines[1].rsplit(',').take(5).collect();
    let tally = matrix.at("/rows/0/cells/0/tally");
    assert_eq!(
        first.into_iter().rev().map(|it| it.parse::<i64>().unwrap()).collect::<Vec<_>>(),
        FIGURES.map(|figure| tally[figure].as_i64().unwrap())
    );
}

#[test]
fn a_french_excel_reads_what_it_is_given() {
    let world = World::shared();
    let sig = world.client("sig-admin");
    for (path, value) in
        [("/tracking/matrix.csv", false), ("/tracking/indicators.csv?group_by=origin&metric=coverage", true)]
    {
        let of = |dialect: &str, language: &[(&str, &str)]| {
            let join = if path.contains('?') { '&' } else { '?' };
            let asked = if dialect.is_empty() { String::new() } else { format!("{join}dialect={dialect}") };
            let reply = sig.send("GET", &format!("{path}{asked}"), language, None).expect(200);
            assert!(reply.header("vary").contains("Accept-Language"), "{}", reply.header("vary"));
            let text = reply.text();
            assert!(text.starts_with('\u{feff}') && text.contains("\r\n"));
            text.lines().next().unwrap().contains(';')
        };
        let french = [("accept-language", "fr-FR,fr;q=0.9,en;q=0.8")];
        for machine in [&[][..], &[("accept-language", "*")], &[("accept-language", "en, fr;q=0.5")]] {
            assert!(!of("", machine), "{path} {machine:?}");
        }
        assert!(of("", &french) && of("excel-fr", &[]), "{path}");
        assert!(!of("rfc4180", &french), "{path}");
        if value {
            let (points, commas) = (sig.get(path).text(), sig.get(&format!("{path}&dialect=excel-fr")).text());
            let last =
                |text: &str, separator| text.lines().nth(1).unwrap().rsplit(separator).next().unwrap().to_owned();
            let (point, comma) = (last(&points, ','), last(&commas, ';'));
            assert!(comma.contains(',') && comma.replace(',', ".") == point, "{point} {comma}");
        }
    }
    sig.get("/tracking/matrix.csv?dialect=excel").refused(422, "invalid");
    sig.get("/tracking/matrix?dialect=excel-fr").refused(422, "invalid");
}

#[test]
fn what_one_does_not_read_is_no_zero() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let lead = json!({"affiliation_id": world.affiliation("org-admin-34"), "role": "lead"});
    sig.post("/networks/edito/memberships", lead).expect(201);
    let admin = world.client("org-admin-34");
    let matrix = admin.get("/tracking/matrix").expect(200);
    let herault = world.organization("Préfecture de l'Hérault");
    let mut scopes = std::collections::BTreeSet::new();
    for row in matrix.at("/rows").as_array().unwrap() {
        let here = row["organizations"].as_array().unwrap();
        let own = here.iter().any(|it| it["organization"]["id"] == herault);
        for cell in row["cells"].as_array().unwrap() {
            let scope = if cell["network_code"] == "edito" || (own && here.len() == 1) {
                "all"
            } else if own {
                "part"
            } else {
                "nothing"
            };
            assert_eq!(cell["scope"], scope, "{} {}", row["dicom"]["name"], cell["network_code"]);
            scopes.insert(scope);
        }
    }
    assert!(scopes.contains("all") && scopes.contains("nothing"), "{scopes:?}");
    assert!(admin.get("/tracking/matrix.svg").expect(200).text().contains(">–</text>"));
    assert!(admin.get("/tracking/matrix.csv").expect(200).text().contains(",,,,\r\n"));
    let row = matrix.at("/rows/0/dicom/id");
    let unread = format!("/tracking/cells?network_code=veille&dicom_id={}", row.as_str().unwrap());
    assert_eq!(admin.get(&unread).expect(200).at("/items"), json!([]));
}
