//! Home: what the caller's own page can bring along.

use kernel::{Several, codes};
use serde::Deserialize;
use utoipa::IntoParams;

codes! {
    /// What the caller's own page can bring along.
    MeInclude {
        Memberships = "memberships" ("mes adhésions", "my memberships"),
        Tasks = "tasks" ("mes tâches", "my tasks"),
        Notifications = "notifications" ("mes notifications non lues", "my unread notifications"),
        Announcements = "announcements" ("les dernières annonces publiées", "the latest published announcements"),
    }
}

/// What to bring along.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MeQuery {
    /// What to bring along, in `included`. Repeat the parameter, or separate values by commas. Absent: nothing.
    #[serde(default)]
    #[param(value_type = Option<Vec<MeInclude>>, min_items = 1, max_items = 4)]
    pub include: Several<MeInclude>,
}
