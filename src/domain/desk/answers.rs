//! Handoffs that wait for me among what is due: each stands there once, in place of the tasks that only ask for its answer.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::{DueItem, DueKind, HandoffCard, HandoffState};
use crate::domain::handoff::Asks;
use crate::domain::record::RecordId;

impl HandoffCard {
    /// It as something that is due, by a reader's own clock; one of a question by its subject.
    pub fn due(&self, zone: &TimeZone) -> DueItem {
        let title = match (self.state, &self.subject) {
            (HandoffState::Returned, Some(subject)) => format!("Answer what came back: {subject}"),
            (HandoffState::Returned, None) => "Answer the returned handoff".to_owned(),
            (_, Some(subject)) => format!("Accept or return: {subject}"),
            (_, None) => "Accept or return the handoff".to_owned(),
        };
        let (due, at) = self.answers_here(zone).unzip();
        DueItem {
            pending: None,
            task: None,
            kind: DueKind::Handoff,
            record: RecordId(self.handoff.clone()),
            title,
            account: Some(self.account.clone()),
            account_name: self.account_name.clone(),
            due,
            at: at.flatten(),
            body: self.text.clone(),
            owner: self.for_whom.clone(),
            step: None,
            of_handoff: None,
        }
    }
}

impl DueItem {
    /// The handoff that a task asks somebody to answer; `None` when it is another one.
    pub fn answers(&self) -> Option<&str> {
        let task = self.of_handoff.as_ref()?;
        (task.asks == Asks::Answer).then_some(task.handoff.as_str())
    }
}

/// Lays the handoffs that wait for me among what is due, in place of those that lay there before, and takes the tasks that
/// only ask for their answer apart from it: they come back with a handoff that waits for me no longer, unless they are
/// another's, for whom I stood in.
pub fn lay_handoffs(
    (due, answers): (&mut Vec<DueItem>, &mut Vec<DueItem>),
    cards: &[HandoffCard],
    zone: &TimeZone,
    arr: &BTreeMap<RecordId, i64>,
) {
    let mine = || cards.iter().filter(|card| card.for_me);
    let waiting: BTreeSet<&str> = mine().map(|card| card.handoff.as_str()).collect();
    let waits = |item: &DueItem| item.answers().is_some_and(|handoff| waiting.contains(handoff));
    due.retain(|item| item.kind != DueKind::Handoff);
    let back: Vec<DueItem> = answers
        .extract_if(.., |item| item.owner.is_none() && !waits(item))
        .collect();
    answers.extend(due.extract_if(.., |item| waits(item)));
    due.extend(back);
    due.extend(mine().map(|card| card.due(zone)));
    sort_due(due, arr);
}

/// By day and time, those without a day last; what is due together, by the ARR of its account (minor units), the largest first.
pub fn sort_due(due: &mut [DueItem], arr: &BTreeMap<RecordId, i64>) {
    due.sort_by(|one, other| {
        let key = |item: &DueItem| {
            let arr = item.account.as_ref().and_then(|id| arr.get(id));
            (
                item.due.is_none(),
                item.due,
                item.at.unwrap_or(Time::MAX),
                Reverse(arr.copied()),
            )
        };
        (key(one), &one.title, &one.record).cmp(&(key(other), &other.title, &other.record))
    });
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::*;
    use crate::domain::desk::tests::due;
    use crate::domain::handoff::HandoffTask;

    fn item(account: &str, day: Option<Date>, at: Option<Time>) -> DueItem {
        DueItem {
            record: RecordId::from(account),
            title: account.to_owned(),
            account: Some(RecordId::from(account)),
            ..due(day, at)
        }
    }

    fn titles(due: &[DueItem]) -> Vec<&str> {
        due.iter().map(|item| item.title.as_str()).collect()
    }

    #[test]
    fn what_is_due_together_is_listed_by_the_money_that_it_is_about() {
        let nine = Some(Time::constant(9, 0, 0, 0));
        let day = |day| Some(date(2026, 11, day));
        let mut due = vec![
            item("a-none", day(23), None),
            item("b-small", day(23), None),
            item("c-large", day(23), None),
            item("d-early", day(23), nine),
            item("e-before", day(22), None),
            item("f-undated", None, None),
        ];
        let arr = [("b-small", 100), ("c-large", 900), ("f-undated", 900)];
        let arr = arr.map(|(id, arr)| (RecordId::from(id), arr));
        sort_due(&mut due, &BTreeMap::from(arr));
        let order = ["e-before", "d-early", "c-large", "b-small", "a-none", "f-undated"];
        assert_eq!(titles(&due), order);
    }

    #[test]
    fn a_task_that_asks_for_the_answer_of_a_handoff_stands_there_while_that_waits_for_nobody_here() {
        let asks = |title: &str, owner: Option<&str>| {
            let mut task = item(title, None, None);
            task.of_handoff = Some(HandoffTask {
                handoff: "h1".to_owned(),
                asks: Asks::Answer,
                words: None,
            });
            task.owner = owner.map(str::to_owned);
            task
        };
        let mut card = crate::app::play::desk().handoffs.remove(0);
        (card.handoff, card.for_me, card.for_whom) = ("h1".to_owned(), true, Some("Ben Osei".to_owned()));
        (card.state, card.subject) = (HandoffState::Sent, Some("Export fails".to_owned()));
        let (mut due, mut answers) = (vec![asks("mine", None), asks("Ben's", Some("Ben Osei"))], vec![]);
        let mut complaint = asks("complaint", None);
        (complaint.kind, complaint.of_handoff) = (DueKind::Complaint, None);
        due.push(complaint);
        let mut lay = |card: &HandoffCard, due: &mut Vec<DueItem>| {
            let cards = std::slice::from_ref(card);
            lay_handoffs((due, &mut answers), cards, &TimeZone::UTC, &BTreeMap::new());
        };
        lay(&card, &mut due);
        let in_its_place = ["Accept or return: Export fails", "complaint"];
        assert_eq!(titles(&due), in_its_place, "what a customer wrote is no task");
        assert_eq!(due[0].owner.as_deref(), Some("Ben Osei"));
        lay(&card, &mut due);
        assert_eq!(titles(&due), in_its_place, "once, however often it is laid");
        card.for_me = false;
        lay(&card, &mut due);
        assert_eq!(titles(&due), ["complaint", "mine"]);
        card.for_me = true;
        lay(&card, &mut due);
        assert_eq!(titles(&due), in_its_place);
    }
}
