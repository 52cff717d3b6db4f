//! Members as a directory knows them, and which of their fields it may say.

use chrono::{DateTime, Utc};
use kernel::directory::{Directory, Email, ExternalId, GivenName, UsualName};
use kernel::{Actor, FieldSources, MemberId, Version};
use serde_json::Value;

use super::{DirectoryUser, UserAffiliation, UserGroup, UserName};
use crate::contact::Phone;
use crate::member::Language;
use crate::siren::Siret;

/// A field that a directory says, and that others may keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// Given name.
    GivenName,
    /// Name in use.
    UsualName,
    /// What the directory calls the member: by it they may log in.
    ExternalId,
    /// E-mail address.
    Email,
    /// Telephone numbers.
    Phones,
    /// Languages.
    Languages,
    /// Function.
    Position,
    /// Service or office.
    Service,
    /// Profession.
    Profession,
    /// Whether the account may be used.
    Active,
}

impl Field {
    pub(super) const OF_MEMBER: [Self; 5] =
        [Self::GivenName, Self::UsualName, Self::Email, Self::Phones, Self::Languages];
    pub(super) const OF_PLACE: [Self; 3] = [Self::Position, Self::Service, Self::Profession];

    /// Its column.
    #[must_use]
    pub const fn column(self) -> &'static str {
        match self {
            Self::GivenName => "given_name",
            Self::UsualName => "usual_name",
            Self::ExternalId => "external_id",
            Self::Email => "email",
            Self::Phones => "phones",
            Self::Languages => "languages",
            Self::Position => "position",
            Self::Service => "service",
            Self::Profession => "profession",
            Self::Active => "suspended_at",
        }
    }
}

/// What a directory said of a member before.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The name of the account.
    pub user_name: UserName,
    /// The establishment.
    pub siret: Option<Siret>,
    /// All that it said, by the names of the fields.
    pub said: Value,
    /// When the directory suspended the member.
    pub suspended_at: Option<DateTime<Utc>>,
    /// Whether it is there: it may have been removed.
    pub listed: bool,
    /// Its version.
    pub version: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A member whom the directory may mean.
#[derive(Debug, Clone)]
pub struct Known {
    /// The member.
    pub id: MemberId,
    /// Its version.
    pub version: Version,
    /// Given name.
    pub given_name: GivenName,
    /// Name in use.
    pub usual_name: UsualName,
    /// Address.
    pub email: Option<Email>,
    /// Telephone numbers.
    pub phones: Vec<Phone>,
    /// Languages.
    pub languages: Vec<Language>,
    /// Whether the directory may change the address: nobody could log in by it and hold more than it may give.
    pub entrusted: bool,
    /// Whether the member holds no role and leads no network, now or later.
    pub powerless: bool,
    /// Since when the member is suspended.
    pub suspended_at: Option<DateTime<Utc>>,
    /// Whether the member left.
    pub gone: bool,
    /// Whose the fields are.
    pub field_sources: FieldSources,
    /// What the directory said before.
    pub entry: Option<Entry>,
    /// What the directory calls the member.
    pub external_id: Option<ExternalId>,
    /// The affiliations in force.
    pub affiliations: Vec<UserAffiliation>,
    /// Networks in which the directory placed the member.
    pub groups: Vec<UserGroup>,
}

impl Known {
    pub(super) fn own(&self) -> Option<&UserAffiliation> {
        self.affiliations.iter().find(|it| it.own)
    }

    pub(super) fn main(&self) -> Option<&UserAffiliation> {
        self.affiliations.iter().find(|it| it.is_primary)
    }

    /// Where the directory has the member, or would: its own affiliation, else the main one.
    pub(super) fn place(&self) -> Option<&UserAffiliation> {
        self.own().or_else(|| self.main())
    }

    pub(super) fn is_kept_by(&self, actor: &Actor) -> bool {
        self.main().is_some_and(|main| actor.keeps(main.organization.id))
    }

    pub(super) fn listed(&self) -> Option<&Entry> {
        self.entry.as_ref().filter(|it| it.listed)
    }

    /// Whether the directory may say a field now.
    pub(super) fn lets(&self, actor: &Actor, directory: &Directory, field: Field) -> bool {
        let code = directory.code.as_str();
        match field {
            Field::Active => {
                let theirs = self.entry.as_ref().and_then(|it| it.suspended_at);
                self.suspended_at.is_none() || self.suspended_at == theirs && self.is_kept_by(actor)
            }
            // Who logs in by it would hold no more than the directory could give.
            Field::ExternalId => self.powerless && self.is_kept_by(actor),
            Field::Email => self.entrusted && self.is_kept_by(actor) && self.field_sources.lets(code, field.column()),
            field if Field::OF_MEMBER.contains(&field) => {
                self.is_kept_by(actor) && self.field_sources.lets(code, field.column())
            }
            field => self
                .place()
                .is_none_or(|it| actor.keeps(it.organization.id) && it.field_sources.lets(code, field.column())),
        }
    }

    /// The User that the directory has; none where it has none.
    #[must_use]
    pub fn user(&self, actor: &Actor, directory: &Directory) -> Option<DirectoryUser> {
        let entry = self.listed()?.clone();
        let all = Field::OF_MEMBER.into_iter().chain(Field::OF_PLACE).chain([Field::ExternalId, Field::Active]);
        // Of someone who works elsewhere now, or left, the directory sees no more than its own word.
        let kept = self.is_kept_by(actor) && !self.gone;
        let mut affiliations = self.affiliations.clone();
        affiliations.retain(|it| it.own || kept);
        affiliations.sort_by_key(|it| !it.own);
        Some(DirectoryUser {
            id: self.id,
            user_name: entry.user_name,
            external_id: self.external_id.clone(),
            given_name: self.given_name.clone(),
            usual_name: self.usual_name.clone(),
            display_name: format!("{} {}", self.given_name, self.usual_name),
            email: self.email.clone().filter(|_| kept),
            phones: if kept { self.phones.clone() } else { Vec::new() },
            languages: if kept { self.languages.clone() } else { Vec::new() },
            active: self.suspended_at.is_none() && !self.gone && self.own().is_some(),
            siret: entry.siret,
            affiliations,
            groups: self.groups.clone(),
            locked: all.filter(|field| !self.lets(actor, directory, *field)).collect(),
            version: entry.version,
            created_at: entry.created_at,
            updated_at: entry.updated_at,
        })
    }
}
