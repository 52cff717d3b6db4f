//! Look-alikes: names that people read as the same, whatever letters they are written with (UTS 39, §4).

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types;
use serde::Serialize;
use unicode_normalization::char::is_combining_mark;
use unicode_security::skeleton as drawn;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::directory::MemberReference;
use crate::schema::{invitation, member};

/// How many look-alikes are named.
pub const NAMED: usize = 5;

/// What a name looks like: two names with one skeleton are read as the same. Case, accents, blanks and what nobody sees count
/// for nothing.
#[must_use]
pub fn skeleton(given_name: &str, usual_name: &str) -> String {
    let folded = |text: &str| text.to_lowercase().chars().filter(|it| !is_unseen(*it)).collect::<String>();
    let drawn: String = drawn(&folded(&format!("{given_name} {usual_name}"))).collect();
    let plain: String = drawn.chars().filter(|it| !is_combining_mark(*it) && !it.is_whitespace()).collect();
    // Some prototypes are capitals; and a capital i, which lower case hides, is an l to the eye.
    plain.to_lowercase().replace('i', "l")
}

/// Format characters and fillers: they leave no trace, or a blank.
fn is_unseen(it: char) -> bool {
    it.is_control()
        || matches!(it, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

/// Members whose names look the same, by name: filled in for the person who may confirm, invite or record someone of that name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(max_items = 5)]
pub struct LookAlikes(pub Vec<MemberReference>);

impl LookAlikes {
    /// Nobody is known whose name looks the same.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

// Nothing of it stands in a row: it is filled in for a caller, afterwards.
macro_rules! beside {
    ($table:ident, $Named:ident) => {
        /// Look-alikes beside a row of this table.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = LookAlikes)]
        pub struct $Named(pub LookAlikes);

        impl<DB: diesel::backend::Backend> Selectable<DB> for $Named {
            type SelectExpression = $table::id;

            fn construct_selection() -> Self::SelectExpression {
                $table::id
            }
        }

        impl Queryable<sql_types::Uuid, Pg> for $Named {
            type Row = Uuid;

            fn build(_: Uuid) -> diesel::deserialize::Result<Self> {
                Ok(Self::default())
            }
        }

        impl $Named {
            /// Nobody is known whose name looks the same.
            #[must_use]
            pub const fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }
    };
}
beside!(member, OfMember);
beside!(invitation, OfInvitation);

#[cfg(test)]
mod tests {
    use super::skeleton;

    #[test]
    fn names_that_are_read_as_the_same_have_one_skeleton() {
        let plain = skeleton("Aline", "Vertval");
        for (given, usual) in [
            ("Aline", "Vert\u{200b}val"),
            ("\u{410}line", "Vertv\u{430}l"),
            ("ALINE", "VERTVAL"),
            ("Alîne", "Vert val"),
            ("Aline", "Vertva\u{308}l"),
            ("\u{1d400}line", "Vertval"),
        ] {
            assert_eq!(skeleton(given, usual), plain, "{given} {usual}");
        }
        assert_ne!(skeleton("Aline", "Vertmont"), plain);
        assert_eq!(skeleton("Rnoe", "Vidal"), skeleton("mOE", "Vida\u{49}"), "rn and m, l and I");
    }
}
