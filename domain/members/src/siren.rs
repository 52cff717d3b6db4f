//! SIREN and SIRET, the State's numbers of organizations and their establishments (décret n° 73-314).

use kernel::text;

/// La Poste's establishments have SIRETs whose plain digit sum, not Luhn's, is a multiple of five.
const LA_POSTE: &str = "356000000";

text!(
    /// SIREN number of a legal unit: nine digits, the last of which checks the others (Luhn).
    Siren, 9..=9, Digits as "siren", siren
);
text!(
    /// SIRET number of an establishment: its SIREN and five digits, checked together (Luhn; for La Poste by its own
    /// rule).
    Siret, 14..=14, Digits as "siret", siret
);

fn siren(text: &str) -> Result<String, &'static str> {
    (digits(text).is_some_and(|sum| sum > 0) && luhn(text)).then(|| text.to_owned()).ok_or("siren")
}

fn siret(text: &str) -> Result<String, &'static str> {
    let sum = digits(text).filter(|sum| *sum > 0).ok_or("siret")?;
    let post = text.starts_with(LA_POSTE) && sum.is_multiple_of(5);
    let good = text.get(..9).is_some_and(|unit| siren(unit).is_ok()) && (luhn(text) || post);
    good.then(|| text.to_owned()).ok_or("siret")
}

/// The sum of the digits, if there is nothing else.
fn digits(text: &str) -> Option<u32> {
    text.chars().map(|digit| digit.to_digit(10)).sum()
}

fn luhn(text: &str) -> bool {
    let digits = text.chars().rev().filter_map(|digit| digit.to_digit(10)).enumerate();
    let sum: u32 = digits
        .map(|(place, digit)| if place.is_multiple_of(2) { digit } else { digit * 2 - if digit > 4 { 9 } else { 0 } })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_numbers_are_taken_and_mistyped_ones_are_not() {
        for good in ["130025265", "356000000", "552100554"] {
            assert!(good.parse::<Siren>().is_ok(), "{good}");
        }
        for bad in ["130025266", "13002526", "1300252650", "000000000", "13002526A", "", "٣56000000"] {
            assert!(bad.parse::<Siren>().is_err(), "{bad}");
        }
        for good in ["13002526500013", "35600000000048", "35600000049837"] {
            assert!(good.parse::<Siret>().is_ok(), "{good}");
        }
        for bad in
            ["13002526500014", "00000000000000", "35600000049838", "3560000004983", "13002526 00013", "00000000000018"]
        {
            assert!(bad.parse::<Siret>().is_err(), "{bad}");
        }
    }
}
