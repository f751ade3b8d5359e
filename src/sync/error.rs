//! Why a sync stopped, told so that a person knows what to do.

use jiff::Zoned;

use super::status::Cause;
use crate::crm::CrmError;
use crate::store::StoreError;

/// Why a sync stopped. What it had committed until then stays.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The CRM or the way to it.
    #[error(transparent)]
    Crm(#[from] CrmError),
    /// The cache or the ledger.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key opens another tenant than the one the cache and the ledger are about.
    #[error("this key opens tenant {found}, but the data here is of tenant {known}")]
    OtherTenant {
        /// Id of the tenant that the data here is of.
        known: String,
        /// Id of the tenant that the key opens.
        found: String,
    },
    /// The scope is mine or my team's, and nobody said or the CRM does not know who I am.
    #[error("the CRM has no owner {}", me.as_deref().map_or_else(|| "for me: nobody said who I am".to_owned(), |me| format!("`{me}`")))]
    NotAnOwner {
        /// What the settings say.
        me: Option<String>,
    },
    /// An earlier sync was told to wait, and the wait is not over.
    #[error("the CRM asked to be left alone until {}", until.strftime("%-d %b %H:%M"))]
    Waiting {
        /// Until when, in my time zone.
        until: Zoned,
    },
    /// The caller asked to stop.
    #[error("the sync was stopped; the next one goes on from here")]
    Stopped,
    /// An answer does not come, and something must not wait for it: do that, and begin again.
    #[error("the sync made way for what is to be sent; the next one goes on from here")]
    MadeWay,
}

impl SyncError {
    /// What kept it from its end.
    pub fn cause(&self) -> Cause {
        match self {
            Self::Crm(CrmError::Unreachable { .. }) => Cause::Unreachable,
            Self::Crm(CrmError::Unanswered { .. }) => Cause::Unanswered,
            Self::Crm(CrmError::Trouble { .. }) => Cause::Trouble,
            Self::Crm(CrmError::RateLimited { .. }) | Self::Waiting { .. } => Cause::Limited,
            _ => Cause::Other,
        }
    }

    /// What the person can do about it, one sentence; empty when there is nothing to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Crm(error) => error.hint(),
            Self::Waiting { .. } => "what was synced before can still be read; sync again after that time",
            Self::Store(error) => error.hint(),
            Self::OtherTenant { .. } => {
                "use another profile for the other tenant: `retain --profile NAME connect`"
            }
            Self::NotAnOwner { .. } => "set `[me] owner` in retain.toml to your e-mail address in the CRM",
            Self::Stopped | Self::MadeWay => "",
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn until_when_the_crm_is_left_alone_is_told_in_the_persons_time_zone() {
        let until = "2026-12-01T12:25:14+09:00[+09:00]".parse().unwrap();
        let told = SyncError::Waiting { until }.to_string();
        assert_eq!(told, "the CRM asked to be left alone until 1 Dec 12:25");
    }
}
