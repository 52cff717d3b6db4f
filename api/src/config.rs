//! Settings. Every setting has a default that works on a new machine.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, ValueEnum};

use crate::addresses::{database_address, shown_database, shown_url, web_origin};
use crate::auth::{self, IssuerConfig, is_trustworthy};
pub use crate::commands::{Command, Import, Profile};
use crate::frontend::Frontend;
use crate::limits::LimitSettings;
use crate::public_address::origin;

/// Diapason, the directory and coordination service of the State's communicators.
#[derive(Debug, Parser)]
#[command(name = "diapason", version, propagate_version = true)]
pub struct Config {
    /// Subcommand. Without one, `serve` is run.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Settings of the service.
    #[command(flatten)]
    pub settings: Settings,
}

/// Settings of the service.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub struct Settings {
    /// Address of the PostgreSQL database (postgres://…). Without it, the service runs a private PostgreSQL over the
    /// data directory.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,
    /// Address and port on which the API listens.
    #[arg(long, env = "DIAPASON_LISTEN", default_value = "127.0.0.1:8080", global = true)]
    pub listen: SocketAddr,
    /// Address and port of the admin listener (metrics and, with the development issuer, the test clock). A loopback
    /// address, unless `DIAPASON_ADMIN_REACH` says otherwise.
    #[arg(long, env = "DIAPASON_ADMIN_LISTEN", default_value = "127.0.0.1:9080", global = true)]
    pub admin_listen: SocketAddr,
    /// From where the admin listener may be reached. It shows the metrics to everyone who reaches it, without a token: open
    /// it to a private network alone. Never with the test clock.
    #[arg(long, env = "DIAPASON_ADMIN_REACH", default_value = "loopback", global = true)]
    pub admin_reach: Reach,
    /// Directory of the private database, the development keys and e-mails that are not sent.
    #[arg(long, env = "DIAPASON_DATA_DIR", default_value = ".data", global = true)]
    pub data_dir: PathBuf,
    /// OIDC issuers whose tokens are accepted, as JSON: `[{"issuer": "https://…", "audience": "diapason", "jwks_uri": "https://…"}]`;
    /// without `jwks_uri`, the issuer's discovery document says it. Also `max_lifetime` of its tokens in seconds (600),
    /// `clients`, the only ones whose tokens are accepted, and `algorithms`, the only ones by which they are signed (of
    /// RS256, PS256, ES256, ES384, `EdDSA`). `introspection` says how it is asked about opaque tokens: `endpoint`, `client_id`,
    /// `client_secret`, `signed` or `encrypted`.
    #[arg(long, env = "DIAPASON_ISSUERS", hide_env_values = true, global = true)]
    pub issuers: Option<String>,
    /// Accept tokens of the development issuer (`diapason token`), on a loopback address only. The private database
    /// turns it on by itself if `DIAPASON_ISSUERS` names no issuer.
    #[arg(long, env = "DIAPASON_DEV_ISSUER", value_parser = clap::builder::BoolishValueParser::new(), default_value_t = false, num_args = 0..=1, default_missing_value = "true", global = true)]
    pub dev_issuer: bool,
    /// Secret of at least 32 characters, the same for all instances: seals cursors, entity tags and invitations.
    /// Without it, one is made and kept in the data directory.
    #[arg(long, env = "DIAPASON_SERVER_KEY", hide_env_values = true, global = true)]
    pub server_key: Option<String>,
    /// Number of database connections for reading, and as many for writing.
    #[arg(long, env = "DIAPASON_CONNECTIONS", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=100), global = true)]
    pub connections: u16,
    /// Web origins from which browsers may call, separated by commas.
    #[arg(long, env = "DIAPASON_CORS_ORIGINS", hide_env_values = true, value_delimiter = ',', global = true)]
    pub cors_origins: Vec<String>,
    /// Address of the collector to which traces are sent (OTLP over HTTP; `/v1/traces` is added to it). Without it, no
    /// traces are sent. The other standard settings apply too (`OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER`, …).
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", hide_env_values = true, global = true)]
    pub otlp_endpoint: Option<String>,
    /// Seconds during which requests are still served after SIGTERM, while `/readyz` already answers 503.
    #[arg(long, env = "DIAPASON_DRAIN_DELAY", default_value_t = 5, value_parser = clap::value_parser!(u64).range(0..=300), global = true)]
    pub drain_delay: u64,
    /// Format of the log, which goes to standard error.
    #[arg(long, env = "DIAPASON_LOG_FORMAT", default_value = "text", global = true)]
    pub log_format: LogFormat,
    /// Open `PUT /test/clock` on the admin listener. Only with the development issuer.
    #[arg(long, env = "DIAPASON_TEST_CLOCK", value_parser = clap::builder::BoolishValueParser::new(), default_value_t = false, num_args = 0..=1, default_missing_value = "true", global = true)]
    pub test_clock: bool,
    /// Do not run scheduled tasks (e-mail, digests, monthly indicators, expired keys): other instances do.
    #[arg(long, env = "DIAPASON_NO_WORKER", value_parser = clap::builder::BoolishValueParser::new(), default_value_t = false, num_args = 0..=1, default_missing_value = "true", global = true)]
    pub no_worker: bool,
    /// Seconds that a task of an instance that died waits for another: for tests, which cannot wait so long.
    #[arg(long, env = "DIAPASON_TASK_LEASE", hide = true, default_value_t = 120, value_parser = clap::value_parser!(u16).range(1..=600), global = true)]
    pub task_lease: u16,
    /// Address of the mail relay (smtp://, smtps://). Without it, each e-mail is a file in `outbox` of the data
    /// directory.
    #[arg(long, env = "DIAPASON_SMTP_URL", hide_env_values = true, global = true)]
    pub smtp_url: Option<String>,
    /// Sender of e-mails.
    #[arg(
        long,
        env = "DIAPASON_MAIL_FROM",
        default_value = "Diapason <ne-pas-repondre@diapason.invalid>",
        global = true
    )]
    pub mail_from: String,
    /// Public address of the service (https, or a loopback address), for links in e-mails and in answers to clients.
    /// Without it, the address on which the API listens.
    #[arg(long, env = "DIAPASON_PUBLIC_URL", hide_env_values = true, global = true)]
    pub public_url: Option<String>,
    /// Pages of the frontend to which e-mails lead, as JSON: `{"base": "https://intranet.example", "announcement":
    /// "/annonces/{id}", "accept_invitation": "/invitation#code={code}", "inbox": "/notifications", "preferences":
    /// "/preferences"}`. Also `action_item`, `expertise_request`, `invitation`, `membership`, `membership_request` and
    /// `membership_review`. A page that is not named is one of this service that explains.
    #[arg(long, env = "DIAPASON_FRONTEND", hide_env_values = true, global = true)]
    pub frontend: Option<String>,
    /// Rate limits.
    #[command(flatten)]
    pub limits: LimitSettings,
}

/// From where the admin listener may be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Reach {
    /// From this machine alone.
    Loopback,
    /// From the network, at the address of the admin listener.
    Network,
}

/// Format of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text for people.
    Text,
    /// JSON for machines, one object a line.
    Json,
}

impl Settings {
    /// The issuers that are set up.
    ///
    /// # Errors
    /// They are not well formed, one stands twice or has no audience, or an address is neither https nor loopback.
    pub fn issuers(&self) -> Result<Vec<IssuerConfig>, String> {
        let issuers = auth::issuers(self.issuers.as_deref().unwrap_or_default())?;
        let here = self.public_url();
        match issuers.iter().find(|issuer| Some(&issuer.issuer) == here.as_ref()) {
            Some(issuer) => Err(format!("DIAPASON_ISSUERS: {} is this service (DIAPASON_PUBLIC_URL)", issuer.issuer)),
            None => Ok(issuers),
        }
    }

    /// Address of the collector of traces. Absent: no traces are sent.
    #[must_use]
    pub fn collector(&self) -> Option<String> {
        self.otlp_endpoint.clone().filter(|address| !address.trim().is_empty())
    }

    /// Whether an issuer of production is set up.
    #[must_use]
    pub fn production(&self) -> bool {
        self.issuers().is_ok_and(|issuers| !issuers.is_empty())
    }

    /// Whether the development issuer's tokens are accepted: where it is asked for, and over the private database unless
    /// there is an issuer of production.
    #[must_use]
    pub fn development(&self) -> bool {
        self.dev_issuer || (self.database_url.is_none() && !self.production())
    }

    /// Where the service is found, if that is set up: scheme and host, without a slash behind.
    #[must_use]
    pub fn public_url(&self) -> Option<String> {
        self.public_url.as_deref().and_then(origin)
    }

    /// The frontend to which e-mails lead, if one is set up.
    ///
    /// # Errors
    /// It is not well formed: one sentence says what is wrong.
    pub(crate) fn frontend(&self) -> Result<Option<Frontend>, String> {
        Frontend::parse(self.frontend.as_deref().unwrap_or_default())
    }

    /// Checks that the settings are safe and can work together.
    ///
    /// # Errors
    /// They are not: one sentence for the operator says why.
    pub fn check(&self) -> Result<(), String> {
        let issuers = self.issuers()?;
        if issuers.is_empty() && !self.development() {
            return Err("no issuer is set: set DIAPASON_ISSUERS, or DIAPASON_DEV_ISSUER=1 on a loopback address".into());
        }
        if self.development() && !self.listen.ip().is_loopback() {
            return Err(format!("the development issuer is for a loopback address, not {}", self.listen));
        }
        self.check_listeners()?;
        self.check_addresses()?;
        if self.test_clock && (!self.development() || !issuers.is_empty()) {
            return Err("the test clock works only with the development issuer, and without other issuers".into());
        }
        if self.mail_from.parse::<lettre::message::Mailbox>().is_err() {
            return Err("DIAPASON_MAIL_FROM is not an e-mail address".into());
        }
        if self.public_url.as_ref().is_some_and(|address| !is_trustworthy(address.trim())) {
            return Err("DIAPASON_PUBLIC_URL is neither https nor a loopback address".into());
        }
        if self.public_url.is_some() && self.public_url().is_none() {
            return Err("DIAPASON_PUBLIC_URL is a scheme and a host, without a path, a user or a password".into());
        }
        self.frontend()?;
        if self.server_key.as_ref().is_some_and(|key| key.len() < 32) {
            return Err("DIAPASON_SERVER_KEY must have at least 32 characters".into());
        }
        if self.server_key.is_none() && !issuers.is_empty() {
            return Err("set DIAPASON_SERVER_KEY, the same for all instances".into());
        }
        Ok(())
    }

    /// Checks that the two listeners can stand where they are told to.
    fn check_listeners(&self) -> Result<(), String> {
        let admin = self.admin_listen;
        if !admin.ip().is_loopback() && self.admin_reach == Reach::Loopback {
            return Err(format!(
                "the admin listener is for a loopback address, not {admin}, unless DIAPASON_ADMIN_REACH=network allows it"
            ));
        }
        if !admin.ip().is_loopback() && self.test_clock {
            return Err(format!("with the test clock the admin listener is for a loopback address, not {admin}"));
        }
        if admin == self.listen && admin.port() != 0 {
            return Err(format!("the API and the admin listener cannot both stand on {admin}"));
        }
        Ok(())
    }

    /// Checks the addresses of others: the database, the collector, the mail relay, web origins.
    fn check_addresses(&self) -> Result<(), String> {
        self.database_url.as_deref().map_or(Ok(()), database_address)?;
        if self.collector().is_some_and(|address| !address.starts_with("https://") && !address.starts_with("http://")) {
            return Err("OTEL_EXPORTER_OTLP_ENDPOINT is not an http or https address".into());
        }
        if self.smtp_url.as_deref().is_some_and(|url| lettre::SmtpTransport::from_url(url).is_err()) {
            return Err("DIAPASON_SMTP_URL is not an smtp:// or smtps:// address".into());
        }
        self.cors_origins.iter().try_for_each(|origin| web_origin(origin))
    }

    /// The same settings, where those that are set to nothing count as not set: a file of settings cannot always leave
    /// one out. A database that is set to nothing is refused instead, so that nobody serves a private one by mistake.
    #[must_use]
    pub fn without_blanks(mut self) -> Self {
        let texts = [&mut self.issuers, &mut self.server_key, &mut self.otlp_endpoint, &mut self.smtp_url];
        for text in texts.into_iter().chain([&mut self.public_url, &mut self.frontend]) {
            *text = text.take().filter(|text| !text.trim().is_empty());
        }
        self.cors_origins.retain(|origin| !origin.trim().is_empty());
        self
    }

    /// The settings, one a line, without their secrets.
    #[must_use]
    pub fn redacted(&self) -> String {
        let hidden = |secret: &Option<String>| if secret.is_some() { "(set)" } else { "(none)" };
        let database = self.database_url.as_deref().map_or_else(|| "embedded".to_owned(), shown_database);
        let issuers: Vec<_> = self.issuers().into_iter().flatten().map(|it| it.shown()).collect();
        let issuers = if issuers.is_empty() { "(none)".to_owned() } else { issuers.join(", ") };
        let limits = self.limits.on(self.production());
        format!(
            "database      {database}\nlisten        {}\nadmin_listen  {}\nadmin_reach   {:?}\ndata_dir      {}\nissuers       {issuers}\ndev_issuer    {}\nserver_key    {}\nconnections   {}\ncors_origins  {}\nlog_format    {:?}\ntest_clock    {}\nno_worker     {}\nrate_limits   {limits}\nmember_rate   {}\nservice_rate  {}\nbad_tokens    {} a minute\nproxies       {}\notlp_endpoint {}\ndrain_delay   {} s\nsmtp_url      {}\nmail_from     {}\npublic_url    {}\nfrontend      {}",
            self.listen,
            self.admin_listen,
            self.admin_reach,
            self.data_dir.display(),
            self.development(),
            hidden(&self.server_key),
            self.connections,
            self.cors_origins.join(","),
            self.log_format,
            self.test_clock,
            self.no_worker,
            self.limits.member_rate,
            self.limits.service_rate,
            self.limits.bad_tokens,
            self.limits.trusted_proxies,
            self.collector().as_deref().map_or_else(|| "(none)".to_owned(), shown_url),
            self.drain_delay,
            self.smtp_url.as_deref().map_or_else(|| "(none)".to_owned(), shown_url),
            self.mail_from,
            self.public_url().as_deref().unwrap_or("(none)"),
            self.frontend.as_deref().unwrap_or("(none)"),
        )
    }
}
