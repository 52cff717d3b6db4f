//! Several values of one query parameter: it is repeated, or its values are separated by commas.

use std::collections::BTreeSet;
use std::marker::PhantomData;

use serde::de::value::{Error, StrDeserializer};
use serde::de::{DeserializeOwned, Error as _, IntoDeserializer as _};
use serde::{Deserialize, Deserializer};

/// Most values that one parameter takes.
pub const MOST: usize = 100;

/// Several values of one parameter, each once, at most a hundred.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Several<T>(BTreeSet<T>);

impl<T> Default for Several<T> {
    fn default() -> Self {
        Self(BTreeSet::new())
    }
}

impl<T: Ord> Several<T> {
    /// Whether a value is among them.
    #[must_use]
    pub fn has(&self, value: &T) -> bool {
        self.0.contains(value)
    }

    /// Whether the parameter was not sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The values, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }
}

impl<'de, T: DeserializeOwned + Ord> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Values<T>(PhantomData<T>);

        impl<'de, T: DeserializeOwned + Ord> serde::de::Visitor<'de> for Values<T> {
            type Value = Several<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("values")
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut all: A) -> Result<Self::Value, A::Error> {
                let mut values = BTreeSet::new();
                while let Some(some) = all.next_element::<String>()? {
                    for one in some.split(',') {
                        let one: StrDeserializer<'_, Error> = one.trim().into_deserializer();
                        values.insert(T::deserialize(one).map_err(|_| A::Error::custom("value"))?);
                    }
                }
                if values.len() > MOST { Err(A::Error::custom("length")) } else { Ok(Several(values)) }
            }
        }

        from.deserialize_seq(Values(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize as _;
    use serde::de::value::{Error, SeqDeserializer};

    use super::Several;
    use crate::{MemberId, Sort};

    fn read<T: serde::de::DeserializeOwned + Ord>(sent: &[&str]) -> Result<Several<T>, Error> {
        Several::deserialize(SeqDeserializer::<_, Error>::new(sent.iter().copied()))
    }

    #[test]
    fn values_are_repeated_or_separated_by_commas() {
        let (one, other) = ("01900000-0000-7000-8000-000000000001", "01900000-0000-7000-8000-000000000002");
        let both = read::<MemberId>(&[&format!("{one}, {other}"), one]).unwrap();
        assert_eq!(both.iter().map(ToString::to_string).collect::<Vec<_>>(), [one, other]);
        assert!(read::<Sort>(&["name,-name"]).unwrap().has(&Sort::NameDown));
        for bad in [&["name,"][..], &["nom"], &["name", ""], &["01900000"]] {
            assert!(read::<Sort>(bad).is_err() && read::<MemberId>(bad).is_err(), "{bad:?}");
        }
        let many: Vec<String> = (0..101).map(|n| format!("01900000-0000-7000-8000-{n:012}")).collect();
        assert!(read::<MemberId>(&[&many.join(",")]).is_err());
        assert_eq!(read::<MemberId>(&[&many[1..].join(",")]).unwrap().iter().count(), 100);
    }
}
