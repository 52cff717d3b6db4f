//! Directory sync (SCIM 2.0): what a service account sees, says and may.

mod bulk;
pub mod doors;
mod faults;
mod groups;
mod journeys;
mod lists;
mod quirks;
mod rules;
mod users;

use serde_json::{Value, json};

use crate::support::client::Reply;
use crate::support::{Client, World};

const SCIM: &str = "application/scim+json";
const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const COMMUNICANT: &str = "urn:fr:gouv:sig:scim:schemas:extension:communicant:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

/// The directory of an organization: a service account that shows its key with each request.
pub struct Directory {
    client: Client,
    account: String,
    key: Value,
}

impl Directory {
    /// The directory of the ministère du Travail, for which its director answers.
    pub fn of_a_ministry(world: &World) -> Self {
        Self::new(
            world,
            "MTRAV",
            "director-sociaux",
            "annuaire-travail",
            &["directory:read", "directory:write", "networks:read"],
        )
    }

    /// The directory of the SIG, which may create networks.
    pub fn of_the_sig(world: &World) -> Self {
        let scopes = ["directory:read", "directory:write", "networks:read", "scim:networks"];
        let admin = world.client("sig-admin");
        let me = admin.get("/me").expect(200).str("/id");
        let at = admin.get(&format!("/members/{me}/affiliations")).expect(200).str("/items/0/organization_id");
        Self::at(world, &at, &me, "annuaire-sig", &scopes)
    }

    pub fn new(world: &World, organization: &str, owner: &str, source: &str, scopes: &[&str]) -> Self {
        Self::at(world, &world.organization(organization), &world.member(owner), source, scopes)
    }

    fn at(world: &World, organization: &str, owner: &str, source: &str, scopes: &[&str]) -> Self {
        let admin = world.client("sig-admin");
        let new = json!({"name": source, "organization_id": organization, "owner_id": owner, "source_code": source,
            "scopes": scopes, "expires_at": "2190-01-01T00:00:00Z"});
        let account = admin.post("/service-accounts", new).expect(201).str("/id");
        let key = admin.post(&format!("/service-accounts/{account}/keys"), json!({})).expect(201);
        Self { client: Client::new(&world.base, Some(key.str("/secret"))), account, key: key.json() }
    }

    /// The client that shows its key.
    pub const fn client(&self) -> &Client {
        &self.client
    }

    pub fn get(&self, path: &str) -> Reply {
        self.client.get(&format!("/scim/v2{path}"))
    }

    pub fn send(&self, method: &str, path: &str, body: &Value) -> Reply {
        self.with(method, path, &[], body)
    }

    fn with(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        let mut all = vec![("content-type", SCIM)];
        all.extend(headers);
        self.client.raw(method, &format!("/scim/v2{path}"), &all, body.to_string().into_bytes())
    }

    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.send("POST", path, body)
    }

    pub fn patch(&self, path: &str, operations: &Value) -> Reply {
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
        self.send("PATCH", path, &body)
    }

    fn delete(&self, path: &str) -> Reply {
        self.client.raw("DELETE", &format!("/scim/v2{path}"), &[], Vec::new())
    }

    /// Makes a User known, by a name alone.
    pub fn user(&self, name: &str) -> String {
        self.post("/Users", &someone(name)).expect(201).str("/id")
    }

    fn bulk(&self, operations: &Value) -> Reply {
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations});
        self.post("/Bulk", &body)
    }

    /// The identifiers that a filter finds.
    pub fn found(&self, filter: &str) -> Vec<String> {
        let list = self.get(&format!("/Users?filter={}", encoded(filter))).expect(200);
        ids(&list)
    }

    /// The members of a Group, as the directory sees them.
    fn members(&self, group: &str) -> Vec<String> {
        let group = self.get(&format!("/Groups/{group}")).expect(200).json();
        let all = group["members"].as_array().cloned().unwrap_or_default();
        all.iter().map(|it| it["value"].as_str().unwrap().to_owned()).collect()
    }
}

fn ids(list: &Reply) -> Vec<String> {
    let all = list.json()["Resources"].as_array().cloned().unwrap_or_default();
    all.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

fn someone(name: &str) -> Value {
    json!({"schemas": [CORE], "userName": format!("{name}@travail.example"), "externalId": format!("id-{name}"),
        "name": {"givenName": "Annie", "familyName": name}, "emails": [{"value": format!("{name}@travail.example"), "type": "work"}],
        "active": true})
}

fn encoded(text: &str) -> String {
    let keep = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    text.bytes().map(|byte| if keep(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// An error of SCIM: the status, and what is wrong for programs.
#[track_caller]
fn refused(reply: &Reply, status: u16, kind: &str) {
    let body = reply.json();
    assert_eq!(reply.status, status, "{body}");
    assert_eq!(reply.header("content-type"), SCIM);
    assert_eq!(body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]), "{body}");
    assert_eq!(body["status"], json!(status.to_string()), "{body}");
    assert_eq!(body["scimType"].as_str().unwrap_or_default(), kind, "{body}");
    assert!(body["detail"].as_str().is_some_and(|it| !it.is_empty()), "{body}");
}
