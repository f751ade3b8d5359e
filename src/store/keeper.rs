//! Which process this is, and whether another one that held something is gone.

use std::fs;

use crate::domain::outbox::Keeper;

use super::lock::{is_alive, this_host};

/// This process.
pub fn this() -> Keeper {
    let pid = std::process::id();
    Keeper {
        host: this_host(),
        pid,
        began: began(pid),
    }
}

/// Whether a process surely is no more. Of one on another machine nothing is known.
pub fn is_gone(keeper: &Keeper) -> bool {
    let is_another = || match (keeper.began, began(keeper.pid)) {
        (Some(then), Some(now)) => then != now,
        _ => false,
    };
    keeper.host == this_host() && (!is_alive(keeper.pid) || is_another())
}

/// When `/proc` says that a process began, in ticks of the clock since the machine was started.
fn began(pid: u32) -> Option<u64> {
    began_of(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// The twenty-second field. The second one, the name, may contain spaces and parentheses.
fn began_of(stat: &str) -> Option<u64> {
    let behind_name = stat.rsplit_once(')')?.1;
    behind_name.split_whitespace().nth(19)?.parse().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_gone_once_it_has_ended_or_another_one_has_its_number() {
        let here = this();
        assert!(!is_gone(&here));
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let ended = Keeper {
            pid: child.id(),
            began: None,
            ..here.clone()
        };
        child.wait().unwrap();
        assert!(is_gone(&ended));
        let elsewhere = Keeper {
            host: "elsewhere".to_owned(),
            ..ended
        };
        assert!(!is_gone(&elsewhere), "nothing is known of it");
        let before = Keeper {
            began: here.began.map(|began| began + 1),
            ..here.clone()
        };
        assert_eq!(is_gone(&before), here.began.is_some());
    }

    #[test]
    fn when_a_process_began_is_read_behind_its_name() {
        let stat = "7 (a) b (c)) S 1 7 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 8675309 1 2";
        assert_eq!(began_of(stat), Some(8_675_309));
        assert_eq!(began_of("7 (a) S 1"), None);
    }
}
