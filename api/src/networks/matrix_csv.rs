//! The matrix as CSV (RFC 4180, or as a French Excel reads it).

use ::networks::tracking::{CellScope, CsvDialect, Matrix};
use actix_web::HttpRequest;
use chrono::SecondsFormat;

use crate::problem::asks_for_french;

/// Tells spreadsheets that the text is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

const UNSERVED: &str = "Sans DICOM";

/// A file to write, in a dialect.
pub(super) fn writer(dialect: CsvDialect) -> csv::Writer<Vec<u8>> {
    let separator = if dialect == CsvDialect::ExcelFr { b';' } else { b',' };
    let mut writer = csv::WriterBuilder::new();
    writer.terminator(csv::Terminator::CRLF).delimiter(separator).from_writer(BYTE_ORDER_MARK.into())
}

/// The dialect that is asked for, else the one of the language that is.
pub(super) fn dialect(asked: Option<CsvDialect>, request: &HttpRequest) -> CsvDialect {
    let spoken = if asks_for_french(request) { CsvDialect::ExcelFr } else { CsvDialect::Rfc4180 };
    asked.unwrap_or(spoken)
}

/// Writes one line per row and column.
pub(super) fn write(matrix: &Matrix, dialect: CsvDialect) -> Result<Vec<u8>, csv::Error> {
    let mut writer = writer(dialect);
    writer.write_record([
        "at",
        "dicom_id",
        "dicom",
        "network_code",
        "organizations",
        "expected",
        "filled",
        "referents",
        "members",
        "gaps",
    ])?;
    for row in &matrix.rows {
        let (id, name) = match &row.dicom {
            Some(dicom) => (dicom.id.to_string(), harmless(dicom.name.as_ref())),
            None => (String::new(), UNSERVED.to_owned()),
        };
        for cell in &row.cells {
            let tally = cell.tally;
            let figures = [tally.expected, tally.filled, tally.referents, tally.members, tally.gaps];
            let head = [
                matrix.at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
                id.clone(),
                name.clone(),
                cell.network_code.to_string(),
            ];
            let count = row.organizations.len().to_string();
            // What is not read is empty, and no zero.
            let figures =
                figures.map(|figure| if cell.scope == CellScope::Nothing { String::new() } else { figure.to_string() });
            writer.write_record(head.iter().chain([&count]).chain(&figures))?;
        }
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// A text that no spreadsheet takes for a formula.
pub(super) fn harmless(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if risky { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn formulas_become_text() {
        for risky in ["=1+1", "+33", "-1", "@a", "\tx", "\r"] {
            assert!(harmless(risky).starts_with('\''), "{risky}");
        }
        assert_eq!(harmless("DICOM"), "DICOM");
    }
}
