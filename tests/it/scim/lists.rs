//! Lists: filters, sorting, pages, what is shown.

use serde_json::{Value, json};

use super::{CORE, Directory, ENTERPRISE, encoded, ids, refused, someone};
use crate::support::World;

/// A directory with some people whose attributes differ.
fn crowd(world: &World) -> (Directory, Vec<String>) {
    let directory = Directory::of_a_ministry(world);
    let people = (0..12).map(|number| {
        let mut it = someone(&format!("personne{number:02}"));
        it["title"] = json!(if number % 2 == 0 { "Rédacteur" } else { "Graphiste" });
        it["name"] = json!({"givenName": format!("P{}", number % 3), "familyName": format!("Nom{number:02}")});
        it[ENTERPRISE] = json!({"department": format!("Bureau {}", number % 4)});
        if number == 5 {
            it["active"] = json!(false);
        }
        directory.post("/Users", &it).expect(201).str("/id")
    });
    let people: Vec<String> = people.collect();
    (directory, people)
}

#[test]
fn filters_keep_what_they_say() {
    let world = World::demo();
    let (directory, people) = crowd(&world);
    let first = &people[0];
    for (filter, expected) in [
        (r#"userName eq "PERSONNE00@travail.example""#.to_owned(), vec![0]),
        (r#"userName sw "personne1""#.into(), vec![10, 11]),
        (r#"externalId eq "id-personne03""#.into(), vec![3]),
        (r#"externalId sw "id-personne1""#.into(), vec![10, 11]),
        (r#"externalId eq "ID-personne03""#.into(), vec![]),
        (format!("id eq \"{first}\""), vec![0]),
        (r#"id eq "nobody""#.into(), vec![]),
        (r#"emails eq "personne02@travail.example""#.into(), vec![2]),
        (r#"emails[type eq "work" and value eq "Personne02@travail.example"] or externalId eq "id-personne04""#.into(), vec![2, 4]),
        (r#"emails[type eq "home"]"#.into(), vec![]),
        ("active eq false".into(), vec![5]),
        (r#"title co "graph" and name.givenName eq "p1""#.into(), vec![1, 7]),
        (r#"department ew "3" and not (title eq "Graphiste")"#.into(), vec![]),
        (r#"department ew "2""#.into(), vec![2, 6, 10]),
        (r#"name.familyName ge "nom10""#.into(), vec![10, 11]),
        (r#"userName sw "personne0" and title eq "Rédacteur" and active eq true"#.into(), vec![0, 2, 4, 6, 8]),
        ("phoneNumbers pr".into(), vec![]),
        (r#"meta.lastModified gt "2190-01-01T00:00:00Z""#.into(), vec![]),
        (r#"meta.resourceType eq "User" and meta.lastModified ge "2000-01-01T00:00:00Z" and userName ew "00@travail.example""#.into(), vec![0]),
    ] {
        let mut found = directory.found(&filter);
        found.sort();
        let mut expected: Vec<String> = expected.into_iter().map(|at: usize| people[at].clone()).collect();
        expected.sort();
        assert_eq!(found, expected, "{filter}");
    }
    let long = format!("userName eq \"{}\"", "a".repeat(10_000));
    let many = vec![r#"userName eq "a""#; 1_000].join(" or ");
    for filter in
        ["nothing eq \"x\"", "userName like \"x\"", "userName eq", "title eq \"\\", &long, &many, "groups.display eq 1"]
    {
        refused(&directory.get(&format!("/Users?filter={}", encoded(filter))), 400, "invalidFilter");
    }
}

#[test]
fn lists_are_read_by_place_and_by_cursor() {
    let world = World::demo();
    let (directory, people) = crowd(&world);
    let page = |query: &str| directory.get(&format!("/Users?{query}")).expect(200);
    let first = page("count=5").json();
    assert_eq!(
        (&first["totalResults"], &first["startIndex"], &first["itemsPerPage"]),
        (&json!(12), &json!(1), &json!(5))
    );
    let mut walked = Vec::new();
    for start in [1, 6, 11, 16] {
        walked.extend(ids(&page(&format!("count=5&startIndex={start}"))));
    }
    assert_eq!(walked, people);
    assert_eq!(ids(&page("startIndex=-3&count=2")), people[..2]);
    let none = page("count=0").json();
    assert_eq!((&none["totalResults"], &none["Resources"]), (&json!(12), &json!([])));
    assert_eq!(page("count=100000").json()["itemsPerPage"], json!(12));
    // By cursor, and others come meanwhile: nobody is missed, nobody comes twice.
    for sort in ["", "&sortBy=userName", "&sortBy=userName&sortOrder=descending", "&sortBy=meta.lastModified"] {
        let (mut cursor, mut walked) = (String::new(), Vec::new());
        loop {
            let page = directory.get(&format!("/Users?count=5&cursor={cursor}{sort}")).expect(200);
            walked.extend(ids(&page));
            directory.user(&format!("tardif{}{}", sort.len(), walked.len()));
            match page.json()["nextCursor"].as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => break,
            }
        }
        let mut unique = walked.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), walked.len(), "{sort}");
        assert!(people.iter().all(|id| walked.contains(id)), "{sort}");
    }
    let cursor = directory.get("/Users?count=5&cursor=").expect(200).str("/nextCursor");
    refused(&directory.get(&format!("/Users?count=5&cursor={cursor}&sortBy=userName")), 400, "invalidCursor");
    refused(&directory.get("/Users?cursor=nonsense"), 400, "invalidCursor");
    refused(&directory.get("/Users?cursor=&startIndex=1"), 400, "invalidValue");
    refused(&directory.get("/Users?count=many"), 400, "invalidCount");
    refused(&directory.get("/Users?filtre=x"), 400, "invalidValue");
}

#[test]
fn lists_are_sorted_by_any_attribute() {
    let world = World::demo();
    let (directory, people) = crowd(&world);
    let sorted = |query: &str| ids(&directory.get(&format!("/Users?{query}")).expect(200));
    assert_eq!(sorted("sortBy=userName"), people);
    let backwards: Vec<String> = people.iter().rev().cloned().collect();
    assert_eq!(sorted("sortBy=userName&sortOrder=descending"), backwards);
    assert_eq!(sorted("sortBy=name.familyName&sortOrder=descending"), backwards);
    assert_eq!(sorted("sortBy=title&count=1"), people[1..2], "a graphiste first");
    refused(&directory.get("/Users?sortBy=nothing"), 400, "invalidPath");
    refused(&directory.get("/Users?sortBy=name"), 400, "invalidPath");
    refused(&directory.get("/Users?sortBy=userName&sortOrder=up"), 400, "invalidValue");
}

#[test]
fn what_would_look_at_too_many_is_refused() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let one = directory.user("Modele");
    world.database.run(&format!(
        "SET diapason.source = 'bulk';
         INSERT INTO principal (id, kind, created_at) SELECT gen_random_uuid(), 'member', app.clock() FROM generate_series(1, 5001);
         INSERT INTO member (id, given_name, usual_name, created_at, updated_at, created_by, updated_by)
            SELECT p.id, 'Foule', 'Foule', app.clock(), app.clock(), p.id, p.id FROM principal p
            WHERE p.kind = 'member' AND NOT EXISTS (SELECT FROM member m WHERE m.id = p.id);
         INSERT INTO directory_user (member_id, source_id, user_name, name_key, created_at, updated_at)
            SELECT m.id, u.source_id, 'foule' || m.id, 'foule' || m.id, app.clock(), app.clock()
            FROM member m, directory_user u WHERE m.usual_name = 'Foule' AND u.member_id = '{one}'"
    ));
    let list = |filter: &str| directory.get(&format!("/Users?filter={}", encoded(filter)));
    refused(&list(r#"displayName co "ou""#), 400, "tooMany");
    refused(&directory.get("/Users?sortBy=title"), 400, "tooMany");
    assert_eq!(
        list(r#"userName eq "modele@travail.example" and displayName co "mo""#).expect(200).at("/totalResults"),
        json!(1)
    );
    assert_eq!(list(r#"userName sw "foule""#).expect(200).at("/totalResults"), json!(5001));
    assert_eq!(
        directory.get("/Users?startIndex=5001&count=10").expect(200).json()["Resources"].as_array().map(Vec::len),
        Some(2)
    );
}

#[test]
fn what_is_asked_for_is_shown() {
    let world = World::demo();
    let (directory, people) = crowd(&world);
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let path = format!("/Users/{}", people[0]);
    assert_eq!(
        keys(&directory.get(&format!("{path}?attributes=userName,name.givenName")).expect(200).json()),
        ["id", "name", "schemas", "userName"]
    );
    let without = directory.get(&format!("{path}?excludedAttributes=emails,meta,id")).expect(200).json();
    assert!(without.get("emails").is_none() && without.get("meta").is_none() && without.get("id").is_some());
    refused(&directory.get(&format!("{path}?attributes=id&excludedAttributes=name")), 400, "invalidValue");
    let search = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "attributes": ["userName"],
        "filter": "userName sw \"personne\"", "sortBy": "userName", "sortOrder": "descending", "startIndex": 2, "count": 3});
    let found = directory.post("/Users/.search", &search).expect(200);
    assert_eq!(ids(&found), [people[10].clone(), people[9].clone(), people[8].clone()]);
    assert_eq!(keys(&found.at("/Resources/0")), ["id", "schemas", "userName"]);
    // Users and Groups in one list.
    let all = directory
        .post("/.search", &json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "count": 200}))
        .expect(200);
    let kinds: Vec<String> = all.json()["Resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["meta"]["resourceType"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds.iter().filter(|kind| *kind == "User").count(), 12);
    assert!(kinds.iter().any(|kind| kind == "Group"));
    refused(&directory.post("/.search", &json!({"schemas": [CORE]})), 400, "invalidSyntax");
}

#[test]
fn what_is_offered_is_told() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let config = directory.get("/ServiceProviderConfig").expect(200).json();
    assert_eq!((&config["bulk"]["maxOperations"], &config["filter"]["maxResults"]), (&json!(1000), &json!(200)));
    assert_eq!(
        (&config["changePassword"]["supported"], &config["pagination"]["cursor"]),
        (&json!(false), &json!(true))
    );
    let types = directory.get("/ResourceTypes").expect(200).json();
    assert_eq!(types["totalResults"], json!(2));
    let schemas = directory.get("/Schemas").expect(200).json();
    assert_eq!(schemas["totalResults"], json!(4));
    for schema in schemas["Resources"].as_array().unwrap() {
        let id = schema["id"].as_str().unwrap();
        assert_eq!(&directory.get(&format!("/Schemas/{id}")).expect(200).json(), schema);
    }
    refused(&directory.get("/Schemas/urn:nothing"), 404, "");
    refused(&directory.get("/Schemas?filter=id%20pr"), 403, "");
}

#[test]
fn who_may_not_know_networks_finds_nobody_by_them() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let network = super::groups::opened(&world, "marque", "automatic");
    let one = directory.user("Nfc");
    let add = json!([{"op": "add", "path": "members", "value": [{"value": one}]}]);
    directory.patch(&format!("/Groups/{network}"), &add).expect(204);
    let by = format!("groups.value eq \"{network}\"");
    assert_eq!(directory.found(&by), [one]);
    let admin = world.client("sig-admin");
    let etag = admin.get("/networks/marque").expect(200).header("etag").to_owned();
    admin.patch("/networks/marque", &etag, json!({"visibility": "hidden"})).expect(200);
    assert!(directory.found(&by).is_empty());
    // What looks the same is the same, however it is composed.
    let mut composed = someone("Compose");
    composed["userName"] = json!("re\u{301}mi@travail.example");
    let id = directory.post("/Users", &composed).expect(201).str("/id");
    assert_eq!(directory.found("userName eq \"re\u{301}mi@travail.example\""), std::slice::from_ref(&id));
    assert_eq!(directory.found("userName eq \"rémi@travail.example\""), [id]);
    let foreign = [("if-none-match", "\"nonsense\"")];
    directory
        .client
        .raw("GET", &format!("/scim/v2/Users/{}", directory.found("userName sw \"r\"")[0]), &foreign, Vec::new())
        .expect(200);
}
