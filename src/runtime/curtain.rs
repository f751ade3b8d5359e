//! What stands between the data and whoever looks on: every message to the event loop passes it, on the thread that sends it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::app::redaction::redacted;
use crate::app::{BookMsg, Msg, StandupMsg, WriteCmd};
use crate::config::Setup;
use crate::config::paths::ProfilePaths;
use crate::domain::redaction::{Mask, own_words};
use crate::domain::standup::{Begun, Happened, Prepared};
use crate::store::{Cache, mask_key};

use super::outbox_view::owners;

/// Whether it is drawn, and what is seen through it then.
#[derive(Debug)]
pub struct Curtain {
    setup: Arc<Setup>,
    paths: Arc<ProfilePaths>,
    /// Odd while it is drawn; one more each time that changes, so that what was sent before is known.
    side: AtomicU64,
    /// Made at its first use: the secret and our names are read from the disk.
    mask: OnceLock<Arc<Mask>>,
    /// What the standup would begin with that the core has seen masked.
    begun: Mutex<Option<Begun>>,
}

impl Curtain {
    /// One that is drawn from the first, or not.
    pub fn new(setup: Arc<Setup>, paths: Arc<ProfilePaths>, drawn: bool) -> Self {
        Self {
            setup,
            paths,
            side: AtomicU64::new(drawn.into()),
            mask: OnceLock::new(),
            begun: Mutex::default(),
        }
    }

    /// Draws it, or opens it.
    pub fn draw(&self, drawn: bool) {
        if self.is_drawn() != drawn {
            self.side.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Which side messages are for now.
    pub fn side(&self) -> u64 {
        self.side.load(Ordering::SeqCst)
    }

    fn is_drawn(&self) -> bool {
        is_drawn(self.side())
    }

    /// The mask, while it is drawn.
    pub fn mask(&self) -> Option<Arc<Mask>> {
        self.is_drawn().then(|| self.own_mask())
    }

    fn own_mask(&self) -> Arc<Mask> {
        Arc::clone(self.mask.get_or_init(|| Arc::new(mask(&self.setup, &self.paths))))
    }

    /// A message as it may pass to this side; `None` for one that may not.
    pub fn pass(&self, message: Msg, side: u64) -> Option<Msg> {
        if !is_drawn(side) {
            return match &message {
                // A book for others is no longer what is asked for.
                Msg::Book(BookMsg::Loaded { book, .. }) if book.is_redacted() => None,
                _ => Some(message),
            };
        }
        if let Msg::Standup(StandupMsg::Loaded { prepared, .. }) = &message {
            self.remember(prepared);
        }
        redacted(message, &self.own_mask())
    }

    fn remember(&self, prepared: &Prepared) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        *begun = Some(prepared.begun.clone());
    }

    /// An order to note something, with names in place of the pseudonyms that the core knows. The error is one sentence.
    pub fn unmasked(&self, order: WriteCmd) -> Result<WriteCmd, &'static str> {
        if !self.is_drawn() {
            return Ok(order);
        }
        let WriteCmd::Standup { run, mut events } = order else {
            return Err("nothing is written while redacted");
        };
        for event in &mut events {
            match &mut event.what {
                Happened::Begun(begun) => self.unmask(begun)?,
                // Ids, numbers and moments.
                Happened::Discussed(_) | Happened::Ended(_) | Happened::Bound(_) => {}
                Happened::Decided(_) | Happened::Settled(_) | Happened::TakenBack(_) => {
                    return Err("nothing is decided while redacted");
                }
            }
        }
        Ok(WriteCmd::Standup { run, events })
    }

    /// What a standup begins with, as it was read.
    fn unmask(&self, begun: &mut Begun) -> Result<(), &'static str> {
        let known = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let accounts = |begun: &Begun| {
            let agenda = begun.agenda.iter();
            agenda.map(|line| line.account.clone()).collect::<BTreeSet<_>>()
        };
        let read = known.as_ref().filter(|read| {
            (&read.scope, read.since) == (&begun.scope, begun.since) && accounts(read) == accounts(begun)
        });
        let read = read.ok_or("what changed is not known any more; esc, then S reads it again")?;
        *begun = Begun {
            standup: begun.standup.clone(),
            local: begun.local,
            ..read.clone()
        };
        Ok(())
    }
}

fn is_drawn(side: u64) -> bool {
    side % 2 == 1
}

/// The mask of this installation: its secret, the words of its configuration, our own names. Where the secret can be neither read nor
/// kept, pseudonyms are others the next time.
pub fn mask(setup: &Setup, paths: &ProfilePaths) -> Mask {
    let key = mask_key::read(&paths.state_dir).unwrap_or_else(|_| mask_key::passing());
    let us = Cache::open_read_only(&paths.cache_db).map_or_else(|_| Vec::new(), |cache| owners(&cache));
    Mask::new(key, words(setup), &us)
}

/// The words of the configuration that stand in what is told of accounts.
fn words(setup: &Setup) -> Vec<String> {
    let mut words = Vec::new();
    let mut take = |text: &str| words.extend(own_words(text));
    for signal in &setup.signals.signals {
        take(&signal.id);
        take(&signal.title);
        for evidence in &signal.evidence {
            take(&evidence.label);
        }
    }
    for playbook in &setup.playbooks {
        take(&playbook.title);
        for step in &playbook.steps {
            take(&String::from(step.title.clone()));
        }
    }
    for measure in &setup.health.measures {
        take(&measure.id);
    }
    words
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::app::RunId;
    use crate::app::play::standup::prepared;
    use crate::config::paths::Places;
    use crate::domain::standup::{Discussed, StandupEvent};
    use crate::runtime::inbox::inbox;

    fn curtain(home: &tempfile::TempDir, drawn: bool) -> Arc<Curtain> {
        let paths = Places::below(home.path()).profile("demo", "hubspot", None);
        Arc::new(Curtain::new(Arc::default(), Arc::new(paths), drawn))
    }

    fn read() -> Msg {
        Msg::Standup(StandupMsg::Loaded {
            run: RunId(1),
            prepared: Box::new(prepared()),
        })
    }

    fn begun(msg: &Msg) -> Begun {
        match msg {
            Msg::Standup(StandupMsg::Loaded { prepared, .. }) => prepared.begun.clone(),
            other => panic!("{other:?}"),
        }
    }

    fn order(what: Happened) -> WriteCmd {
        let event = StandupEvent { account: None, what };
        WriteCmd::Standup {
            run: RunId(2),
            events: vec![event],
        }
    }

    #[test]
    fn a_standup_that_begins_behind_it_is_noted_with_the_names_that_were_read() {
        let home = tempfile::tempdir().unwrap();
        let curtain = curtain(&home, true);
        let seen = begun(&curtain.pass(read(), curtain.side()).unwrap());
        assert!(seen.agenda[0].name.starts_with("Account "), "{seen:?}");
        let begins = Begun {
            standup: "S-1".to_owned(),
            ..seen.clone()
        };
        let noted = curtain.unmasked(order(Happened::Begun(Box::new(begins.clone()))));
        let expected = Begun {
            standup: "S-1".to_owned(),
            local: begins.local,
            ..begun(&read())
        };
        assert_eq!(noted, Ok(order(Happened::Begun(Box::new(expected)))));
        let other = Begun {
            scope: "book:8".to_owned(),
            ..begins
        };
        assert!(
            curtain.unmasked(order(Happened::Begun(Box::new(other)))).is_err(),
            "of what was not read nothing is noted"
        );
    }

    #[test]
    fn nothing_that_has_words_is_written_while_it_is_drawn() {
        let home = tempfile::tempdir().unwrap();
        let curtain = curtain(&home, true);
        let draft = || WriteCmd::SaveDraft {
            name: "note:1".to_owned(),
            text: "Account 7Q4K2".to_owned(),
        };
        assert!(curtain.unmasked(draft()).is_err());
        let discussed = || {
            order(Happened::Discussed(Discussed {
                standup: "S-1".to_owned(),
                from: jiff::Timestamp::UNIX_EPOCH,
                first_decision: None,
            }))
        };
        assert_eq!(curtain.unmasked(discussed()), Ok(discussed()));
        curtain.draw(false);
        assert_eq!(
            curtain.unmasked(draft()),
            Ok(draft()),
            "once it is open everything is"
        );
    }

    #[test]
    fn what_was_sent_before_it_was_drawn_or_opened_is_dropped() {
        let home = tempfile::tempdir().unwrap();
        let curtain = curtain(&home, false);
        let (mut inbox, address) = inbox(Arc::clone(&curtain)).unwrap();
        address.send(read());
        curtain.draw(true);
        curtain.draw(true);
        address.send(read());
        let heard: Vec<Begun> = inbox.take().iter().map(begun).collect();
        assert_eq!(heard.len(), 1);
        assert!(heard[0].agenda[0].name.starts_with("Account "));
        address.send(read());
        curtain.draw(false);
        assert!(inbox.take().is_empty(), "pseudonyms come to nobody who may write");
        address.send(read());
        let heard: Vec<Begun> = inbox.take().iter().map(begun).collect();
        assert_eq!(heard, [begun(&read())]);
        assert!(inbox.is_empty());
    }
}
