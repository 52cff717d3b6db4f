//! The binary `diapason`: serves the API, prepares its database, imports files, prints the contract and development tokens.

use std::process::ExitCode;

use api::config::{Command, Config, Settings};
use api::{Failure, health, import, serve, telemetry};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let Config { command, settings } = Config::read();
    let serves = matches!(command, Some(Command::Serve) | None);
    match telemetry::start(&settings, serves).and_then(|_telemetry| run(command, &settings)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let causes = std::iter::successors(Some(&*error as &dyn std::error::Error), |error| error.source());
            let said = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
            tell(&format!("diapason: {said}"), std::io::stderr());
            ExitCode::FAILURE
        }
    }
}

fn run(command: Option<Command>, settings: &Settings) -> Result<(), Failure> {
    match command {
        Some(Command::Openapi { scim }) => {
            let contract = if scim { api::scim_document() } else { api::document() };
            print(&serde_json::to_string_pretty(&contract)?);
        }
        Some(Command::CheckConfig) => {
            settings.check()?;
            print(&settings.redacted());
        }
        Some(Command::Health) => print(&health::ask(settings.listen)?),
        Some(Command::Migrate) => print(&serve::migrate(settings)?),
        Some(Command::Seed { profile, scale }) => print(&serve::seed(settings, profile, scale)?),
        Some(Command::Import(what)) => print(&import::import(settings, &what)?),
        Some(Command::Token { persona }) => print(&serve::token(settings, &persona)?),
        Some(Command::Serve) | None => serve::serve(settings)?,
    }
    Ok(())
}

fn print(text: &str) {
    tell(text, std::io::stdout());
}

/// Ignores write errors: a reader that closed the pipe is no failure of this program.
fn tell(text: &str, mut to: impl std::io::Write) {
    let _ = writeln!(to, "{text}");
}
