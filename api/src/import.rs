//! The import subcommands: read and check the file first, then write all of it or nothing, and tell what happened.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use ::members::member_file::{self, SourceCode};
use ::members::state_directory::{Finding, Oddity, Report, SOURCE, read};
use persistence::import::{Run, Written, member, organization};

use crate::config::{Import, Settings};
use crate::embedded::Embedded;
use crate::failure::Failure;
use crate::serve::Place;

/// Imports a file, and gives the summary.
///
/// # Errors
/// The file cannot be read or is not of that kind (the error says where); the database does not answer.
pub fn import(settings: &Settings, what: &Import) -> Result<String, Failure> {
    match what {
        Import::Organizations { file, dry_run, depth, report } => {
            organizations(settings, file, *dry_run, *depth, report.as_deref())
        }
        Import::Members { file, dry_run, source } => members(settings, file, *dry_run, source),
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
    progress(&format!("fiches lues : {records}"));
    // Made before anything is imported, so that a report that cannot be written is known in time.
    let created = |path: &Path| File::create(path).map_err(|error| format!("{}: {error}", path.display()));
    let report = report.map(created).transpose()?;
    let place = Place::find(settings, Embedded::start)?;
    place.prepare(settings)?;
    let run = Run::new(dry, SOURCE, "import_organizations", &progress);
    let imported = organization::import(&place.app, &entries, depth, run)?;
    told.0.extend(imported.report.0);
    match report {
        Some(file) => write_lines(BufWriter::new(file), &told.0)
            .map_err(|error| format!("imported, without its report: {error}"))?,
        // A reader that went away is no failure of ours.
        None => write_lines(io::stdout().lock(), &told.0).unwrap_or_default(),
    }

    let [by_id, by_siret, by_department, by_name] = imported.known_by;
    let mut summary = format!("{} : fiches lues : {records}\n", file.display());
    counted(&mut summary, "organisations", imported.written);
    let _ = writeln!(
        summary,
        "  reconnues : {by_id} par identifiant, {by_siret} par SIRET, {by_department} par département, {by_name} par nom"
    );
    let kinds = imported.kinds.iter().map(|(kind, number)| format!("{number} {}", kind.label().fr));
    let _ = writeln!(summary, "  natures : {}", kinds.collect::<Vec<_>>().join(", "));
    for oddity in Oddity::ALL {
        let number = told.0.iter().filter(|finding| finding.oddity == *oddity).count();
        if number > 0 {
            let _ = writeln!(summary, "  {:<18} {number:>6}  {}", oddity.code(), oddity.label().fr);
        }
    }
    Ok(ended(summary, run, dry))
}

/// How many faults are listed; the others are counted.
const MOST_FAULTS: usize = 100;

fn members(settings: &Settings, file: &Path, dry: bool, source: &SourceCode) -> Result<String, Failure> {
    let bytes = content(file)?;
    let mut faults = Vec::new();
    let rows = member_file::read(&bytes, &mut faults).map_err(|error| format!("{}: {error}", file.display()))?;
    progress(&format!("lignes lues : {}", rows.number));
    let place = Place::find(settings, Embedded::start)?;
    place.prepare(settings)?;
    let run = Run::new(dry, source.as_ref(), "import_members", &progress);
    let imported = member::import(&place.app, &rows, &faults, source, run)?;
    if !imported.faults.is_empty() {
        let mut out = io::stdout().lock();
        for fault in imported.faults.iter().take(MOST_FAULTS) {
            let _ = writeln!(out, "{fault}");
        }
        let number = imported.faults.len();
        if number > MOST_FAULTS {
            let _ = writeln!(out, "… autres erreurs : {}", number - MOST_FAULTS);
        }
        return Err(format!("{} : erreurs : {number} ; rien n’a été importé", file.display()).into());
    }
    let mut summary = format!("{} : lignes {}, source « {source} »\n", file.display(), rows.number);
    counted(&mut summary, "membres", imported.members);
    counted(&mut summary, "rattachements", imported.affiliations);
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

fn counted(summary: &mut String, what: &str, written: Written) {
    let Written { created, updated, unchanged, kept } = written;
    // Writing to a String never fails.
    let _ = writeln!(summary, "  {what} : créations {created}, mises à jour {updated}, sans changement {unchanged}");
    if kept > 0 {
        let _ = writeln!(summary, "  champs conservés (gérés par une personne ou par une autre source) : {kept}");
    }
}

fn ended(mut summary: String, run: Run<'_>, dry: bool) -> String {
    let _ = if dry {
        write!(summary, "Essai à blanc : rien n’a été écrit.")
    } else {
        write!(summary, "Fait. Dans le journal d’audit : request_id {}", run.request)
    };
    summary
}

/// Writes the present step to standard error, for the person who watches.
fn progress(step: &str) {
    let _ = writeln!(io::stderr(), "import : {step}");
}
