//! Callers without a database: the personas of the demo data, and a few more, as the rules see them. For tests alone.

#![expect(clippy::panic, reason = "what is wrong in a test is said by failing")]

mod actors;
mod table;

use chrono::{DateTime, TimeZone as _, Utc};
use kernel::directory::{
    MemberReference, OrganizationKind, OrganizationLife, OrganizationReference, OrganizationStatus,
};
use kernel::{MemberId, NetworkId, OrganizationId, Validity};
use uuid::Uuid;

pub use actors::{CALLERS, Caller, callers};
pub use table::{Checked, Table, check, named_in};

/// The organizations of this little world.
pub mod at {
    use super::{OrganizationId, id};

    /// The Service d'information du Gouvernement.
    pub const SIG: OrganizationId = OrganizationId(id(1));
    /// Where the auditor works.
    pub const INSPECTION: OrganizationId = OrganizationId(id(2));
    /// The directorate where the lead of the réseau édito works.
    pub const ECOLOGIE: OrganizationId = OrganizationId(id(3));
    /// The direction interministérielle du numérique.
    pub const DINUM: OrganizationId = OrganizationId(id(4));
    /// The ministère de l'Intérieur.
    pub const INTERIEUR: OrganizationId = OrganizationId(id(5));
    /// The préfecture de l'Hérault.
    pub const PREFECTURE_34: OrganizationId = OrganizationId(id(6));
    /// A directorate that serves several ministries.
    pub const SOCIAUX: OrganizationId = OrganizationId(id(7));
    /// A ministry that it serves.
    pub const TRAVAIL: OrganizationId = OrganizationId(id(8));
    /// A ministry that it does not serve.
    pub const JUSTICE: OrganizationId = OrganizationId(id(9));
    /// An operator.
    pub const OPERATOR: OrganizationId = OrganizationId(id(10));
    /// An observer.
    pub const OBSERVATORY: OrganizationId = OrganizationId(id(11));
    /// A partner of the Government.
    pub const PARTNER: OrganizationId = OrganizationId(id(12));
}

/// The networks of this little world.
pub mod network {
    use super::{NetworkId, id};

    /// Listed, led by lead-edito; an insider only observes it.
    pub const EDITO: NetworkId = NetworkId(id(21));
    /// Listed, co-led on all topics by colead-dinum.
    pub const DESIGN: NetworkId = NetworkId(id(22));
    /// Listed, co-led on interministerial topics by colead-interieur; referent-34 and deputy-34 sit there.
    pub const PREFECTURES: NetworkId = NetworkId(id(23));
    /// Its members are known to it alone; none of the callers sits there.
    pub const CRISE: NetworkId = NetworkId(id(24));
    /// Hidden; sig-admin leads it, lead-edito is a member.
    pub const OMBRE: NetworkId = NetworkId(id(25));
    /// Where the director is a référent.
    pub const DIRCOM: NetworkId = NetworkId(id(26));
}

/// An identifier that is the same in every run.
#[must_use]
pub const fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number)
}

/// The member behind a sign of the tables.
#[must_use]
pub fn who(sign: char) -> MemberId {
    MemberId(id(100 + u128::from(u32::from(sign))))
}

/// When everything was recorded.
#[must_use]
pub fn recorded() -> DateTime<Utc> {
    Utc.timestamp_opt(1_640_995_200, 0).single().unwrap_or_default()
}

/// From then on.
#[must_use]
pub fn in_force() -> Validity {
    Validity::since(recorded())
}

/// Over the day after.
#[must_use]
pub fn over() -> Validity {
    in_force().until(recorded() + chrono::TimeDelta::days(1))
}

/// A text of the domain that is good by construction.
///
/// # Panics
/// It is not.
#[must_use]
pub fn text<T: std::str::FromStr>(text: &str) -> T {
    text.parse().ok().unwrap_or_else(|| panic!("{text} is no such text"))
}

/// An organization by its name.
#[must_use]
pub fn organization(id: OrganizationId) -> OrganizationReference {
    OrganizationReference { id, kind: OrganizationKind::Ministry, name: text("Organisation"), short_name: None }
}

/// A member by name.
#[must_use]
pub fn member(id: MemberId) -> MemberReference {
    MemberReference { id, display_name: "Camille Exemple".to_owned() }
}

/// An organization that lives.
#[must_use]
pub const fn alive() -> OrganizationLife {
    OrganizationLife { status: OrganizationStatus::Active, successor_ids: Vec::new() }
}

/// One that was merged into another.
#[must_use]
pub fn merged() -> OrganizationLife {
    OrganizationLife { status: OrganizationStatus::Merged, successor_ids: vec![at::TRAVAIL] }
}

/// One that was closed.
#[must_use]
pub const fn closed() -> OrganizationLife {
    OrganizationLife { status: OrganizationStatus::Closed, successor_ids: Vec::new() }
}
