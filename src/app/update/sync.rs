//! The sync: where it stands, and what to read again when the cache changed.

use super::account;
use crate::app::cmd::Cmd;
use crate::app::model::Model;
use crate::app::msg::SyncMsg;

pub(super) fn heard(model: &mut Model, msg: SyncMsg) -> Vec<Cmd> {
    match msg {
        SyncMsg::Progressed(line) => {
            model.sync = line;
            Vec::new()
        }
        SyncMsg::CacheChanged => {
            let mut orders = vec![
                Cmd::LoadDesk,
                Cmd::LoadBook {
                    sort: model.accounts.sort,
                },
            ];
            orders.extend(account::reload(model));
            orders
        }
    }
}
