//! Which key does what: the defaults of the action table under what `keys.toml` says.

use super::action::{ACTIONS, Action, Context};
use super::key::Key;

/// One or more keys, one after the other.
pub type Chord = Vec<Key>;

/// Which key does what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Binding {
    chord: Chord,
    /// Only here; `None` is wherever the action makes sense.
    context: Option<Context>,
    /// `None` unbinds.
    action: Option<Action>,
}

/// What a sequence of keys means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// It runs this action.
    Run(Action),
    /// It begins a chord.
    Begins,
    /// Nothing.
    Nothing,
}

impl Default for Keymap {
    fn default() -> Self {
        let chords = ACTIONS
            .iter()
            .flat_map(|info| info.keys.iter().map(move |keys| (info, keys)));
        let bindings = chords.filter_map(|(info, keys)| {
            Some(Binding {
                chord: parse_chord(keys).ok()?,
                context: None,
                action: Some(info.action),
            })
        });
        Self {
            bindings: bindings.collect(),
        }
    }
}

/// Reads a chord: keys with spaces between, e.g. `g g`.
pub fn parse_chord(text: &str) -> Result<Chord, String> {
    let chord: Chord = text
        .split_whitespace()
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    if chord.is_empty() {
        Err("a key is missing".to_owned())
    } else {
        Ok(chord)
    }
}

impl Keymap {
    /// Binds a chord, in one context or everywhere; `None` unbinds it. The last word counts.
    pub fn bind(&mut self, chord: Chord, context: Option<Context>, action: Option<Action>) {
        self.bindings
            .retain(|binding| binding.chord != chord || (context.is_some() && binding.context != context));
        self.bindings.push(Binding {
            chord,
            context,
            action,
        });
    }

    /// What these keys mean here.
    pub fn meaning(&self, keys: &[Key], context: Context) -> Meaning {
        let here = |binding: &&Binding| binding.context.is_none_or(|only| only == context);
        let exact = || {
            self.bindings
                .iter()
                .filter(here)
                .filter(|binding| binding.chord == keys)
        };
        // A binding for this context wins over one for everywhere.
        let found = exact()
            .find(|binding| binding.context.is_some())
            .or_else(|| exact().next());
        match found {
            Some(Binding {
                action: Some(action), ..
            }) => Meaning::Run(*action),
            _ if self.begins(keys, context) => Meaning::Begins,
            _ => Meaning::Nothing,
        }
    }

    fn begins(&self, keys: &[Key], context: Context) -> bool {
        self.bindings.iter().any(|binding| {
            binding.action.is_some()
                && binding.context.is_none_or(|only| only == context)
                && binding.chord.len() > keys.len()
                && binding.chord.starts_with(keys)
        })
    }

    /// The chords that run an action here, the first one first.
    pub fn keys_of(&self, action: Action, context: Context) -> Vec<String> {
        let bound = self
            .bindings
            .iter()
            .filter(|binding| binding.action == Some(action));
        bound
            .filter(|binding| self.meaning(&binding.chord, context) == Meaning::Run(action))
            .map(|binding| chord_text(&binding.chord))
            .collect()
    }
}

/// A chord as a person would write it.
pub fn chord_text(chord: &[Key]) -> String {
    let keys: Vec<String> = chord.iter().map(ToString::to_string).collect();
    keys.join(" ")
}
