//! What an operator may choose; everything has a value that works on a new machine.

use std::net::SocketAddr;
use std::path::PathBuf;

use ::members::member_file::SourceCode;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::auth::{self, IssuerConfig, is_trustworthy};
use crate::limits::LimitSettings;
use crate::public_address::origin;

/// Diapason, the coordination of the State's communicators.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub struct Config {
    /// What to do; `serve` when nothing is asked.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How it is set up.
    #[command(flatten)]
    pub settings: Settings,
}

/// How the service is set up.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub struct Settings {
    /// The database; without it, a private PostgreSQL is run over the data directory.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,
    /// Where the API listens.
    #[arg(long, env = "DIAPASON_LISTEN", default_value = "127.0.0.1:8080", global = true)]
    pub listen: SocketAddr,
    /// Where metrics and, with the development issuer, the test clock listen; loopback only.
    #[arg(long, env = "DIAPASON_ADMIN_LISTEN", default_value = "127.0.0.1:9080", global = true)]
    pub admin_listen: SocketAddr,
    /// Where the private database and the keys of development are kept.
    #[arg(long, env = "DIAPASON_DATA_DIR", default_value = ".data", global = true)]
    pub data_dir: PathBuf,
    /// The OIDC issuers, as JSON: `[{"issuer": "https://…", "audience": "diapason", "jwks_uri": "https://…"}]`;
    /// without `jwks_uri`, the issuer's discovery document says it. Also `max_lifetime` of its tokens in seconds (600),
    /// `clients`, the only ones whose tokens are accepted, and `algorithms`, the only ones by which they are signed (of
    /// RS256, PS256, ES256, ES384, EdDSA).
    #[arg(long, env = "DIAPASON_ISSUERS", global = true)]
    pub issuers: Option<String>,
    /// Accept tokens of the development issuer (`diapason token`), on a loopback address only. The private database
    /// turns it on by itself where `DIAPASON_ISSUERS` names none.
    #[arg(long, env = "DIAPASON_DEV_ISSUER", value_parser = clap::builder::BoolishValueParser::new(), default_value_t = false, num_args = 0..=1, default_missing_value = "true", global = true)]
    pub dev_issuer: bool,
    /// At least 32 characters that all instances share: seals cursors and entity tags. Made and kept in the data
    /// directory when there is none.
    #[arg(long, env = "DIAPASON_SERVER_KEY", hide_env_values = true, global = true)]
    pub server_key: Option<String>,
    /// Connections that read, and as many that write.
    #[arg(long, env = "DIAPASON_CONNECTIONS", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=100), global = true)]
    pub connections: u16,
    /// Web origins that browsers may call from, comma-separated.
    #[arg(long, env = "DIAPASON_CORS_ORIGINS", value_delimiter = ',', global = true)]
    pub cors_origins: Vec<String>,
    /// Where traces are sent, by OTLP over HTTP: the address of a collector, below which `/v1/traces` is. Off without it.
    /// The standard's other settings apply too (`OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER`, …).
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", global = true)]
    pub otlp_endpoint: Option<String>,
    /// How many seconds to go on serving after SIGTERM, while `/readyz` sends new callers elsewhere already.
    #[arg(long, env = "DIAPASON_DRAIN_DELAY", default_value_t = 5, value_parser = clap::value_parser!(u64).range(0..=300), global = true)]
    pub drain_delay: u64,
    /// How logs are written, to standard error.
    #[arg(long, env = "DIAPASON_LOG_FORMAT", default_value = "text", global = true)]
    pub log_format: LogFormat,
    /// Open `PUT /test/clock` on the admin listener; with the development issuer alone.
    #[arg(long, env = "DIAPASON_TEST_CLOCK", value_parser = clap::builder::BoolishValueParser::new(), default_value_t = false, num_args = 0..=1, default_missing_value = "true", global = true)]
    pub test_clock: bool,
    /// Do not do what waits for a time (expired keys): another instance does.
    #[arg(long, env = "DIAPASON_NO_WORKER", value_parser = clap::builder::BoolishValueParser::new(), default_value_t = false, num_args = 0..=1, default_missing_value = "true", global = true)]
    pub no_worker: bool,
    /// Where e-mail goes out (smtp://, smtps://); without it, each message is a file in `outbox` of the data directory.
    #[arg(long, env = "DIAPASON_SMTP_URL", hide_env_values = true, global = true)]
    pub smtp_url: Option<String>,
    /// Whom e-mail comes from.
    #[arg(
        long,
        env = "DIAPASON_MAIL_FROM",
        default_value = "Diapason <ne-pas-repondre@diapason.invalid>",
        global = true
    )]
    pub mail_from: String,
    /// Where people and programs find the service (https, or a loopback address): for the links of e-mails, and where
    /// clients are told it stands. Without it, the address that it listens on.
    #[arg(long, env = "DIAPASON_PUBLIC_URL", global = true)]
    pub public_url: Option<String>,
    /// How often one may ask.
    #[command(flatten)]
    pub limits: LimitSettings,
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// What to do.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Serve the API; what is done when nothing is asked.
    Serve,
    /// Bring the schema and the reference data of the database up to date, as its owner.
    Migrate,
    /// Load a data set into an empty database.
    Seed {
        /// Which one.
        #[arg(long)]
        profile: Profile,
        /// How large the bench data set is: 5,000 members and 7,500 memberships times this.
        #[arg(long, default_value_t = 1)]
        scale: u32,
    },
    /// Import what others publish or send: what is new, what changed, and what was odd.
    #[command(subcommand)]
    Import(Import),
    /// Print an access token of the development issuer, and nothing else.
    Token {
        /// A persona of the demo data (sig-admin, lead-edito, referent-34, …) or a member's e-mail address.
        #[arg(long = "as")]
        persona: String,
    },
    /// Print the contract (OpenAPI 3.1).
    Openapi,
    /// Check the settings, print them without their secrets, and stop.
    CheckConfig,
}

/// What to import.
#[derive(Debug, Clone, Subcommand)]
pub enum Import {
    /// Organizations, from the State directory that the DILA publishes (Référentiel de l'organisation administrative de
    /// l'État, or the annuaire's local services), as JSON.
    ///
    /// Both published layouts are read: `{"service": […]}` and the bare list of the API's export. A record is matched by
    /// its DILA identifier, else by SIRET, else (a prefecture) by the department of its INSEE code, else by the name of a
    /// seeded organization; else it is new. What is no State service is left out, and so are the people named in it. A
    /// field that a person or another source owns stays as it is. Everything is written in one transaction, or nothing.
    ///
    /// Standard output: each oddity on a line (code, identifier, name, what was done; tab-separated), then the summary.
    Organizations {
        /// The file.
        file: PathBuf,
        /// Do everything and take it back: nothing is written.
        #[arg(long)]
        dry_run: bool,
        /// How many levels under a directorate are taken.
        #[arg(long, value_name = "LEVELS", default_value_t = members::state_directory::DEPTH)]
        depth: usize,
        /// Where the oddities are written, instead of standard output.
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
    },
    /// Members and their affiliations, from a CSV file in UTF-8 (or windows-1252) whose cells are separated by semicolons
    /// or commas.
    ///
    /// One row for each place of each person. All of the file is written in one transaction, or nothing: where there is
    /// a fault, standard output says each one by line and column, in French. A person is recognised by `external_id`
    /// within the source, else by e-mail among the members who have not left. A field that a person or another source
    /// owns stays as it is; an empty cell clears what the same source said before; a column that is not there says
    /// nothing. Nobody is ended: who is not in the file stays.
    #[command(after_long_help = COLUMNS)]
    Members {
        /// The file.
        file: PathBuf,
        /// Do everything and take it back: nothing is written.
        #[arg(long)]
        dry_run: bool,
        /// The source that speaks; a new code makes a new one.
        #[arg(long, value_name = "CODE", default_value = "csv", value_parser = source)]
        source: SourceCode,
    },
}

const COLUMNS: &str = "\
Columns, named on the first line, in any order:
  external_id         what the source calls the person (this or email is needed)
  given_name *        prénom
  usual_name *        nom d'usage
  email               professional address
  phone               up to 5 numbers, separated by |
  languages           fr|en
  profile_visibility  all_members, networks or leads
  organization *      SIRET, identifier (ours, or the State directory's), else full, short or other name, where one alone has it
  position            fonction
  service             service or office
  profession          a métier: its code, or its French label (GET /enums)
  primary             oui or non: whether it is the person's main affiliation; unless said, the first one is";

fn source(code: &str) -> Result<SourceCode, String> {
    code.parse().map_err(|_| "1 to 40 lower-case letters, digits and hyphens".to_owned())
}

/// A data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    /// Fictional members at the real orders of magnitude.
    Demo,
    /// The bench data set.
    Bench,
}

impl Settings {
    /// The issuers that are set up.
    ///
    /// # Errors
    /// They are not well formed, one stands twice or has no audience, or an address is neither https nor loopback.
    pub fn issuers(&self) -> Result<Vec<IssuerConfig>, String> {
        auth::issuers(self.issuers.as_deref().unwrap_or_default())
    }

    /// Where traces are sent, if they are.
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

    /// Refuses what would be unsafe or could not work.
    ///
    /// # Errors
    /// One sentence for the operator.
    pub fn check(&self) -> Result<(), String> {
        let issuers = self.issuers()?;
        if issuers.is_empty() && !self.development() {
            return Err("no issuer: set DIAPASON_ISSUERS, or DIAPASON_DEV_ISSUER=1 on a loopback address".into());
        }
        if self.development() && !self.listen.ip().is_loopback() {
            return Err(format!("the development issuer is for a loopback address, not {}", self.listen));
        }
        if !self.admin_listen.ip().is_loopback() {
            return Err(format!("the admin listener is for a loopback address, not {}", self.admin_listen));
        }
        if self.collector().is_some_and(|address| !address.starts_with("https://") && !address.starts_with("http://")) {
            return Err("OTEL_EXPORTER_OTLP_ENDPOINT is no http address".into());
        }
        if self.test_clock && (!self.development() || !issuers.is_empty()) {
            return Err("the test clock goes with the development issuer alone".into());
        }
        if self.mail_from.parse::<lettre::message::Mailbox>().is_err() {
            return Err("DIAPASON_MAIL_FROM is no e-mail address".into());
        }
        if self.smtp_url.as_ref().is_some_and(|url| lettre::SmtpTransport::from_url(url).is_err()) {
            return Err("DIAPASON_SMTP_URL is no smtp:// or smtps:// address".into());
        }
        if self.public_url.as_ref().is_some_and(|address| !is_trustworthy(address.trim())) {
            return Err("DIAPASON_PUBLIC_URL is neither https nor a loopback address".into());
        }
        if self.public_url.is_some() && self.public_url().is_none() {
            return Err("DIAPASON_PUBLIC_URL is a scheme and a host, without a path, a user or a password".into());
        }
        if self.server_key.as_ref().is_some_and(|key| key.len() < 32) {
            return Err("DIAPASON_SERVER_KEY must have at least 32 characters".into());
        }
        if self.server_key.is_none() && !issuers.is_empty() {
            return Err("set DIAPASON_SERVER_KEY: all instances share it".into());
        }
        Ok(())
    }

    /// The settings, a line each, without their secrets.
    #[must_use]
    pub fn redacted(&self) -> String {
        let hidden = |secret: &Option<String>| if secret.is_some() { "(set)" } else { "(none)" };
        let database = match self.database_url.as_deref().map(url::Url::parse) {
            None => "embedded".to_owned(),
            Some(Ok(mut address)) => {
                let _ = address.set_password(None);
                address.to_string()
            }
            Some(Err(_)) => "(set)".to_owned(),
        };
        let limits = self.limits.on(self.production());
        format!(
            "database      {database}\nlisten        {}\nadmin_listen  {}\ndata_dir      {}\nissuers       {}\ndev_issuer    {}\nserver_key    {}\nconnections   {}\ncors_origins  {}\nlog_format    {:?}\ntest_clock    {}\nno_worker     {}\nrate_limits   {limits}\nmember_rate   {}\nservice_rate  {}\nbad_tokens    {} a minute\nproxies       {}\notlp_endpoint {}\ndrain_delay   {} s\nsmtp_url      {}\nmail_from     {}\npublic_url    {}",
            self.listen,
            self.admin_listen,
            self.data_dir.display(),
            self.issuers.as_deref().unwrap_or("(none)"),
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
            self.collector().as_deref().unwrap_or("(none)"),
            self.drain_delay,
            hidden(&self.smtp_url),
            self.mail_from,
            self.public_url().as_deref().unwrap_or("(none)"),
        )
    }
}
