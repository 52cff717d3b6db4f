//! The import subcommands: read and check the file first, then write all of it or nothing, and tell what happened.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use members::state_directory::{Finding, Oddity, Report, read};
use persistence::import::{Run, Written, organization};

use crate::config::{Import, Settings};
use crate::embedded::Embedded;
use crate::serve::{Failure, Place};

/// Imports a file, and gives the summary.
///
/// # Errors
/// The file cannot be read or is none of that kind, and where; the database does not answer.
pub fn import(settings: &Settings, what: &Import) -> Result<String, Failure> {
    match what {
        Import::Organizations { file, dry_run, depth, report } => {
            organizations(settings, file, *dry_run, *depth, report.as_deref())
        }
    }
}

fn organizations(
    settings: &Settings,
    file: &Path,
    dry: bool,
    depth: usize,
    report: Option<&Path>,
) -> Result<String, Failure> {
    let bytes = content(file)?;
    let mut told = Report::default();
    let (records, entries) = read(&bytes, &mut told).map_err(|error| format!("{}: {error}", file.display()))?;
    progress(&format!("{records} fiches lues"));
    let lines: Box<dyn Write> = match report {
        Some(path) => Box::new(File::create(path).map_err(|error| format!("{}: {error}", path.display()))?),
        None => Box::new(io::stdout()),
    };
    let place = Place::find(settings, Embedded::start)?;
    place.prepare(settings)?;
    let run = Run::new(dry, members::state_directory::SOURCE, "import_organizations", &progress);
    let imported = organization::import(&place.app, &entries, depth, run)?;
    told.0.extend(imported.report.0);
    write_lines(lines, &told.0)?;

    let [by_id, by_siret, by_department, by_name] = imported.known_by;
    let mut summary = format!("{} : {records} fiches\n", file.display());
    counted(&mut summary, "organisations", imported.written, dry);
    let _ = writeln!(
        summary,
        "  reconnues : {by_id} par identifiant, {by_siret} par SIRET, {by_department} par département, {by_name} par nom"
    );
    let kinds = imported.kinds.iter().map(|(kind, number)| format!("{number} {}", kind.label().fr));
    let _ = writeln!(summary, "  natures : {}", kinds.collect::<Vec<_>>().join(", "));
    for oddity in Oddity::ALL {
        let number = told.0.iter().filter(|finding| finding.oddity == *oddity).count();
        if number > 0 {
            let _ = writeln!(summary, "  {:<18} {number:>6}  {}", oddity.code(), oddity.label().fr);
        }
    }
    Ok(ended(summary, run, dry))
}

fn write_lines(mut to: impl Write, findings: &[Finding]) -> io::Result<()> {
    for Finding { oddity, id, name, detail } in findings {
        let detail = if detail.is_empty() { String::new() } else { format!(" ({detail})") };
        writeln!(to, "{}\t{id}\t{name}\t{}{detail}", oddity.code(), oddity.label().fr)?;
    }
    to.flush()
}

fn content(file: &Path) -> Result<Vec<u8>, Failure> {
    Ok(fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?)
}

fn counted(summary: &mut String, what: &str, written: Written, dry: bool) {
    let Written { created, updated, unchanged, kept } = written;
    let would = if dry { "à " } else { "" };
    let (create, update) = if dry { ("créer", "mettre à jour") } else { ("créées", "mises à jour") };
    // Writing to a String never fails.
    let _ =
        writeln!(summary, "  {what} : {created} {would}{create}, {updated} {would}{update}, {unchanged} inchangées");
    if kept > 0 {
        let _ = writeln!(summary, "  {kept} champs gardés : une personne ou une autre source les tient");
    }
}

fn ended(mut summary: String, run: Run<'_>, dry: bool) -> String {
    summary += &if dry {
        "Essai à blanc : rien n'a été écrit.".to_owned()
    } else {
        format!("Fait. Dans le journal d'audit : request_id {}", run.request)
    };
    summary
}

/// Says what is going on to whoever watches.
fn progress(step: &str) {
    let _ = writeln!(io::stderr(), "import : {step}");
}
