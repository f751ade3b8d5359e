//! Which property is meant: scored by the words of its name and label, its type and how often it is filled.

use crate::crm::{Property, ValueType};

use super::facts::Sample;

/// What is looked for: phrases with a weight. Every word of a phrase must occur.
pub struct Wanted {
    /// Types that come into question.
    pub types: &'static [ValueType],
    /// Whether it must name an owner.
    pub owner: bool,
    /// Phrases and how much each says.
    pub phrases: &'static [(&'static str, u32)],
    /// Words that speak against it.
    pub never: &'static [&'static str],
}

/// Texts and choices.
pub const WORDS: &[ValueType] = &[ValueType::Text, ValueType::Choice];
/// Dates.
pub const DAYS: &[ValueType] = &[ValueType::Date, ValueType::DateTime];
/// Numbers.
pub const NUMBERS: &[ValueType] = &[ValueType::Number];
/// Yes or no, also as a choice or a text.
pub const FLAGS: &[ValueType] = &[ValueType::Bool, ValueType::Choice];

/// A property that is never filled is proposed only when nothing else fits, and then as a remark.
const EMPTY: f64 = 0.005;

/// The best property for what is wanted, among those that are filled at all.
pub fn best<'a>(sample: &'a Sample, wanted: &Wanted, taken: &[&str]) -> Option<&'a Property> {
    let candidates = sample
        .properties
        .iter()
        .filter(|property| !taken.contains(&property.name.as_str()));
    candidates
        .filter_map(|property| {
            let score = f64::from(score(property, wanted)?);
            let fill = sample.fill(&property.name);
            (fill > EMPTY).then_some((property, score * (0.5 + fill / 2.0)))
        })
        // The first of equals wins, so that the same portal always gives the same proposal.
        .fold(None, |best: Option<(&Property, f64)>, next| match best {
            Some(best) if best.1 >= next.1 => Some(best),
            _ => Some(next),
        })
        .map(|(property, _)| property)
}

/// How well a property fits, if at all.
pub fn score(property: &Property, wanted: &Wanted) -> Option<u32> {
    if wanted.owner != property.is_owner && (wanted.owner || !wanted.types.contains(&property.value_type)) {
        return None;
    }
    if !wanted.owner && (property.is_owner || !wanted.types.contains(&property.value_type)) {
        return None;
    }
    let words = words(property);
    let has = |word: &str| words.iter().any(|own| own == word);
    if wanted.never.iter().any(|word| has(word)) {
        return None;
    }
    let said = wanted
        .phrases
        .iter()
        .filter(|(phrase, _)| phrase.split(' ').all(has));
    said.map(|(_, weight)| *weight).max()
}

/// The words of a property's name and label, in lower case, each as it stands and without a plural s.
pub fn words(property: &Property) -> Vec<String> {
    let text = format!("{} {}", property.name, property.label).to_lowercase();
    let split = text
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let mut words: Vec<String> = Vec::new();
    for word in split {
        words.push(word.to_owned());
        words.extend(
            word.strip_suffix('s')
                .filter(|stem| stem.len() > 2)
                .map(str::to_owned),
        );
    }
    words
}

#[cfg(test)]
mod tests {
    use super::super::facts::tests::property;
    use super::*;

    const RENEWAL: Wanted = Wanted {
        types: DAYS,
        owner: false,
        phrases: &[("renewal date", 10), ("renewal", 6), ("end", 2)],
        never: &["reminder"],
    };

    #[test]
    fn phrases_types_and_owners_decide() {
        let date = |name: &str, label: &str| property(name, label, ValueType::Date);
        assert_eq!(score(&date("renewal_date", "x"), &RENEWAL), Some(10));
        assert_eq!(score(&date("x", "Date of next renewal"), &RENEWAL), Some(10));
        assert_eq!(score(&date("renewals", ""), &RENEWAL), Some(6));
        assert_eq!(score(&date("renewal_reminder_date", ""), &RENEWAL), None);
        assert_eq!(
            score(&property("renewal_date", "", ValueType::Number), &RENEWAL),
            None
        );
        assert_eq!(score(&date("weekend", ""), &RENEWAL), None);
        let owner = Wanted {
            types: WORDS,
            owner: true,
            phrases: &[("csm", 5)],
            never: &[],
        };
        let mut csm = property("csm", "CSM", ValueType::Choice);
        assert_eq!(score(&csm, &owner), None);
        csm.is_owner = true;
        assert_eq!(score(&csm, &owner), Some(5));
    }

    #[test]
    fn what_is_filled_beats_what_is_empty() {
        let mut sample = Sample {
            properties: vec![
                property("renewal_date", "Renewal date", ValueType::Date),
                property("next_renewal", "Next renewal", ValueType::Date),
            ],
            ..Sample::default()
        };
        assert!(best(&sample, &RENEWAL, &[]).is_none());
        sample.records = vec![super::super::facts::tests::record(&[(
            "next_renewal",
            "2027-01-01",
        )])];
        assert_eq!(
            best(&sample, &RENEWAL, &[]).map(|found| found.name.as_str()),
            Some("next_renewal")
        );
    }
}
