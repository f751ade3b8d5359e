//! What a template may say of an account.

use std::collections::BTreeMap;

use jiff::civil::Date;
use minijinja::Value;

use crate::domain::account_view::AccountView;
use crate::domain::desk::Warning;
use crate::domain::money::{Currency, Money};
use crate::domain::words;

/// What is known of an account when its texts are put together. What is not known is left out.
#[derive(Debug, Clone, Default)]
pub struct Facts(BTreeMap<&'static str, Value>);

impl Facts {
    /// What is known of an account today: amounts in the reporting currency, ARR that is known in part as `at least …`;
    /// `me` is the name of who asks.
    pub fn of(
        view: &AccountView,
        currency: Currency,
        warning: Option<&Warning>,
        me: &str,
        today: Date,
    ) -> Self {
        let line = &view.summary;
        let day = |day: Option<Date>| day.map(|day| day.to_string());
        let money = |minor: Option<i64>| minor.map(|minor| words::exact(Money { minor, currency }));
        let metric = |(id, value): (&String, &f64)| (id.clone(), number(*value));
        let mut facts = Self::default();
        facts.add("name", Some(&line.name));
        facts.add("segment", line.segment.as_ref());
        facts.add("stage", line.stage.as_ref());
        facts.add("owner", line.csm_name.as_ref());
        facts.add("commercial_owner", view.commercial_owner.as_ref());
        let at_least = if line.arr_at_least { "at least " } else { "" };
        facts.add("arr", money(line.arr).map(|arr| format!("{at_least}{arr}")));
        facts.add("at_stake", money(line.at_stake));
        facts.add("score", line.score.map(|score| score.to_string()));
        facts.add("band", Some(line.band.word()));
        facts.add("notice_by", day(line.notice_by));
        facts.add("renewal_date", day(line.ends));
        facts.add("last_touch", day(line.last_touch));
        facts.add("me", Some(me));
        facts.add("today", Some(today.to_string()));
        facts
            .0
            .insert("metrics", Value::from_pairs(view.metrics.iter().map(metric)));
        if let Some(champion) = champion(view) {
            let known = [
                ("name", Some(&champion.name)),
                ("title", champion.title.as_ref()),
                ("email", champion.email.as_ref()),
            ];
            let known = known
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?.as_str())));
            facts.0.insert("champion", Value::from_pairs(known));
        }
        if let Some(warning) = warning {
            facts.0.insert(
                "warning",
                Value::from_pairs([("reason", warning.reason.as_str())]),
            );
        }
        facts
    }

    /// The values by name.
    pub(super) fn values(&self) -> &BTreeMap<&'static str, Value> {
        &self.0
    }

    fn add(&mut self, name: &'static str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.0.insert(name, Value::from(value.to_string()));
        }
    }
}

/// Who speaks for us at the customer, as long as they are there.
fn champion(view: &AccountView) -> Option<&crate::domain::account_view::Person> {
    let is = |role: &String| role.contains("champion");
    let there = view.people.iter().filter(|person| !person.left);
    there
        .into_iter()
        .find(|person| person.role.as_ref().is_some_and(is))
}

fn number(value: f64) -> Value {
    if value.fract() == 0.0 {
        Value::from(value as i64)
    } else {
        Value::from(value)
    }
}
