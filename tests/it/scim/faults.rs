//! A directory's client goes away, or the server dies, in the midst of a sync: what was done stands whole, and the same again ends it.

use std::io::Write as _;
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Directory, someone};
use crate::support::World;
use crate::support::pace::{promised, until};

fn bulk(prefix: &str, number: usize) -> Value {
    let one = |at: usize| {
        let name = format!("{prefix}{at:03}");
        json!({"method": "POST", "path": "/Users", "bulkId": name, "data": someone(&name)})
    };
    let all: Vec<Value> = (0..number).map(one).collect();
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": all})
}

/// How many Users there are, and whether each is whole: a member, an affiliation, a name and an identifier.
fn whole(world: &World, prefix: &str) -> usize {
    let rows = world.database.column(&format!(
        "SELECT (m.id IS NOT NULL AND e.value IS NOT NULL AND a.id IS NOT NULL AND h.object_id IS NOT NULL)::text AS it FROM directory_user u
            LEFT JOIN member m ON m.id = u.member_id LEFT JOIN external_id e ON e.object_id = u.member_id AND e.source_id = u.source_id
            LEFT JOIN affiliation a ON a.member_id = u.member_id LEFT JOIN change h ON h.object_id = u.member_id AND h.verb = 'created'
        WHERE u.name_key LIKE '{}%'",
        prefix.to_lowercase()
    ));
    assert!(rows.iter().all(|it| it == "true"), "someone is there by half");
    let members =
        world.database.one(&format!("SELECT count(*)::text AS it FROM member WHERE usual_name LIKE '{prefix}%'"));
    assert_eq!(members, rows.len().to_string(), "someone is there twice, or without a name");
    rows.len()
}

fn sent_by_hand(world: &World, directory: &Directory, body: &Value) -> TcpStream {
    let mut socket = TcpStream::connect(world.base.trim_start_matches("http://")).unwrap();
    let body = body.to_string();
    let head = format!(
        "POST /scim/v2/Bulk HTTP/1.1\r\nhost: diapason\r\nauthorization: Bearer {}\r\ncontent-type: application/scim+json\r\ncontent-length: {}\r\n\r\n",
        directory.client.token.as_deref().unwrap(),
        body.len()
    );
    socket.write_all(head.as_bytes()).unwrap();
    socket.write_all(body.as_bytes()).unwrap();
    socket
}

#[test]
fn a_client_that_goes_away_leaves_nothing_by_half() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let body = bulk("Coupe", 300);
    // Cut at once, and a little later: before, during and after the work.
    for wait in [0, 5, 20, 60, 150] {
        let socket = sent_by_hand(&world, &directory, &body);
        thread::sleep(Duration::from_millis(wait));
        drop(socket);
        let there = whole(&world, "Coupe");
        assert!([0, 300].contains(&there), "{there}");
    }
    directory.post("/Bulk", &body).expect(200);
    assert_eq!(whole(&world, "Coupe"), 300);
}

#[test]
fn a_server_that_is_killed_in_a_sync_leaves_nothing_by_half() {
    let world = World::demo();
    let directory = Directory::of_a_ministry(&world);
    let body = bulk("Tue", 500);
    let socket = sent_by_hand(&world, &directory, &body);
    // While it works, or just after: whichever, it is all or nothing.
    thread::sleep(Duration::from_millis(120));
    world.signal("-KILL");
    drop(socket);
    let database = world.database.clone();
    drop(world);
    let again = World::over(database, &[]);
    until(promised(10), "the killed connection is gone", || {
        again.database.one("SELECT count(*)::text AS it FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%directory_user%' AND pid <> pg_backend_pid()") == "0"
    });
    let there = whole(&again, "Tue");
    assert!([0, 500].contains(&there), "{there}");
    let client = crate::support::Client::new(&again.base, directory.client.token.clone());
    let done = client
        .raw("POST", "/scim/v2/Bulk", &[("content-type", super::SCIM)], body.to_string().into_bytes())
        .expect(200);
    assert!(done.json()["Operations"].as_array().unwrap().iter().all(|it| it["status"] == "201"));
    assert_eq!(whole(&again, "Tue"), 500);
}
