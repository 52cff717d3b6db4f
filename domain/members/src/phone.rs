//! Telephone numbers: E.164 with its extension (RFC 3966), or a short number of the French plan.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use kernel::text;
use phonenumber::metadata::DATABASE;
use phonenumber::{Metadata, Mode, PhoneNumber, Type, country};
use regex::Regex;
use serde_json::json;

text!(
    /// Telephone number in international form (E.164), with its extension if it has one (`+33123456789;ext=12`, RFC
    /// 3966), or a short French number (`3939`). French numbers may be sent in national form.
    Phone, 2..=40, Line as "phone", phone
);

/// Words and signs that people type before an extension.
const BEFORE_EXTENSION: [&str; 9] = ["poste n°", "poste", "extension", "ext.", "ext", "p.", "#", "x", "p"];
/// French prefixes of overseas numbers, which have countries of their own in the international plan.
const OVERSEAS: [(&str, &str); 16] = [
    ("0262", "262"),
    ("0263", "262"),
    ("0269", "262"),
    ("0639", "262"),
    ("0692", "262"),
    ("0693", "262"),
    ("0508", "508"),
    ("0708", "508"),
    ("0590", "590"),
    ("0690", "590"),
    ("0691", "590"),
    ("0594", "594"),
    ("0694", "594"),
    ("0596", "596"),
    ("0696", "596"),
    ("0697", "596"),
];

fn phone(text: &str) -> Result<String, &'static str> {
    let (number, extension) = split(text)?;
    // Signs that people type between digits are allowed; other characters are refused, since the library would ignore them.
    if !number.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+()-./\u{2011}\u{2013}".contains(c)) {
        return Err("phone");
    }
    let digits: String = number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    if is_short(&digits) && extension.is_none() {
        return Ok(digits);
    }
    let e164 = match OVERSEAS.iter().find(|(prefix, _)| digits.starts_with(prefix) && digits.len() == 10) {
        Some((_, code)) => overseas(code, &digits)?,
        None => international(number)?,
    };
    Ok(extension.map_or_else(|| e164.clone(), |extension| format!("{e164};ext={extension}")))
}

/// A number and its extension, however it is announced.
fn split(text: &str) -> Result<(&str, Option<&str>), &'static str> {
    let lower = text.to_ascii_lowercase();
    let bare = lower.strip_prefix("tel:").unwrap_or(&lower);
    // The same, as it was typed: lower case has as many bytes.
    let (text, lower) = (&text[text.len() - bare.len()..], bare);
    if let Some(at) = lower.find(";ext=") {
        return extension_of(&text[at + 5..]).map(|extension| (&text[..at], Some(extension)));
    }
    let announced = BEFORE_EXTENSION.iter().find_map(|word| lower.find(word).map(|at| (at, at + word.len())));
    match announced {
        Some((at, after)) => {
            let extension = extension_of(text.get(after..).unwrap_or_default())?;
            let number = text.get(..at).unwrap_or_default();
            Ok((number.trim_end_matches(|c: char| c.is_whitespace() || c == ',' || c == '('), Some(extension)))
        }
        None => Ok((text, None)),
    }
}

fn extension_of(text: &str) -> Result<&str, &'static str> {
    let digits = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ':' | ')'));
    let good = (1..=7).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
    good.then_some(digits).ok_or("phone")
}

/// Numbers of two to six digits that are dialled as they stand (ARCEP, plan national de numérotation).
fn is_short(digits: &str) -> bool {
    match digits.len() {
        2 => matches!(digits, "15" | "17" | "18"),
        3 => matches!(digits, "110" | "112" | "114" | "115" | "116" | "119" | "191" | "196" | "197"),
        4 => digits.starts_with("10") || digits.starts_with('3'),
        6 => digits.starts_with("116") || digits.starts_with("118"),
        _ => false,
    }
}

fn overseas(code: &str, digits: &str) -> Result<String, &'static str> {
    let national = digits.get(1..).unwrap_or_default();
    // Saint-Pierre-et-Miquelon has six digits, which the prefix 0508 comes before on calls from France.
    let national = national.strip_prefix("508").filter(|_| code == "508").unwrap_or(national);
    international(&format!("+{code}{national}"))
}

fn international(number: &str) -> Result<String, &'static str> {
    let parsed = phonenumber::parse(Some(country::FR), number).map_err(|_| "phone")?;
    let valid = [zero_kept(&parsed, number), Some(parsed)].into_iter().flatten().find(|it| is_known(it, number));
    valid.map(|it| it.format().mode(Mode::E164).to_string()).ok_or("phone")
}

/// Whether its country knows a number, digit by digit as it was typed. The library is content when a number begins as one that
/// is known, and drops zeros.
fn is_known(parsed: &PhoneNumber, number: &str) -> bool {
    let code = parsed.code().value();
    let national = parsed.national().to_string();
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let abroad = number.trim_start().starts_with('+') || digits.starts_with("00");
    let typed = digits.strip_prefix("00").unwrap_or(&digits).strip_prefix(&code.to_string()).unwrap_or_default();
    let whole = |prefix: &str| !abroad || typed == national || typed.strip_prefix(prefix) == Some(&national);
    // Numbers of overseas have countries of their own.
    let metropolitan = code != 33 || !OVERSEAS.iter().any(|(prefix, _)| national.starts_with(&prefix[1..]));
    let plans = DATABASE.by_code(&code).unwrap_or_default();
    metropolitan
        && plans.into_iter().any(|plan| whole(plan.national_prefix().unwrap_or_default()) && has(plan, &national))
}

/// Whether a country has such a number.
fn has(plan: &Metadata, national: &str) -> bool {
    let mut of_kind = KINDS.iter().filter_map(|kind| plan.descriptors().get(*kind));
    of_kind.any(|it| it.is_match(national) && is_whole(it.national_number().as_str(), national))
}

/// Whether a pattern of the plan describes all of a number.
fn is_whole(pattern: &str, national: &str) -> bool {
    /// The patterns that were asked for, made ready once.
    static READY: LazyLock<Mutex<HashMap<String, Regex>>> = LazyLock::new(Mutex::default);
    let mut ready = READY.lock().unwrap_or_else(PoisonError::into_inner);
    if !ready.contains_key(pattern) {
        let Ok(whole) = Regex::new(&format!("(?x)^(?:{pattern})$")) else { return false };
        ready.insert(pattern.to_owned(), whole);
    }
    ready.get(pattern).is_some_and(|whole| whole.is_match(national))
}

/// The kinds of numbers that people are reached by.
const KINDS: [Type; 10] = [
    Type::FixedLine,
    Type::Mobile,
    Type::TollFree,
    Type::PremiumRate,
    Type::SharedCost,
    Type::PersonalNumber,
    Type::Voip,
    Type::Pager,
    Type::Uan,
    Type::Voicemail,
];

/// In some countries (Italy, Côte d’Ivoire, Gabon) a national number begins with a zero, which the library drops as if it were
/// France's prefix: the number with that zero.
fn zero_kept(parsed: &PhoneNumber, number: &str) -> Option<PhoneNumber> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.strip_prefix("00").unwrap_or(&digits);
    let code = parsed.code().value();
    let zero = digits.strip_prefix(&code.to_string())?.starts_with('0') && code != 33;
    // As the library itself writes a national number: the count of zeros in the highest byte, then the value.
    let value = (1_u64 << 56) | parsed.national().value();
    let with_zero = json!({"code": {"value": code, "source": "plus"}, "national": {"value": value}, "extension": null, "carrier": null});
    let with_zero = serde_json::from_value::<PhoneNumber>(with_zero).ok()?;
    zero.then_some(with_zero)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: &[(&str, &str)] = &[
        ("01 23 45 67 89", "+33123456789"),
        ("01.23.45.67.89", "+33123456789"),
        ("+33 (0)1 23 45 67 89", "+33123456789"),
        ("0033 1 23 45 67 89", "+33123456789"),
        ("0800 000 000", "+33800000000"),
        ("+39 06 698 2134", "+39066982134"),
        ("00 39 06 698 2134", "+39066982134"),
        ("+225 07 07 07 07 07", "+2250707070707"),
        ("+39 312 345 6789", "+393123456789"),
        ("+32 2 501 02 11", "+3225010211"),
        ("+44 20 7946 0958", "+442079460958"),
        ("0590 99 39 00", "+590590993900"),
        ("0690 35 00 00", "+590690350000"),
        ("0594 39 45 00", "+594594394500"),
        ("0596 39 36 00", "+596596393600"),
        ("0262 40 77 77", "+262262407777"),
        ("0269 63 50 00", "+262269635000"),
        ("0508 41 10 10", "+508411010"),
        ("+508 41 10 10", "+508411010"),
        ("+241 06 03 12 34", "+24106031234"),
        ("+31 6 12345678", "+31612345678"),
        ("+49 30 123456", "+4930123456"),
        ("+1 202 555 0123", "+12025550123"),
        ("+681 72 25 11", "+681722511"),
        ("+687 26 54 00", "+687265400"),
        ("+689 40 47 27 50", "+68940472750"),
        ("01 23 45 67 89 poste 12", "+33123456789;ext=12"),
        ("01 23 45 67 89 Poste: 1234", "+33123456789;ext=1234"),
        ("+33123456789;ext=12", "+33123456789;ext=12"),
        ("tel:+33-1-23-45-67-89;ext=12", "+33123456789;ext=12"),
        ("01 23 45 67 89 (poste 12)", "+33123456789;ext=12"),
        ("01 23 45 67 89, poste n° 12", "+33123456789;ext=12"),
        ("TEL:0123456789;EXT=12", "+33123456789;ext=12"),
        ("01 23 45 67 89 p12", "+33123456789;ext=12"),
        ("+44 20 7946 0958 ext. 12", "+442079460958;ext=12"),
        ("3939", "3939"),
        ("39 39", "3939"),
        ("116 000", "116000"),
        ("17", "17"),
    ];
    const REFUSED: &[&str] = &[
        "",
        "abc",
        "12",
        "1234567",
        "+33 1 23",
        "01 23 45 67 8",
        "01 23 45 67 89 0",
        "+39 0",
        "+1 202-555",
        "+999 123 456",
        "01 23 45 67 89 / 01 23 45 67 90",
        "01 23 45 67 89 poste",
        "01 23 45 67 89 poste douze",
        "appelez le 01 23 45 67 89",
        "4000",
        "3939 poste 2",
        "0123456789a",
        "+590 99 39",
        "+31 6 12345678 12",
        "+39 02 12345678 12",
        "+86 10 12345678 1",
        "+353 22 12345 1",
        "+385 12345678 1",
        "+49 185001234561",
        "+227 081234561",
        "+687 0500121",
        "+508 911010123",
        "+33 269 63 50 00",
        "+33 508 41 10 10",
        "+33 590 99 39 00",
        "+33 694 12 34 56",
    ];

    #[test]
    fn numbers_keep_their_country_and_what_follows_them() {
        for (given, kept) in KEPT {
            assert_eq!(given.parse::<Phone>().map(|it| it.to_string()).as_deref(), Ok(*kept), "{given}");
            assert_eq!(kept.parse::<Phone>().map(|it| it.to_string()).as_deref(), Ok(*kept), "{kept} again");
        }
        for bad in REFUSED {
            assert!(bad.parse::<Phone>().is_err(), "{bad}: {:?}", bad.parse::<Phone>());
        }
    }
}
