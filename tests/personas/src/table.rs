//! Tables of rights: an action, what it is asked about, and a verdict for every caller. Pure, so that they answer at once.

use std::collections::BTreeSet;
use std::fs;
use std::marker::PhantomData;
use std::path::Path;

use kernel::{Action, Actor, Refusal, Ruling};

use crate::{CALLERS, callers};

/// The table of one action: each row a case, each column a caller.
#[derive(Debug)]
pub struct Table<A> {
    checked: Checked,
    of: PhantomData<A>,
}

/// What came of a table.
#[derive(Debug)]
pub struct Checked {
    action: &'static str,
    cells: usize,
    wrong: Vec<String>,
}

impl<A: Action> Default for Table<A> {
    fn default() -> Self {
        Self::new()
    }
}

impl<A: Action> Table<A> {
    /// An empty table.
    #[must_use]
    pub const fn new() -> Self {
        Self { checked: Checked { action: A::NAME, cells: 0, wrong: Vec::new() }, of: PhantomData }
    }

    /// Who may in this case: `+` may, `-` is told that they may not, `.` is told that there is no such thing; one sign per
    /// caller, in the order of `CALLERS`.
    ///
    /// # Panics
    /// There are too few signs, or too many.
    #[must_use]
    pub fn who(mut self, case: &str, facts: &A::Facts, signs: &str) -> Self {
        assert_eq!(signs.len(), CALLERS.len(), "{} {case}: one sign per caller of {CALLERS}", A::NAME);
        let signs = signs.chars().filter(|sign| *sign != ' ');
        for ((caller, actor), expected) in callers().iter().zip(signs) {
            let ruling = A::rule(actor, facts);
            self.expect(case, *caller, expected, sign(ruling));
            self.threshold(case, *caller, actor, ruling);
        }
        self
    }

    /// What refuses someone before anything is looked up must not contradict the rule.
    fn threshold(&mut self, case: &str, caller: char, actor: &Actor, ruling: Ruling) {
        let stopped = A::THRESHOLD.map(|threshold| threshold(actor)).filter(|stopped| *stopped != Ruling::Allow);
        if let Some(stopped) = stopped {
            self.expect(&format!("{case}, at the threshold"), caller, sign(ruling), sign(stopped));
        }
    }

    /// A case in which it may be done now, for every caller.
    #[must_use]
    pub fn now(self, case: &str, facts: &A::Facts) -> Self {
        self.when(case, facts, "now")
    }

    /// A case in which nobody may do it now, and what is said of it: `illegal` with the moves that remain, `invalid` with
    /// the pointer, or the name of the refusal.
    #[must_use]
    pub fn when(mut self, case: &str, facts: &A::Facts, expected: &str) -> Self {
        let said = A::moment(facts).map_or_else(|refusal| name(&refusal), |()| "now".to_owned());
        self.expect_said(case, expected, &said);
        self
    }

    /// The same for one caller, where it depends on whom the caller speaks for.
    ///
    /// # Panics
    /// Nobody has this sign.
    #[must_use]
    pub fn when_asked_by(mut self, caller: char, case: &str, facts: &A::Facts, expected: &str) -> Self {
        let all = callers();
        let found = all.iter().find(|(sign, _)| *sign == caller);
        let actor = &found.unwrap_or_else(|| panic!("nobody has the sign {caller}")).1;
        let said = A::moment_for(actor, facts).map_or_else(|refusal| name(&refusal), |()| "now".to_owned());
        self.expect_said(&format!("{case}, asked by {caller}"), expected, &said);
        self
    }

    /// The table is complete.
    #[must_use]
    pub fn end(self) -> Checked {
        self.checked
    }

    fn expect(&mut self, case: &str, caller: char, expected: char, said: char) {
        self.expect_said(&format!("{case}: {caller}"), &expected.to_string(), &said.to_string());
    }

    fn expect_said(&mut self, case: &str, expected: &str, said: &str) {
        self.checked.cells += 1;
        if expected != said {
            self.checked.wrong.push(format!("{} {case}: {expected} expected, {said}", A::NAME));
        }
    }
}

const fn sign(ruling: Ruling) -> char {
    match ruling {
        Ruling::Allow => '+',
        Ruling::Deny(_) => '-',
        Ruling::Hide => '.',
    }
}

fn name(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Illegal { allowed } => format!("illegal {}", allowed.join(" ")).trim_end().to_owned(),
        Refusal::Invalid(pointer, _) => format!("invalid {pointer}").trim_end().to_owned(),
        Refusal::InvalidAt(pointer, _) => format!("invalid {pointer}"),
        Refusal::LastLead => "last_lead".to_owned(),
        Refusal::LastAdmin => "last_admin".to_owned(),
        Refusal::Superseded(_) => "superseded".to_owned(),
        Refusal::Overlap => "overlap".to_owned(),
        Refusal::AlreadyRequested => "already_requested".to_owned(),
        Refusal::InvitationSpent => "invitation_spent".to_owned(),
        other => format!("{other:?}"),
    }
}

/// Fails on the cells that are wrong, and on actions of these sources that have no table.
///
/// # Panics
/// There are some.
pub fn check(sources: &Path, tables: Vec<Checked>) {
    let told: BTreeSet<String> = tables.iter().map(|table| table.action.to_owned()).collect();
    let missing: Vec<String> = named_in(sources).difference(&told).cloned().collect();
    assert!(missing.is_empty(), "these actions have no table of rights: {}", missing.join(", "));
    let cells: usize = tables.iter().map(|table| table.cells).sum();
    let wrong: Vec<String> = tables.into_iter().flat_map(|table| table.wrong).collect();
    assert!(wrong.is_empty(), "{} of {cells} cells:\n{}", wrong.len(), wrong.join("\n"));
}

/// The names of all actions that are declared below a directory: by a macro, or by hand.
///
/// # Panics
/// The sources cannot be read.
#[must_use]
pub fn named_in(sources: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(sources).unwrap_or_else(|error| panic!("{}: {error}", sources.display())).flatten() {
        let path = entry.path();
        if path.is_dir() {
            names.extend(named_in(&path));
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            names.extend(declared(&fs::read_to_string(&path).unwrap_or_default()));
        }
    }
    names
}

fn declared(source: &str) -> BTreeSet<String> {
    let declares = |before: &str| {
        let macros = ["action!(", "decision!("];
        let last = before.rfind("!(").and_then(|at| before.get(..at + 2));
        last.is_some_and(|text| macros.iter().any(|name| text.ends_with(name)))
    };
    let literal = |after: &str| after.split('"').next().map(str::to_owned);
    let by_macro = source.match_indices(" as \"").filter(|(at, _)| source.get(..*at).is_some_and(declares));
    let by_macro = by_macro.filter_map(|(at, sign)| source.get(at + sign.len()..).and_then(literal));
    let by_hand = source.split("Action for ").skip(1).filter_map(|body| {
        let (before, after) = body.split_once("const NAME: &'static str = \"")?;
        if before.contains("\n}") { None } else { literal(after) }
    });
    by_macro.chain(by_hand).collect()
}

#[cfg(test)]
mod tests {
    use super::declared;

    #[test]
    fn actions_are_found_however_they_are_declared() {
        let source = r#"
            action!(
                /// See it: all callers.
                Read(NetworkId) on Network as "get_network", Network, seen
            );
            decision!(
                /// Agree.
                Accept as "accept_request"
            );
            text!(Email, 3..=254, Line as "email", email);
            impl kernel::Action for Track {
                type Facts = ();
                const NAME: &'static str = "get_matrix";
            }
        "#;
        let found: Vec<String> = declared(source).into_iter().collect();
        assert_eq!(found, ["accept_request", "get_matrix", "get_network"]);
    }
}
