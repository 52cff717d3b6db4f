//! Exemptions from what holds for all: each is needed, and there are never more of them than there were.

use std::cell::RefCell;
use std::collections::BTreeSet;

/// A list of exemptions, which knows those that were made use of.
pub struct Exempt {
    name: &'static str,
    all: &'static [&'static str],
    used: RefCell<BTreeSet<&'static str>>,
}

impl Exempt {
    /// The exemptions of a test. Their number is written beside them, and is only ever lowered: do not add one, but
    /// mend what would be exempt.
    #[track_caller]
    pub fn of(name: &'static str, all: &'static [&'static str], number: usize) -> Self {
        assert_eq!(all.len(), number, "{name}: exemptions become fewer, and never more; write the lower number");
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), number, "{name}: one stands twice");
        Self { name, all, used: RefCell::default() }
    }

    /// Whether this one is exempt; it is, then, needed.
    pub fn has(&self, it: &str) -> bool {
        self.has_one(|exempt| exempt == it)
    }

    /// The same for what one of the exemptions begins.
    pub fn begins(&self, it: &str) -> bool {
        self.has_one(|exempt| it.starts_with(exempt))
    }

    /// The same for what has one of the exemptions in it.
    pub fn within(&self, it: &str) -> bool {
        self.has_one(|exempt| it.contains(exempt))
    }

    fn has_one(&self, is: impl Fn(&str) -> bool) -> bool {
        let found = self.all.iter().copied().find(|exempt| is(exempt));
        self.used.borrow_mut().extend(found);
        found.is_some()
    }

    /// Fails on those that nothing needed.
    #[track_caller]
    pub fn are_all_needed(&self) {
        let used = self.used.borrow();
        let idle: Vec<_> = self.all.iter().filter(|exempt| !used.contains(*exempt)).collect();
        assert!(idle.is_empty(), "{}: no longer needed, take them out: {idle:?}", self.name);
    }
}
