//! Two commands on a fresh machine: the private PostgreSQL starts, keeps its data, and ends with us, however we end.

use std::fs::Permissions;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::Client;
use crate::support::pace::until;
use crate::support::promised;
use crate::support::world::BINARY;

struct Started {
    child: Child,
    base: String,
    seconds: f64,
}

fn command(directory: &Path) -> Command {
    let mut command = Command::new(BINARY);
    command.env_remove("DATABASE_URL").env("DIAPASON_DATA_DIR", directory).env("DIAPASON_LISTEN", "127.0.0.1:0");
    command.env("DIAPASON_ADMIN_LISTEN", "127.0.0.1:0").env("DIAPASON_LOG", "warn").stdin(Stdio::null());
    command
}

fn start(directory: &Path) -> Started {
    let began = Instant::now();
    let mut child = command(directory).stdout(Stdio::piped()).spawn().unwrap();
    let line = BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
    let base = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned();
    Started { child, base, seconds: began.elapsed().as_secs_f64() }
}

fn token(directory: &Path, persona: &str) -> String {
    let output = command(directory).args(["token", "--as", persona]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.lines().count(), 1, "the token alone: {said}");
    said.trim().to_owned()
}

/// The process of the PostgreSQL over a directory.
fn postmaster(directory: &Path) -> Option<u32> {
    let file = std::fs::read_to_string(directory.join("postgres/pg/postmaster.pid")).ok()?;
    let pid = file.lines().next()?.parse().ok()?;
    Path::new(&format!("/proc/{pid}")).exists().then_some(pid)
}

fn within(seconds: u64, what: &str, holds: impl Fn() -> bool) {
    until(Duration::from_secs(seconds), what, holds);
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

fn fresh(name: &str) -> PathBuf {
    let directory = PathBuf::from(format!("/tmp/diapason-embedded-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&directory);
    directory
}

#[test]
fn it_starts_keeps_its_data_and_leaves_nothing_behind() {
    let directory = fresh("life");
    let mut first = start(&directory);
    let sig = Client::new(&first.base, Some(token(&directory, "sig-admin")));
    assert_eq!(sig.get("/me").expect(200).at("/registered"), true);
    let etag = sig.get("/networks/edito").etag().to_owned();
    sig.patch("/networks/edito", &etag, json!({"cadence": "weekly"})).expect(200);
    // A second server over the same data is refused in one sentence; a subcommand joins it.
    let second = command(&directory).output().unwrap();
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(!second.status.success() && said.contains("serves over") && said.lines().count() == 1, "{said}");
    assert!(postmaster(&directory).is_some());
    signal(&first.child, "-KILL");
    first.child.wait().unwrap();
    within(5, "postgres outlives kill -9", || postmaster(&directory).is_none());

    let mut again = start(&directory);
    assert!(again.seconds < promised(4).as_secs_f64(), "a second start took {} s in a debug build", again.seconds);
    let sig = Client::new(&again.base, sig.token);
    assert_eq!(
        sig.get("/networks/edito").expect(200).str("/cadence"),
        "weekly",
        "the data are kept, and the token is good"
    );
    // PostgreSQL dies: 503 with Retry-After, then it is started again and all is well without a restart of ours.
    let pid = postmaster(&directory).unwrap();
    assert!(Command::new("kill").args(["-KILL", &pid.to_string()]).status().unwrap().success());
    let began = Instant::now();
    let mut away = 0;
    loop {
        let asked = Instant::now();
        let reply = sig.get("/networks/edito");
        assert!(asked.elapsed() < promised(3), "an answer took {:?}", asked.elapsed());
        if reply.status == 200 {
            break;
        }
        away += 1;
        assert_eq!((reply.status, reply.header("retry-after").is_empty()), (503, false), "{}", reply.text());
        assert!(began.elapsed() < promised(20), "it does not come back");
        std::thread::sleep(Duration::from_millis(50));
    }
    println!("postgres killed: {away} answers of 503, back after {:?}", began.elapsed());
    signal(&again.child, "-INT");
    assert!(again.child.wait().unwrap().success());
    assert_eq!(postmaster(&directory), None, "Ctrl-C leaves no postgres behind");
    std::fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn it_works_from_a_path_too_long_for_a_socket() {
    let root = fresh("long");
    let directory = root.join("a".repeat(60)).join("b".repeat(60));
    let token = token(&directory, "sig-admin");
    assert_eq!(token.split('.').count(), 3);
    within(5, "postgres outlives a subcommand", || postmaster(&directory).is_none());
    std::fs::remove_dir_all(root).unwrap();
}

#[test]
fn where_postgresql_is_missing_one_sentence_says_what_to_install() {
    let directory = fresh("missing");
    let output = command(&directory).env("PG_BINDIR", "/nowhere").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("apt install postgresql"), "{said}");
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn an_issuer_of_production_turns_the_development_issuer_off_and_the_limits_on() {
    let directory = fresh("production");
    let developed = token(&directory, "sig-admin");
    let production = |command: &mut Command| {
        command.env("DIAPASON_ISSUERS", "[{\"issuer\":\"https://issuer.example\",\"audience\":\"diapason\"}]");
        command.env("DIAPASON_SERVER_KEY", "0123456789012345678901234567890123");
    };
    let run = |arguments: &[&str]| {
        let mut command = command(&directory);
        production(command.args(arguments));
        let output = command.output().unwrap();
        (output.status.success(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    let (_, checked) = run(&["check-config"]);
    let set = |name: &str| checked.lines().find_map(|line| line.strip_prefix(name)).map(|it| it.trim().to_owned());
    assert_eq!((set("dev_issuer").as_deref(), set("rate_limits").as_deref()), (Some("false"), Some("true")));
    let (given, said) = run(&["token", "--as", "sig-admin"]);
    assert!(!given && said.contains("the development issuer is off"), "{said}");

    // What an earlier version left open is closed.
    let letter = directory.join("outbox/letter.eml");
    std::fs::create_dir_all(letter.parent().unwrap()).unwrap();
    std::fs::write(&letter, "a code").unwrap();
    std::fs::set_permissions(letter.parent().unwrap(), Permissions::from_mode(0o755)).unwrap();
    std::fs::set_permissions(&letter, Permissions::from_mode(0o644)).unwrap();

    let mut command = command(&directory);
    production(&mut command);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let said: Vec<String> = lines.by_ref().take(3).collect();
    assert!(
        said.contains(&"Production issuers: the development issuer is off, rate limits are on".to_owned()),
        "{said:?}"
    );
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(letter.parent().unwrap()), mode(&letter)), (0o700, 0o600));
    let base = said[0].split_whitespace().find(|word| word.starts_with("http://")).unwrap();
    let client = Client::new(base, Some(developed));
    for _ in 0..20 {
        client.get("/networks").refused(401, "unauthenticated");
    }
    client.get("/networks").refused(429, "too_many_requests");
    signal(&child, "-INT");
    assert!(child.wait().unwrap().success());
    std::fs::remove_dir_all(&directory).unwrap();
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story from its beginning to its end")]
fn unsafe_settings_are_refused() {
    let directory = fresh("settings");
    let mut wrong = Vec::new();
    for (settings, word) in [
        (vec![("DATABASE_URL", "postgres://x@localhost/x")], "no issuer"),
        (vec![("DIAPASON_LISTEN", "0.0.0.0:8080")], "loopback"),
        (vec![("DIAPASON_ADMIN_LISTEN", "0.0.0.0:9080")], "loopback"),
        (vec![("DIAPASON_ISSUERS", "[{\"issuer\":\"http://x.example\",\"audience\":\"d\"}]")], "https"),
        (vec![("DIAPASON_ISSUERS", "nonsense")], "DIAPASON_ISSUERS"),
        (vec![("DIAPASON_SERVER_KEY", "short")], "32"),
        (vec![("DIAPASON_PUBLIC_URL", "http://diapason.example")], "https"),
        (vec![("DIAPASON_PUBLIC_URL", "https://diapason.example/path")], "path"),
        (vec![("DIAPASON_PUBLIC_URL", "https://user:word@diapason.example")], "password"),
        (
            vec![
                ("DATABASE_URL", "postgres://x@localhost/x"),
                ("DIAPASON_TEST_CLOCK", "1"),
                ("DIAPASON_SERVER_KEY", "0123456789012345678901234567890123"),
                ("DIAPASON_ISSUERS", "[{\"issuer\":\"https://x.example\",\"audience\":\"d\"}]"),
            ],
            "test clock",
        ),
    ] {
        let output = command(&directory).arg("check-config").envs(settings.iter().copied()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        if output.status.success() || !said.contains(word) {
            wrong.push(format!("{settings:?}: {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let secret = "postgres://owner:hunter2@localhost/x";
    let output = command(&directory)
        .arg("check-config")
        .env("DATABASE_URL", secret)
        .env("DIAPASON_DEV_ISSUER", "1")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && !said.contains("hunter2"), "{said}");
    let mut help = String::new();
    command(&directory)
        .arg("--help")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
        .stdout
        .unwrap()
        .read_to_string(&mut help)
        .unwrap();
    for word in [
        "serve",
        "migrate",
        "seed",
        "token",
        "openapi",
        "check-config",
        "DATABASE_URL",
        "DIAPASON_LISTEN",
        "DIAPASON_DATA_DIR",
    ] {
        assert!(help.contains(word), "--help says nothing of {word}");
    }
}
