//! `keys.toml`: chords and the ids of the actions they run, by context. Whether an action of that id
//! exists is not known here: `app` knows its actions.

use super::diagnostic::Diagnostic;
use super::file::read_text;
use super::load::Dirs;
use super::tree::{Layer, Node, Place, Source, Value};

/// Name of the file.
pub const FILE: &str = "keys.toml";

/// What `keys.toml` says, the team's lines before the user's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keys {
    /// Line by line.
    pub bindings: Vec<Binding>,
}

/// One line of `keys.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Where it counts: `anywhere` or the name of a screen or pane.
    pub context: String,
    /// Keys with spaces between, e.g. `ctrl-d` or `g g`.
    pub chord: String,
    /// Where the chord is written.
    pub chord_at: Position,
    /// Id of an action, or `none` to unbind.
    pub action: String,
    /// Where the action is written.
    pub action_at: Position,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The file.
    pub file: String,
    /// Line, counted from 1.
    pub line: u32,
    /// Column in characters, counted from 1.
    pub column: u32,
}

impl Position {
    fn of(place: &Place) -> Self {
        let (line, column) = place.line_and_column();
        Self {
            file: place.source.name.clone(),
            line,
            column,
        }
    }

    /// A complaint about this place.
    pub fn diagnostic(&self, message: impl Into<String>, hint: Option<String>) -> Diagnostic {
        let Self { file, line, column } = self.clone();
        Diagnostic {
            file,
            line,
            column,
            message: message.into(),
            hint,
        }
    }
}

/// Reads the team's and the user's file.
pub fn read(dirs: &Dirs, diagnostics: &mut Vec<Diagnostic>) -> Keys {
    let mut keys = Keys::default();
    for (layer, dir) in [(Layer::Team, &dirs.team), (Layer::User, &dirs.user)] {
        let Some(path) = dir.as_ref().map(|dir| dir.join(FILE)) else {
            continue;
        };
        if let Some(read) = read_text(&path, diagnostics) {
            parse(
                layer,
                &path.display().to_string(),
                read.text,
                &mut keys,
                diagnostics,
            );
        }
    }
    keys
}

/// Reads one text; what cannot be read is reported and left out.
pub fn parse(layer: Layer, name: &str, text: String, keys: &mut Keys, diagnostics: &mut Vec<Diagnostic>) {
    let source = Source::new(layer, name, text).into();
    let Value::Table(contexts) = Node::parse(&source, diagnostics).value else {
        return;
    };
    for (context, (place, node)) in contexts {
        let Value::Table(lines) = node.value else {
            let hint = Some("begin with a section, e.g. [anywhere]".to_owned());
            diagnostics.push(place.diagnostic(format!("`{context}` stands in no section"), hint));
            continue;
        };
        for (chord, (chord_at, node)) in lines {
            match node.value {
                Value::Text(action) => keys.bindings.push(Binding {
                    context: context.clone(),
                    chord,
                    chord_at: Position::of(&chord_at),
                    action,
                    action_at: Position::of(&node.place),
                }),
                _ => diagnostics.push(node.place.diagnostic(
                    format!("expected the id of an action for `{chord}`"),
                    Some("or \"none\" to unbind it".to_owned()),
                )),
            }
        }
    }
}
