//! Contacts that are shared, and the vCards of contacts and members.

use serde_json::{Value, json};

use crate::policy::world;
use crate::support::client::Reply;
use crate::support::{Client, World};

fn patched(client: &Client, address: &str, body: Value) -> Reply {
    let etag = client.get(address).etag().to_owned();
    client.patch(address, &etag, body)
}

fn sees(world: &World, persona: &str, id: &str) -> bool {
    let client = world.client(persona);
    let listed = client.walk("/contacts?limit=200").iter().any(|it| it["id"] == id);
    assert_eq!(client.get(&format!("/contacts/{id}")).status == 200, listed, "{persona}");
    listed
}

#[test]
fn a_contact_is_seen_as_it_is_shared() {
    let world = World::demo();
    let lead = world.client("lead-edito");
    let new = json!({"kind": "person", "given_name": "Camille", "name": "Exemple", "organization_name": "Agence de presse", "role_title": "Cheffe de rubrique",
        "email": "Camille@presse.example", "phones": ["01 23 45 67 89"], "sharing": "organization", "review_by": "2025-01-01"});
    let created = lead.post("/contacts", new.clone()).expect(201);
    let (id, address) = (created.str("/id"), created.header("location").to_owned());
    assert_eq!(
        (created.str("/phones/0"), created.str("/email")),
        ("+33123456789".into(), "camille@presse.example".into())
    );
    assert_eq!((created.at("/stale"), created.str("/owner/short_name")), (json!(true), "DICOM Écologie".into()));
    let seen_by = |expected: &[&str]| {
        let all = ["lead-edito", "sig-coordinator", "member", "colead-dinum", "observer", "partner", "bot-mi"];
        let seen: Vec<&str> = all.into_iter().filter(|persona| sees(&world, persona, &id)).collect();
        assert_eq!(seen, expected);
    };
    seen_by(&["lead-edito", "sig-coordinator"]);
    patched(&lead, &address, json!({"sharing": "network", "network_code": "veille"})).expect(200);
    seen_by(&["lead-edito", "sig-coordinator"]);
    let sits = "SELECT m.email AS it FROM membership s JOIN network n ON n.id = s.network_id JOIN member m ON m.id = s.member_id WHERE n.code = 'veille' AND s.role = 'member' AND upper_inf(s.valid) AND m.status = 'active' ORDER BY s.id LIMIT 1";
    assert!(sees(&world, &world.database.one(sits), &id), "whoever shares the network");
    patched(&lead, &address, json!({"sharing": "all_members", "review_by": "2035-01-01"})).expect(200);
    seen_by(&["lead-edito", "sig-coordinator", "member", "colead-dinum", "bot-mi"]);
    assert_eq!(lead.get(&address).at("/stale"), json!(false));

    world.client("member").patch(&address, "\"3-000000000000\"", json!({"note": "x"})).refused(403, "forbidden");
    patched(&world.client("sig-admin"), &address, json!({"note": "À joindre le matin."})).expect(200);
    for (pointer, wrong) in [
        ("/network_code", json!({"sharing": "network"})),
        ("/network_code", json!({"sharing": "network", "network_code": "design"})),
        ("/network_code", json!({"sharing": "network", "network_code": "nowhere"})),
        ("/network_code", json!({"network_code": "veille"})),
        (
            "/organization_id",
            json!({"organization_id": "01900000-0000-7000-8fff-ffffffffffff", "organization_name": null}),
        ),
        ("/organization_id", json!({"organization_id": world.organization("MJ")})),
        ("/phones/0", json!({"phones": ["12"]})),
    ] {
        assert_eq!(patched(&lead, &address, wrong).refused(422, "invalid").str("/errors/0/pointer"), pointer);
    }
    let service = json!({"kind": "service", "given_name": "X", "name": "Standard", "sharing": "organization"});
    assert_eq!(lead.post("/contacts", service).refused(422, "invalid").str("/errors/0/pointer"), "/given_name");
    let elsewhere =
        json!({"kind": "service", "name": "Standard", "sharing": "organization", "owner_id": world.organization("MJ")});
    assert_eq!(lead.post("/contacts", elsewhere).refused(422, "invalid").str("/errors/0/pointer"), "/owner_id");

    let found = |query: &str| lead.walk(&format!("/contacts?{query}")).iter().any(|it| it["id"] == id.as_str());
    assert!(
        found("q=EXEMPLE") && found("q=camille%20exemple") && found("q=rubrique&kind=person") && found("stale=false")
    );
    assert!(!found("q=exempla") && !found("stale=true") && !found("kind=service") && !found("archived=true"));
    let archived = lead.act(&format!("{address}/archive"), lead.get(&address).etag(), None).expect(200);
    assert_eq!(archived.actions(), ["get_contact"]);
    assert!(!found("q=exemple") && found("archived=true"));
    patched(&lead, &address, json!({"note": null})).refused(409, "invalid_transition");
}

#[test]
fn a_hidden_network_does_not_show_through_a_contact() {
    let world = world();
    let lead = world.client("lead-edito");
    let new = json!({"kind": "service", "name": "Cellule ombre", "sharing": "network", "network_code": "ombre"});
    let created = lead.post("/contacts", new.clone()).expect(201);
    assert_eq!(created.str("/network_code"), "ombre");
    let colleague = world.database.one(&format!(
        "SELECT m.email AS it FROM affiliation a JOIN member m ON m.id = a.member_id WHERE a.organization_id = '{}' AND m.status = 'active' AND m.email LIKE 'agent%' ORDER BY m.id LIMIT 1",
        world.organization("DICOM Écologie")
    ));
    let colleague = world.client(&colleague);
    let seen = colleague.get(&format!("/contacts/{}", created.str("/id"))).expect(200);
    assert_eq!((seen.str("/sharing"), seen.at("/network_code")), ("organization".into(), Value::Null));
    let found = |client: &Client, sharing: &str| {
        let all = client.walk(&format!("/contacts?limit=200&sharing={sharing}"));
        all.iter().any(|it| it["id"] == created.str("/id").as_str())
    };
    assert!(found(&lead, "network") && !found(&lead, "organization"));
    assert!(found(&colleague, "organization") && !found(&colleague, "network"), "nor through a filter");
    let said = colleague.post("/contacts", new).refused(422, "invalid").said();
    let nowhere = json!({"kind": "service", "name": "Cellule ombre", "sharing": "network", "network_code": "nowhere"});
    assert_eq!(said, colleague.post("/contacts", nowhere).refused(422, "invalid").said(), "as one that does not exist");

    // Nor by a guess of a person who may change the contact: it is answered as what it is shown as.
    let office = world.organization("DICOM Écologie");
    let place = colleague.get("/me").expect(200).str("/standings/0/affiliation_id");
    let keeps = json!({"affiliation_id": place, "role": "org_admin", "organization_id": office});
    world.client("sig-admin").post("/role-assignments", keeps).expect(201);
    let address = format!("/contacts/{}", created.str("/id"));
    let plain = colleague.post(
        "/contacts",
        json!({"kind": "service", "name": "Accueil", "sharing": "organization", "owner_id": office}),
    );
    let plain = format!("/contacts/{}", plain.expect(201).str("/id"));
    let tried = |change: &Value| {
        let [one, other] = [&address, &plain].map(|contact| colleague.patch(contact, "*", change.clone()));
        assert_eq!((one.status, one.at("/errors")), (other.status, other.at("/errors")), "{change}");
        one
    };
    for code in ["ombre", "edito", "nowhere"] {
        tried(&json!({"network_code": code})).refused(422, "invalid");
    }
    tried(&json!({"sharing": "network", "network_code": "ombre"})).refused(422, "invalid");
    for same in [json!({"network_code": null}), json!({"sharing": "organization"}), json!({"name": "Cellule"})] {
        tried(&same).expect(200);
    }
    assert_eq!(lead.get(&address).expect(200).str("/network_code"), "ombre", "what is not seen is not taken away");
}

#[test]
fn who_left_an_organization_writes_its_contacts_no_more() {
    let world = World::demo();
    let (author, sig) = (world.client("member"), world.client("sig-admin"));
    let new = json!({"kind": "service", "name": "Standard", "sharing": "all_members"});
    let address = author.post("/contacts", new).expect(201).header("location").to_owned();
    patched(&author, &address, json!({"note": "Le matin."})).expect(200);
    let place = json!({"organization_id": world.organization("MJ"), "is_primary": false});
    sig.post(&format!("/members/{}/affiliations", world.member("member")), place).expect(201);
    let main = format!("/affiliations/{}", world.affiliation("member"));
    sig.act(&format!("{main}/end"), sig.get(&main).etag(), Some(json!({}))).expect(200);
    patched(&author, &address, json!({"note": "Le soir."})).refused(403, "forbidden");
    author.act(&format!("{address}/archive"), author.get(&address).etag(), None).refused(403, "forbidden");
    patched(&sig, &address, json!({"note": "Le soir."})).expect(200);
}

/// Reads a vCard with another hand than the one that wrote it, after what the lines themselves must keep.
fn parsed(reply: &Reply) -> vcard4::Vcard {
    assert_eq!((reply.status, reply.header("content-type")), (200, "text/vcard; charset=utf-8"), "{}", reply.text());
    assert!(reply.header("content-disposition").starts_with("attachment; filename=\"contact.vcf\"; filename*=UTF-8''"));
    let text = reply.text();
    assert!(text.starts_with("BEGIN:VCARD\r\nVERSION:4.0\r\n") && text.ends_with("\r\nEND:VCARD\r\n"), "{text}");
    for line in text.strip_suffix("\r\n").unwrap().split("\r\n") {
        assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line}");
    }
    let mut all = vcard4::parse(&text).unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[test]
fn vcards_are_read_by_another_hand() {
    let world = World::demo();
    let lead = world.client("lead-edito");
    let note = "Pôle « santé, social » ; à joindre : 9 h – 12 h\\14 h.\nDeuxième ligne, assez longue pour être pliée au milieu d'une lettre accentuée : éééééééééééééééééééééé.";
    let new = json!({"kind": "person", "given_name": "Zoé", "name": "L'Été, dit; Durand", "organization_name": "Agence, presse; & fils", "role_title": "Cheffe\\adjointe",
        "email": "zoe@presse.example", "phones": ["01 23 45 67 89", "+32 2 501 02 11"], "website": "https://presse.example/a?b=1,2;c", "note": note, "sharing": "organization"});
    let created = lead.post("/contacts", new).expect(201);
    let address = format!("/contacts/{}.vcf", created.str("/id"));
    let card = parsed(&lead.get(&address));
    assert_eq!(card.formatted_name[0].value, "Zoé L'Été, dit; Durand");
    assert_eq!(
        (card.title[0].value.as_str(), card.email[0].value.as_str()),
        ("Cheffe\\adjointe", "zoe@presse.example")
    );
    assert_eq!(card.note[0].value, note);
    assert_eq!(card.url[0].value.to_string(), "https://presse.example/a?b=1,2;c");
    let text = lead.get(&address).text().replace("\r\n ", "");
    // That hand splits at a semicolon before it looks whether it is escaped: here the lines themselves are read.
    assert!(
        text.contains("\r\nN:L'Été\\, dit\\; Durand;Zoé;;;\r\nKIND:individual\r\nORG:Agence\\, presse\\; & fils\r\n"),
        "{text}"
    );
    assert!(text.contains(&format!("UID:urn:uuid:{}\r\n", created.str("/id"))), "{text}");
    let tel = "TEL;VALUE=uri;TYPE=\"voice,work\":tel:";
    assert!(text.contains(&format!("\r\n{tel}+33123456789\r\n{tel}+3225010211\r\n")), "{text}");
    assert_eq!((card.tel.len(), card.uid.is_some(), card.rev.is_some()), (2, true, true));
    lead.get(&format!("/contacts/{}.vcf", "nothing")).refused(404, "not_found");
    world.client("member").get(&address).refused(404, "not_found");
    let wrong = lead.send("PUT", &address, &[], None);
    assert_eq!((wrong.status, wrong.header("allow")), (405, "GET, HEAD"));

    // A member's whole card, and the name alone.
    let address = format!("/members/{}.vcf", world.member("referent-34"));
    let whole = parsed(&lead.get(&address));
    assert_eq!(whole.name.unwrap().value[..2], ["Pérignan", "Gaëlle"]);
    assert_eq!(whole.email[0].value, "referent-34@diapason.example");
    assert_eq!(whole.org[0].value, ["Préfecture de l'Hérault"]);
    assert_eq!(whole.title[0].value, "Cheffe du bureau de la communication");
    let name = world.client("observer").get(&address);
    let lines: Vec<String> =
        name.text().lines().map(|line| line.split([':', ';']).next().unwrap().to_owned()).collect();
    assert_eq!(lines, ["BEGIN", "VERSION", "UID", "FN", "ORG", "END"]);
    assert_eq!(parsed(&name).formatted_name[0].value, "Gaëlle Pérignan");
    world.client("partner").get(&address).refused(404, "not_found");
}

/// Address books that read no other version get the older one, with the name that it requires.
#[test]
fn an_older_vcard_is_there_for_older_address_books() {
    let world = World::demo();
    let lead = world.client("lead-edito");
    let new = json!({"kind": "service", "name": "Standard; accueil", "phones": ["01 23 45 67 89 poste 12", "3939"], "email": "standard@presse.example", "sharing": "organization"});
    let id = lead.post("/contacts", new).expect(201).str("/id");
    let lines = |reply: Reply| {
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (200, "text/vcard; charset=utf-8"),
            "{}",
            reply.text()
        );
        reply.text().replace("\r\n ", "").lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let card = lines(lead.get(&format!("/contacts/{id}.vcf?version=3.0")));
    assert_eq!(card[..2], ["BEGIN:VCARD", "VERSION:3.0"]);
    for line in [
        "N:Standard\\; accueil;;;;",
        "EMAIL;TYPE=INTERNET:standard@presse.example",
        "TEL;TYPE=WORK,VOICE:+33123456789 ext. 12",
        "TEL;TYPE=WORK,VOICE:3939",
    ] {
        assert!(card.contains(&line.to_owned()), "{line}: {card:?}");
    }
    assert!(!card.iter().any(|line| line.starts_with("KIND") || line.starts_with("LANG")), "{card:?}");
    let card = lines(lead.get(&format!("/members/{}.vcf?version=3.0", world.member("referent-34"))));
    assert!(card.contains(&"N;CHARSET=UTF-8:Pérignan;Gaëlle;;;".to_owned()), "{card:?}");
    for current in ["", "?version=4.0"] {
        assert_eq!(lines(lead.get(&format!("/contacts/{id}.vcf{current}")))[1], "VERSION:4.0");
    }
    let refused = lead.get(&format!("/contacts/{id}.vcf?version=2.1")).refused(422, "invalid");
    assert_eq!(refused.str("/errors/0/pointer"), "/version");
}

/// What a name may hold never begins a line of its own.
#[test]
fn no_text_breaks_out_of_its_line() {
    let world = World::demo();
    let lead = world.client("lead-edito");
    let note = "fin\r\nEND:VCARD\r\nBEGIN:VCARD\nTEL:666";
    let new = json!({"kind": "service", "name": "Standard", "note": note, "sharing": "organization"});
    let id = lead.post("/contacts", new).expect(201).str("/id");
    let card = parsed(&lead.get(&format!("/contacts/{id}.vcf")));
    assert!(card.tel.is_empty() && card.note[0].value == note.replace("\r\n", "\n"));
}
