//! Search and suggestions: what people type and mean, and that nobody finds what they may not see.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{Client, World};

const JUDGED: &str = include_str!("../search.tsv");

/// An address with words to look for.
pub fn asked(path: &str, words: &str, more: &str) -> String {
    let words: String = form_urlencoded::byte_serialize(words.as_bytes()).collect();
    format!("{path}?q={words}{more}")
}

/// The name of something found, whatever it is and in whichever shape.
fn name(hit: &Value) -> String {
    let named = hit.pointer("/organization/name").or_else(|| hit.pointer("/member/display_name"));
    named.unwrap().as_str().unwrap().to_owned()
}

fn names(client: &Client, words: &str, more: &str) -> Vec<String> {
    let found = client.get(&asked("/search", words, more)).expect(200).at("/items");
    found.as_array().unwrap().iter().map(name).collect()
}

fn labels(client: &Client, words: &str, more: &str) -> Vec<String> {
    let found = client.get(&asked("/suggest", words, more)).expect(200).at("/items");
    found.as_array().unwrap().iter().map(|it| it["label"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_people_type_finds_what_they_mean_among_the_first_three() {
    let client = World::shared().client("member");
    let mut kinds: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut missed = Vec::new();
    for line in JUDGED.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [words, kind, meant] = fields[..] else { panic!("{line}") };
        let found = names(&client, words, "");
        let hit = found.iter().take(3).any(|name| name == meant);
        let (judged, right) = kinds.entry(kind).or_default();
        (*judged, *right) = (*judged + 1, *right + usize::from(hit));
        if !hit {
            missed.push(format!("{kind}: {words} → {meant}, not {found:?}"));
        }
    }
    let percent = |right: usize, judged: usize| f64::from(u32::try_from(right * 1000 / judged).unwrap()) / 10.0;
    for (kind, (judged, right)) in &kinds {
        println!("search: {kind}: {judged} judged, {right} in the first three ({:.1} %)", percent(*right, *judged));
    }
    let (judged, right) = kinds.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    println!("search: {judged} judged, {right} in the first three ({:.1} %)", percent(right, judged));
    println!("search: missed: {missed:#?}");
    assert!(judged >= 200 && kinds.len() == 5 && kinds.values().all(|(judged, _)| *judged >= 40), "{kinds:?}");
    assert!(right * 100 >= judged * 95, "{right} of {judged}: {missed:#?}");
}

#[test]
fn an_acronym_with_dots_finds_what_it_finds_without() {
    let client = World::shared().client("sig-admin");
    for (plain, dotted) in [
        ("DDT", &["D.D.T.", "D.D.T", "d.d.t.", "D. D. T."][..]),
        ("DREAL", &["D.R.E.A.L.", "D. R. E. A. L."]),
        ("DDT Hérault", &["D.D.T. Hérault", "D.D.T.Hérault"]),
        ("SIG", &["S.I.G."]),
    ] {
        let meant = names(&client, plain, "&types=organization");
        assert!(!meant.is_empty(), "{plain} finds nothing");
        let suggested = labels(&client, plain, "&types=organization");
        let listed = client.get(&asked("/organizations", plain, "")).expect(200).at("/items");
        for typed in dotted {
            assert_eq!(names(&client, typed, "&types=organization"), meant, "{typed}");
            assert_eq!(labels(&client, typed, "&types=organization"), suggested, "{typed}");
            assert_eq!(client.get(&asked("/organizations", typed, "")).expect(200).at("/items"), listed, "{typed}");
        }
    }
}

#[test]
fn the_same_name_is_suggested_while_it_is_typed() {
    let client = World::shared().client("lead-edito");
    for (name, from, types) in [
        ("Préfecture de l'Hérault", 18, "organization"),
        ("Direction interministérielle du numérique", 12, "organization"),
        ("hérault préfecture", 5, "organization"),
        ("Gaëlle Pérignan", 9, "member"),
        ("perignan gaelle", 6, "member"),
    ] {
        let meant = if types == "member" { "Gaëlle Pérignan" } else { name };
        let meant = if name.starts_with('h') { "Préfecture de l'Hérault" } else { meant };
        let letters: Vec<char> = name.chars().collect();
        for end in from..=letters.len() {
            let typed: String = letters[..end].iter().collect();
            let found = labels(&client, &typed, &format!("&types={types}"));
            assert!(found.iter().any(|label| label == meant), "{typed:?}: {found:?}");
        }
    }
    let first = client.get(&asked("/suggest", "perignan", "")).expect(200).at("/items/0");
    let fields: Vec<_> = first.as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields, ["detail", "id", "label", "type"]);
    assert_eq!((&first["type"], &first["detail"]), (&json!("member"), &json!("Préfecture de l'Hérault")));
    let sig = client.get(&asked("/suggest", "sig", "&limit=1")).expect(200).at("/items/0");
    assert_eq!((&sig["label"], &sig["detail"]), (&json!("Service d'information du Gouvernement"), &json!("SIG")));
    for letter in ["a", "d", "é", "7", "zz"] {
        assert!(labels(&client, letter, "&limit=50").len() <= 50, "{letter}");
    }
    assert_eq!(labels(&client, "p", "&limit=50").len(), 50);
}

#[test]
fn what_is_found_is_of_the_types_asked_best_first_and_as_get_shows_it() {
    let world = World::shared();
    let client = world.client("member");
    for (types, both) in [("organization", false), ("member", false), ("member,organization", true)] {
        let found = client.get(&asked("/search", "val", &format!("&limit=50&types={types}"))).expect(200).at("/items");
        let found = found.as_array().unwrap();
        assert!(!found.is_empty() && found.len() <= 50);
        assert!(both || found.iter().all(|hit| hit["type"] == types), "{types}");
        let scores: Vec<f64> = found.iter().map(|hit| hit["score"].as_f64().unwrap()).collect();
        assert!(scores.windows(2).all(|pair| pair[0] >= pair[1]) && scores.iter().all(|score| *score <= 1.0));
        for hit in found.iter().take(5) {
            let kind = hit["type"].as_str().unwrap();
            let read = client.get(&format!("/{kind}s/{}", hit[kind]["id"].as_str().unwrap())).expect(200).json();
            assert_eq!(hit[kind], read);
        }
    }
    let exact = client.get(&asked("/search", "Service d’information du GOUVERNEMENT", "")).expect(200);
    assert_eq!(exact.at("/items/0/score"), json!(1.0));
    assert_eq!(client.get(&asked("/search", "zzyzx", "")).expect(200).text(), r#"{"items":[]}"#);
}

#[test]
fn odd_words_find_nothing_or_something_and_never_break() {
    let client = World::shared().client("member");
    for path in ["/search", "/suggest"] {
        let missing = client.get(path).refused(422, "invalid");
        assert_eq!(missing.str("/errors/0/code"), "missing");
        for (words, more, pointer) in [
            ("", "", "/q"),
            ("a\u{200b}b", "", "/q"),
            ("a\0b", "", "/q"),
            ("a\nb", "", "/q"),
            ("a\u{202e}b", "", "/q"),
            (&"a".repeat(201), "", "/q"),
            ("e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}", "", "/q"),
            ("sig", "&limit=0", "/limit"),
            ("sig", "&limit=51", "/limit"),
            ("sig", "&limit=-1", "/limit"),
            ("sig", "&limit=x", "/limit"),
            ("sig", "&types=", "/types/0"),
            ("sig", "&types=network", "/types/0"),
            ("sig", "&types=member,,organization", "/types/0"),
            ("sig", "&cursor=abc", "/cursor"),
            ("sig", "&colour=red", "/colour"),
        ] {
            let refused = client.get(&asked(path, words, more)).refused(422, "invalid");
            assert_eq!(refused.str("/errors/0/pointer"), pointer, "{words:?}{more}");
        }
        client.get(&asked(path, "sig", "&q=dinum")).refused(422, "invalid");
        let long = "é".repeat(200);
        let many = "de la prefecture ".repeat(11);
        for words in [
            "---",
            "'",
            "\\",
            "a'b\\c",
            "sig & !dinum | (x)",
            "sig:*",
            "<->",
            "%",
            "_",
            "*",
            "\"",
            "$1",
            "§",
            "Префектура",
            "مديرية",
            "😀",
            "ﬁnances",
            "＇",
            "0",
            "l'",
            "de la",
            "a@b",
            "a@b.example",
            "@",
            &long,
            many.trim_end(),
        ] {
            client.get(&asked(path, words, "")).expect(200);
        }
    }
    assert_eq!(names(&client, "---", ""), Vec::<String>::new());
}

#[test]
fn outsiders_find_by_what_a_name_shows_and_by_nothing_else() {
    let world = World::shared();
    let insider = world.client("member");
    for (words, meant) in [
        ("bercy", "Ministère de l'Économie"),
        ("ddt 34", "Direction départementale des territoires – Hérault"),
        ("relations extérieures", "Ministère de l'Europe et des Affaires étrangères"),
        ("DSM", "Direction de la jeunesse et des sports"),
        ("service de l'équipement", "Service des infrastructures"),
        ("matingon", "Services du Premier ministre"),
    ] {
        assert_eq!(names(&insider, words, "")[0], meant, "{words}");
        for persona in ["observer", "partner"] {
            let found = names(&world.client(persona), words, "&limit=50");
            assert!(!found.contains(&meant.to_owned()), "{persona} {words}: {found:?}");
            assert!(!labels(&world.client(persona), words, "&limit=50").contains(&meant.to_owned()));
        }
    }
    for persona in ["observer", "partner"] {
        let client = world.client(persona);
        let found = client.get(&asked("/search", "ddt herault", "")).expect(200).at("/items/0");
        assert_eq!(found["organization"]["name"], "Direction départementale des territoires – Hérault");
        assert_eq!(found["organization"]["view"], "name");
    }
    let (observer, partner) = (world.client("observer"), world.client("partner"));
    assert_eq!(names(&observer, "perignan", "&types=member")[0], "Gaëlle Pérignan");
    assert_eq!(observer.get(&asked("/search", "perignan", "")).at("/items/0/member/view"), "name");
    assert_eq!(names(&partner, "perignan", ""), Vec::<String>::new());
    assert_eq!(names(&partner, "nils harcelain", ""), ["Nils Harcelaine"], "partners find themselves alone");
    assert_eq!(names(&partner, "e", "&types=member&limit=50"), Vec::<String>::new());
}

#[test]
fn an_address_finds_a_member_for_those_who_see_his_card() {
    let world = World::demo();
    let email = "contributor-sociaux@diapason.example";
    let found = |persona: &str, words: &str| names(&world.client(persona), words, "");
    let finders = |visibility: &str| -> Vec<&str> {
        world.database.run(&format!("UPDATE member SET profile_visibility = '{visibility}' WHERE email = '{email}'"));
        let callers =
            ["sig-admin", "director-sociaux", "contributor-sociaux", "lead-edito", "member", "observer", "partner"];
        callers.into_iter().filter(|persona| found(persona, email) == ["Joris Belcastel"]).collect()
    };
    let own = ["sig-admin", "director-sociaux", "contributor-sociaux"];
    assert_eq!(finders("all_members"), [&own[..], &["lead-edito", "member"]].concat());
    assert_eq!(finders("networks"), own);
    assert_eq!(finders("leads"), own);
    for persona in ["lead-edito", "member", "observer"] {
        assert_eq!(found(persona, "Belcastel Joris"), ["Joris Belcastel"], "the name stays known");
        assert!(!found(persona, "contributor sociaux").contains(&"Joris Belcastel".to_owned()));
    }
    assert_eq!(found("partner", "Belcastel Joris"), Vec::<String>::new());
    // Neither a telephone nor a function nor a part of an address finds anyone, for any caller.
    world.database.run(&format!("UPDATE member SET phones = '{{+33140566000}}' WHERE email = '{email}'"));
    for words in ["+33140566000", "0140566000", "01 40 56 60 00", "Responsable de campagnes", "diapason.example"] {
        for persona in ["sig-admin", "contributor-sociaux"] {
            assert!(!found(persona, words).contains(&"Joris Belcastel".to_owned()), "{persona} {words}");
        }
    }
    let partner = world.client("partner").get(&asked("/search", "partner@diapason.example", "")).expect(200);
    assert_eq!(partner.at("/items/0/member/view"), "full", "everyone sees their own card");
}

#[test]
fn what_is_called_otherwise_is_found_so_and_who_left_is_not() {
    let world = World::demo();
    let (sig, member) = (world.client("sig-admin"), world.client("member"));
    let place = world.organization("Préfecture de l'Hérault");
    let new = json!({"given_name": "Odile", "usual_name": "Quévrembert", "email": "odile@herault.example",
        "affiliation": {"organization_id": place, "position": "Attachée"}});
    let created = sig.post("/members", new).expect(201);
    let address = created.header("location").to_owned();
    assert_eq!(names(&member, "quevrenbert", ""), ["Odile Quévrembert"], "found and forgiven at once");
    let words =
        |word: &str| world.database.column(&format!("SELECT word AS it FROM search_word WHERE word = '{word}'"));
    let renamed = sig.patch(&address, created.etag(), json!({"usual_name": "Trémaouézan"})).expect(200);
    assert_eq!(names(&member, "odile tremaouezan", ""), ["Odile Trémaouézan"]);
    assert_eq!(names(&member, "quevrembert", ""), Vec::<String>::new());
    sig.act(&format!("{address}/suspend"), renamed.etag(), None).expect(200);
    let suspended = sig.get(&address).expect(200);
    assert_eq!(names(&member, "tremaouezan", ""), ["Odile Trémaouézan"], "as in lists");
    assert_eq!(words("tremaouezan").len(), 1);
    sig.act(&format!("{address}/depart"), suspended.etag(), None).expect(200);
    for words in ["tremaouezan", "odile tremaouezan", "odile@herault.example"] {
        assert_eq!(names(&sig, words, ""), Vec::<String>::new(), "who left is found by nobody");
    }
    assert_eq!((words("tremaouezan").len(), words("quevrembert").len()), (0, 0), "nor is the name kept");

    let new = json!({"kind": "operator", "name": "Agence des phares", "short_name": "ADP", "aliases": ["Service des balises"]});
    let created = sig.post("/organizations", new).expect(201);
    let address = created.header("location").to_owned();
    for words in ["adp", "phares agence", "service balise", "agence de phars"] {
        assert_eq!(names(&member, words, "&types=organization")[0], "Agence des phares", "{words}");
    }
    let renamed =
        sig.patch(&address, created.etag(), json!({"name": "Office maritime", "short_name": null})).expect(200);
    for words in ["agence des phares", "adp", "service balise", "office maritime"] {
        assert_eq!(names(&member, words, "&types=organization")[0], "Office maritime", "{words}");
    }
    sig.act(&format!("{address}/close"), renamed.etag(), None).expect(200);
    assert!(!names(&sig, "office maritime", "&limit=50").contains(&"Office maritime".to_owned()));
}

#[test]
fn what_was_merged_leads_to_those_that_live_on() {
    let world = World::demo();
    let member = world.client("member");
    assert_eq!(names(&member, "direction de la jeunesse", "")[0], "Direction de la jeunesse et des sports");
    let merged = world.organization("Direction de la jeunesse");
    let found = member.get(&asked("/search", "direction de la jeunesse", "&limit=50")).expect(200).at("/items");
    assert!(found.as_array().unwrap().iter().all(|hit| hit["organization"]["id"] != merged.as_str()));
    // The one that lives on is merged in its turn: what came before it goes along.
    let (heir, sport) = (world.organization("DJS"), world.organization("Ministère des Sports"));
    world.database.run(&format!(
        "UPDATE organization SET status = 'merged', successor_ids = '{{{sport}}}', updated_at = now() WHERE id = '{heir}'"
    ));
    for words in ["DSM", "direction de la jeunesse", "djs"] {
        assert_eq!(names(&member, words, "&types=organization")[0], "Ministère des Sports", "{words}");
    }
}
