//! Permission as a value: nothing is written without a `Grant`, and only a rule gives one.

use crate::{Actor, Label, OrganizationId, Version, Versions};

/// Something an actor may ask for. Its rule is pure, so that it is tested as a table.
pub trait Action {
    /// What must be known to decide; loaded and locked in the same transaction.
    type Facts;

    /// One name everywhere: operation of the contract, audit line, available action.
    const NAME: &'static str;

    /// Who may.
    fn rule(actor: &Actor, facts: &Self::Facts) -> Ruling;

    /// A rule that needs no facts, if there is one: asked before anything is looked up or locked.
    const THRESHOLD: Option<fn(&Actor) -> Ruling> = None;

    /// When it may be done, for every actor.
    ///
    /// # Errors
    /// The object is not in a state that allows it.
    fn moment(_: &Self::Facts) -> Result<(), Refusal> {
        Ok(())
    }

    /// When this actor may do it, where that depends on the side for which they act.
    ///
    /// # Errors
    /// The object is not in a state in which this actor may do it.
    fn moment_for(_: &Actor, facts: &Self::Facts) -> Result<(), Refusal> {
        Self::moment(facts)
    }

    /// The noun and, when it exists already, the object acted upon: for the audit line of a refusal.
    fn object(&self) -> (&'static str, Option<String>);
}

/// What an action is asked about: an object that exists has a key, what is yet to be created has none.
pub trait Target {
    /// The last segment of its address.
    fn key(&self) -> Option<String> {
        None
    }
}

/// Something new in a parent object: it has no key yet.
impl<P, N> Target for (P, N) {}

/// Declares an action: what it is asked about, its name, its facts, who may and, if not always, when; and optionally a
/// rule that needs no facts (`THRESHOLD`).
#[macro_export]
macro_rules! action {
    ($(#[doc = $doc:literal])+ $name:ident($about:ty) on $noun:ty as $called:literal, $facts:ty, $rule:expr $(, $moment:expr)? $(; $threshold:expr)?) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone)]
        pub struct $name(pub $about);

        impl $crate::Action for $name {
            type Facts = $facts;
            const NAME: &'static str = $called;

            fn rule(actor: &$crate::Actor, facts: &$facts) -> $crate::Ruling {
                let rule: fn(&$crate::Actor, &$facts) -> $crate::Ruling = $rule;
                rule(actor, facts)
            }
            $(const THRESHOLD: Option<fn(&$crate::Actor) -> $crate::Ruling> = Some($threshold);)?
            $(fn moment(facts: &$facts) -> Result<(), $crate::Refusal> {
                let moment: fn(&$facts) -> Result<(), $crate::Refusal> = $moment;
                moment(facts)
            })?
            fn object(&self) -> (&'static str, Option<String>) {
                (<$noun as $crate::Noun>::NAME, $crate::policy::Target::key(&self.0))
            }
        }
    };
}

/// The answer of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// The actor may.
    Allow,
    /// The actor sees the object and may not: say why.
    Deny(Label),
    /// To this actor, the object does not exist.
    Hide,
}

impl Ruling {
    /// Allowed if the actor may see it, else hidden as if it did not exist.
    #[must_use]
    pub const fn seen(may: bool) -> Self {
        if may { Self::Allow } else { Self::Hide }
    }

    /// The refusal that it is, if it is one.
    ///
    /// # Errors
    /// The actor may not, or must not know.
    pub const fn pass(self) -> Result<(), Refusal> {
        match self {
            Self::Allow => Ok(()),
            Self::Deny(why) => Err(Refusal::Forbidden(why)),
            Self::Hide => Err(Refusal::NotFound),
        }
    }

    /// Adds a condition. What is hidden stays hidden, and what is refused keeps its first reason.
    #[must_use]
    pub const fn and(self, may: bool, otherwise: Label) -> Self {
        match self {
            Self::Allow if !may => Self::Deny(otherwise),
            ruling => ruling,
        }
    }

    /// For the SIG only.
    #[must_use]
    pub fn for_sig(self, actor: &Actor) -> Self {
        self.and(actor.is_sig(), Label::SIG)
    }

    /// For the SIG administrator only.
    #[must_use]
    pub fn for_sig_admin(self, actor: &Actor) -> Self {
        self.and(actor.is_sig_admin(), Label::SIG_ADMIN)
    }

    /// For the State's communicators only.
    #[must_use]
    pub fn for_insiders(self, actor: &Actor) -> Self {
        self.and(actor.is_insider(), Label::INSIDERS)
    }
}

impl Label {
    /// Why an actor who is not of the SIG may not.
    pub const SIG: Self = Self {
        fr: "Cette opération est réservée à la coordination et à l’administration du SIG.",
        en: "Only SIG coordinators and SIG administrators may do this.",
    };
    /// Why an actor who is not a SIG administrator may not.
    pub const SIG_ADMIN: Self = Self {
        fr: "Cette opération est réservée à l’administration du SIG.",
        en: "Only SIG administrators may do this.",
    };
    /// Why a person may not by way of a service that holds their session.
    pub const YOURSELF: Self = Self {
        fr: "Un service qui tient votre session ne peut pas faire cette opération\u{a0}: connectez-vous vous-même.",
        en: "A service that holds your session cannot do this: log in yourself.",
    };
    /// Why a partner or an observer may not.
    pub const INSIDERS: Self = Self {
        fr: "Cette opération n’est pas ouverte aux partenaires ni aux observateurs et observatrices.",
        en: "Partners and observers may not do this.",
    };
    /// Why a service account may not.
    pub const PEOPLE: Self = Self {
        fr: "Cette opération est réservée aux personnes\u{a0}: un compte de service n’en dispose pas.",
        en: "Only people may do this: a service account may not.",
    };
    /// Why an actor may not see the card of a member.
    pub const CARD: Self =
        Self { fr: "Cette personne limite la lecture de sa fiche.", en: "This member limits who may read their card." };
    /// What is wrong with an end that comes before the beginning.
    pub const TOO_EARLY: Self = Self {
        fr: "Cette date précède le début : indiquez une date postérieure, ou n’en indiquez pas.",
        en: "This time comes before the beginning: give a later one, or none.",
    };
    /// What is wrong with a period that is over before it begins.
    pub const BACKWARDS: Self = Self {
        fr: "La fin de la période précède son début : corrigez l’une des deux dates.",
        en: "The period ends before it begins: correct one of the two dates.",
    };
    /// What is wrong with a day that is over.
    pub const OVER: Self = Self {
        fr: "Cette date est passée : choisissez aujourd’hui ou une date à venir.",
        en: "This day is over: choose today or a day to come.",
    };
    /// What is wrong with a day to come.
    pub const NOT_YET: Self = Self {
        fr: "Cette date est à venir : choisissez aujourd’hui ou une date passée.",
        en: "That day has not come yet: choose today or a past day.",
    };
}

/// Why something asked for was not done. It carries no HTTP status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The actor may not, and may know why.
    Forbidden(Label),
    /// The object does not exist, or not for this actor.
    NotFound,
    /// The state of the object does not allow it.
    Illegal {
        /// The moves that its state allows.
        allowed: Vec<&'static str>,
    },
    /// It would leave a network without a lead.
    LastLead,
    /// It would leave the service without a SIG administrator.
    LastAdmin,
    /// Other organizations stand below it, or something is held through it.
    NotEmpty,
    /// The organization was merged or split; these are its successors.
    Superseded(Vec<OrganizationId>),
    /// The same fact, or one that excludes it, exists already at that time.
    Overlap,
    /// The same person has an open membership request for the same network.
    AlreadyRequested,
    /// An invitation that was used, revoked or is past its time.
    InvitationSpent,
    /// As many as may be are there already.
    QuotaFull,
    /// The member owns things that must be handed over first.
    HandOverRequired,
    /// Someone changed the object meanwhile.
    Stale,
    /// The cursor was not made by this service, or belongs to another list.
    BadCursor,
    /// A value of the request cannot be taken; where it stands (RFC 6901), and why.
    Invalid(&'static str, Label),
    /// The same, where it stands in a list.
    InvalidAt(String, Label),
}

/// Proof that the rule said yes. It has no public constructor and cannot be copied, so this does not compile:
///
/// ```compile_fail,E0451
/// # use kernel::{Action, Grant};
/// fn forge<A: Action>(action: A, facts: A::Facts) -> Grant<A> {
///     Grant { action, facts }
/// }
/// ```
#[derive(Debug)]
pub struct Grant<A: Action> {
    action: A,
    facts: A::Facts,
}

impl<A: Action> Grant<A> {
    /// Asks the rule, then the moment.
    ///
    /// # Errors
    /// One of them said no.
    pub fn ask(actor: &Actor, action: A, facts: A::Facts) -> Result<Self, Refusal> {
        A::rule(actor, &facts).pass()?;
        A::moment_for(actor, &facts)?;
        Ok(Self { action, facts })
    }

    /// Consumes the grant, and returns what was asked and the facts.
    pub fn spend(self) -> (A, A::Facts) {
        (self.action, self.facts)
    }

    /// The facts that the rule looked at.
    pub const fn facts(&self) -> &A::Facts {
        &self.facts
    }
}

/// An action with its rule, as a row of a table over one kind of facts.
#[derive(Debug)]
pub struct Offer<F> {
    /// The action's name.
    pub name: &'static str,
    /// Who may.
    pub rule: fn(&Actor, &F) -> Ruling,
    moment: fn(&Actor, &F) -> Result<(), Refusal>,
}

impl<F> Offer<F> {
    /// The row of an action.
    #[must_use]
    pub const fn of<A: Action<Facts = F>>() -> Self {
        Self { name: A::NAME, rule: A::rule, moment: A::moment_for }
    }

    /// Whether this actor could do it now.
    pub fn stands(&self, actor: &Actor, facts: &F) -> bool {
        (self.rule)(actor, facts) == Ruling::Allow && (self.moment)(actor, facts).is_ok()
    }
}

/// Refuses a change whose author saw another version than the current one.
///
/// # Errors
/// The object has moved on.
pub fn unchanged(current: Version, seen: Versions) -> Result<(), Refusal> {
    if seen.hold(current) { Ok(()) } else { Err(Refusal::Stale) }
}
