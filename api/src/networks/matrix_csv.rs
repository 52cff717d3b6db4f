//! The matrix as CSV (RFC 4180).

use ::networks::tracking::{CellScope, Matrix};
use chrono::SecondsFormat;

/// Tells spreadsheets that the text is UTF-8.
pub(super) const BYTE_ORDER_MARK: &str = "\u{feff}";

const UNSERVED: &str = "(sans DICOM)";

/// Writes one line per row and column.
pub(super) fn write(matrix: &Matrix) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(BYTE_ORDER_MARK.into());
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
