//! A second way to the stores of a sync, for what is done while the first one is in use.

use std::path::PathBuf;

use crate::config::Setup;
use crate::store::{Cache, Ledger, StoreError};
use crate::sync::Stores;

/// Further connections to the same stores, opened when they are first needed.
pub struct Beside {
    cache: PathBuf,
    ledger: PathBuf,
    author: String,
    opened: Option<Stores>,
}

impl Beside {
    /// None is opened yet.
    pub fn of(stores: &Stores, setup: &Setup) -> Self {
        Self {
            cache: stores.cache.path().to_owned(),
            ledger: stores.ledger.path().to_owned(),
            author: setup.my_owner().unwrap_or_default(),
            opened: None,
        }
    }

    /// The connections; `None` when they cannot be opened: then what is to be done waits.
    pub fn stores(&mut self) -> Option<&mut Stores> {
        if self.opened.is_none() {
            self.opened = self.open().ok();
        }
        self.opened.as_mut()
    }

    fn open(&self) -> Result<Stores, StoreError> {
        Ok(Stores {
            ledger: Ledger::open(&self.ledger, &self.author)?.0,
            cache: Cache::open(&self.cache)?.0,
        })
    }
}
