//! What a frontend's page needs: few calls, names beside identifiers, counts, what changed, and another origin.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{SecondsFormat, TimeDelta};
use serde_json::{Value, json};

use crate::support::World;
use crate::support::client::Client;
use crate::support::database::Database;
use crate::support::world::PERSONAS;

fn ids(items: &[Value]) -> BTreeSet<String> {
    items.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

fn items(page: &Value) -> Vec<Value> {
    page["items"].as_array().unwrap().clone()
}

/// The rows of the matrix that have a DICOM.
fn items_of(matrix: &Value) -> Vec<Value> {
    matrix["rows"].as_array().unwrap().iter().filter(|row| row.get("dicom").is_some()).cloned().collect()
}

/// Walks on from a page that came along with something else, through the list that it is the beginning of.
fn rest(client: &Client, list: &str, included: &Value) -> Vec<Value> {
    let mut all = items(included);
    if let Some(next) = included["next"].as_str() {
        let sign = if list.contains('?') { '&' } else { '?' };
        all.extend(client.walk(&format!("{list}{sign}cursor={next}")));
    }
    all
}

#[test]
fn home_is_one_call() {
    let world = World::demo();
    let lead = world.client("lead-edito");
    let news = json!({"title": "Plan éditorial", "body": "Il paraît lundi.", "network_code": "edito"});
    let address = lead.post("/announcements", news).expect(201).header("location").to_owned();
    let etag = lead.get(&address).etag().to_owned();
    let published = [("if-match", etag.as_str()), ("idempotency-key", "home")];
    lead.send("POST", &format!("{address}/publish"), &published, None).expect(200);
    let me = lead.get("/me").expect(200).json();
    assert!(me.get("included").is_none(), "nothing comes along unless it is asked for");
    assert_eq!(me["display_name"], lead.get(&format!("/members/{}", me["id"].as_str().unwrap())).at("/display_name"));
    let standing = &me["standings"][0];
    let place = lead.get(&format!("/organizations/{}", standing["organization_id"].as_str().unwrap())).json();
    assert_eq!(standing["organization"]["name"], place["name"]);
    let seats = standing["seats"].as_array().unwrap();
    let edito = seats.iter().find(|seat| seat["network_code"] == "edito").expect("a seat in edito, by its code");
    assert_eq!(edito["network_name"], lead.get("/networks/edito").at("/name"));

    let home = lead.get("/me?include=memberships,tasks,notifications&include=announcements").expect(200).json();
    let included = &home["included"];
    assert_eq!(items(&included["memberships"]), items(&lead.get("/me/memberships").json()));
    assert_eq!(included["tasks"], lead.get("/me/tasks").json());
    let unread = lead.get("/notifications?unread=true&count=exact&limit=10").json();
    assert_eq!(included["notifications"]["count"], unread["count"]);
    assert_eq!(included["notifications"]["items"], unread["items"]);
    let news = lead.get("/announcements?status=published&limit=5").json();
    assert_eq!(included["announcements"]["items"], news["items"]);
    assert!(!items(&included["memberships"]).is_empty() && !items(&included["announcements"]).is_empty());

    let wrong = lead.get("/me?include=tasks,everything").refused(422, "invalid");
    assert!(wrong.str("/errors/0/pointer").starts_with("/include"), "{}", wrong.text());
    let stranger = world.subject("someone-new", None).get("/me?include=tasks").expect(200).json();
    assert!(stranger["registered"] == false && stranger.get("included").is_none());
}

#[test]
fn an_object_brings_along_what_its_lists_show() {
    let world = World::shared();
    for persona in PERSONAS {
        let client = world.client(persona);
        let dicom = world.organization("DICOM sociaux");
        let organization =
            client.get(&format!("/organizations/{dicom}?include=links,children,dicoms,tracking")).expect(200).json();
        let full = organization["view"] == "full";
        assert_eq!(full, organization.get("included").is_some(), "{persona}: of a name, nothing more is told");
        if full {
            let included = &organization["included"];
            let links = client.walk(&format!("/organizations/{dicom}/links"));
            assert_eq!(ids(&rest(&client, &format!("/organizations/{dicom}/links"), &included["links"])), ids(&links));
            let below = format!("/organizations?parent_id={dicom}");
            assert_eq!(ids(&rest(&client, &below, &included["children"])), ids(&client.walk(&below)), "{persona}");
            let tracked = client.get(&format!("/tracking/organizations/{dicom}"));
            assert_eq!(included.get("tracking").is_none(), tracked.status == 403, "{persona}");
            assert!(tracked.status == 403 || included["tracking"]["rows"] == tracked.at("/rows"), "{persona}");
            assert!(included["dicoms"].as_array().unwrap().iter().any(|it| it["id"] == dicom.as_str()), "itself");
        }
        let member = world.member("director-sociaux");
        let read = client.get(&format!("/members/{member}?include=memberships,affiliations,expertise"));
        if read.status == 200 && read.at("/view") == "full" {
            for (name, list) in
                [("memberships", "memberships"), ("affiliations", "affiliations"), ("expertise", "expertise")]
            {
                let listed = client.walk(&format!("/members/{member}/{list}"));
                assert_eq!(ids(&items(&read.at(&format!("/included/{name}")))), ids(&listed), "{persona} {name}");
            }
            // What is brought along changes nothing of the object, and its tag is good for a change.
            let plain = client.get(&format!("/members/{member}")).json();
            let mut whole = read.json();
            whole.as_object_mut().unwrap().remove("included");
            assert_eq!(whole, plain, "{persona}");
        }
        let network = client.get("/networks/edito?include=leads,co_animations,announcements,tracking");
        if network.status == 200 {
            let leads = client.walk("/networks/edito/memberships?role=lead");
            let co_leads = client.walk("/networks/edito/memberships?role=co_lead");
            let said = network.at("/included/leads").as_array().unwrap().clone();
            assert_eq!(ids(&said), ids(&[leads, co_leads].concat()), "{persona}");
            let tracked = client.get("/tracking/networks/edito");
            assert_eq!(network.at("/included/tracking").is_null(), tracked.status == 403, "{persona}");
            if let Some(next) = network.at("/included/tracking/next").as_str() {
                client.get(&format!("/tracking/networks/edito?cursor={next}")).expect(200);
            }
            let listed = client.get("/networks/edito/co-animations");
            assert_eq!(network.at("/included/co_animations").is_null(), listed.status == 403, "{persona}");
        }
    }
}

#[test]
fn an_organization_shows_its_people_and_its_seats() {
    let world = World::shared();
    let sig = world.client("sig-admin");
    let place = world.organization("Préfecture de l'Hérault");
    let people = sig.get(&format!(
        "/organizations/{place}/memberships?include=member&count=exact&facets=network_code,role&limit=200"
    ));
    let people = people.expect(200).json();
    let shown = items(&people);
    assert!(shown.iter().all(|it| it["organization"]["id"] == place.as_str()) && shown.len() > 3);
    let mut elsewhere = BTreeSet::new();
    for network in sig.walk("/networks") {
        let code = network["code"].as_str().unwrap();
        elsewhere.extend(ids(&sig.walk(&format!("/networks/{code}/memberships?organization_id={place}"))));
    }
    assert_eq!(ids(&shown), elsewhere);
    let cards: BTreeSet<String> = shown.iter().map(|it| it["member"]["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids(people["members"].as_array().unwrap()), cards);
    let someone = shown[0]["member"]["id"].as_str().unwrap();
    let theirs = sig.walk(&format!("/members/{someone}/memberships"));
    assert!(ids(&theirs).contains(shown[0]["id"].as_str().unwrap()));
    assert!(theirs.iter().all(|it| it["member"]["id"] == someone && it["network_name"].as_str().unwrap().len() > 3));
    let one = sig.walk(&format!("/organizations/{place}/memberships?member_id={someone}"));
    assert_eq!(
        ids(&one),
        theirs
            .iter()
            .filter(|it| it["organization"]["id"] == place.as_str())
            .map(|it| it["id"].as_str().unwrap().to_owned())
            .collect()
    );

    let seats = sig.walk(&format!("/organizations/{place}/seats"));
    let prefectures: Vec<_> = seats.iter().filter(|it| it["network_code"] == "prefectures").cloned().collect();
    assert!(!prefectures.is_empty());
    assert_eq!(ids(&prefectures), ids(&sig.walk(&format!("/networks/prefectures/seats?organization_id={place}"))));
    assert_eq!(ids(&prefectures), ids(&sig.walk(&format!("/organizations/{place}/seats?network_code=prefectures"))));
    let nowhere = "01900000-0000-7000-8000-00000000dead";
    sig.get(&format!("/organizations/{nowhere}/seats")).refused(404, "not_found");
    sig.get(&format!("/organizations/{nowhere}/memberships")).refused(404, "not_found");
    sig.get(&format!("/members/{nowhere}/memberships")).refused(404, "not_found");
}

#[test]
fn a_cell_of_the_matrix_opens_down_to_its_people() {
    let world = World::shared();
    let sig = world.client("sig-admin");
    let dicom = world.organization("DICOM sociaux");
    let cells = sig.get(&format!("/tracking/cells?network_code=edito&dicom_id={dicom}")).expect(200).json();
    let places: BTreeSet<String> =
        items(&cells).iter().map(|it| it["organization"]["id"].as_str().unwrap().to_owned()).collect();
    let people = sig.walk(&format!("/networks/edito/memberships?dicom_id={dicom}&include=member"));
    assert!(people.len() > 1 && people.iter().all(|it| places.contains(it["organization"]["id"].as_str().unwrap())));
    let all = sig.walk("/networks/edito/memberships?limit=200");
    let within = all.iter().filter(|it| places.contains(it["organization"]["id"].as_str().unwrap()));
    assert_eq!(ids(&people), within.map(|it| it["id"].as_str().unwrap().to_owned()).collect());
    // What no DICOM serves is a row too, and with the others it makes the whole.
    assert!(cells["dicom"]["id"] == dicom.as_str() && cells["network_name"].as_str().is_some());
    let served_by_any: BTreeSet<String> = items_of(&sig.get("/tracking/matrix").json())
        .iter()
        .flat_map(|row| row["organizations"].as_array().unwrap().clone())
        .map(|it| it["organization"]["id"].as_str().unwrap().to_owned())
        .collect();
    for list in ["/networks/edito/memberships", "/networks/edito/gaps", "/networks/edito/seats"] {
        let alone = sig.walk(&format!("{list}?unserved=true&limit=200"));
        let all = sig.walk(&format!("{list}?limit=200"));
        let of = |it: &Value| it["organization"]["id"].as_str().unwrap().to_owned();
        let expected = all.iter().filter(|it| !served_by_any.contains(&of(it))).count();
        assert!(alone.iter().all(|it| !served_by_any.contains(&of(it))) && alone.len() == expected, "{list}");
        assert!(sig.walk(&format!("{list}?unserved=true&dicom_id={dicom}")).is_empty(), "{list}");
    }
    for list in ["/networks/edito/gaps", "/networks/edito/seats"] {
        let here = sig.walk(&format!("{list}?dicom_id={dicom}"));
        let all = sig.walk(&format!("{list}?limit=200"));
        let expected = all.iter().filter(|it| places.contains(it["organization"]["id"].as_str().unwrap())).count();
        assert_eq!(here.len(), expected, "{list}");
    }
    let served = ids(&sig.walk(&format!("/organizations?dicom_id={dicom}")));
    assert!(served.contains(&dicom) && places.is_subset(&served));
    let members = sig.walk(&format!("/members?dicom_id={dicom}&limit=200"));
    let here = |it: &Value| {
        it["affiliations"]
            .as_array()
            .unwrap()
            .iter()
            .any(|at| served.contains(at["organization"]["id"].as_str().unwrap()))
    };
    assert!(members.len() > 5 && members.iter().all(here));
    // Which DICOM serves whom is for insiders: a filter by it tells nothing to others.
    let observer = world.client("observer");
    observer.get(&format!("/organizations/{dicom}/links")).refused(403, "forbidden");
    for list in ["/members", "/organizations", "/networks/edito/memberships"] {
        for filter in [format!("dicom_id={dicom}"), "unserved=true".to_owned()] {
            let page = observer.get(&format!("{list}?{filter}&count=exact"));
            assert!(page.status == 422 || page.expect(200).at("/count") == 0, "{list} {filter}");
        }
    }
    // A past day has its own served organizations.
    sig.get(&format!("/networks/edito/memberships?dicom_id={dicom}&as_of=2024-01-15")).expect(200);
}

#[test]
fn lists_are_narrowed_to_what_is_named_or_changed() {
    let world = World::timed();
    let sig = world.client("sig-admin");
    for list in ["/organizations", "/members", "/networks/edito/memberships"] {
        let some = items(&sig.get(&format!("{list}?limit=3")).expect(200).json());
        let named: Vec<&str> = some.iter().map(|it| it["id"].as_str().unwrap()).collect();
        let nobody = "01900000-0000-7000-8000-00000000dead";
        let found = sig.walk(&format!("{list}?ids={},{nobody}&ids={}", named[0], named[1]));
        assert_eq!(ids(&found), named[..2].iter().map(|id| (*id).to_owned()).collect(), "{list}");
        let many = vec![nobody.to_owned(); 3].join(",");
        assert!(sig.walk(&format!("{list}?ids={many}")).is_empty());
        let wrong = sig.get(&format!("{list}?ids={},x", named[0])).refused(422, "invalid");
        assert!(wrong.str("/errors/0/pointer").starts_with("/ids"), "{}", wrong.text());
        let too_many: Vec<String> = (0..101).map(|n| format!("01900000-0000-7000-8000-{n:012}")).collect();
        sig.get(&format!("{list}?ids={}", too_many.join(","))).refused(422, "invalid");
    }
    world.pass(TimeDelta::days(1));
    let sig = world.client("sig-admin");
    let member = world.member("member");
    let card = sig.get(&format!("/members/{member}"));
    sig.patch(&format!("/members/{member}"), card.etag(), json!({"languages": ["fr", "oc"]})).expect(200);
    let place = world.organization("DICOM sociaux");
    let it = sig.get(&format!("/organizations/{place}"));
    sig.patch(&format!("/organizations/{place}"), it.etag(), json!({"website": "https://sociaux.example"})).expect(200);
    let it = sig.get("/networks/edito");
    sig.patch("/networks/edito", it.etag(), json!({"scope_note": "Tout l’écrit."})).expect(200);
    let since = (kernel::clock::now() + TimeDelta::hours(12)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let since = format!("updated_since={since}");
    assert_eq!(ids(&sig.walk(&format!("/members?{since}"))), BTreeSet::from([member.clone()]));
    assert_eq!(ids(&sig.walk(&format!("/organizations?{since}"))), BTreeSet::from([place]));
    assert_eq!(sig.walk(&format!("/networks?{since}")).len(), 1);
    for list in ["/networks/edito/memberships", "/networks/edito/seats", "/action-items", "/follow-ups"] {
        assert!(sig.walk(&format!("{list}?{since}")).is_empty(), "{list}");
        assert!(!sig.walk(&format!("{list}?updated_since=2001-01-01T00:00:00Z")).is_empty(), "{list}");
    }
    // When a card changed is told to those who may see the card.
    let observer = world.client("observer");
    assert!(!ids(&observer.walk(&format!("/members?{since}"))).contains(&member));
    assert!(observer.walk(&format!("/organizations?{since}")).is_empty());
}

/// A list with the fields by which it is counted, and where they stand in its items.
type Faceted = (String, &'static [(&'static str, &'static str)]);

/// Every list that has facets.
fn faceted(place: &str) -> Vec<Faceted> {
    vec![
        (
            "/organizations".to_owned(),
            &[("kind", "/kind"), ("origin", "/origin"), ("territory_code", "/territory_code")],
        ),
        (
            "/networks/edito/memberships".to_owned(),
            &[("role", "/role"), ("network_code", "/network_code"), ("organization_kind", "/organization/kind")],
        ),
        ("/networks/crise/memberships".to_owned(), &[("role", "/role")]),
        (format!("/organizations/{place}/memberships"), &[("role", "/role"), ("network_code", "/network_code")]),
        ("/action-items".to_owned(), &[("status", "/status")]),
        ("/follow-ups".to_owned(), &[("health", "/health"), ("axis", "/axis")]),
    ]
}

#[test]
fn what_the_codes_of_facets_stand_for_is_said_or_where() {
    let world = World::shared();
    let lists = faceted(&world.organization("Préfecture de l'Hérault"));
    let enums = items(&world.client("member").get("/enums").json());
    for (list, fields) in &lists {
        let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
        let page = world.client("sig-admin").get(&format!("{list}?facets={}&limit=1", names.join(","))).json();
        for facet in page["facets"].as_array().unwrap() {
            let known = enums.iter().find(|it| it["name"] == facet["list"]).map(|it| it["values"].as_array().unwrap());
            for value in facet["values"].as_array().unwrap() {
                let listed = known.is_some_and(|all| all.iter().any(|it| it["code"] == value["value"]));
                assert!(listed != value["label"].is_string(), "{list} {facet}");
            }
        }
    }
}

#[test]
fn facets_count_just_what_the_caller_could_walk_through() {
    let world = World::shared();
    let place = world.organization("Préfecture de l'Hérault");
    let lists = faceted(&place);
    for persona in PERSONAS {
        let client = world.client(persona);
        for (list, fields) in &lists {
            let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
            let page = client.get(&format!("{list}?facets={}&limit=1", names.join(",")));
            if [403, 404].contains(&page.status) {
                continue;
            }
            let walked = client.walk(&format!("{list}?limit=200"));
            let told = page.expect(200).json()["facets"].as_array().cloned().unwrap_or_default();
            for (name, place) in *fields {
                let mut counts: BTreeMap<String, i64> = BTreeMap::new();
                for value in walked.iter().filter_map(|it| it.pointer(place)?.as_str()) {
                    *counts.entry(value.to_owned()).or_default() += 1;
                }
                let facet = told.iter().find(|it| it["field"] == *name);
                let said = facet.map(|it| it["values"].as_array().unwrap().clone()).unwrap_or_default();
                let said: BTreeMap<String, i64> = said
                    .iter()
                    .map(|it| (it["value"].as_str().unwrap().to_owned(), it["count"].as_i64().unwrap()))
                    .collect();
                assert_eq!(said, counts, "{persona} {list} {name}");
            }
        }
        assert!(client.get("/organizations?limit=1").json().get("facets").is_none(), "not unless asked");
    }
    let sig = world.client("sig-admin");
    sig.get("/organizations?facets=name").refused(422, "invalid");
    let found = sig.get("/search?q=prefecture&limit=2&facets=type,organization_kind").expect(200).json();
    let of = |field: &str| {
        let facet = found["facets"].as_array().unwrap().iter().find(|it| it["field"] == field).unwrap();
        facet["values"].as_array().unwrap().clone()
    };
    assert_eq!(items(&found).len(), 2);
    assert!(of("organization_kind").iter().any(|it| it["value"] == "prefecture" && it["count"].as_i64() > Some(50)));
    assert_eq!(of("type")[0]["value"], "organization");
    let narrowed = sig.get("/search?q=prefecture&limit=50&organization_kind=prefecture").expect(200).json();
    assert!(
        items(&narrowed).len() == 50 && items(&narrowed).iter().all(|it| it["organization"]["kind"] == "prefecture")
    );
}

#[test]
fn lists_of_reference_data_have_entity_tags() {
    let world = World::demo();
    let member = world.client("member");
    for list in ["/enums", "/territories", "/territories?kind=region", "/networks", "/networks?status=active"] {
        let tag = member.get(list).expect(200).etag().to_owned();
        member.send("GET", list, &[("if-none-match", &tag)], None).expect(304);
        member.send("GET", list, &[("if-none-match", "\"000000000000\"")], None).expect(200);
    }
    let tag = member.get("/networks").etag().to_owned();
    let sig = world.client("sig-admin");
    let it = sig.get("/networks/edito");
    sig.patch("/networks/edito", it.etag(), json!({"scope_note": "Tout l’écrit."})).expect(200);
    member.send("GET", "/networks", &[("if-none-match", &tag)], None).expect(200);
    assert!(member.get("/members?limit=1").header("etag").is_empty(), "other lists have none");
}

#[test]
fn tracking_pages_come_in_pages() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let dicom = world.organization("DICOM sociaux");
    for about in
        [json!({"axis": "network", "network_code": "edito"}), json!({"axis": "organization", "organization_id": dicom})]
    {
        let mut held = json!({"held_on": "2026-11-20", "health": "green", "summary": "Point"});
        held.as_object_mut().unwrap().extend(about.as_object().unwrap().clone());
        sig.post("/follow-ups", held).expect(201);
    }
    let walk = |page: &str, limit: usize| {
        let first = sig.get(&format!("{page}?limit={limit}")).expect(200).json();
        let (mut rows, mut read) = (first["rows"].as_array().unwrap().clone(), first.clone());
        while let Some(next) = read["next"].as_str() {
            let reply = sig.get(&format!("{page}?limit={limit}&cursor={next}")).expect(200);
            read = reply.json();
            assert_eq!(read["tally"], first["tally"], "the tally is of all rows");
            for list in ["follow_ups", "decisions", "action_items"] {
                assert_eq!(read[list], json!([]), "{page} {list}");
            }
            rows.extend(read["rows"].as_array().unwrap().clone());
            assert_eq!(reply.header("link").contains("rel=\"next\""), read["next"].is_string());
        }
        (first, rows)
    };
    for page in ["/tracking/networks/edito".to_owned(), format!("/tracking/organizations/{dicom}")] {
        let (first, all) = walk(&page, 200);
        let (same, rows) = walk(&page, 7);
        assert!(all.len() > 20, "{page}: {}", all.len());
        assert_eq!(rows, all, "{page}");
        assert!(all.iter().all(|row| row["network_name"].as_str().is_some_and(|name| !name.is_empty())));
        assert_eq!((&first["follow_ups"], &first["action_items"]), (&same["follow_ups"], &same["action_items"]));
        assert!(!first["follow_ups"].as_array().unwrap().is_empty());
        sig.get(&format!("{page}?cursor=AAAA")).refused(400, "invalid_cursor");
    }
}

#[test]
fn a_page_of_another_origin_may_send_traces_and_read_what_it_needs() {
    let origin = "https://intranet.example";
    let world = World::over(Database::demo(), &[("DIAPASON_CORS_ORIGINS", origin)]);
    let client = world.client("member");
    for asked in
        ["traceparent", "traceparent,tracestate,baggage", "authorization,content-type,if-match,idempotency-key"]
    {
        let headers =
            [("Origin", origin), ("Access-Control-Request-Method", "PATCH"), ("Access-Control-Request-Headers", asked)];
        let preflight = client.send("OPTIONS", "/me", &headers, None).expect(200);
        let allowed = preflight.header("access-control-allow-headers").to_lowercase();
        assert!(asked.split(',').all(|name| allowed.contains(name)), "{asked}: {allowed}");
    }
    let read = client.send("GET", "/me", &[("Origin", origin)], None).expect(200);
    assert_eq!(read.header("access-control-allow-origin"), origin);
    let exposed = read.header("access-control-expose-headers").to_lowercase();
    for name in [
        "etag",
        "link",
        "location",
        "www-authenticate",
        "content-disposition",
        "idempotency-replayed",
        "ratelimit",
        "ratelimit-policy",
        "retry-after",
        "x-request-id",
    ] {
        assert!(
            exposed.split(", ").any(|it| it.trim() == name) || exposed.split(',').any(|it| it.trim() == name),
            "{name}: {exposed}"
        );
    }
}

#[test]
fn an_organization_page_can_be_opened_twice_in_a_second() {
    let world = World::over(Database::demo(), &[("DIAPASON_RATE_LIMITS", "on")]);
    let director = world.client("director-sociaux");
    let place = world.organization("DICOM sociaux");
    for _ in 0..2 {
        for call in [
            format!("/organizations/{place}?include=links,children,dicoms"),
            format!("/organizations/{place}/memberships?include=member&count=exact&facets=network_code,role"),
            format!("/tracking/organizations/{place}"),
        ] {
            assert!(!director.get(&call).expect(200).header("ratelimit").is_empty(), "limits are on");
        }
    }
}
