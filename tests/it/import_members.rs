//! Members imported from a CSV file: all or nothing, every fault by line and column, nothing twice, and who owns what.

use std::fmt::Write as _;

use serde_json::json;

use crate::support::World;
use crate::support::database::Database;
use crate::support::import::{Ran, everything, file, import};

const HEADER: &str = "external_id;given_name;usual_name;email;phone;organization;position;service;profession;primary";

/// Imports rows below a header; the file is of this test alone.
fn rows(database: &Database, header: &str, rows: &[&str], more: &[&str]) -> Ran {
    let path = file(&format!("{}.csv", database.name), format!("{header}\n{}\n", rows.join("\n")));
    import(database, &[&["members", path.to_str().unwrap()], more].concat())
}

fn id_of(database: &Database, key: &str) -> String {
    database.one(&format!("SELECT object_id::text AS it FROM external_id WHERE noun = 'member' AND value = '{key}'"))
}

const GOOD: &[&str] = &[
    "h-1;Ondine;Valcourt;Ondine.Valcourt@herault.example;04 99 00 00 01|+33 6 99 00 00 01;Préfecture de l'Hérault;Cheffe de bureau;Presse;press_officer;oui",
    "h-1;Ondine;Valcourt;ondine.valcourt@herault.example;04 99 00 00 01|+33 6 99 00 00 01;prefecture de l’ain;;;Responsable web;",
    "h-2;\"Jean; dit Jo\";Brissac;;;SIG;Chargé de communication;;;",
    "",
    ";Élie;Monfort;elie.monfort@dinum.example;;DINUM;;;designer;non",
    ";;;;;;;;;",
];

#[test]
fn a_file_becomes_members_seen_over_http() {
    let world = World::demo();
    let database = &world.database;
    let before = everything(database);
    let dry = rows(database, HEADER, GOOD, &["--dry-run"]);
    assert!(
        dry.ok
            && dry.out.contains("membres\u{a0}: créations 3")
            && dry.out.contains("rattachements\u{a0}: créations 4"),
        "{}{}",
        dry.out,
        dry.err
    );
    assert_eq!(everything(database), before, "a dry run writes nothing");
    let ran = rows(database, &format!("\u{feff}{HEADER}"), GOOD, &[]);
    assert!(
        ran.ok && ran.out.contains("membres\u{a0}: créations 3") && ran.out.contains("lignes 4"),
        "{}{}",
        ran.out,
        ran.err
    );

    let sig = world.client("sig-coordinator");
    let card = sig.get(&format!("/members/{}", id_of(database, "h-1"))).expect(200);
    assert_eq!(
        (card.str("/display_name"), card.str("/email")),
        ("Ondine Valcourt".into(), "ondine.valcourt@herault.example".into())
    );
    assert_eq!(card.at("/phones"), json!(["+33499000001", "+33699000001"]));
    assert_eq!((card.str("/status"), card.at("/version")), ("invited".into(), json!(1)));
    let place = |at: &str| card.at(&format!("/affiliations/{at}"));
    assert_eq!((place("0/organization/name"), place("0/is_primary")), (json!("Préfecture de l'Hérault"), json!(true)));
    assert_eq!(
        (place("0/position"), place("0/service"), place("0/profession")),
        (json!("Cheffe de bureau"), json!("Presse"), json!("press_officer"))
    );
    assert_eq!(
        (place("1/organization/name"), place("1/profession")),
        (json!("Préfecture de l'Ain"), json!("web_manager"))
    );
    assert_eq!((place("1/is_primary"), place("2")), (json!(false), json!(null)));
    let only = sig.get("/members?email=elie.monfort@dinum.example").expect(200);
    assert_eq!(only.at("/items/0/affiliations/0/is_primary"), json!(true), "the only place is the main one");
    assert_eq!(only.at("/items/0/languages"), json!(["fr"]));

    it_left_its_traces(database, &id_of(database, "h-1"));
    let after = everything(database);
    let again = rows(database, HEADER, GOOD, &[]);
    assert!(
        again.ok && again.out.contains("membres\u{a0}: créations 0, mises à jour 0, sans changement 3"),
        "{}",
        again.out
    );
    assert_eq!(everything(database), after, "a second import changes nothing");
}

fn it_left_its_traces(database: &Database, id: &str) {
    let trace = |sql: &str| database.column(&format!("SELECT ({sql})::text AS it"));
    assert_eq!(
        trace(&format!(
            "SELECT string_agg(noun || verb, ',' ORDER BY position) FROM change_event WHERE object_id = '{id}' AND actor_id = app.system()"
        )),
        ["membercreated"]
    );
    assert_eq!(trace(&format!("SELECT image ->> 'usual_name' FROM history WHERE object_id = '{id}'")), ["Valcourt"]);
    assert_eq!(
        trace(&format!(
            "SELECT action || ' ' || outcome FROM audit_event WHERE object = '{id}' AND principal_id = app.system()"
        )),
        ["import_members done"]
    );
    assert_eq!(
        trace(&format!(
            "SELECT count(*) FROM history h JOIN affiliation a ON a.id = h.object_id WHERE a.member_id = '{id}'"
        )),
        ["2"]
    );
}

const SAID: &[&str] = &[
    "ligne 3\u{a0}: ni «\u{a0}external_id\u{a0}» ni «\u{a0}email\u{a0}»",
    "ligne 4, colonne «\u{a0}given_name\u{a0}»\u{a0}: cellule vide",
    "ligne 5, colonne «\u{a0}given_name\u{a0}»\u{a0}: trop court ou trop long",
    "ligne 6, colonne «\u{a0}email\u{a0}»\u{a0}: ce n’est pas une adresse électronique",
    "ligne 7, colonne «\u{a0}phone\u{a0}»\u{a0}: ce n’est pas un numéro de téléphone",
    "ligne 8, colonne «\u{a0}organization\u{a0}»\u{a0}: organisation inconnue",
    "ligne 9, colonne «\u{a0}organization\u{a0}»\u{a0}: 2 organisations portent ce nom",
    "ligne 10, colonne «\u{a0}organization\u{a0}»\u{a0}: organisation fermée ou remplacée",
    "ligne 11, colonne «\u{a0}profession\u{a0}»\u{a0}: valeur inconnue\u{a0}; valeurs possibles\u{a0}: communication_director",
    "ligne 12, colonne «\u{a0}primary\u{a0}»\u{a0}: «\u{a0}oui\u{a0}» ou «\u{a0}non\u{a0}» est attendu",
    "ligne 13\u{a0}: 6 cellules au lieu de 10",
    "ligne 14, colonne «\u{a0}email\u{a0}»\u{a0}: déjà celle d’une autre personne, ligne 2",
    "ligne 16, colonne «\u{a0}usual_name\u{a0}»\u{a0}: valeur différente à la ligne 15 pour la même personne",
    "ligne 16, colonne «\u{a0}primary\u{a0}»\u{a0}: le rattachement principal est déjà à la ligne 15",
    "ligne 17, colonne «\u{a0}organization\u{a0}»\u{a0}: cette personne y est déjà rattachée, ligne 15",
    "ligne 18, colonne «\u{a0}external_id\u{a0}»\u{a0}: le départ de ce membre est enregistré",
    "ligne 19, colonne «\u{a0}given_name\u{a0}»\u{a0}: caractères interdits",
];

#[test]
fn every_fault_is_said_by_line_and_column_and_nothing_is_imported() {
    let database = Database::demo();
    let double = database.one("SELECT name AS it FROM organization WHERE status = 'active' GROUP BY name HAVING count(*) = 1 ORDER BY 1 LIMIT 1");
    database.run(&format!(
        "INSERT INTO organization (id, kind, name, created_at, updated_at, created_by, updated_by)
            VALUES (gen_random_uuid(), 'operator', '{}', now(), now(), app.system(), app.system())",
        double.replace('\'', "''")
    ));
    database.run("INSERT INTO external_id SELECT 'member', s.id, 'parti', m.id FROM source s, (SELECT id FROM member WHERE departed_at IS NOT NULL LIMIT 1) m WHERE s.code = 'csv'");
    let before = everything(&database);
    let long = "x".repeat(101);
    let faulty = [
        "g-1;Alix;Bon;alix.bon@sig.example;;SIG;;;;".to_owned(),
        ";Sans;Clé;;;SIG;;;;".to_owned(),
        "g-3;;Vide;;;SIG;;;;".to_owned(),
        format!("g-4;{long};Long;;;SIG;;;;"),
        "g-5;Bad;Mail;pas un courriel;;SIG;;;;".to_owned(),
        "g-6;Bad;Phone;;numéro|0499000001;SIG;;;;".to_owned(),
        "g-7;Nulle;Part;;;Organisation introuvable;;;;".to_owned(),
        format!("g-8;Deux;Fois;;;{double};;;;"),
        "g-9;Fermée;Org;;;Direction des sports de masse;;;;".to_owned(),
        "g-10;Quel;Métier;;;SIG;;;jardinier;".to_owned(),
        "g-11;Main;Main;;;SIG;;;;peut-être".to_owned(),
        "g-12;Trop;Court;;;SIG".to_owned(),
        "g-13;Double;Mail;alix.bon@sig.example;;SIG;;;;".to_owned(),
        "g-14;Un;Nom;;;SIG;;;;oui".to_owned(),
        "g-14;Un;Autre;;;DINUM;;;;oui".to_owned(),
        "g-14;Un;Nom;;;SIG;;;;".to_owned(),
        "parti;Est;Parti;;;SIG;;;;".to_owned(),
        "g-18;Nul\u{0};Octet;;;SIG;;;;".to_owned(),
    ];
    let faulty: Vec<&str> = faulty.iter().map(String::as_str).collect();
    for more in [&["--dry-run"][..], &[]] {
        let ran = rows(&database, HEADER, &faulty, more);
        assert!(!ran.ok && ran.err.contains("rien n’a été importé"), "{}", ran.err);
        for said in SAID {
            assert!(ran.out.contains(said), "nothing of {said}:\n{}", ran.out);
        }
        assert!(
            !ran.out.contains("ligne 2,") && ran.out.lines().count() == 17,
            "a fault a line, none for the good one:\n{}",
            ran.out
        );
    }
    let many: Vec<String> = (0..150).map(|number| format!("m-{number};Trop;Nombreux;;;Nulle part;;;;")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let ran = rows(&database, HEADER, &many, &[]);
    assert!(!ran.ok && ran.out.lines().count() == 101 && ran.out.contains("… autres erreurs\u{a0}: 50"), "{}", ran.out);
    assert_eq!(everything(&database), before, "all or nothing");
}

#[test]
fn a_fault_stands_on_the_line_that_an_editor_shows() {
    let database = Database::demo();
    let good = "l-1;Alix;\"Bon\nneau\";;;SIG;;;;";
    for (end, name) in [("\r\n", "crlf"), ("\n", "lf"), ("\r", "cr")] {
        for (before, header) in [("", 1), ("sep=;\n\n", 3), ("\n \n", 3)] {
            let lines = [
                HEADER,
                "l-0;Alix;Bon;;;SIG;;;;",
                ";;;;;;;;;",
                "",
                "l-2;Pas;Bon;non;;SIG;;;;",
                good,
                "l-3;Pas;Bon;non;;SIG;;;;",
            ];
            let content = format!("{before}{}", lines.join("\n")).replace('\n', end);
            let path = file(&format!("lines-{name}-{header}.csv"), content);
            let ran = import(&database, &["members", path.to_str().unwrap(), "--dry-run"]);
            for line in [header + 4, header + 7] {
                let said = format!("ligne {line}, colonne «\u{a0}email\u{a0}»");
                assert!(!ran.ok && ran.out.contains(&said), "{name}: no {said}:\n{}{}", ran.out, ran.err);
            }
        }
    }
    let path = file("header.csv", "sep=;\r\n\r\nprénom;nom\r\n");
    let ran = import(&database, &["members", path.to_str().unwrap()]);
    assert!(!ran.ok && ran.err.contains("ligne 3\u{a0}: colonne inconnue"), "{}", ran.err);
}

#[test]
fn what_spreadsheets_add_is_read_over() {
    let database = Database::demo();
    let row = "s-1;Élie;Œuvray;;;SIG;Chargé d’édition;;;";
    let utf8 = format!("{HEADER}\r\n{row}\r\n");
    let windows: Vec<u8> = utf8
        .chars()
        .map(|c| match c {
            '’' => 0x92,
            'Œ' => 0x8c,
            c => u8::try_from(u32::from(c)).unwrap(),
        })
        .collect();
    let ghosts =
        format!("{HEADER};;;\r\n{row};;;\r\n{row_short}\r\n;;;;;;;;;;;;\r\n", row_short = "s-2;Autre;Nom;;;SIG;;;;");
    for (name, content) in [
        ("blank", format!("\r\n{utf8}").into_bytes()),
        ("semicolons", format!(";;;;\r\n{utf8}").into_bytes()),
        ("sep", format!("sep=;\r\n{utf8}").into_bytes()),
        ("mark", format!("\u{feff}sep=;\r\n{utf8}").into_bytes()),
        ("ghosts", ghosts.into_bytes()),
        ("windows", windows),
    ] {
        let path = file(&format!("spreadsheet-{name}.csv"), content);
        let ran = import(&database, &["members", path.to_str().unwrap()]);
        assert!(ran.ok, "{name}: {}{}", ran.out, ran.err);
        let read = database.one(&format!(
            "SELECT m.given_name || ' ' || m.usual_name || ', ' || a.position AS it FROM member m
                JOIN affiliation a ON a.member_id = m.id WHERE m.id = '{}'",
            id_of(&database, "s-1")
        ));
        assert_eq!(read, "Élie Œuvray, Chargé d’édition", "{name}");
    }
    let path = file("beyond.csv", format!("{HEADER};;\r\n{row};;trop\r\n"));
    let ran = import(&database, &["members", path.to_str().unwrap()]);
    assert!(!ran.ok && ran.out.contains("ligne 2\u{a0}: 12 cellules au lieu de 10"), "{}{}", ran.out, ran.err);
}

#[test]
fn a_file_of_another_kind_is_told_so() {
    let database = Database::demo();
    let before = everything(&database);
    let good = ";A;B;a.b@sig.example;;SIG;;;;";
    for (header, row, words) in [
        (
            "external_id;given_name;usual_name;organisation",
            good,
            vec!["colonne inconnue\u{a0}: «\u{a0}organisation\u{a0}»", "les colonnes sont\u{a0}: external_id"],
        ),
        ("external_id;given_name;usual_name", good, vec!["colonne manquante\u{a0}: «\u{a0}organization\u{a0}»"]),
        ("given_name;usual_name;organization", good, vec!["«\u{a0}external_id\u{a0}» ou «\u{a0}email\u{a0}»"]),
        ("email;email;given_name;usual_name;organization", good, vec!["«\u{a0}email\u{a0}» figure deux fois"]),
        ("{\"service\": []}", good, vec!["ligne 1", "colonne inconnue"]),
    ] {
        let ran = rows(&database, header, &[row], &[]);
        assert!(!ran.ok && words.iter().all(|word| ran.err.contains(word)), "{header}: {}", ran.err);
    }
    for (content, word) in [
        ([b"email;pr\xc3\xa9nom\n".as_slice(), b"\xe9l\xe9onore;x"].concat(), "UTF-8, ligne 2"),
        (b"email;given_name\n\x81l\xe9onore;x".to_vec(), "UTF-8, ligne 2"),
        (b"\xff\xfee\0m\0".to_vec(), "UTF-16"),
        (Vec::new(), "colonne"),
        (format!("{HEADER}\n").into_bytes(), "aucune ligne"),
    ] {
        let path = file("odd.csv", content);
        let ran = import(&database, &["members", path.to_str().unwrap()]);
        assert!(!ran.ok && ran.err.contains(word), "{word}: {}", ran.err);
    }
    let ran = rows(&database, HEADER, &[good], &["--source", "dila"]);
    assert!(!ran.ok && ran.err.contains("not a source of files"), "{}", ran.err);
    let ran = rows(&database, HEADER, &[good], &["--source", "Pas Un Code"]);
    assert!(!ran.ok && ran.err.contains("lower-case"), "{}", ran.err);
    assert_eq!(everything(&database), before);
}

#[test]
fn commas_serve_as_well_and_columns_stand_in_any_order() {
    let database = Database::demo();
    let siret = "SELECT '13002526500013' AS it";
    database.run(&format!("UPDATE organization SET sirets = ARRAY[({siret})] WHERE short_name = 'DINUM'"));
    let header = "Organization,USUAL_NAME,given_name,email";
    let id = database.one("SELECT id::text AS it FROM organization WHERE short_name = 'SIG'");
    let all = [
        "130 025 265 00013,\"Le Goff, née Martin\",Ève,eve@dinum.example",
        &format!("{id},Sans,Souci,sans@sig.example"),
    ];
    let ran = rows(&database, header, &all, &["--source", "sirh-essai"]);
    assert!(
        ran.ok && ran.out.contains("source «\u{a0}sirh-essai\u{a0}»") && ran.out.contains("créations 2"),
        "{}{}",
        ran.out,
        ran.err
    );
    let places = database.column("SELECT m.usual_name || ' ' || o.short_name AS it FROM member m JOIN affiliation a ON a.member_id = m.id JOIN organization o ON o.id = a.organization_id WHERE m.email IN ('eve@dinum.example', 'sans@sig.example') ORDER BY 1");
    assert_eq!(places, ["Le Goff, née Martin DINUM", "Sans SIG"]);
    assert_eq!(database.one("SELECT kind AS it FROM source WHERE code = 'sirh-essai'"), "csv");
}

#[test]
fn what_a_person_changed_is_not_overwritten() {
    let world = World::demo();
    let database = &world.database;
    let first = ["o-1;Ambre;Delisle;ambre@sig.example;04 99 00 00 01;SIG;Cheffe;Presse;press_officer;"];
    assert!(rows(database, HEADER, &first, &[]).ok);
    let sig = world.client("sig-coordinator");
    let address = format!("/members/{}", id_of(database, "o-1"));
    let card = sig.get(&address).expect(200);
    sig.patch(&address, card.etag(), json!({"usual_name": "Delisle-Roy", "phones": []})).expect(200);
    let place = format!("/affiliations/{}", card.str("/affiliations/0/id"));
    let seen = sig.get(&place).expect(200);
    sig.patch(&place, seen.etag(), json!({"position": "Directrice"})).expect(200);

    let second = ["o-1;Ambrine;Delisle;ambre@sig.example;04 99 00 00 02;SIG;Adjointe;;editor;"];
    let ran = rows(database, HEADER, &second, &[]);
    assert!(ran.ok && ran.out.contains("membres\u{a0}: créations 0, mises à jour 1"), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("autre source)\u{a0}: 2") && ran.out.contains("autre source)\u{a0}: 1"), "{}", ran.out);
    let card = sig.get(&address).expect(200);
    assert_eq!(
        card.str("/display_name"),
        "Ambrine Delisle-Roy",
        "the given name follows the file, the usual name stays"
    );
    assert_eq!(card.at("/phones"), json!([]), "what a person cleared stays cleared");
    let now = |field: &str| card.at(&format!("/affiliations/0/{field}"));
    assert_eq!((now("position"), now("profession")), (json!("Directrice"), json!("editor")));
    assert_eq!(now("service"), json!(null), "an empty cell clears what the same source said");

    // Another source owns nothing of this, and takes nothing.
    let other = ["x-9;Autre;Nom;ambre@sig.example;;SIG;Autre;Communication;;"];
    let ran = rows(database, HEADER, &other, &["--source", "autre"]);
    assert!(ran.ok, "{}{}", ran.out, ran.err);
    let card = sig.get(&address).expect(200);
    assert_eq!(card.str("/display_name"), "Ambrine Delisle-Roy");
    assert_eq!(
        card.at("/affiliations/0/service"),
        json!(null),
        "the service is still the first source's, though empty"
    );
    assert_eq!(id_of(database, "x-9"), id_of(database, "o-1"), "recognised by the address");
}

#[test]
fn whom_the_file_does_not_name_is_left_alone_and_places_are_added() {
    let world = World::demo();
    let database = &world.database;
    let first = ["q-1;Aude;Sorel;aude@sig.example;;SIG;Cheffe;;;", "q-2;Basile;Sorel;basile@sig.example;;SIG;;;;"];
    assert!(rows(database, HEADER, &first, &[]).ok);
    let basile = database.one("SELECT version::text || status AS it FROM member WHERE email = 'basile@sig.example'");
    let moved = ["q-1;Aude;Sorel;aude@sig.example;;DINUM;Directrice;;;oui"];
    let ran = rows(database, HEADER, &moved, &[]);
    assert!(ran.ok && ran.out.contains("rattachements\u{a0}: créations 1, mises à jour 1"), "{}{}", ran.out, ran.err);
    assert_eq!(
        database.one("SELECT version::text || status AS it FROM member WHERE email = 'basile@sig.example'"),
        basile
    );
    let sig = world.client("sig-coordinator");
    let card = sig.get(&format!("/members/{}", id_of(database, "q-1"))).expect(200);
    let names: Vec<_> = (0..2).map(|at| card.str(&format!("/affiliations/{at}/organization/short_name"))).collect();
    assert_eq!(names, ["DINUM", "SIG"], "the new place is the main one, the older stays");
    let after = everything(database);
    assert!(rows(database, HEADER, &moved, &[]).ok);
    assert_eq!(everything(database), after);
}

#[test]
fn a_metier_that_changes_is_seen_in_the_matrix() {
    let world = World::demo();
    let database = &world.database;
    // A seat of the demo that asks for a métier, and who fills it.
    let found = database.one(
        "SELECT p.email || '|' || o.id || '|' || p.given_name || '|' || p.usual_name AS it
         FROM seat s JOIN membership m ON (m.network_id, m.organization_id, m.role) = (s.network_id, s.organization_id, s.role) AND upper_inf(m.valid)
         JOIN affiliation a ON a.id = m.affiliation_id JOIN member p ON p.id = m.member_id JOIN organization o ON o.id = a.organization_id
         WHERE s.professions <> '{}' AND a.profession = ANY (s.professions) AND upper_inf(a.valid) AND p.status = 'active' AND p.email IS NOT NULL ORDER BY 1 LIMIT 1",
    );
    let [email, organization, given, usual] = found.split('|').collect::<Vec<_>>()[..] else { panic!("{found}") };
    let gaps = || database.one("SELECT sum(gaps)::text AS it FROM tracking_cell");
    let before = gaps();
    let row = format!(";{given};{usual};{email};;{organization};;;partnership_manager;");
    let ran = rows(database, HEADER, &[&row], &[]);
    assert!(ran.ok, "{}{}", ran.out, ran.err);
    assert_ne!(gaps(), before, "who lacks the métier fills the seat without the right to");
    let kept = database.one("SELECT md5(string_agg(c::text, '' ORDER BY network_id, organization_id)) AS it FROM (SELECT network_id, organization_id, expected, filled, referents, members, gaps FROM tracking_cell) c");
    database.run("SELECT app.refresh_cells()");
    let anew = database.one("SELECT md5(string_agg(c::text, '' ORDER BY network_id, organization_id)) AS it FROM (SELECT network_id, organization_id, expected, filled, referents, members, gaps FROM tracking_cell) c");
    assert_eq!(kept, anew, "the kept matrix is the counted one");
}

#[test]
fn ten_thousand_are_imported_at_once() {
    let database = Database::demo();
    let mut content = format!("{HEADER}\n");
    for number in 0..10_000 {
        writeln!(content, "k-{number};Prénom {number};Nom {number};k{number}@masse.example;04 99 00 {:02} {:02};SIG;Chargé;Service {};editor;", number / 100 % 100, number % 100, number % 40).unwrap();
    }
    let path = file("ten-thousand.csv", content);
    let path = path.to_str().unwrap();
    let ran = import(&database, &["members", path]);
    assert!(ran.ok && ran.out.contains("membres\u{a0}: créations 10000"), "{}{}", ran.out, ran.err);
    let number = |table: &str| database.one(&format!("SELECT count(*)::text AS it FROM {table}"));
    assert_eq!(number("history WHERE noun = 'member' AND image ->> 'email' LIKE 'k%@masse.example'"), "10000");
    let after = everything(&database);
    assert!(import(&database, &["members", path]).out.contains("sans changement 10000"));
    assert_eq!(everything(&database), after);
}

#[test]
fn an_address_belongs_to_one_person() {
    let database = Database::demo();
    let taken = database
        .column("SELECT email AS it FROM member WHERE departed_at IS NULL AND email IS NOT NULL ORDER BY id LIMIT 2");
    let [one, other] = &taken[..] else { panic!("{taken:?}") };
    let name = database.one(&format!("SELECT given_name || ';' || usual_name AS it FROM member WHERE email = '{one}'"));
    let known = rows(&database, HEADER, &[&format!("p-1;{name};{one};;SIG;;;;")], &[]);
    assert!(
        known.ok && known.out.contains("membres\u{a0}: créations 0"),
        "known by the address: {}{}",
        known.out,
        known.err
    );
    let before = everything(&database);
    let ran =
        rows(&database, HEADER, &[&format!("p-1;{name};{other};;SIG;;;;"), &format!("p-2;{name};{one};;SIG;;;;")], &[]);
    assert!(!ran.ok);
    assert_eq!(
        ran.out.lines().collect::<Vec<_>>(),
        [
            "ligne 2, colonne «\u{a0}email\u{a0}»\u{a0}: déjà celle d’un autre membre",
            "ligne 3, colonne «\u{a0}external_id\u{a0}»\u{a0}: cette adresse est celle d’un membre que cette source connaît sous un autre identifiant",
        ]
    );
    assert_eq!(everything(&database), before);
}

#[test]
fn the_help_names_every_column() {
    let ran = import(&Database::nowhere(), &["members", "--help"]);
    for column in members::member_file::COLUMNS {
        assert!(ran.out.contains(column), "--help says nothing of {column}");
    }
}
