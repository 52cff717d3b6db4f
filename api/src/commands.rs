//! Subcommands, and which settings each of them uses.

use std::path::PathBuf;

use ::members::member_file::SourceCode;
use clap::{Arg, CommandFactory as _, FromArgMatches as _, Subcommand, ValueEnum};

use crate::config::Config;

/// Subcommands.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Serve the API (the default).
    Serve,
    /// Bring the schema, the functions and the reference data of the database up to date. Run it as the database's owner.
    Migrate,
    /// Load a data set into an empty database.
    Seed {
        /// Name of the data set.
        #[arg(long)]
        profile: Profile,
        /// Size of the bench data set: 5,000 members and 7,500 memberships times this number.
        #[arg(long, default_value_t = 1)]
        scale: u32,
    },
    /// Import organizations or members from a file.
    #[command(subcommand)]
    Import(Import),
    /// Print an access token of the development issuer, and nothing else.
    Token {
        /// A persona of the demo data (sig-admin, lead-edito, referent-34, …) or a member's e-mail address.
        #[arg(long = "as")]
        persona: String,
    },
    /// Print the contract (OpenAPI 3.1).
    Openapi {
        /// That of directory sync (SCIM 2.0), which is a document of its own.
        #[arg(long)]
        scim: bool,
    },
    /// Ask the service that listens here whether it is ready (`/readyz`); exits with 0 if it is, else with 1.
    Health,
    /// Check the settings and print them without their secrets.
    CheckConfig,
}

/// Kinds of files to import.
#[derive(Debug, Clone, Subcommand)]
pub enum Import {
    /// Organizations, from the State directory that the DILA publishes (Référentiel de l'organisation administrative de
    /// l'État, or the annuaire's local services), as JSON.
    ///
    /// Both published layouts are read: `{"service": […]}` and the bare list of the API's export. A record is matched by
    /// its DILA identifier, else by SIRET, else (a prefecture) by the department of its INSEE code, else by the name of a
    /// seeded organization; else it is new. Records that are no State service are left out, and so are people's names. A
    /// field that a person or another source owns stays as it is. Everything is written in one transaction, or nothing.
    ///
    /// Standard output has one line for each oddity (code, identifier, name, what was done; separated by tabs), then the
    /// summary.
    Organizations {
        /// File to import.
        file: PathBuf,
        /// Do everything, then roll it back: nothing is written.
        #[arg(long)]
        dry_run: bool,
        /// Number of levels under a directorate that are imported.
        #[arg(long, value_name = "LEVELS", default_value_t = members::state_directory::DEPTH)]
        depth: usize,
        /// File to which the oddities are written, instead of standard output.
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
    },
    /// Members and their affiliations, from a CSV file in UTF-8 (or windows-1252) whose cells are separated by semicolons
    /// or commas.
    ///
    /// One row for each affiliation of each person. All of the file is written in one transaction, or nothing: if there
    /// are faults, standard output names each one by line and column, in French. A person is recognised by
    /// `external_id` within the source, else by e-mail among the members who have not departed. A field that a person or another source
    /// owns stays as it is; an empty cell clears what the same source said before; a column that is not there
    /// changes nothing. No affiliation is ended: people who are not in the file stay as they are.
    #[command(after_long_help = COLUMNS)]
    Members {
        /// File to import.
        file: PathBuf,
        /// Do everything, then roll it back: nothing is written.
        #[arg(long)]
        dry_run: bool,
        /// Code of the source of the file. A new code creates a new source.
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

/// Data sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    /// Fictional members, in realistic numbers.
    Demo,
    /// A large data set for measuring performance.
    Bench,
}

/// The settings that a subcommand uses, by their names here; those that are not named use all of them.
const USED: &[(&str, &[&str])] = &[
    ("migrate", &["database_url", "data_dir", "log_format"]),
    ("seed", &["database_url", "data_dir", "log_format"]),
    ("import", &["database_url", "data_dir", "log_format"]),
    ("token", &["database_url", "data_dir", "listen", "issuers", "dev_issuer", "log_format"]),
    ("health", &["listen"]),
    ("openapi", &[]),
];

impl Config {
    /// The command line. The help of a subcommand shows its own settings alone; the others are taken there too, so that
    /// settings can stand on either side of its name.
    #[must_use]
    pub fn command_line() -> clap::Command {
        let root = Self::command();
        let settings: Vec<Arg> = root.get_arguments().filter(|it| it.is_global_set()).cloned().collect();
        root.mut_subcommands(|sub| {
            let used = USED.iter().find(|(name, _)| *name == sub.get_name()).map(|(_, used)| *used);
            let left = settings.iter().filter(|it| used.is_some_and(|used| !used.contains(&it.get_id().as_str())));
            sub.args(left.map(|it| it.clone().hide(true)).collect::<Vec<_>>())
        })
    }

    /// What the command line and the environment say; ends the process with a sentence where it cannot be read.
    #[must_use]
    pub fn read() -> Self {
        let mut line = Self::command_line();
        let matches = line.get_matches_mut();
        let read = Self::from_arg_matches(&matches).unwrap_or_else(|error| error.format(&mut line).exit());
        Self { settings: read.settings.without_blanks(), ..read }
    }
}
