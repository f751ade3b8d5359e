//! Which key does what: the defaults of the action table under what `keys.toml` says.

use super::action::{ACTIONS, Action, Context};
use super::key::Key;
use crate::config::Diagnostic;
use crate::config::keys::{Binding as Line, Keys};
use crate::domain::vocabulary::nearest;

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

/// The contexts by their names in `keys.toml`; `anywhere` is every one.
const CONTEXTS: [(&str, Option<Context>); 6] = [
    ("anywhere", None),
    ("accounts", Some(Context::Accounts)),
    ("risks", Some(Context::Risks)),
    ("steps", Some(Context::Steps)),
    ("handoffs", Some(Context::Handoffs)),
    ("account", Some(Context::Account)),
];

impl Keymap {
    /// The defaults under what `keys.toml` says, and what is wrong in it; a wrong line changes nothing.
    pub fn of(keys: &Keys) -> (Self, Vec<Diagnostic>) {
        let mut keymap = Self::default();
        let mut diagnostics = Vec::new();
        for line in &keys.bindings {
            match binding(line) {
                Ok((chord, context, action)) => keymap.bind(chord, context, action),
                Err(diagnostic) => diagnostics.push(diagnostic),
            }
        }
        for line in &keys.bindings {
            diagnostics.extend(keymap.unreachable(line));
        }
        (keymap, diagnostics)
    }

    /// A chord that begins with keys which already run something can never be finished.
    fn unreachable(&self, line: &Line) -> Option<Diagnostic> {
        let (chord, context, action) = binding(line).ok()?;
        action?;
        let context = context.unwrap_or(Context::Accounts);
        let (keys, action) = self.taken(&chord, context)?;
        let keys = chord_text(keys);
        let message = format!(
            "`{}` can never be typed: `{keys}` already runs {}",
            line.chord,
            action.info().id
        );
        Some(
            line.chord_at
                .diagnostic(message, Some(format!("unbind it: \"{keys}\" = \"none\""))),
        )
    }

    /// The keys at the beginning of a chord that already run something here, and what: the rest is never reached.
    fn taken<'a>(&self, chord: &'a [Key], context: Context) -> Option<(&'a [Key], Action)> {
        (1..chord.len()).find_map(|keys| match self.meaning(&chord[..keys], context) {
            Meaning::Run(action) => Some((&chord[..keys], action)),
            _ => None,
        })
    }

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

    /// The chords that run an action here and can be typed, the first one first.
    pub fn keys_of(&self, action: Action, context: Context) -> Vec<String> {
        let bound = self
            .bindings
            .iter()
            .filter(|binding| binding.action == Some(action));
        bound
            .filter(|binding| self.meaning(&binding.chord, context) == Meaning::Run(action))
            .filter(|binding| self.taken(&binding.chord, context).is_none())
            .map(|binding| chord_text(&binding.chord))
            .collect()
    }
}

/// What a line of `keys.toml` binds, or what is wrong with it.
fn binding(line: &Line) -> Result<(Chord, Option<Context>, Option<Action>), Diagnostic> {
    let known = CONTEXTS.iter().find(|(name, _)| *name == line.context);
    let Some((_, context)) = known else {
        let names = CONTEXTS.map(|(name, _)| name);
        let hint = match nearest(&line.context, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("sections here: {}", names.join(", ")),
        };
        return Err(line
            .chord_at
            .diagnostic(format!("there is no section `{}`", line.context), Some(hint)));
    };
    let chord = parse_chord(&line.chord).map_err(|wrong| {
        let hint = "keys are written like j, G, ctrl-d, enter, f5; chords with spaces between";
        line.chord_at.diagnostic(wrong, Some(hint.to_owned()))
    })?;
    if line.action == "none" {
        return Ok((chord, *context, None));
    }
    let action = Action::by_id(&line.action).ok_or_else(|| {
        let hint = match nearest(&line.action, ACTIONS.iter().map(|info| info.id)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`?` in the cockpit and config/keys.toml list the actions".to_owned(),
        };
        line.action_at
            .diagnostic(format!("no action is called `{}`", line.action), Some(hint))
    })?;
    Ok((chord, *context, Some(action)))
}

/// A chord as a person would write it.
pub fn chord_text(chord: &[Key]) -> String {
    let keys: Vec<String> = chord.iter().map(ToString::to_string).collect();
    keys.join(" ")
}
