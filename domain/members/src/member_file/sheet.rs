//! The text of a file as spreadsheets write it: its encoding, its separator, and the lines that an editor counts.

use super::Unreadable;

/// What the bytes from 0x80 to 0x9F are in windows-1252 (WHATWG Encoding, index windows-1252); blanks where nothing is.
const WINDOWS: [char; 32] = [
    '€', ' ', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', ' ', 'Ž', ' ', ' ', '‘', '’', '“', '”', '•', '–',
    '—', '˜', '™', 'š', '›', 'œ', ' ', 'ž', 'Ÿ',
];

/// A file, and where its table begins.
#[derive(Debug)]
pub(super) struct Sheet {
    text: String,
    /// Where the header begins.
    start: usize,
    pub(super) separator: u8,
}

impl Sheet {
    /// Reads the text; skips blank lines before the header and the line `sep=;` by which Excel is told the separator.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let text = decoded(bytes)?;
        let (mut start, mut told) = (0, None);
        loop {
            let rest = text.get(start..).unwrap_or_default();
            let line = rest.split(['\r', '\n']).next().unwrap_or_default();
            let bare = line.trim().trim_matches('"');
            if let Some(separator) = bare.strip_prefix("sep=").filter(|_| told.is_none()) {
                told = Some(separator.bytes().next().unwrap_or(b'\t'));
            } else if !bare.is_empty() && !bare.chars().all(|c| c == ';' || c == ',' || c.is_whitespace()) {
                let separator = told.unwrap_or(if line.contains(';') { b';' } else { b',' });
                return Ok(Self { text, start, separator });
            } else if line.len() == rest.len() {
                let start = text.len();
                return Ok(Self { text, start, separator: b';' });
            }
            start += line.len();
            start += text.get(start..).map_or(0, |rest| if rest.starts_with("\r\n") { 2 } else { rest.len().min(1) });
        }
    }

    /// The header and what follows.
    pub(super) fn table(&self) -> &[u8] {
        self.text.as_bytes().get(self.start..).unwrap_or_default()
    }

    /// Counts the lines of the file.
    pub(super) fn lines(&self) -> Lines<'_> {
        Lines { sheet: self, at: 0, line: 1 }
    }
}

/// Counts lines from the first to the last, as editors do: a quoted line break is one as well.
pub(super) struct Lines<'a> {
    sheet: &'a Sheet,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line on which a record stands whose reading began at this place of the table; no earlier than the last one.
    pub(super) fn of(&mut self, place: u64) -> u64 {
        let bytes = self.sheet.text.as_bytes();
        let mut end = usize::try_from(place).unwrap_or(usize::MAX).saturating_add(self.sheet.start).min(bytes.len());
        // Blank lines before a record are read with it.
        while bytes.get(end).is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
            end += 1;
        }
        let passed = bytes.get(self.at..end).unwrap_or_default();
        let after = bytes.get(self.at + 1..).unwrap_or_default();
        let breaks = passed.iter().enumerate().filter(|(at, byte)| match byte {
            b'\n' => true,
            b'\r' => after.get(*at) != Some(&b'\n'),
            _ => false,
        });
        self.line += u64::try_from(breaks.count()).unwrap_or(u64::MAX);
        self.at = self.at.max(end);
        self.line
    }
}

/// UTF-8, with or without its mark; else windows-1252, in which a French Excel writes "CSV", where nothing in the file is
/// UTF-8: what is mixed is damaged.
fn decoded(bytes: &[u8]) -> Result<String, Unreadable> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Unreadable::new("le fichier est en UTF-16 : enregistrez-le en « CSV UTF-8 »"));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.trim_start_matches('\u{feff}').to_owned()),
        Err(error) => windows(bytes).ok_or_else(|| {
            let line = bytes.get(..error.valid_up_to()).unwrap_or_default().split(|byte| *byte == b'\n').count();
            let said = "enregistrez-le en « CSV UTF-8 »";
            Unreadable::new(format!("le fichier n’est pas en UTF-8, ligne {line} : {said}"))
        }),
    }
}

/// The text in windows-1252, if it can be that.
fn windows(bytes: &[u8]) -> Option<String> {
    let mixed = bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii());
    let sign = |byte: &u8| match byte {
        0x80..=0x9f => WINDOWS.get(usize::from(*byte - 0x80)).copied().filter(|sign| *sign != ' '),
        byte => Some(char::from(*byte)),
    };
    if mixed { None } else { bytes.iter().map(sign).collect() }
}

#[cfg(test)]
mod tests {
    use super::Sheet;

    #[test]
    fn a_file_is_read_as_spreadsheets_write_it() {
        let read = |bytes: &[u8]| {
            let sheet = Sheet::read(bytes).unwrap();
            (String::from_utf8(sheet.table().to_vec()).unwrap(), sheet.separator)
        };
        for (bytes, table, separator) in [
            ("a;b\n1;2", "a;b\n1;2", b';'),
            ("\u{feff}a,b\r\n1,2", "a,b\r\n1,2", b','),
            ("\r\n \r\n;;\r\na;b\r\n", "a;b\r\n", b';'),
            ("sep=;\r\na;b", "a;b", b';'),
            ("\u{feff}\"sep=,\"\n\na,b;c", "a,b;c", b','),
            ("sep=\t\na\tb", "a\tb", b'\t'),
            ("", "", b';'),
            ("\n\n", "", b';'),
        ] {
            assert_eq!(read(bytes.as_bytes()), (table.to_owned(), separator), "{bytes:?}");
        }
        assert_eq!(read(b"pr\xe9nom;\x80 \x9cuvre").0, "prénom;€ œuvre");
        for damaged in [&b"\xc3\xa9 \xe9"[..], b"\x81", b"\xff\xfea\0"] {
            assert!(Sheet::read(damaged).is_err(), "{damaged:?}");
        }
    }
}
