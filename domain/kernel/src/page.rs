//! Lists: a page, and an opaque cursor to the next one.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Europe::Paris;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ArrayBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::{Day, Facet, Label, Refusal, clock, seal};

/// Opaque text that leads to the next page: take it from `next`, and send it as `cursor` with the same filters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(max_length = 2000)]
pub struct Cursor(String);

/// Version of the layout of a cursor's content, so that cursors of an older layout are recognized.
const LAYOUT: u8 = 1;

impl Cursor {
    /// The cursor that follows an item with this key, in this list.
    #[must_use]
    pub fn after(list: &str, key: &impl Serialize) -> Option<Self> {
        let json = serde_json::to_vec(&(LAYOUT, key)).ok()?;
        let tag = seal::tag(&[b"cursor", list.as_bytes(), &json]);
        Some(Self(BASE64.encode([tag.as_bytes(), &json].concat())))
    }

    /// The key that it follows in this list.
    ///
    /// # Errors
    /// The cursor was not made by this service, or belongs to another list.
    pub fn key<K: DeserializeOwned>(&self, list: &str) -> Result<K, Refusal> {
        let bytes = BASE64.decode(&self.0).map_err(|_| Refusal::BadCursor)?;
        let (tag, json) = bytes.split_at_checked(12).ok_or(Refusal::BadCursor)?;
        if tag != seal::tag(&[b"cursor", list.as_bytes(), json]).as_bytes() {
            return Err(Refusal::BadCursor);
        }
        serde_json::from_slice::<(u8, K)>(json).map(|(_, key)| key).map_err(|_| Refusal::BadCursor)
    }
}

impl AsRef<str> for Cursor {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

crate::text!(
    /// Words to look for: one line of 1 to 100 characters.
    SearchWords, 1..=100, Line
);

/// How many items a page holds.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u16")]
pub struct Limit(u16);

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

impl TryFrom<u16> for Limit {
    type Error = &'static str;

    fn try_from(limit: u16) -> Result<Self, Self::Error> {
        (1..=200).contains(&limit).then_some(Self(limit)).ok_or("range")
    }
}

/// Page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// Maximum number of items on the page.
    #[serde(default)]
    #[param(value_type = u16, minimum = 1, maximum = 200, default = 50)]
    pub limit: Limit,
    /// Cursor of the page to return: the `next` of the previous page, with the same filters. Absent: the first page.
    pub cursor: Option<Cursor>,
    /// Which list: its address with its filters. A cursor of another list is refused.
    #[serde(skip)]
    #[param(ignore)]
    pub list: String,
}

impl PageQuery {
    /// The first page of a list, by its address with its filters.
    #[must_use]
    pub fn first(list: String) -> Self {
        Self { limit: Limit::default(), cursor: None, list }
    }

    /// The same, with at most so many items.
    #[must_use]
    pub fn of(self, most: u16) -> Self {
        Self { limit: Limit(most), ..self }
    }

    /// Whether it is the first page.
    #[must_use]
    pub const fn is_first(&self) -> bool {
        self.cursor.is_none()
    }

    /// One row more than the page, to know whether there is a next one.
    #[must_use]
    pub fn probe(&self) -> i64 {
        i64::from(self.limit.0) + 1
    }

    /// The key after which this page begins.
    ///
    /// # Errors
    /// The cursor was not made by this service, or belongs to another list.
    pub fn key<K: DeserializeOwned>(&self) -> Result<Option<K>, Refusal> {
        self.cursor.as_ref().map(|cursor| cursor.key(&self.list)).transpose()
    }

    /// The same, with the type of key that this function reads from the items of the list.
    ///
    /// # Errors
    /// The cursor was not made by this service, or belongs to another list.
    pub fn key_of<T, K: DeserializeOwned>(&self, _: &impl Fn(&T) -> K) -> Result<Option<K>, Refusal> {
        self.key()
    }

    /// Makes the page of the rows that the probe brought.
    pub fn cut<T, K: Serialize>(&self, mut items: Vec<T>, key: impl Fn(&T) -> K) -> Page<T> {
        let more = items.len() > usize::from(self.limit.0);
        items.truncate(usize::from(self.limit.0));
        let last = items.last().filter(|_| more);
        Page { next: last.and_then(|item| Cursor::after(&self.list, &key(item))), items, count: None, facets: None }
    }
}

crate::codes! {
    /// Whether the answer says how many items the list has in all.
    Count {
        Exact = "exact" ("nombre exact", "exact number"),
    }
}

crate::codes! {
    /// Order of a list.
    Sort {
        Name = "name" ("par nom", "by name"),
        NameDown = "-name" ("par nom, dans l’ordre inverse", "by name, in reverse order"),
        Updated = "updated_at" ("de la modification la plus ancienne à la plus récente", "from the oldest change to the latest"),
        UpdatedDown = "-updated_at" ("de la modification la plus récente à la plus ancienne", "from the latest change to the oldest"),
    }
}

impl Sort {
    /// Whether the order is by name: everyone reads names, so this order reveals nothing.
    #[must_use]
    pub const fn is_by_name(self) -> bool {
        matches!(self, Self::Name | Self::NameDown)
    }

    /// Whether the last comes first.
    #[must_use]
    pub const fn descends(self) -> bool {
        matches!(self, Self::NameDown | Self::UpdatedDown)
    }
}

/// One page of a list.
#[derive(Debug, Serialize)]
pub struct Page<T> {
    /// Items, in the order of the list.
    pub items: Vec<T>,
    /// Cursor of the next page. Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
    /// How many items the caller could read in all. Absent unless `count=exact` was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    /// How many items of the list have each value of a field. Absent unless `facets` was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facets: Option<Vec<Facet>>,
}

impl<T> Page<T> {
    /// The same page, with how many there are in all.
    #[must_use]
    pub fn counted(self, count: Option<i64>) -> Self {
        Self { count, ..self }
    }

    /// The same page, with its facets.
    #[must_use]
    pub fn faceted(self, facets: Option<Vec<Facet>>) -> Self {
        Self { facets, ..self }
    }

    /// The same page, with each item converted.
    pub fn map<U>(self, view: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(view).collect(),
            next: self.next,
            count: self.count,
            facets: self.facets,
        }
    }
}

// By hand, so that the contract says `NetworkPage` with `items` of `$ref: Network`, where derives inline.
impl<T: ToSchema> PartialSchema for Page<T> {
    fn schema() -> RefOr<Schema> {
        let items = ArrayBuilder::new().items(Ref::from_schema_name(T::name())).max_items(Some(200));
        let items = items.description(Some("Items of this page, in the order of the list."));
        let page = ObjectBuilder::new().property("items", items).required("items");
        let page = page.property("next", Ref::from_schema_name(Cursor::name()));
        let count = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0));
        let count = count.format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)));
        let count = count
            .description(Some("How many items the caller could read in all. Absent unless `count=exact` was asked."));
        let page = page.property("count", count);
        let facets = ArrayBuilder::new().items(Ref::from_schema_name(Facet::name())).max_items(Some(10));
        let facets = facets.description(Some(
            "How many items of the list have each value of a field. Absent unless `facets` was asked.",
        ));
        let page = page.property("facets", facets);
        RefOr::T(page.description(Some("One page of the list. `next` is absent on the last page.")).into())
    }
}

impl<T: ToSchema> ToSchema for Page<T> {
    fn name() -> Cow<'static, str> {
        format!("{}Page", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Cursor::name().into(), Cursor::schema()));
        schemas.push((Facet::name().into(), Facet::schema()));
        Facet::schemas(schemas);
        schemas.push((T::name().into(), T::schema()));
        T::schemas(schemas);
    }
}

/// A past day or today: the answer shows what was true at its end (Europe/Paris), with what is known today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = Date)]
pub struct AsOf(Day);

impl AsOf {
    /// The instant that is asked about: of the day that was named, else now.
    ///
    /// # Errors
    /// The day is yet to come.
    pub fn or_now(asked: Option<Self>) -> Result<DateTime<Utc>, Refusal> {
        asked.map_or_else(|| Ok(clock::now()), Self::instant)
    }

    /// The instant it stands for: the end of that day, or now if the day is today.
    ///
    /// # Errors
    /// The day is yet to come.
    pub fn instant(self) -> Result<DateTime<Utc>, Refusal> {
        let now = clock::now();
        if *self.0 > clock::day_of(now) {
            return Err(Refusal::Invalid("/as_of", Label::NOT_YET));
        }
        let midnight = self.0.succ_opt().and_then(|next| next.and_hms_opt(0, 0, 0));
        let end = midnight.and_then(|end| end.and_local_timezone(Paris).earliest());
        Ok(end.map_or(now, |end| (end.to_utc() - TimeDelta::microseconds(1)).min(now)))
    }
}
