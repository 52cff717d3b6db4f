//! What the binary does: finds or runs a database, prepares it, serves over it.

use std::fs::File;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpResponse, HttpServer, web};
use chrono::TimeDelta;
use kernel::{clock, seal};
use persistence::{Database, database, reference, seed as data};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::addresses::database_address;
use crate::app::app;
use crate::auth::{Development, Verifier};
use crate::config::{Profile, Settings};
use crate::connections::{self, Connections, KEEP_ALIVE};
use crate::data_directory::DataDirectory;
use crate::embedded::{Embedded, Keep};
use crate::failure::Failure;
use crate::gate::Gate;
use crate::limits::Limits;
use crate::mail::Post;
use crate::metrics::{Metrics, Watched};
use crate::public_address::{Here, PublicAddress};
use crate::services::{BearerKeys, Services};
use crate::sockets::Sockets;
use crate::{backlog, worker};

/// How many requests may wait for each connection.
const LINE: usize = 32;
const HEAD: Duration = Duration::from_secs(5);
/// Seconds that requests in flight may still take when the process stops.
const DRAIN: u64 = 25;

/// The database of one run: where it is, and the private PostgreSQL that must live as long.
pub(crate) struct Place {
    owner: String,
    pub(crate) app: String,
    private: Option<Embedded>,
}

impl Place {
    pub(crate) fn find(settings: &Settings, start: fn(&Path, Keep) -> io::Result<Embedded>) -> Result<Self, Failure> {
        if let Some(url) = &settings.database_url {
            database_address(url)?;
            return Ok(Self { owner: url.clone(), app: url.clone(), private: None });
        }
        DataDirectory::open(&settings.data_dir)?;
        let private = start(&settings.data_dir, Keep::Data)?;
        database::create(&private.url("postgres", "postgres"), "diapason")?;
        let (owner, app) = (private.url("diapason_owner", "diapason"), private.url("diapason_app", "diapason"));
        Ok(Self { owner, app, private: Some(private) })
    }

    /// Brings the private database up to date, and loads the demo data into it at the first start.
    pub(crate) fn prepare(&self, settings: &Settings) -> Result<(), Failure> {
        if settings.database_url.is_some() {
            database::check(&self.app)?;
            return Ok(());
        }
        // One prepares, the others wait until it is done.
        let _alone = DataDirectory::open(&settings.data_dir)?.prepare_alone()?;
        database::migrate(&self.owner)?;
        reference::load(&self.owner)?;
        if data::is_empty(&self.owner)? {
            tracing::info!("first start: loading the demo data");
            data::demo(&self.owner)?;
        }
        Ok(())
    }
}

/// Brings the schema and the reference data up to date.
///
/// # Errors
/// The database does not answer, or a migration fails.
pub fn migrate(settings: &Settings) -> Result<String, Failure> {
    let place = Place::find(settings, Embedded::start)?;
    let done = database::migrate(&place.owner)?;
    reference::load(&place.owner)?;
    Ok(format!("{done} migration(s) run; the reference data is up to date"))
}

/// Loads a data set.
///
/// # Errors
/// The database is not empty, or does not answer.
pub fn seed(settings: &Settings, profile: Profile, scale: u32) -> Result<String, Failure> {
    let place = Place::find(settings, Embedded::start)?;
    database::migrate(&place.owner)?;
    reference::load(&place.owner)?;
    if !data::is_empty(&place.owner)? {
        return Err("there are members already: a data set is loaded into an empty database".into());
    }
    match profile {
        Profile::Demo => data::demo(&place.owner)?,
        Profile::Bench => data::bench(&place.owner, scale)?,
    }
    Ok("loaded".into())
}

/// A token of the development issuer for a persona or an e-mail address.
///
/// # Errors
/// The development issuer is off, or nobody answers to that name.
pub fn token(settings: &Settings, persona: &str) -> Result<String, Failure> {
    if !settings.development() {
        return Err("the development issuer is off: set DIAPASON_DEV_ISSUER=1 on a loopback address".into());
    }
    // Whom nobody can be is said before a database is made for the answer.
    if settings.database_url.is_none() && !Embedded::was_made(&settings.data_dir) && !data::PERSONAS.contains(&persona)
    {
        let known = data::PERSONAS.join(", ");
        return Err(format!("nobody is called {persona} here; the demo data will have: {known}").into());
    }
    let place = Place::find(settings, Embedded::start)?;
    place.prepare(settings)?;
    let subject = data::subject(&place.owner, crate::auth::DEVELOPMENT_ISSUER, persona)?;
    Ok(development(settings)?.token(&subject)?)
}

/// Serves the API until told to stop.
///
/// # Errors
/// The settings are unsafe, the database does not answer, an address is taken.
pub fn serve(settings: &Settings) -> Result<(), Failure> {
    settings.check()?;
    for line in settings.redacted().lines() {
        let (name, value) = line.split_once(' ').unwrap_or((line, ""));
        tracing::info!(name, value = value.trim_start(), "setting");
    }
    say_mode(settings);
    // First of all: an address that is taken is known before anything is made.
    let sockets = Sockets::bind(settings)?;
    let lock = lock(settings)?;
    let place = Place::find(settings, Embedded::start_own)?;
    if let Some(private) = &place.private {
        tracing::info!(directory = %private.folder().display(), "the private PostgreSQL stands here");
    }
    place.prepare(settings)?;
    seal::set_key(&server_key(settings)?);
    let issuers = settings.issuers()?;
    let development = settings.development().then(|| development(settings)).transpose()?;
    let places = usize::from(settings.connections);
    let services = Services {
        keys: BearerKeys::default(),
        database: Database::new(&place.app, u32::from(settings.connections)),
        verifier: Verifier::new(&issuers, development),
        readers: Gate::new(places, places * LINE),
        writers: Gate::new(places, places * LINE),
        limits: Limits::new(&settings.limits, settings.production(), settings.development()),
        draining: Arc::default(),
        metrics: Metrics::new()?,
        address: PublicAddress::new(settings.public_url(), settings.limits.trusted_proxies.clone()),
        cors_origins: Arc::new(settings.cors_origins.clone()),
    };
    let backlog = backlog::watch(services.database.clone(), services.metrics.clone())?;
    let done = actix_web::rt::System::new().block_on(listen(settings, services, sockets));
    drop(backlog);
    drop(place);
    drop(lock);
    done
}

/// Says in one line whose tokens are accepted, and whether one may ask as often as one likes.
fn say_mode(settings: &Settings) {
    let (development, limits) = (settings.development(), settings.limits.on(settings.production()));
    match (settings.production(), development) {
        (true, false) => tracing::info!(rate_limits = limits, "production: the development issuer is off"),
        (true, true) => tracing::warn!(rate_limits = limits, "the development issuer is on beside those of production"),
        (false, _) => tracing::info!(rate_limits = limits, "development: the development issuer is on"),
    }
}

async fn listen(settings: &Settings, services: Services, sockets: Sockets) -> Result<(), Failure> {
    let (signals, draining) = (Signals::listen()?, Arc::clone(&services.draining));
    let (connections, most) = (Connections::default(), connections::most());
    let watched = Watched { services: services.clone(), connections: connections.clone(), most };
    let test_clock = settings.test_clock;
    let admin = HttpServer::new(move || {
        let database = web::Data::new(watched.services.database.clone());
        let app = App::new().app_data(web::Data::new(watched.clone())).app_data(database);
        let app = app.route("/metrics", web::get().to(metrics_text));
        if test_clock { app.route("/test/clock", web::put().to(set_clock)) } else { app }
    });
    let (api, closed) = sockets.listen(settings)?;
    let admin = admin.workers(1).disable_signals().listen(closed)?;
    let (mailing, counting) = (services.database.clone(), services.metrics.clone());
    actix_web::rt::spawn(close_late(connections.clone(), most));
    let server = HttpServer::new(move || app(services.clone()))
        .workers(workers())
        .max_connections(most / workers())
        .on_connect(move |socket, data| {
            let stream = socket.downcast_ref::<actix_web::rt::net::TcpStream>();
            if let Some(here) = stream.and_then(|stream| stream.local_addr().ok()) {
                data.insert(Here(here));
            }
            connections.accept(socket, data);
        })
        .disable_signals()
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(HEAD)
        .shutdown_timeout(DRAIN)
        .listen(api)?;
    let (open, closed) = (server.addrs(), admin.addrs());
    let worker = work(settings, &open, mailing, counting)?;
    let (server, admin) = (server.run(), admin.run());
    let stop = admin.handle();
    actix_web::rt::spawn(admin);
    actix_web::rt::spawn(leave(server.handle(), signals, draining, Duration::from_secs(settings.drain_delay)));
    announce(settings, &open, &closed);
    server.await?;
    stop.stop(false).await;
    // Nobody asks for a database any more that stops with us.
    drop(worker);
    Ok(())
}

/// Starts the worker, unless other instances work.
fn work(
    settings: &Settings,
    open: &[SocketAddr],
    database: Database,
    metrics: Metrics,
) -> Result<Option<worker::Aside>, Failure> {
    let listens = open.first().copied().unwrap_or(settings.listen);
    if settings.smtp_url.is_some() && settings.public_url().is_none() {
        tracing::warn!(address = %listens, "links of e-mails lead to the listener: set DIAPASON_PUBLIC_URL");
    }
    let post = (!settings.no_worker).then(|| Post::of(settings, listens)).transpose()?;
    let lease = TimeDelta::seconds(settings.task_lease.into());
    Ok(post.map(|post| worker::start(database, post, metrics, lease)).transpose()?)
}

/// Closes the connections that hang, for as long as we serve.
async fn close_late(connections: Connections, most: usize) {
    let mut look = tokio::time::interval(connections::LOOK);
    loop {
        look.tick().await;
        connections.close_late(most);
    }
}

/// One event loop for two cores: the work is done on the database's threads, and each loop more is woken up more often.
fn workers() -> usize {
    thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2))
}

/// The signals that end the process.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }
}

/// Stops the server: at once on Ctrl-C, and on SIGTERM after a delay in which load balancers see that `/readyz` is 503.
/// Requests in flight are finished.
async fn leave(server: ServerHandle, mut signals: Signals, draining: Arc<AtomicBool>, delay: Duration) {
    let terminated = tokio::select! {
        _ = signals.terminate.recv() => true,
        _ = signals.interrupt.recv() => false,
    };
    draining.store(true, Ordering::Release);
    if terminated {
        tracing::info!(seconds = delay.as_secs(), "draining");
        // A second signal is from someone who does not want to wait.
        tokio::select! {
            () = tokio::time::sleep(delay) => {}
            _ = signals.terminate.recv() => {}
            _ = signals.interrupt.recv() => {}
        }
    }
    server.stop(true).await;
}

fn announce(settings: &Settings, open: &[SocketAddr], closed: &[SocketAddr]) {
    let address = open.first().copied().unwrap_or(settings.listen);
    let admin = closed.first().copied().unwrap_or(settings.admin_listen);
    // What people look for when they start it by hand; logs go to the other stream.
    let mut out = io::stdout();
    let _ = writeln!(out, "Diapason listens on http://{address}  (documentation: http://{address}/docs/)");
    let _ = writeln!(out, "Metrics: http://{admin}/metrics");
    if settings.production() {
        let limits = if settings.limits.on(true) { "on" } else { "off" };
        let development = if settings.development() { "on" } else { "off" };
        let _ = writeln!(out, "Production issuers: the development issuer is {development}, rate limits are {limits}");
    }
    if settings.development() {
        let _ = writeln!(out, "A token: cargo run --release -- token --as sig-admin   (other personas: README.md)");
    }
}

async fn metrics_text(watched: web::Data<Watched>) -> HttpResponse {
    let text = watched.services.metrics.text(&watched);
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text)
}

/// The clock that tests set.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct TestTime {
    now: chrono::DateTime<chrono::Utc>,
}

async fn set_clock(time: web::Json<TestTime>, database: web::Data<Database>) -> HttpResponse {
    clock::set(time.now);
    database.forget_rights();
    HttpResponse::NoContent().finish()
}

/// The data directory, where this run keeps anything in it: tried whether it can be used, and where its private database
/// is served, locked.
fn lock(settings: &Settings) -> Result<Option<File>, Failure> {
    let private = settings.database_url.is_none();
    let kept = private || settings.development() || settings.server_key.is_none() || settings.smtp_url.is_none();
    let directory = kept.then(|| DataDirectory::open(&settings.data_dir)).transpose()?;
    directory.filter(|_| private).map(|directory| directory.serve_alone()).transpose()
}

fn development(settings: &Settings) -> Result<Development, Failure> {
    Ok(Development::new(&DataDirectory::open(&settings.data_dir)?.secret("development.key")?))
}

fn server_key(settings: &Settings) -> Result<Vec<u8>, Failure> {
    match &settings.server_key {
        Some(key) => Ok(key.as_bytes().to_vec()),
        None => DataDirectory::open(&settings.data_dir)?.secret("server.key"),
    }
}
