//! The one binary, `diapason`: serves the API, prepares its database, prints its contract, gives tokens for development.

use std::process::ExitCode;

use api::config::{Command, Config, LogFormat, Settings};
use api::{import, serve};
use clap::Parser as _;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let Config { command, settings } = Config::parse();
    log(&settings);
    match run(command, &settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let causes = std::iter::successors(Some(&*error as &dyn std::error::Error), |error| error.source());
            let said = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
            tell(&format!("diapason: {said}"), std::io::stderr());
            ExitCode::FAILURE
        }
    }
}

fn run(command: Option<Command>, settings: &Settings) -> Result<(), serve::Failure> {
    match command {
        Some(Command::Openapi) => print(&serde_json::to_string_pretty(&api::document())?),
        Some(Command::CheckConfig) => {
            settings.check()?;
            print(&settings.redacted());
        }
        Some(Command::Migrate) => print(&serve::migrate(settings)?),
        Some(Command::Seed { profile, scale }) => print(&serve::seed(settings, profile, scale)?),
        Some(Command::Import(what)) => print(&import::import(settings, &what)?),
        Some(Command::Token { persona }) => print(&serve::token(settings, &persona)?),
        Some(Command::Serve) | None => serve::serve(settings)?,
    }
    Ok(())
}

fn log(settings: &Settings) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("DIAPASON_LOG");
    let filter = filter.unwrap_or_else(|_| "info,actix_server=warn,actix_http=off".into());
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match settings.log_format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
}

fn print(text: &str) {
    tell(text, std::io::stdout());
}

/// A reader that went away is no failure of ours.
fn tell(text: &str, mut to: impl std::io::Write) {
    let _ = writeln!(to, "{text}");
}
