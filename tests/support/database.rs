//! A database for each test: a copy of a template with the demo data, in a PostgreSQL that ends with the tests.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::{env, fs, process};

use api::embedded::{Embedded, Keep};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;
use persistence::{database, reference, seed};

use super::proxy::Proxy;

static CLUSTER: OnceLock<Embedded> = OnceLock::new();
static COPYING: Mutex<()> = Mutex::new(());
static COPIES: AtomicU32 = AtomicU32::new(0);

/// The folder of this run: the cluster, and the keys that the servers share.
pub fn directory() -> PathBuf {
    let directory = env::temp_dir().join(format!("diapason-tests-{}", process::id()));
    fs::create_dir_all(&directory).unwrap();
    directory
}

fn cluster() -> &'static Embedded {
    CLUSTER.get_or_init(|| {
        let started = Embedded::start(&directory(), Keep::Nothing).unwrap();
        database::create(&started.url("postgres", "postgres"), "template_demo").unwrap();
        let owner = started.url("diapason_owner", "template_demo");
        database::migrate(&owner).unwrap();
        reference::load(&owner).unwrap();
        seed::demo(&owner).unwrap();
        started
    })
}

/// One database of the run.
#[derive(Debug, Clone)]
pub struct Database {
    pub name: String,
    pub owner: String,
    pub app: String,
    /// Ends the database with the last of its users.
    _made: Option<Arc<Made>>,
}

/// A database that was made; it goes when the test ends, for all of them together would fill a disk.
#[derive(Debug)]
struct Made(String);

impl Drop for Made {
    fn drop(&mut self) {
        let end = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.0);
        // What a test took away, or what does not answer any more, goes with the cluster.
        if let Ok(mut connection) = PgConnection::establish(&cluster().url("postgres", "postgres")) {
            let _ = connection.batch_execute(&end);
        }
    }
}

impl Database {
    /// A copy of the demo.
    pub fn demo() -> Self {
        Self::copy_of("template_demo")
    }

    /// One that was never migrated.
    pub fn empty() -> Self {
        let cluster = cluster();
        let name = format!("test_{}", COPIES.fetch_add(1, Ordering::Relaxed));
        database::create(&cluster.url("postgres", "postgres"), &name).unwrap();
        Self::made(name)
    }

    fn copy_of(template: &str) -> Self {
        let cluster = cluster();
        let name = format!("test_{}", COPIES.fetch_add(1, Ordering::Relaxed));
        let _one_at_a_time = COPYING.lock().unwrap_or_else(PoisonError::into_inner);
        let copy = format!("CREATE DATABASE {name} TEMPLATE {template} OWNER diapason_owner STRATEGY file_copy");
        PgConnection::establish(&cluster.url("postgres", "postgres")).unwrap().batch_execute(&copy).unwrap();
        Self::made(name)
    }

    fn made(name: String) -> Self {
        let (owner, app) = (cluster().url("diapason_owner", &name), cluster().url("diapason_app", &name));
        Self { _made: Some(Arc::new(Made(name.clone()))), name, owner, app }
    }

    /// None at all, for what needs none.
    pub fn nowhere() -> Self {
        Self::of("none", String::new(), "postgres://127.0.0.1:1/none".into())
    }

    /// One that stands elsewhere and is ended there.
    pub fn of(name: &str, owner: String, app: String) -> Self {
        Self { name: name.to_owned(), owner, app, _made: None }
    }

    pub fn owner(&self) -> String {
        self.owner.clone()
    }

    pub fn app(&self) -> String {
        self.app.clone()
    }

    /// The same, as the server reaches it by another way.
    pub fn by_way_of(&self, proxy: &Proxy) -> Self {
        let (before, rest) = self.app.split_once("@/").unwrap();
        let name = rest.split('?').next().unwrap();
        Self { app: format!("{before}@{}/{name}", proxy.address), ..self.clone() }
    }

    /// Runs statements, as the owner.
    pub fn run(&self, sql: &str) {
        PgConnection::establish(&self.owner()).unwrap().batch_execute(sql).unwrap();
    }

    /// Runs statements, as the superuser.
    pub fn run_as_superuser(&self, sql: &str) {
        let superuser = self.owner.replace("diapason_owner@", "postgres@");
        PgConnection::establish(&superuser).unwrap().batch_execute(sql).unwrap();
    }

    /// The only column of a query, which must be called `it`.
    pub fn column(&self, sql: &str) -> Vec<String> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Text)]
            it: String,
        }
        let rows = diesel::sql_query(sql).load::<Row>(&mut PgConnection::establish(&self.owner()).unwrap()).unwrap();
        rows.into_iter().map(|row| row.it).collect()
    }

    pub fn one(&self, sql: &str) -> String {
        self.column(sql).pop().unwrap_or_else(|| panic!("nothing: {sql}"))
    }

    /// A digest of all rows of all tables but those that are about calls, and those that the worker alone writes, so that "nothing changed" can be said.
    pub fn digest(&self) -> String {
        let tables = self.column(
            "SELECT tablename::text AS it FROM pg_tables WHERE schemaname = 'public' \
             AND tablename NOT IN ('audit_event', 'idempotency_key', '__diesel_schema_migrations', \
             'task', 'indicator_publication', 'indicator_cell', 'indicator_total', 'network_score') ORDER BY 1",
        );
        // What the worker reminds of, it does on its own too.
        let reminders = "kind IN ('action_item_due', 'action_item_overdue', 'membership_request_expires', 'membership_review_due', 'invitation_expired')";
        let asked_for = |table: &str| match table {
            "notification" => format!("NOT {reminders}"),
            "delivery" => format!(
                "object_id NOT IN (SELECT id FROM notification WHERE {reminders}) AND kind NOT IN ('digest', 'invitation_reminder')"
            ),
            _ => "true".to_owned(),
        };
        let digest = |table: &String| {
            let asked_for = asked_for(table);
            // How a name looks is filled in by the worker, whenever it comes to it.
            self.one(&format!(
                "SELECT coalesce(md5(string_agg(line, '' ORDER BY line)), '') AS it \
                 FROM (SELECT (to_jsonb(t) - 'skeleton')::text AS line FROM {table} t WHERE {asked_for}) AS r"
            ))
        };
        tables.iter().map(digest).collect()
    }
}
