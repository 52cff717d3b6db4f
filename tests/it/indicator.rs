//! Indicators over time, and the standard of networks.

use chrono::{Datelike as _, TimeDelta};
use serde_json::{Value, json};

use crate::page::bears_its_style;
use crate::support::World;
use crate::support::pace::until;

fn series<'a>(all: &'a Value, metric: &str, key: &str) -> &'a Value {
    let found = all["series"].as_array().unwrap().iter().find(|it| it["metric"] == metric && it["key"] == key);
    found.unwrap_or_else(|| panic!("no {metric} of {key}"))
}

fn last<'a>(all: &'a Value, metric: &str, key: &str) -> &'a Value {
    series(all, metric, key)["points"].as_array().unwrap().last().unwrap()
}

/// A number without its fraction, to be compared.
fn whole(number: &Value) -> String {
    format!("{:.0}", number.as_f64().unwrap())
}

#[test]
fn indicators_add_up_to_the_matrix_of_the_same_day() {
    let world = World::shared();
    let sig = world.client("sig-admin");
    let day = (kernel::clock::now() - TimeDelta::days(40)).date_naive();
    for (query, matrix) in [
        (String::new(), "/tracking/matrix".to_owned()),
        (format!("&to={day}"), format!("/tracking/matrix?as_of={day}")),
    ] {
        let matrix = sig.get(&matrix).expect(200).json();
        let all = sig.get(&format!("/tracking/indicators?group_by=network{query}")).expect(200).json();
        for cell in matrix["totals"].as_array().unwrap() {
            let code = cell["network_code"].as_str().unwrap();
            let point = last(&all, "coverage", code);
            let figures = [&cell["tally"]["filled"], &cell["tally"]["expected"]];
            assert_eq!([&point["numerator"], &point["denominator"]].map(whole), figures.map(whole), "{code}");
        }
        // By DICOM: each row of the matrix.
        let all = sig.get(&format!("/tracking/indicators?group_by=dicom&metric=coverage{query}")).expect(200).json();
        for row in matrix["rows"].as_array().unwrap() {
            let key = row["dicom"]["id"].as_str().unwrap_or("unserved");
            let cells = row["cells"].as_array().unwrap();
            let sum =
                |of: &str| whole(&cells.iter().map(|cell| cell["tally"][of].as_i64().unwrap()).sum::<i64>().into());
            let point = last(&all, "coverage", key);
            assert_eq!(
                [&point["numerator"], &point["denominator"]].map(whole),
                [sum("filled"), sum("expected")],
                "{key}"
            );
        }
    }
}

#[test]
fn indicators_are_told_apart_by_origin_and_territory_and_come_as_csv_and_pictures() {
    let world = World::shared();
    let sig = world.client("sig-admin");
    let by_origin = sig.get("/tracking/indicators?group_by=origin&metric=coverage").expect(200).json();
    assert_eq!(series(&by_origin, "coverage", "prefecture")["points"].as_array().unwrap().len(), 13);
    let by_territory = sig.get("/tracking/indicators?group_by=territory&metric=referent_rate").expect(200).json();
    let places: Vec<_> =
        by_territory["series"].as_array().unwrap().iter().map(|it| it["label"].as_str().unwrap()).collect();
    assert!(places.contains(&"Hérault"), "{places:?}");
    let csv = sig.get("/tracking/indicators.csv?group_by=origin&metric=coverage").expect(200);
    assert!(csv.text().starts_with('\u{feff}'));
    let points = by_origin["series"].as_array().unwrap().iter().map(|it| it["points"].as_array().unwrap().len());
    assert_eq!(csv.text().lines().count(), 1 + points.sum::<usize>());
    let picture = sig.get("/tracking/indicators.svg?metric=coverage&key=edito").expect(200);
    assert_eq!(picture.header("content-type"), "image/svg+xml");
    for part in
        ["role=\"img\"", "aria-labelledby=\"t0 d0\"", "\u{a0}%</text>", ">100\u{a0}%</text>", "Part des sièges pourvus"]
    {
        assert!(picture.text().contains(part), "{part}: {}", picture.text());
    }
    bears_its_style(&picture);
    let nothing = sig.get("/tracking/indicators.svg?metric=coverage&key=nulle-part").expect(200);
    assert!(nothing.text().contains("rien à mesurer"));
    let page = sig.get("/tracking/trends").expect(200);
    assert!(page.text().contains("@media print") && page.text().matches("<svg").count() > 30);
    assert!(page.text().contains("<html lang=\"fr\">") && page.text().contains("<h1>Tendances par réseau</h1>"));
    bears_its_style(&page);
    let english = sig.send("GET", "/tracking/trends", &[("accept-language", "en")], None).expect(200);
    assert!(english.text().contains("<html lang=\"en\">") && english.text().contains("<h1>Trends by network</h1>"));
    assert_eq!((page.header("content-language"), english.header("content-language")), ("fr", "en"));
    assert!(page.bytes.len() < 200_000, "{} bytes", page.bytes.len());
    for bad in
        ["from=2027-01-01&to=2026-01-01", "to=2999-01-01", "from=2001-01-01", "from=hier", "metric=joie", "days=3"]
    {
        sig.get(&format!("/tracking/indicators?{bad}")).refused(422, "invalid");
    }
}

#[test]
fn a_reader_sees_of_indicators_what_he_reads_of_the_matrix() {
    let world = World::shared();
    let of = |persona: &str, query: &str| {
        world.client(persona).get(&format!("/tracking/indicators?{query}")).expect(200).json()
    };
    let lead = of("lead-edito", "group_by=network&metric=coverage");
    assert_eq!(lead["series"].as_array().unwrap().len(), 1, "a lead reads their column");
    let director = of("director-sociaux", "group_by=dicom&metric=coverage");
    let keys: Vec<_> = director["series"].as_array().unwrap().iter().map(|it| it["label"].as_str().unwrap()).collect();
    assert!(keys.contains(&"DICOM sociaux"), "{keys:?}");
    let all = of("sig-admin", "group_by=dicom&metric=coverage");
    let sociaux = world.organization("DICOM sociaux");
    assert_eq!(last(&director, "coverage", &sociaux), last(&all, "coverage", &sociaux));
    world.client("member").get("/tracking/indicators").refused(403, "forbidden");
}

#[test]
fn time_to_join_overdue_actions_and_reviews_follow_from_what_was_done() {
    let world = World::timed();
    let (member, lead) = (world.client("member"), world.client("lead-edito"));
    world.database.run("UPDATE network SET join_policy = 'request' WHERE code = 'edito'");
    let ask = json!({"kind": "request", "role": "member", "affiliation_id": world.affiliation("member"), "notification_level": "none"});
    let dossier = member.post("/networks/edito/requests", ask).expect(201).header("location").to_owned();
    let dicom = world.organization("DICOM sociaux");
    let today = kernel::clock::now().with_timezone(&kernel::PARIS).date_naive();
    for days in [1, 30] {
        let body = json!({"title": "x", "network_code": "edito", "owner_organization_id": dicom, "due_on": today + TimeDelta::days(days)});
        lead.post("/action-items", body).expect(201);
    }
    let review = lead.post("/networks/edito/reviews", json!({"due_on": "2027-12-31"})).expect(201).str("/id");
    let one = lead.walk("/networks/edito/memberships?role=member")[0]["id"].as_str().unwrap().to_owned();
    let answer = json!({"review_id": review, "outcome": "keep"});
    lead.act(&format!("/memberships/{one}/review"), lead.get(&format!("/memberships/{one}")).etag(), Some(answer))
        .expect(200);
    world.pass(TimeDelta::days(4));
    let lead = world.client("lead-edito");
    lead.act(&format!("{dossier}/accept"), lead.get(&dossier).etag(), Some(json!({}))).expect(200);
    let all = lead.get("/tracking/indicators?group_by=network").expect(200).json();
    let join = last(&all, "time_to_join", "edito")["value"].as_f64().unwrap();
    assert!((3.9..4.1).contains(&join), "{join}");
    let overdue = last(&all, "overdue_actions", "edito");
    assert_eq!([&overdue["numerator"], &overdue["denominator"]], [1.0, 2.0]);
    let reviews = last(&all, "reviews_done", "edito");
    assert!(reviews["numerator"] == 1.0 && reviews["denominator"].as_f64().unwrap() > 20.0, "{reviews}");
    // A year and a day later it is done no longer.
    world.pass(TimeDelta::days(366));
    let all = world.client("lead-edito").get("/tracking/indicators?group_by=network").expect(200).json();
    assert_eq!(last(&all, "reviews_done", "edito")["numerator"], 0.0);
}

/// What is put off, given back or moved later changes no past day.
#[test]
fn a_past_day_is_reproducible() {
    let world = World::timed();
    let (lead, sig) = (world.client("lead-edito"), world.client("sig-admin"));
    let dicom = world.organization("DICOM sociaux");
    let today = kernel::clock::now().with_timezone(&kernel::PARIS).date_naive();
    let action = |due: i64| {
        let body = json!({"title": "x", "network_code": "edito", "owner_organization_id": dicom, "due_on": today + TimeDelta::days(due)});
        lead.post("/action-items", body).expect(201).header("location").to_owned()
    };
    let (late, closed) = (action(1), action(1));
    world.pass(TimeDelta::days(4));
    let day = today + TimeDelta::days(3);
    let read = || {
        let client = world.client("sig-admin");
        let of =
            |group: &str| client.get(&format!("/tracking/indicators?group_by={group}&from={day}&to={day}")).expect(200);
        [of("network").json(), of("origin").json(), of("territory").json(), of("dicom").json()]
    };
    let before = read();
    let overdue = last(&before[0], "overdue_actions", "edito");
    assert_eq!([&overdue["numerator"], &overdue["denominator"]], [2.0, 2.0]);
    let lead = world.client("lead-edito");
    lead.patch(&late, lead.get(&late).etag(), json!({"due_on": day + TimeDelta::days(90)})).expect(200);
    lead.act(&format!("{closed}/complete"), lead.get(&closed).etag(), None).expect(200);
    assert_eq!(read(), before);
    world.pass(TimeDelta::days(1));
    let lead = world.client("lead-edito");
    lead.act(&format!("{closed}/reopen"), lead.get(&closed).etag(), None).expect(200);
    drop(sig);
    let sig = world.client("sig-admin");
    let prefecture = format!("/organizations/{}", world.organization("Préfecture du Gard"));
    let elsewhere =
        sig.get(&format!("/organizations/{}", world.organization("Préfecture de l'Ain"))).str("/territory_code");
    sig.patch(&prefecture, sig.get(&prefecture).etag(), json!({"territory_code": elsewhere})).expect(200);
    assert_eq!(read(), before);
    let now = world
        .client("lead-edito")
        .get("/tracking/indicators?group_by=network&metric=overdue_actions")
        .expect(200)
        .json();
    assert_eq!(
        [&last(&now, "overdue_actions", "edito")["numerator"], &last(&now, "overdue_actions", "edito")["denominator"]],
        [1.0, 2.0]
    );
}

/// Every criterion in words that a network can bring about, one by one.
#[test]
fn each_criterion_follows_what_is_done() {
    let world = World::demo();
    let (lead, sig) = (world.client("lead-edito"), world.client("sig-admin"));
    let dicom = world.organization("DICOM sociaux");
    let met = |code: &str| {
        let score = lead.get("/networks/edito/standard").expect(200).json();
        let found = score["criteria"].as_array().unwrap().iter().find(|it| it["code"] == code).unwrap();
        found["met"].as_str().unwrap().to_owned()
    };
    let change = |body: Value| sig.patch("/networks/edito", sig.get("/networks/edito").etag(), body).expect(200);
    let today = kernel::clock::now().with_timezone(&kernel::PARIS).date_naive();
    change(json!({"purpose": null, "scope_note": null, "charter_adopted_on": null}));
    assert_eq!(met("charter"), "no");
    change(json!({"purpose": "Écrire clair.", "scope_note": "Les sites de l'État."}));
    assert_eq!(met("charter"), "half");
    change(json!({"charter_adopted_on": today}));
    assert_eq!(met("charter"), "full");
    change(json!({"annual_objectives": []}));
    assert_eq!(met("objectives"), "no");
    change(json!({"annual_objectives": ["Une charte éditoriale commune"]}));
    assert_eq!(met("objectives"), "half");
    change(json!({"objectives_reviewed_on": today}));
    assert_eq!(met("objectives"), "full");
    // Nothing to do is nothing measured; what is confidential counts for nobody.
    assert_eq!(met("actions"), "not_measured");
    let private = json!({"axis": "network", "network_code": "edito", "held_on": today, "health": "red", "summary": "Crise", "confidentiality": "confidential"});
    let private = lead.post("/follow-ups", private).expect(201).str("/id");
    assert_eq!(met("cadence"), "no");
    let action = |follow_up: Option<&str>, due: i64| {
        let mut body = json!({"title": "x", "network_code": "edito", "owner_organization_id": dicom, "due_on": today + TimeDelta::days(due)});
        if let Some(follow_up) = follow_up {
            body["follow_up_id"] = follow_up.into();
        }
        lead.post("/action-items", body).expect(201).header("location").to_owned()
    };
    action(Some(&private), -1);
    assert_eq!(met("actions"), "not_measured");
    for _ in 0..9 {
        action(None, 10);
    }
    assert_eq!(met("actions"), "full");
    let late = action(None, -1);
    assert_eq!(met("actions"), "half", "one in ten");
    action(None, -1);
    assert_eq!(met("actions"), "no");
    lead.act(&format!("{late}/complete"), lead.get(&late).etag(), None).expect(200);
    assert_eq!(met("actions"), "half");
    assert_eq!(met("reviews"), "no");
    let review = lead.post("/networks/edito/reviews", json!({"due_on": "2035-12-31"})).expect(201).str("/id");
    world.database.run(&format!(
        "INSERT INTO membership_review_answer SELECT '{review}', id, 'keep', now(), app.system() FROM membership
            WHERE valid @> now() AND network_id = (SELECT id FROM network WHERE code = 'edito')"
    ));
    assert_eq!(met("reviews"), "full");
    assert_eq!(met("lead"), "full");
    let rate = "SELECT CASE WHEN r >= 0.8 THEN 'full' WHEN r >= 0.5 THEN 'half' ELSE 'no' END AS it FROM (SELECT sum(referents_filled)::float / sum(referents_expected) AS r
        FROM app.cells_over(ARRAY[app.today()]) WHERE network_id = (SELECT id FROM network WHERE code = 'edito')) it";
    assert_eq!(met("referents"), world.database.one(rate));
}

#[test]
fn a_published_day_stays_as_it_was_published_until_it_is_corrected_with_a_reason() {
    let world = World::timed();
    let sig = world.client("sig-admin");
    let now = kernel::clock::now().with_timezone(&kernel::PARIS).date_naive();
    // The first of next month, in the small hours: the month is published, once.
    let first = now.with_day(1).unwrap().checked_add_months(chrono::Months::new(1)).unwrap();
    let (day, at) = (first.pred_opt().unwrap(), first.and_hms_opt(4, 0, 0).unwrap().and_utc());
    world.at(at);
    let published = format!("SELECT count(*)::text AS it FROM indicator_publication WHERE on_date = '{day}'");
    until(std::time::Duration::from_mins(1), "it is published", || world.database.one(&published) == "1");
    let read = || {
        let client = world.client("sig-admin");
        client.get(&format!("/tracking/indicators?metric=coverage&from={day}&to={day}")).expect(200).json()
    };
    let before = read();
    assert_eq!([&before["publications"][0]["on"], &before["publications"][0]["revision"]], [&json!(day), &json!(1)]);
    // A correction of the past changes what is known, not what was published.
    world.database.run(
        "DELETE FROM membership WHERE role = 'referent' AND network_id = (SELECT id FROM network WHERE code = 'edito')",
    );
    assert_eq!(read(), before);
    drop(sig);
    world.database.run(&format!("SELECT app.publish_indicators('{day}', 'recomputed')"));
    assert_ne!(read(), before);
    let revisions = format!(
        "SELECT concat_ws(' ', revision, reason) AS it FROM indicator_publication WHERE on_date = '{day}' ORDER BY revision"
    );
    assert_eq!(world.database.column(&revisions), ["1", "2 recomputed"]);
    world.database.run(&format!("SELECT app.publish_indicators('{day}', 'recomputed')"));
    assert_eq!(world.database.column(&revisions).len(), 2, "the same is no other revision");
    let history = world.client("lead-edito").get("/networks/edito/standard/history").expect(200).json();
    assert_eq!(history["items"][0]["on"], day.to_string());
}

#[test]
fn every_network_is_measured_by_the_same_standard() {
    let world = World::demo();
    let (lead, admin) = (world.client("lead-edito"), world.client("sig-admin"));
    let score = lead.get("/networks/edito/standard").expect(200).json();
    let criterion = |score: &Value, code: &str| {
        score["criteria"].as_array().unwrap().iter().find(|it| it["code"] == code).unwrap().clone()
    };
    for code in ["minutes", "rex", "reporting"] {
        assert_eq!(criterion(&score, code)["met"], "not_measured", "what does not exist yet says so");
    }
    assert_eq!(criterion(&score, "lead")["met"], "full");
    assert_eq!(criterion(&score, "cadence")["met"], "no");
    let worth = |met: &Value| match met.as_str().unwrap() {
        "full" => Some(1.0),
        "half" => Some(0.5),
        "no" => Some(0.0),
        _ => None,
    };
    let expected = |score: &Value| {
        let measured = score["criteria"].as_array().unwrap().iter();
        let measured: Vec<(f64, f64)> =
            measured.filter_map(|it| Some((it["weight"].as_f64().unwrap(), worth(&it["met"])?))).collect();
        measured.iter().map(|(weight, worth)| weight * worth).sum::<f64>()
            / measured.iter().map(|(weight, _)| weight).sum::<f64>()
    };
    assert!((score["score"].as_f64().unwrap() - expected(&score)).abs() < 1e-9);
    // What is done counts, and each fact is where it says.
    let body = json!({"axis": "network", "network_code": "edito", "held_on": "2026-11-20", "health": "green", "summary": "Point"});
    let mut body = body;
    body["held_on"] = kernel::clock::now().with_timezone(&kernel::PARIS).date_naive().to_string().into();
    lead.post("/follow-ups", body).expect(201);
    let after = lead.get("/networks/edito/standard").expect(200).json();
    assert_eq!(criterion(&after, "cadence")["met"], "full");
    assert!(after["score"].as_f64().unwrap() > score["score"].as_f64().unwrap());
    for it in after["criteria"].as_array().unwrap().iter().filter_map(|it| it["href"].as_str()) {
        admin.get(it).expect(200);
    }
    // The standard is data.
    let address = "/network-criteria/cadence";
    lead.patch(address, "\"1-000000000000\"", json!({"weight": 0})).refused(403, "forbidden");
    let changed = admin.patch(address, "\"1-000000000000\"", json!({"weight": 0})).expect(200);
    assert_eq!(changed.at("/weight"), 0);
    let without = lead.get("/networks/edito/standard").expect(200).json();
    assert!((without["score"].as_f64().unwrap() - expected(&without)).abs() < 1e-9);
}

#[test]
fn the_cells_of_many_days_are_those_of_each_day() {
    let world = World::shared();
    let differ = "SELECT d.day || ' ' || o.name AS it FROM unnest(ARRAY[current_date - 400, current_date - 90, current_date - 1]) d (day)
        JOIN app.cells_over(ARRAY[current_date - 400, current_date - 90, current_date - 1]) c ON c.day = d.day
        JOIN organization o ON o.id = c.organization_id,
        app.cell(c.network_id, c.organization_id, app.end_of(c.day)) e
        WHERE (c.expected, c.filled, c.members) <> (e.expected, e.filled, e.members)";
    assert_eq!(world.database.column(differ), [""; 0]);
    let today = "SELECT count(*)::text AS it FROM app.indicator_cells(ARRAY[(app.clock() AT TIME ZONE 'Europe/Paris')::date]) k
        FULL JOIN app.cells_over(ARRAY[(app.clock() AT TIME ZONE 'Europe/Paris')::date]) c USING (network_id, organization_id)
        WHERE (coalesce(k.expected, 0), coalesce(k.filled, 0), coalesce(k.referents_expected, 0), coalesce(k.referents_filled, 0), coalesce(k.members, 0))
            <> (coalesce(c.expected, 0), coalesce(c.filled, 0), coalesce(c.referents_expected, 0), coalesce(c.referents_filled, 0), coalesce(c.members, 0))";
    assert_eq!(world.database.one(today), "0", "what is kept is what the facts say");
}
