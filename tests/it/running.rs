//! What an operator meets before the first request: settings, directories, ports and roles that are not right are said in one
//! sentence, before anything is made; and what the service logs.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use persistence::seed::PERSONAS;
use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::disk::Disk;
use crate::support::pace::until;
use crate::support::world::BINARY;
use crate::support::{Client, World};

const KEY: &str = "0123456789012345678901234567890123";

fn fresh(name: &str) -> PathBuf {
    let directory = PathBuf::from(format!("/tmp/diapason-running-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&directory);
    directory
}

fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.args(arguments).env_remove("DATABASE_URL").env("DIAPASON_DATA_DIR", directory);
    command.env("DIAPASON_LISTEN", "127.0.0.1:0").env("DIAPASON_ADMIN_LISTEN", "127.0.0.1:0");
    command.env("DIAPASON_LOG", "warn").stdin(Stdio::null());
    command
}

/// Whether it ended well, what it said on standard output, and what on standard error.
fn run(command: &mut Command) -> (bool, String, String) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

/// The one sentence by which it is refused.
fn refused(command: &mut Command) -> String {
    let (ok, out, said) = run(command);
    assert!(!ok && out.is_empty() && said.lines().count() == 1, "{out}{said}");
    said
}

#[test]
fn a_data_directory_that_cannot_be_used_is_said_so() {
    let root = fresh("directory");
    fs::create_dir_all(&root).unwrap();
    let file = root.join("file");
    fs::write(&file, "").unwrap();
    for (directory, why) in
        [(file.clone(), "it is a file"), (file.join("below"), "Not a directory"), (PathBuf::from("/proc/data"), "made")]
    {
        for subcommand in [&["serve"][..], &["token", "--as", "sig-admin"]] {
            let said = refused(&mut command(&directory, subcommand));
            assert!(said.contains(why) && said.contains(directory.to_str().unwrap()), "{said}");
            assert!(!said.contains("another diapason"), "{said}");
        }
    }
    let secret = root.join("server.key");
    fs::write(&secret, "").unwrap();
    let nowhere = Database::demo();
    let said = refused(command(&root, &["serve"]).env("DATABASE_URL", nowhere.app()).env("DIAPASON_DEV_ISSUER", "1"));
    assert!(said.contains("server.key in it is empty"), "{said}");
    fs::remove_dir_all(root).unwrap();
}

#[test]
fn a_disk_that_is_full_or_read_only_is_said_so() {
    let Some(disk) = Disk::mount(20) else {
        println!("left out: no disk may be mounted here");
        return;
    };
    fs::set_permissions(disk.path(), fs::Permissions::from_mode(0o755)).unwrap();
    // There is room for a file, and not for a database.
    let said = refused(&mut command(&disk.path().join("small"), &["serve"]));
    assert!(said.contains("cannot be set up") && said.contains("No space left"), "{said}");
    let full = disk.fill();
    let said = refused(&mut command(&disk.path().join("full"), &["serve"]));
    assert!(said.contains("cannot be") && said.contains("No space left"), "{said}");
    drop(full);
    let remount = |how: &str| {
        assert!(Command::new("mount").args(["-o", how]).arg(disk.path()).status().unwrap().success());
    };
    remount("remount,ro");
    let said = refused(&mut command(&disk.path().join("closed"), &["serve"]));
    assert!(said.contains("cannot be made") && said.contains("Read-only"), "{said}");
    remount("remount,rw");
}

#[test]
fn settings_that_cannot_be_right_are_refused_in_one_sentence() {
    let directory = fresh("refused");
    for (name, value, word) in [
        ("DATABASE_URL", "mysql://root:zz@db/x", "not of mysql://"),
        ("DATABASE_URL", "", "is empty"),
        ("DATABASE_URL", "db.example", "neither"),
        ("DATABASE_URL", "postgres://u:1/zz@db/d", "%2F"),
        ("DIAPASON_CORS_ORIGINS", "*", "name each origin"),
        ("DIAPASON_CORS_ORIGINS", "site.example", "write https://site.example"),
        ("DIAPASON_CORS_ORIGINS", "https://a.example,https://b.example/", "write https://b.example"),
        ("DIAPASON_CORS_ORIGINS", "https://b.example/path", "write https://b.example"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "grpc://me:zz@collector", "OTEL_EXPORTER_OTLP_ENDPOINT"),
        ("DIAPASON_SMTP_URL", "https://me:zz@relay", "DIAPASON_SMTP_URL"),
        ("DIAPASON_PUBLIC_URL", "https://me:zz@diapason.example", "password"),
        ("DIAPASON_ISSUERS", r#"[{"issuer":"http://me:zz@x.example","audience":"d"}]"#, "https"),
        ("DIAPASON_ADMIN_LISTEN", "0.0.0.0:9080", "DIAPASON_ADMIN_REACH"),
    ] {
        for subcommand in ["check-config", "serve"] {
            let said = refused(command(&directory, &[subcommand]).env("DIAPASON_DEV_ISSUER", "1").env(name, value));
            assert!(said.contains(word) && !said.contains("zz"), "{subcommand} {name}={value}: {said}");
        }
    }
    let said = refused(command(&directory, &["migrate"]).env("DATABASE_URL", "mysql://root:zz@db/x"));
    assert!(said.contains("mysql://") && !said.contains("zz"), "{said}");
    let open = [("DIAPASON_ADMIN_LISTEN", "0.0.0.0:9080"), ("DIAPASON_ADMIN_REACH", "network")];
    assert!(run(command(&directory, &["check-config"]).envs(open)).0);
    let said = refused(command(&directory, &["check-config"]).envs(open).env("DIAPASON_TEST_CLOCK", "1"));
    assert!(said.contains("test clock"), "{said}");
    let same = [("DIAPASON_LISTEN", "127.0.0.1:9080"), ("DIAPASON_ADMIN_LISTEN", "127.0.0.1:9080")];
    let said = refused(command(&directory, &["check-config"]).envs(same));
    assert!(said.contains("both"), "{said}");
    // What is set to nothing is not set: files of settings cannot always leave something out.
    let blank = ["DIAPASON_ISSUERS", "DIAPASON_SMTP_URL", "DIAPASON_PUBLIC_URL", "DIAPASON_CORS_ORIGINS"];
    assert!(run(command(&directory, &["check-config"]).envs(blank.map(|name| (name, "")))).0);
    assert!(!directory.exists(), "nothing is made");
}

#[test]
fn settings_are_shown_without_their_secrets_and_so_is_the_help() {
    let directory = fresh("shown");
    let issuers = r#"[{"issuer":"https://login.example/","audience":"diapason","jwks_uri":"https://me:zz@login.example/keys?k=zz"}]"#;
    for database in [
        "postgres://app:zz@db/diapason",
        "postgres://app@db/diapason?password=zz&sslmode=require",
        "postgres://db/diapason?sslpassword=zz",
        "host=db user=app password='zz' dbname=diapason",
    ] {
        let set = [
            ("DATABASE_URL", database),
            ("DIAPASON_ISSUERS", issuers),
            ("DIAPASON_SERVER_KEY", "zz345678901234567890123456789012345"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://me:zz@collector:4318"),
            ("DIAPASON_SMTP_URL", "smtps://me:zz@relay.example"),
        ];
        for arguments in [&["check-config"][..], &["--help"], &["serve", "--help"], &["token", "--help"]] {
            let (ok, shown, said) = run(command(&directory, arguments).envs(set));
            assert!(ok && !shown.contains("zz"), "{shown}{said}");
        }
        let (_, shown, _) = run(command(&directory, &["check-config"]).envs(set));
        for part in ["diapason", "https://login.example/ (audience diapason", "http://collector:4318", "relay.example"]
        {
            assert!(shown.contains(part), "{part}: {shown}");
        }
    }
}

#[test]
fn a_port_that_is_taken_is_known_before_anything_is_made() {
    let directory = fresh("port");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for name in ["DIAPASON_LISTEN", "DIAPASON_ADMIN_LISTEN"] {
        let said = refused(command(&directory, &["serve"]).env(name, &address));
        assert!(said.contains(&address) && said.contains(name), "{said}");
        assert!(!directory.exists(), "a data directory was made for nothing");
    }
}

#[test]
fn the_version_and_the_help_are_those_of_the_program() {
    let directory = fresh("help");
    let say = |arguments: &[&str]| run(&mut command(&directory, arguments)).1;
    assert_eq!(say(&["--version"]), format!("diapason {}\n", env!("CARGO_PKG_VERSION")));
    let settings = |arguments: &[&str]| {
        let help = say(arguments);
        let names = help.lines().filter_map(|line| line.trim_start().strip_prefix("--")?.split([' ', '[']).next());
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(settings(&["openapi", "--help"]), ["scim"]);
    assert_eq!(settings(&["health", "--help"]), ["listen"]);
    assert_eq!(settings(&["migrate", "--help"]), ["database-url", "data-dir", "log-format"]);
    let token = settings(&["token", "--help"]);
    assert!(token.contains(&"as".to_owned()) && token.contains(&"data-dir".to_owned()), "{token:?}");
    assert!(!token.contains(&"smtp-url".to_owned()) && !token.contains(&"cors-origins".to_owned()), "{token:?}");
    let (serve, all) = (settings(&["serve", "--help"]), settings(&["--help"]));
    assert!(serve.len() > 15 && serve == all, "{serve:?} {all:?}");
    // A setting stands on either side of the subcommand.
    for arguments in [
        &["--connections", "7", "check-config"][..],
        &["check-config", "--connections", "7"],
        &["--data-dir", "/somewhere", "--connections", "7", "check-config"],
    ] {
        assert!(say(arguments).contains("connections   7"), "{arguments:?}");
    }
}

#[test]
fn a_token_for_nobody_names_those_whom_there_are_and_makes_nothing() {
    let directory = fresh("nobody");
    let said = refused(&mut command(&directory, &["token", "--as", "nobody"]));
    assert!(PERSONAS.iter().all(|persona| said.contains(persona)), "{said}");
    assert!(!directory.exists(), "nothing is made");
    let database = Database::demo();
    let mut known = database.column("SELECT value AS it FROM external_id WHERE noun = 'persona' ORDER BY value");
    let over = |persona| {
        let mut command = command(&directory, &["token", "--as", persona]);
        command.env("DATABASE_URL", database.app()).env("DIAPASON_DEV_ISSUER", "1");
        command
    };
    let said = refused(&mut over("nobody"));
    assert!(known.iter().all(|persona| said.contains(persona.as_str())), "{said}");
    let mut named: Vec<_> = PERSONAS.iter().map(|persona| (*persona).to_owned()).collect();
    named.sort();
    known.sort();
    assert_eq!(known, named, "the personas that are named are those of the demo data");
    assert!(run(&mut over("sig-admin")).0);
    fs::remove_dir_all(directory).unwrap();
}

#[test]
fn the_owner_of_the_database_does_not_serve() {
    let (directory, database) = (fresh("owner"), Database::demo());
    let serve = |url: String| {
        let mut command = command(&directory, &["serve"]);
        command.env("DATABASE_URL", url).env("DIAPASON_DEV_ISSUER", "1");
        command
    };
    let said = refused(&mut serve(database.owner()));
    assert!(said.contains("owns") && said.contains("diapason_app"), "{said}");
    // A role that is a member of the owner's could do as much.
    database.run_as_superuser("CREATE ROLE diapason_relative LOGIN; GRANT diapason_owner TO diapason_relative");
    let said = refused(&mut serve(database.owner().replace("diapason_owner@", "diapason_relative@")));
    assert!(said.contains("owns"), "{said}");
    fs::remove_dir_all(directory).unwrap();
}

#[test]
fn health_is_asked_of_the_service_that_listens() {
    let (directory, mut world) = (fresh("health"), World::demo());
    let address = world.base.trim_start_matches("http://").to_owned();
    let ask = |listen: &str| run(command(&directory, &["health"]).env("DIAPASON_LISTEN", listen));
    assert_eq!(ask(&address).1, "ready\n");
    let everywhere = address.replace("127.0.0.1", "0.0.0.0");
    assert!(ask(&everywhere).0, "where it listens everywhere, it is asked on loopback");
    world.signal("-TERM");
    until(Duration::from_secs(5), "it drains", || !ask(&address).0);
    until(Duration::from_secs(20), "it ends", || world.status().is_some());
    let (ok, out, said) = ask(&address);
    assert!(!ok && out.is_empty() && said.contains("nothing answers"), "{said}");
    assert!(!directory.exists());
}

#[test]
fn the_log_has_no_colours_and_says_who_called_what_for_how_long() {
    for format in ["text", "json"] {
        let file = std::env::temp_dir().join(format!("diapason-log-{}-{format}", std::process::id()));
        let log = file.to_str().unwrap();
        let settings = [("STANDARD_ERROR", log), ("DIAPASON_LOG", "info"), ("DIAPASON_LOG_FORMAT", format)];
        let world = World::over(Database::demo(), &settings);
        let (lead, who) = (world.client("lead-edito"), world.member("lead-edito"));
        let read = lead.get("/networks/edito").expect(200);
        let wrote = lead.patch("/networks/edito", read.etag(), json!({"cadence": "weekly"})).expect(200);
        let refused = world.client("member").patch("/networks/edito", wrote.etag(), json!({"cadence": "monthly"}));
        let unknown = world.nobody().get("/networks/edito").refused(401, "unauthenticated");
        let line = |id: &str| {
            let mut found = String::new();
            until(Duration::from_secs(5), "the line of a request", || {
                let all = fs::read_to_string(&file).unwrap();
                all.lines().find(|line| line.contains(id)).unwrap_or_default().clone_into(&mut found);
                !found.is_empty()
            });
            found
        };
        for (reply, caller) in [(&read, Some(&who)), (&wrote, Some(&who)), (&unknown, None)] {
            let id = reply.header("x-request-id");
            let line = line(id);
            assert_eq!(field(&line, "request_id", format).as_deref(), Some(id), "{line}");
            assert_eq!(field(&line, "principal_id", format), caller.cloned(), "{line}");
            assert_eq!(field(&line, "status", format), Some(reply.status.to_string()), "{line}");
            let milliseconds = field(&line, "milliseconds", format).unwrap();
            let decimals = milliseconds.split_once('.').map_or(0, |(_, decimals)| decimals.len());
            assert!(decimals <= 3 && milliseconds.parse::<f64>().unwrap() > 0.0, "{line}");
        }
        let line = line(refused.header("x-request-id"));
        assert_eq!(
            field(&line, "principal_id", format),
            Some(world.member("member")),
            "one who is refused is named too"
        );
        let all = fs::read_to_string(&file).unwrap();
        assert!(!all.contains('\u{1b}') && !all.contains("Some("), "{all}");
        fs::remove_file(file).unwrap();
    }
}

/// A field of a line.
fn field(line: &str, name: &str, format: &str) -> Option<String> {
    if format == "json" {
        let value = serde_json::from_str::<Value>(line).unwrap().get(name)?.clone();
        return Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    let words = line.split_whitespace().filter_map(|word| word.split_once('='));
    words.filter(|(known, _)| *known == name).map(|(_, value)| value.trim_matches('"').to_owned()).next()
}

/// A server over a private database, and where it listens.
struct Started {
    child: Child,
    client: Client,
}

impl Started {
    /// What it logs goes to a file of this name in the folder above the data directory.
    fn over(directory: &Path, log: &str) -> Self {
        let log = fs::File::create(directory.parent().unwrap().join(log)).unwrap();
        let mut child = command(directory, &["serve"]);
        let mut child = child.env("DIAPASON_LOG", "info").stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let line = BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
        let base = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap();
        let (ok, token, said) = run(&mut command(directory, &["token", "--as", "lead-edito"]));
        assert!(ok, "{said}");
        Self { client: Client::new(base, Some(token.trim().to_owned())), child }
    }

    fn stop(mut self) {
        assert!(Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }

    fn cadence(&self) -> String {
        self.client.get("/networks/edito").expect(200).str("/cadence")
    }

    fn set_weekly(&self) {
        let read = self.client.get("/networks/edito").expect(200);
        self.client.patch("/networks/edito", read.etag(), json!({"cadence": "weekly"})).expect(200);
    }
}

#[test]
fn a_database_that_stands_elsewhere_belongs_to_its_data_directory_alone() {
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        println!("left out: only root runs PostgreSQL as someone who cannot enter every folder");
        return;
    }
    let home = fresh("home");
    fs::create_dir(&home).unwrap();
    fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).unwrap();
    let directory = home.join("data");
    let place = || PathBuf::from(fs::read_to_string(directory.join("postgres.place")).unwrap());
    let log = |name: &str| fs::read_to_string(home.join(name)).unwrap();

    let first = Started::over(&directory, "first");
    let old = place();
    assert!(old.starts_with("/var/lib") && log("first").contains(&format!("directory={}", old.display())), "{old:?}");
    first.set_weekly();
    first.stop();
    let again = Started::over(&directory, "again");
    assert_eq!((again.cadence().as_str(), place()), ("weekly", old.clone()), "it is kept");
    again.stop();

    // One that an earlier version made where the system cleans is moved.
    let mut hasher = DefaultHasher::new();
    directory.canonicalize().unwrap().as_path().hash(&mut hasher);
    let former = Path::new("/var/tmp").join(format!("diapason-{:016x}", hasher.finish()));
    fs::rename(&old, &former).unwrap();
    fs::remove_file(directory.join("postgres.place")).unwrap();
    let moved = Started::over(&directory, "moved");
    assert_eq!(moved.cadence(), "weekly", "{}", log("moved"));
    assert!(place().starts_with("/var/lib") && !former.exists());
    moved.stop();

    // Without its data directory it is nobody's: a fresh one is made, and the old one is named.
    let old = place();
    fs::remove_dir_all(&directory).unwrap();
    let anew = Started::over(&directory, "anew");
    assert_ne!(anew.cadence(), "weekly");
    let named = log("anew")
        .lines()
        .any(|line| line.contains("data directory that is gone") && line.contains(old.to_str().unwrap()));
    assert!(named && place() != old, "{}", log("anew"));
    anew.stop();
    fs::remove_dir_all(&old).unwrap();

    // And a data directory whose database is gone says so.
    fs::remove_dir_all(place()).unwrap();
    let said = refused(&mut command(&directory, &["serve"]));
    assert!(said.contains("is gone") && said.contains("postgres.place"), "{said}");
    fs::remove_dir_all(home).unwrap();
}

#[test]
fn settings_of_production_need_no_data_directory() {
    let (file, database) = (fresh("none"), Database::demo());
    fs::write(&file, "").unwrap();
    let mut child = command(&file, &["serve"])
        .env("DATABASE_URL", database.app())
        .env("DIAPASON_ISSUERS", r#"[{"issuer":"https://issuer.example","audience":"diapason"}]"#)
        .envs([("DIAPASON_SERVER_KEY", KEY), ("DIAPASON_SMTP_URL", "smtp://127.0.0.1:1")])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let line = BufReader::new(child.stdout.take().unwrap()).lines().next();
    assert!(line.unwrap().unwrap().contains("listens"));
    child.kill().unwrap();
    child.wait().unwrap();
    fs::remove_file(file).unwrap();
}
