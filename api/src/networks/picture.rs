//! What the pictures share: how one is answered, and how it says dates, numbers and texts.

use actix_web::HttpResponse;
use actix_web::http::header;
use chrono::{Datelike as _, NaiveDate};
use kernel::Label;

use super::tracking::private;
use crate::content_policy::own_style;

/// A picture (SVG) with the one style that it carries. Its colours in the light are attributes, so that no reader who
/// drops the style loses them; the style holds what the dark, a narrow screen and paper change.
pub(super) struct Picture {
    pub(super) svg: String,
    pub(super) style: String,
}

/// A picture as it is answered: opened by its address, it may apply its own style and load nothing.
pub(super) fn answer(picture: Picture, english: bool) -> HttpResponse {
    private()
        .insert_header((header::CONTENT_SECURITY_POLICY, own_style(&picture.style)))
        .insert_header((header::CONTENT_LANGUAGE, lang(english)))
        .content_type("image/svg+xml")
        .body(picture.svg)
}

pub(super) const fn lang(english: bool) -> &'static str {
    if english { "en" } else { "fr" }
}

/// A sentence in the caller's language.
pub(super) const fn say(english: bool, fr: &'static str, en: &'static str) -> &'static str {
    if english { en } else { fr }
}

/// A label as a heading, with a capital.
pub(super) fn capital(label: Label, english: bool) -> String {
    let mut rest = say(english, label.fr, label.en).chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

const MONTHS: [(&str, &str); 12] = [
    ("janvier", "January"),
    ("février", "February"),
    ("mars", "March"),
    ("avril", "April"),
    ("mai", "May"),
    ("juin", "June"),
    ("juillet", "July"),
    ("août", "August"),
    ("septembre", "September"),
    ("octobre", "October"),
    ("novembre", "November"),
    ("décembre", "December"),
];

/// A day as people write it: `1er décembre 2026`, `1 December 2026`.
pub(super) fn day(on: NaiveDate, english: bool) -> String {
    let (fr, en) = MONTHS.get(on.month0() as usize).copied().unwrap_or_default();
    let first = if on.day() == 1 && !english { "er" } else { "" };
    format!("{}{first}\u{a0}{}\u{a0}{}", on.day(), say(english, fr, en), on.year())
}

/// A day in a scale: `30/11/26`, `30 Nov 26`.
pub(super) fn short_day(on: NaiveDate, english: bool) -> String {
    on.format(if english { "%-d\u{a0}%b\u{a0}%y" } else { "%d/%m/%y" }).to_string()
}

/// A text that is no markup.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A name cut where the room ends, with the whole name behind it; as the content of a `text`.
pub(super) fn fitted(name: &str, room: usize) -> String {
    if name.chars().count() <= room {
        return escaped(name);
    }
    let cut: String = name.chars().take(room - 1).collect();
    format!("<title>{}</title>{}…", escaped(name), escaped(cut.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_said_as_people_write_them() {
        let on = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(day(on("2026-11-30"), false), "30\u{a0}novembre\u{a0}2026");
        assert_eq!(day(on("2026-12-01"), false), "1er\u{a0}décembre\u{a0}2026");
        assert_eq!(day(on("2026-12-01"), true), "1\u{a0}December\u{a0}2026");
        assert_eq!(
            (short_day(on("2026-02-01"), false), short_day(on("2026-02-01"), true)),
            ("01/02/26".into(), "1\u{a0}Feb\u{a0}26".into())
        );
    }

    #[test]
    fn a_name_that_is_cut_is_told_whole() {
        assert_eq!(fitted("R & D", 5), "R &amp; D");
        assert_eq!(fitted("Délégation <x>", 6), "<title>Délégation &lt;x&gt;</title>Délég…");
    }
}
