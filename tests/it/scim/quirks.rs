//! The requests that directories really send, as their makers document them: each is answered as it is written there.

use serde_json::{Value, json};

use super::{Directory, SCIM, encoded, someone};
use crate::support::World;

const QUIRKS: &str = include_str!("quirks.json");

/// What a case is about: two Users of the directory, one of another directory, and a Group.
struct Stage {
    names: Vec<(String, String)>,
    group: String,
}

impl Stage {
    fn set(own: &Directory, other: &Directory, case: usize, before: &Value) -> Self {
        let mut names = vec![("{unique}".to_owned(), format!("u{case}"))];
        for (name, directory) in [("user", own), ("user2", own), ("user3", other)] {
            let mut new = someone(&format!("{name}-q{case}"));
            new["name"] = json!({"givenName": "Quirk", "familyName": "Cas"});
            if before.get("externalId").is_some_and(Value::is_null) {
                new.as_object_mut().unwrap().remove("externalId");
            }
            let made = directory.post("/Users", &new).expect(201).json();
            let said = |pointer: &str| made.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
            names.push((format!("{{{name}}}"), said("/id")));
            for (part, pointer) in
                [("userName", "/userName"), ("email", "/emails/0/value"), ("externalId", "/externalId")]
            {
                names.push((format!("{{{name}.{part}}}"), said(pointer)));
                names.push((format!("{{{name}.{}}}", part.to_uppercase()), said(pointer).to_uppercase()));
            }
        }
        let title = format!("Groupe {case}");
        let group = own.post(
            "/Groups",
            &json!({"schemas": [super::GROUP], "displayName": title, "externalId": format!("g-{case}")}),
        );
        let group = group.expect(201).str("/id");
        names.push(("{group}".into(), group.clone()));
        names.push(("{group.displayName}".into(), title));
        names.push(("{group.externalId}".into(), format!("g-{case}")));
        let it = Self { names, group };
        if let Some(members) = before.get("members") {
            let members: Vec<Value> =
                it.said(members).as_array().unwrap().iter().map(|id| json!({"value": id})).collect();
            own.patch(&format!("/Groups/{}", it.group), &json!([{"op": "add", "path": "members", "value": members}]))
                .expect(204);
        }
        if before.get("active") == Some(&json!(false)) {
            let user = it.text("{user}");
            own.patch(&format!("/Users/{user}"), &json!([{"op": "replace", "path": "active", "value": false}]))
                .expect(200);
        }
        it
    }

    fn text(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }

    fn said(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.text(text).into(),
            Value::Array(all) => all.iter().map(|it| self.said(it)).collect(),
            Value::Object(fields) => {
                Value::Object(fields.iter().map(|(name, value)| (self.text(name), self.said(value))).collect())
            }
            other => other.clone(),
        }
    }
}

#[test]
fn the_requests_that_directories_really_send_are_understood() {
    let world = World::demo();
    let (sig, ministry) = (Directory::of_the_sig(&world), Directory::of_a_ministry(&world));
    let cases: Vec<Value> = serde_json::from_str(QUIRKS).unwrap();
    assert!(cases.len() > 100);
    let mut wrong = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        let stage = Stage::set(&sig, &ministry, number, &case["before"]);
        let by = if case.get("as").is_some() { &ministry } else { &sig };
        let path = stage.text(case["path"].as_str().unwrap());
        // Some addresses are written as a person reads them, some as they are sent.
        let path = if path.contains('%') {
            path
        } else {
            path.split_once("filter=").map_or(path.clone(), |(head, tail)| {
                let (filter, rest) =
                    tail.split_once('&').map_or((tail, String::new()), |(filter, rest)| (filter, format!("&{rest}")));
                format!("{head}filter={}{rest}", if filter.contains('+') { filter.to_owned() } else { encoded(filter) })
            })
        };
        let path = path.replace(' ', "%20").replace('"', "%22").replace('[', "%5B").replace(']', "%5D");
        let kind = case["content_type"].as_str().unwrap_or(SCIM);
        let body = if case["body"].is_null() { Vec::new() } else { stage.said(&case["body"]).to_string().into_bytes() };
        let headers: &[(&str, &str)] = if body.is_empty() { &[] } else { &[("content-type", kind)] };
        let reply = by.client.raw(case["method"].as_str().unwrap(), &format!("/scim/v2{path}"), headers, body);
        let about = format!("{number} {} {}", case["client"], case["about"]);
        let expected: Vec<u64> = std::iter::once(&case["expect"])
            .chain(case["expect_also"].as_array().into_iter().flatten())
            .filter_map(Value::as_u64)
            .collect();
        if !expected.contains(&u64::from(reply.status)) {
            wrong.push(format!(
                "{about}: {} instead of {expected:?}: {}",
                reply.status,
                String::from_utf8_lossy(&reply.bytes)
            ));
            continue;
        }
        for (at, value) in case["after"].as_object().into_iter().flatten().filter(|_| reply.status < 300) {
            let value = stage.said(value);
            let found = match at.as_str() {
                "members" => json!(sig.members(&stage.group)),
                "found" => json!(super::ids(&reply)),
                pointer => {
                    let user = sig.get(&format!("/Users/{}", stage.text("{user}"))).expect(200).json();
                    user.pointer(pointer).cloned().unwrap_or_default()
                }
            };
            if found != value {
                wrong.push(format!("{about}: {at} is {found} instead of {value}"));
            }
        }
        sig.delete(&format!("/Groups/{}", stage.group));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
