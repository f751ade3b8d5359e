//! The role in which a health score is drawn; how it reads is said in [`words::Health`].

use super::theme::{self, Role};
use crate::domain::words::Health;

/// The role of a score: its band's; quiet when it is stale.
pub fn role(health: Health) -> Role {
    if health.stale {
        return Role::Dim;
    }
    theme::band(health.band).1
}
