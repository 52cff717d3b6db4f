//! The State directory imported: both layouts, every oddity, nobody's name, all or nothing, and nothing twice.

use std::process::Stdio;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use serde_json::json;

use crate::support::World;
use crate::support::database::Database;
use crate::support::import::{command, dump, everything, file, import, sample};
use crate::support::promised;

/// The n-th record of the fixtures.
fn record(number: u32) -> String {
    format!("0000aaaa-0000-4000-8000-{number:012x}")
}

/// One column of the organization that a record became, as text.
fn of(database: &Database, number: u32, what: &str) -> String {
    let id = record(number);
    database.one(&format!(
        "SELECT coalesce(({what})::text, '-') AS it FROM external_id x JOIN organization o ON o.id = x.object_id
            LEFT JOIN organization p ON p.id = o.parent_id WHERE x.noun = 'organization' AND x.value = '{id}'"
    ))
}

fn is_known(database: &Database, number: u32) -> bool {
    let id = record(number);
    !database.column(&format!("SELECT value AS it FROM external_id WHERE value = '{id}'")).is_empty()
}

/// The codes of the report, each with its record's number.
fn codes(out: &str) -> Vec<(String, String)> {
    let line = |line: &str| {
        let (code, rest) = line.split_once('\t')?;
        let id = rest.split('\t').next()?;
        Some((code.to_owned(), id.rsplit('-').next().unwrap().trim_start_matches('0').to_owned()))
    };
    out.lines().filter_map(line).collect()
}

#[test]
fn the_published_layout_with_every_oddity() {
    let database = Database::demo();
    let (path, before) = (sample("state-directory.json"), everything(&database));
    let dry = import(&database, &["organizations", &path, "--dry-run"]);
    assert!(dry.ok && dry.out.contains("rien n’a été écrit"), "{}{}", dry.out, dry.err);
    assert_eq!(everything(&database), before, "a dry run writes nothing");
    let ran = import(&database, &["organizations", &path]);
    assert!(ran.ok, "{}{}", ran.out, ran.err);
    assert_eq!(codes(&ran.out), codes(&dry.out), "a dry run says the same");
    let found = codes(&ran.out);
    for (code, number) in [
        ("unreadable", "n° 23"),
        ("unreadable", "n° 24"),
        ("unreadable", "n° 25"),
        ("not_published", "11"),
        ("duplicate_record", "5"),
        ("same_organization", "12"),
        ("grouping", "1"),
        ("grouping", "4"),
        ("too_deep", "b"),
        ("too_deep", "c"),
        ("name_tidied", "5"),
        ("siren", "7"),
        ("siret", "7"),
        ("siren_siret", "9"),
        ("url_http", "7"),
        ("url_scheme", "6"),
        ("url_tidied", "8"),
        ("url_email", "9"),
        ("url", "a"),
        ("phone", "6"),
        ("email", "6"),
        ("personal", "6"),
        ("personal", "7"),
        ("dangling_link", "6"),
        ("duplicate_link", "3"),
        ("duplicate_link", "6"),
        ("several_parents", "9"),
        ("circle", "e"),
    ] {
        assert!(found.contains(&(code.into(), number.into())), "no {code} for {number}:\n{}", ran.out);
    }
    kinds_and_places(&database);
    assert!(ran.err.contains("fiches lues") && ran.err.contains("écriture"), "progress: {}", ran.err);
    let after = everything(&database);
    let again = import(&database, &["organizations", &path]);
    assert!(again.ok && again.out.contains(" créations 0, mises à jour 0"), "{}", again.out);
    assert_eq!(everything(&database), after, "a second import changes nothing");
    nobody_is_named(&database, &(ran.out + &ran.err + &again.out));
}

#[test]
fn a_directory_that_was_xml_is_read_or_said_to_be_odd() {
    let database = Database::demo();
    let ministry = record(0xa01);
    let service = |number: u32, more: serde_json::Value| {
        let mut service = json!({"id": record(number), "nom": format!("Direction d'essai {number}"), "type_organisme": "Administration centrale (ou Ministère)"});
        service.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        service
    };
    let services = [
        service(
            0xa01,
            json!({
                "nom": {"$t": "Ministère d'essai"}, "siret": {"$t": "13002526500013"}, "telephone": [{"$t": "04 99 00 00 01"}, "04 99 00 00 02"],
                "hierarchie": [{"type_hierarchie": {"$t": "Service Fils"}, "service": {"$t": record(0xa02)}},
                    {"type_hierarchie": "Service Fils", "service": {"id": record(0xa03), "nom": "Direction d'essai 2563"}}],
            }),
        ),
        service(
            0xa02,
            json!({"siret": 13_002_526_500_021_i64, "telephone": [{"valeur": {"$t": "04 99 00 00 03"}}], "adresse_courriel": {"$t": "essai@essai.example"}}),
        ),
        service(
            0xa03,
            json!({"siret": true, "sigle": ["A", "B"], "telephone": [["x"], {"description": "rien"}], "hierarchie": ["x", {"service": {}}], "adresse": "1 rue d'Essai"}),
        ),
        service(0xa04, json!({"statut_de_diffusion": false})),
    ];
    let path = file("once-xml.json", json!({"service": services}).to_string());
    let ran = import(&database, &["organizations", path.to_str().unwrap(), "--depth", "4"]);
    assert!(ran.ok, "{}{}", ran.out, ran.err);
    let points = |number| {
        of(&database, number, "(SELECT string_agg(c ->> 'value', ' ') FROM jsonb_array_elements(o.contact_points) c)")
    };
    assert_eq!(
        (of(&database, 0xa01, "o.name"), of(&database, 0xa01, "o.sirets")),
        ("Ministère d'essai".into(), "{13002526500013}".into())
    );
    assert_eq!(points(0xa01), "+33499000001 +33499000002");
    assert_eq!(of(&database, 0xa02, "o.sirets"), "{13002526500021}");
    assert!(
        points(0xa02).contains("+33499000003") && points(0xa02).contains("essai@essai.example"),
        "{}",
        points(0xa02)
    );
    for number in [0xa02, 0xa03] {
        assert_eq!(of(&database, number, "p.name"), "Ministère d'essai", "{ministry}");
    }
    assert!(!is_known(&database, 0xa04), "not published");
    let odd: Vec<_> =
        ran.out.lines().filter(|line| line.starts_with("shape\t") && line.contains(&record(0xa03))).collect();
    for field in ["sigle", "telephone", "hierarchie", "adresse"] {
        assert!(odd.iter().any(|line| line.contains(field)), "no {field}: {}", ran.out);
    }
    assert!(codes(&ran.out).contains(&("siret".into(), "a03".into())), "{}", ran.out);
    let alone = file("alone.json", json!({"service": service(0xa05, json!({}))}).to_string());
    let ran = import(&database, &["organizations", alone.to_str().unwrap()]);
    assert!(ran.ok && is_known(&database, 0xa05), "{}{}", ran.out, ran.err);
}

fn kinds_and_places(database: &Database) {
    for (number, what, expected) in [
        (3, "o.kind", "ministry"),
        (3, "o.aliases", "{\"Ministère des Tentatives\"}"),
        (3, "cardinality(o.sirets)", "1"),
        (5, "o.kind || ' ' || o.name", "communication_directorate Direction de la communication des essais"),
        (5, "p.name", "Ministère des Essais"),
        (7, "p.name", "Ministère des Essais"),
        (7, "o.siren", "-"),
        (8, "o.website", "https://finances.example/"),
        (6, "o.website", "https://www.mesures.example/"),
        (
            6,
            "o.contact_points",
            r#"[{"kind": "email", "value": "mesures@essais.example"}, {"kind": "phone", "value": "+33599001122"}]"#,
        ),
        (7, "o.contact_points", "[]"),
        (9, "p.name", "Direction des mesures"),
        (10, "p.name", "Sous-direction des étalons"),
        (10, "o.website", "-"),
        (15, "o.kind || ' ' || o.sirets[1]", "operator 35600000049837"),
        (16, "o.kind", "deconcentrated_service"),
        (16, "o.contact_points #>> '{1,value}'", "20 rue du Port\n15185 Fictionville\nFictionie"),
        (22, "o.kind", "ministerial_cabinet"),
        (2, "o.name || ' ' || o.aliases::text", "Services du Premier ministre {Matignon,\"Premier ministre\"}"),
        (20, "o.name || ' ' || o.short_name", "Service d'information du Gouvernement SIG"),
        (21, "o.kind || ' ' || p.name", "prime_minister_service Services du Premier ministre"),
        (3, "o.field_sources ->> 'name'", "dila"),
        (3, "(SELECT count(*) FROM organization_period q WHERE q.organization_id = o.id)", "1"),
        (3, "(SELECT count(*) FROM history h WHERE h.object_id = o.id)", "1"),
        (
            3,
            "(SELECT bool_and(verb = 'created' AND actor_id = app.system()) FROM change_event e WHERE e.object_id = o.id)",
            "true",
        ),
        (
            3,
            "(SELECT string_agg(action || ' ' || outcome, '') FROM audit_event e WHERE e.object = o.id::text)",
            "import_organizations done",
        ),
        (2, "(SELECT changed_fields FROM change_event e WHERE e.object_id = o.id AND verb = 'updated')", "{aliases}"),
    ] {
        assert_eq!(of(database, number, what), expected, "{what} of {number}");
    }
    for number in [1, 4, 11, 12, 17, 18] {
        assert!(!is_known(database, number), "{number} is no organization of ours");
    }
}

/// The person planted in the fixtures, whose name, address and number stand nowhere.
fn nobody_is_named(database: &Database, said: &str) {
    let all = dump(database).to_lowercase();
    assert!(all.contains("ministère des essais") || all.contains("préfecture - hérault"), "the dump holds the import");
    for planted in ["zorglubovitch", "anatole", "+33199007777", "+33199008888", "01 99 00 77 77"] {
        assert!(!all.contains(planted), "{planted} is in the database");
        assert!(!said.to_lowercase().contains(planted), "{planted} was printed");
    }
}

#[test]
fn the_local_layout_finds_the_seeded_prefectures() {
    let database = Database::demo();
    let path = sample("local-directory.json");
    let number = || database.one("SELECT count(*)::text AS it FROM organization WHERE kind = 'prefecture'");
    let prefectures = number();
    let ran = import(&database, &["organizations", &path]);
    assert!(ran.ok && ran.out.contains("3 par département"), "{}{}", ran.out, ran.err);
    assert_eq!(number(), prefectures, "no prefecture is new");
    for (record, what, expected) in [
        (101, "o.name || ' ' || o.aliases::text", "Préfecture de l'Hérault {\"Préfecture - Hérault\"}"),
        (101, "o.website", "https://www.herault.example/"),
        (101, "cardinality(o.sirets)", "1"),
        (101, "o.contact_points #>> '{0,value}'", "+33499000034"),
        (101, "o.version", "2"),
        (
            103,
            "o.kind || ' ' || o.origin || ' ' || p.name",
            "deconcentrated_service prefecture Préfecture de l'Hérault",
        ),
        (104, "o.territory_code || ' ' || p.name", "dep-2b Préfecture de la Haute-Corse"),
        (105, "o.name", "Préfecture de La Réunion"),
        (106, "o.name || ' ' || o.prefecture_level", "Préfecture de police police"),
        (107, "o.territory_code", "dep-12"),
        (108, "o.territory_code", "-"),
        (109, "o.territory_code", "dep-39"),
    ] {
        assert_eq!(of(&database, record, what), expected, "{what} of {record}");
    }
    let found = codes(&ran.out);
    for (code, number) in [
        ("same_organization", "66"),
        ("insee_pivot", "6b"),
        ("insee", "6c"),
        ("several_insee", "6d"),
        ("not_state", "6e"),
        ("not_state", "6f"),
        ("not_state", "70"),
    ] {
        assert!(found.contains(&(code.into(), number.into())), "no {code} for {number}:\n{}", ran.out);
    }
    let after = everything(&database);
    assert!(import(&database, &["organizations", &path]).ok);
    assert_eq!(everything(&database), after, "a second import changes nothing");
    nobody_is_named(&database, &(ran.out + &ran.err));
}

#[test]
fn what_people_said_stays_and_the_rest_follows_the_directory() {
    let world = World::demo();
    let database = &world.database;
    let first = json!([{"id": record(201), "nom": "Agence des essais", "type_organisme": "Établissement public",
        "site_internet": [{"valeur": "https://un.example"}], "telephone": [{"valeur": "01 99 00 00 01"}]}]);
    let path = file("owned.json", first.to_string());
    let path = path.to_str().unwrap();
    assert!(import(database, &["organizations", path]).ok);
    let sig = world.client("sig-coordinator");
    let address = format!("/organizations/{}", of(database, 201, "o.id"));
    let seen = sig.get(&address).expect(200);
    assert_eq!((seen.str("/kind"), seen.str("/website")), ("operator".into(), "https://un.example/".into()));
    sig.patch(&address, seen.etag(), json!({"website": "https://deux.example", "short_name": "AE"})).expect(200);

    let second = json!([{"id": record(201), "nom": "Agence nationale des essais", "type_organisme": "Établissement public",
        "sigle": "ANE", "site_internet": [{"valeur": "https://trois.example"}]}]);
    std::fs::write(path, second.to_string()).unwrap();
    let ran = import(database, &["organizations", path]);
    assert!(
        ran.ok && ran.out.contains("créations 0, mises à jour 1") && ran.out.contains("autre source)\u{a0}: 2"),
        "{}",
        ran.out
    );
    let now = sig.get(&address).expect(200);
    assert_eq!(now.str("/name"), "Agence nationale des essais", "the directory's own name follows the directory");
    assert_eq!(now.at("/aliases"), json!(["Agence des essais"]), "a name that goes is kept as an alias");
    assert_eq!((now.str("/website"), now.str("/short_name")), ("https://deux.example/".into(), "AE".into()));
    assert_eq!(now.at("/contact_points"), json!([]), "what the directory said and says no more is gone");
    let periods = database.one(&format!(
        "SELECT string_agg(DISTINCT name, ', ') AS it FROM organization_period WHERE organization_id = '{}'",
        now.str("/id")
    ));
    assert_eq!(periods, "Agence des essais, Agence nationale des essais");
}

#[test]
fn levels_under_a_directorate_are_asked_for() {
    let database = Database::demo();
    let path = sample("state-directory.json");
    assert!(import(&database, &["organizations", &path, "--depth", "1"]).ok);
    assert!(is_known(&database, 9) && !is_known(&database, 10));
    assert!(import(&database, &["organizations", &path, "--depth", "4"]).ok);
    assert!(is_known(&database, 10) && is_known(&database, 11) && is_known(&database, 12));
    assert_eq!(of(&database, 12, "p.name"), "Section trop profonde");
}

#[test]
fn what_is_no_directory_is_told_so_and_where() {
    let database = Database::demo();
    let before = everything(&database);
    let missing = "/nowhere/annuaire.json".to_owned();
    let write = |name, content: &[u8]| file(name, content).to_str().unwrap().to_owned();
    for (path, words) in [
        (missing, vec!["/nowhere/annuaire.json"]),
        (write("o1.json", b"{\"service\": [\n{\"id\": }]}"), vec!["ligne 2, colonne 8"]),
        (write("o2.json", b"{\"service\": [{\"id\": \"x\""), vec!["avant sa fin", "ligne 1"]),
        (write("o3.json", b"{\"services\": []}"), vec!["service", "ligne 1, colonne 16"]),
        (write("o4.json", b"[1, 2]"), vec!["aucune des 2 fiches", "pas un objet JSON"]),
        (write("o5.json", b"[]"), vec!["aucune fiche"]),
        (write("o6.json", b""), vec!["ligne 1"]),
        (write("o7.json", b"[\n\n\xff]"), vec!["UTF-8", "ligne 3"]),
        (write("o8.json", "[".repeat(100_000).as_bytes()), vec!["ligne 1"]),
        (write("o9.json", b"\xef\xbb\xbf[{\"id\": 7}]"), vec!["id"]),
    ] {
        let ran = import(&database, &["organizations", &path]);
        assert!(!ran.ok && ran.out.is_empty(), "{path}: {}", ran.out);
        let last = ran.err.lines().last().unwrap_or_default();
        for word in words {
            assert!(last.contains(word), "{path} says nothing of {word}: {}", ran.err);
        }
    }
    assert_eq!(everything(&database), before);
}

#[test]
fn the_report_goes_where_it_is_asked() {
    let database = Database::demo();
    let report = file("report.tsv", "");
    let path = sample("local-directory.json");
    let ran = import(&database, &["organizations", &path, "--dry-run", "--report", report.to_str().unwrap()]);
    assert!(ran.ok && codes(&ran.out).is_empty() && ran.out.contains("not_state"), "the summary alone: {}", ran.out);
    let lines = std::fs::read_to_string(&report).unwrap();
    assert!(lines.lines().all(|line| line.split('\t').count() == 4) && lines.contains("Mairie - Fictive"), "{lines}");
    let before = everything(&database);
    let ran = import(&database, &["organizations", &path, "--report", "/nowhere/report.tsv"]);
    assert!(!ran.ok && ran.err.contains("/nowhere/report.tsv"));
    assert_eq!(everything(&database), before, "a report that cannot be written is known before");
}

#[test]
fn a_record_that_the_database_refuses_takes_all_back() {
    let database = Database::demo();
    database.run("ALTER TABLE organization ADD CONSTRAINT odd_check CHECK (name <> 'Boucle B')");
    let before = everything(&database);
    let ran = import(&database, &["organizations", &sample("state-directory.json")]);
    assert!(!ran.ok && ran.err.contains("odd_check"), "{}", ran.err);
    assert_eq!(everything(&database), before);
}

#[test]
fn killed_in_the_middle_it_leaves_what_was() {
    let database = Database::demo();
    let before = everything(&database);
    let mut holder = PgConnection::establish(&database.owner()).unwrap();
    // The organizations are written when it comes to their names in the directory, one of which another is writing.
    let name = format!(
        "BEGIN; INSERT INTO external_id SELECT 'organization', id, '{}', app.system() FROM source WHERE code = 'dila'",
        record(3)
    );
    holder.batch_execute(&name).unwrap();
    let path = sample("state-directory.json");
    let mut child = command(&database, &["organizations", &path]).stdout(Stdio::null()).spawn().unwrap();
    let until = |what: &str, number: &str| {
        let count = format!(
            "SELECT count(*)::text AS it FROM pg_stat_activity a WHERE datname = current_database() AND usename = 'diapason_app' {what}"
        );
        let began = Instant::now();
        while database.one(&count) != number {
            assert!(began.elapsed() < promised(9), "not {number}: {count}");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    until("AND EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND NOT granted)", "1");
    child.kill().unwrap();
    child.wait().unwrap();
    holder.batch_execute("ROLLBACK").unwrap();
    until("", "0");
    assert_eq!(everything(&database), before);
    let ran = import(&database, &["organizations", &path]);
    assert!(ran.ok, "the next one is not in its way: {}", ran.err);
}

#[test]
fn two_imports_do_not_run_at_once() {
    let database = Database::demo();
    let mut other = PgConnection::establish(&database.owner()).unwrap();
    let lock = i64::from_str_radix("64696170696d706f", 16).unwrap();
    other.batch_execute(&format!("SELECT pg_advisory_lock({lock})")).unwrap();
    let ran = import(&database, &["organizations", &sample("local-directory.json")]);
    assert!(!ran.ok && ran.err.contains("another import is running"), "{}", ran.err);
}
