//! From a tree to typed settings: one complaint per mistake, and the rest still loads.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::{
    DeserializeOwned, DeserializeSeed, Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};

use crate::domain::expression::Fault;

use super::diagnostic::{Diagnostic, did_you_mean, meant, without_secrets};
use super::tree::{ENABLED, Node, Place, Value};

/// Reads a tree. A wrong value falls back to what a lower layer says, else it is left out.
pub fn read<T: DeserializeOwned + Default>(tree: Node, diagnostics: &mut Vec<Diagnostic>) -> (T, Node) {
    let Reading { value, tree, .. } = read_in_full(tree, &Value::Table(BTreeMap::new()), diagnostics);
    (value, tree)
}

/// Stands between the keys of which one is missing.
const OR: &str = "` or `";

/// What was read of a tree.
#[derive(Debug)]
pub struct Reading<T> {
    /// What it says.
    pub value: T,
    /// The tree as it was read.
    pub tree: Node,
    /// The keys of tables of a list in which something is wrong or missing, each with the table's id.
    pub faulty: BTreeSet<(String, String)>,
    /// The ids of those tables, or of the whole, of which a part is a stand-in: good for finding what else is wrong in them,
    /// not for use.
    pub stood_in: BTreeSet<String>,
}

/// The same, where what the whole or a table of a list must say and does not is taken from a table of stand-ins, so that one
/// mistake hides no other.
pub fn read_in_full<T: DeserializeOwned + Default>(
    mut tree: Node,
    stand_ins: &Value,
    diagnostics: &mut Vec<Diagnostic>,
) -> Reading<T> {
    let mut cut: Vec<Vec<Step>> = Vec::new();
    let (mut faulty, mut stood_in) = (BTreeSet::new(), BTreeSet::new());
    loop {
        let mistake = match T::deserialize(Reader { node: &tree }) {
            Ok(value) => {
                return Reading {
                    value,
                    tree,
                    faulty,
                    stood_in,
                };
            }
            Err(mistake) => mistake,
        };
        let follows_from_another = mistake.missing.is_some_and(|name| {
            name.split(OR).any(|name| {
                let mut path = mistake.path.clone();
                path.push(Step::Key(name.to_owned()));
                cut.contains(&path)
            })
        });
        if !follows_from_another {
            tell(&mistake, &tree, diagnostics);
        }
        if let Some((id, key)) = mistake.in_item(&tree) {
            faulty.insert((id.clone(), key.to_owned()));
            if mistake.missing == Some(key) && stand_in(&mut tree, &mistake.path, key, stand_ins) {
                stood_in.insert(id);
                continue;
            }
        }
        if mistake.path.is_empty()
            && let Some(key) = mistake.missing
            && stand_in(&mut tree, &[], key, stand_ins)
        {
            stood_in.insert(tree.id().unwrap_or_default().to_owned());
            continue;
        }
        if !prune(&mut tree, &mistake.path) {
            return Reading {
                value: T::default(),
                tree,
                faulty,
                stood_in,
            };
        }
        keep_cut(&mut cut, mistake.path);
    }
}

/// Puts the stand-in for a key into the table at a path, if there is one.
fn stand_in(tree: &mut Node, path: &[Step], key: &str, stand_ins: &Value) -> bool {
    let Value::Table(stand_ins) = stand_ins else {
        return false;
    };
    match (stand_ins.get(key), reach(tree, path).map(|node| &mut node.value)) {
        (Some(one), Some(Value::Table(table))) => {
            table.insert(key.to_owned(), one.clone());
            true
        }
        _ => false,
    }
}

fn tell(mistake: &Mistake, tree: &Node, diagnostics: &mut Vec<Diagnostic>) {
    let place = mistake.place.as_ref().unwrap_or(&tree.place);
    let inside = mistake.inside.map(|column| place.inside(column));
    let message = if mistake.is_of_value && !mistake.path.is_empty() {
        format!("`{}`: {}", named(tree, &mistake.path), mistake.message)
    } else {
        mistake.message.clone()
    };
    let hint = mistake.hint.clone().or_else(|| mistake.how_to_mend(tree));
    diagnostics.push(inside.as_ref().unwrap_or(place).diagnostic(message, hint));
    diagnostics.extend(mistake.beside.iter().map(|fault| {
        let place = place.inside(fault.column);
        place.diagnostic(fault.message.clone(), did_you_mean(fault.meant.as_deref()))
    }));
}

/// Notes what was cut out. When it was an element of a list, those behind it have moved up.
fn keep_cut(cut: &mut Vec<Vec<Step>>, path: Vec<Step>) {
    if let Some((Step::Index(gone), list)) = path.split_last() {
        let of_list = |other: &[Step]| other.starts_with(list);
        cut.retain_mut(
            |other| match of_list(other).then(|| other.get_mut(list.len())).flatten() {
                Some(Step::Index(at)) if *at == *gone => false,
                Some(Step::Index(at)) if *at > *gone => {
                    *at -= 1;
                    true
                }
                _ => true,
            },
        );
    } else {
        cut.push(path);
    }
}

/// One step of the way to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

/// What stands at a path.
fn reach<'a>(node: &'a mut Node, path: &[Step]) -> Option<&'a mut Node> {
    path.iter()
        .try_fold(node, |node, step| match (&mut node.value, step) {
            (Value::Table(table), Step::Key(key)) => table.get_mut(key).map(|(_, child)| child),
            (Value::Array(items), Step::Index(index)) => items.get_mut(*index),
            _ => None,
        })
}

/// Takes away what stands at the path, so that what a lower layer says shows again.
fn prune(tree: &mut Node, path: &[Step]) -> bool {
    let Some((step, above)) = path.split_last() else {
        return false;
    };
    match (reach(tree, above).map(|node| &mut node.value), step) {
        (Some(Value::Table(table)), Step::Key(key)) => {
            let Some((_, child)) = table.get_mut(key) else {
                return false;
            };
            match child.below.take() {
                Some(below) => *child = *below,
                None => drop(table.remove(key)),
            }
            true
        }
        (Some(Value::Array(items)), Step::Index(index)) if *index < items.len() => {
            items.remove(*index);
            true
        }
        _ => false,
    }
}

/// Why a tree could not be read.
#[derive(Debug)]
struct Mistake {
    message: String,
    hint: Option<String>,
    place: Option<Place>,
    path: Vec<Step>,
    missing: Option<&'static str>,
    /// Where in a text the mistake is: in characters, counted from 1.
    inside: Option<usize>,
    /// Further mistakes in that text.
    beside: Vec<Fault>,
    /// Whether a value is wrong whose key the message does not name.
    is_of_value: bool,
}

/// What serde expects, in the words of people who write files.
fn wanted(expected: &str) -> &str {
    match expected {
        "f32" | "f64" => "a number",
        "u8" | "u16" | "u32" | "u64" | "usize" | "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "a boolean" => "true or false",
        "a string" => "a text in quotes",
        "a sequence" => "a list",
        "a map" => "a table",
        structure if structure.starts_with("struct ") => "a table",
        other => other,
    }
}

/// What stands there, in the same words.
fn given(found: serde::de::Unexpected<'_>) -> String {
    use serde::de::Unexpected;
    match found {
        Unexpected::Str(text) => format!("the text \"{}\"", without_secrets(text)),
        Unexpected::Bool(value) => value.to_string(),
        Unexpected::Signed(number) => number.to_string(),
        Unexpected::Unsigned(number) => number.to_string(),
        Unexpected::Float(number) => number.to_string(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a table".to_owned(),
        other => other.to_string(),
    }
}

/// The path of a value as `config show` writes it: tables of a list go by their id.
fn named(tree: &Node, path: &[Step]) -> String {
    let (mut node, mut words) = (Some(tree), Vec::new());
    for step in path {
        let next = match (node.map(|node| &node.value), step) {
            (Some(Value::Table(table)), Step::Key(key)) => table.get(key).map(|(_, child)| child),
            (Some(Value::Array(items)), Step::Index(index)) => items.get(*index),
            _ => None,
        };
        words.push(match step {
            Step::Key(key) => key.clone(),
            Step::Index(index) => match next.and_then(Node::id) {
                Some(id) => id.to_owned(),
                None => (index + 1).to_string(),
            },
        });
        node = next;
    }
    words.join(".")
}

impl Mistake {
    fn new(message: String, hint: Option<String>) -> Self {
        Self {
            message,
            hint,
            place: None,
            path: Vec::new(),
            missing: None,
            inside: None,
            beside: Vec::new(),
            is_of_value: false,
        }
    }

    /// The id of the table of a list that it stands in, and under which key of that.
    fn in_item<'a>(&'a self, tree: &Node) -> Option<(String, &'a str)> {
        let [Step::Key(list), Step::Index(index), within @ ..] = self.path.as_slice() else {
            return None;
        };
        let id = tree.at(&[list])?.item(*index)?.id()?;
        match (within.first(), self.missing) {
            (Some(Step::Key(key)), _) => Some((id.to_owned(), key)),
            (None, Some(key)) => Some((id.to_owned(), key)),
            _ => None,
        }
    }

    /// What to write, where that is known of no single word.
    fn how_to_mend(&self, tree: &Node) -> Option<String> {
        let missing = self.missing?.split(OR).next()?;
        let whose = named(tree, &self.path);
        let whose = if whose.is_empty() { "the file" } else { &whose };
        Some(format!("add `{missing} = …` to {whose}"))
    }

    fn below(mut self, step: Step, place: &Place) -> Self {
        self.place.get_or_insert_with(|| place.clone());
        self.path.insert(0, step);
        self
    }
}

impl std::fmt::Display for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Mistake {}

impl serde::de::Error for Mistake {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        let text = message.to_string();
        let mut faults = Fault::read_all(&text).into_iter();
        if let Some(fault) = faults.next() {
            return Self {
                inside: Some(fault.column),
                beside: faults.collect(),
                ..Self::new(fault.message, did_you_mean(fault.meant.as_deref()))
            };
        }
        match text.split_once("; try ") {
            Some((message, hint)) => Self::new(message.to_owned(), Some(hint.to_owned())),
            None => Self::new(text, None),
        }
    }

    fn invalid_type(found: serde::de::Unexpected<'_>, expected: &dyn serde::de::Expected) -> Self {
        let expected = expected.to_string();
        let is_below = matches!(found, serde::de::Unexpected::Signed(..0)) && expected.starts_with('u');
        let from = if is_below { " from 0 on" } else { "" };
        let message = format!("{}{from} is expected, not {}", wanted(&expected), given(found));
        Self {
            is_of_value: true,
            ..Self::new(message, None)
        }
    }

    fn invalid_value(found: serde::de::Unexpected<'_>, expected: &dyn serde::de::Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        if field == ENABLED {
            // Where it is one of these it was taken out before.
            return Self::new(format!("`{ENABLED}` must be true or false"), None);
        }
        Self::new(
            format!("unknown key `{field}`"),
            meant(field, expected, "keys here"),
        )
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::new(
            format!("unknown value `{}`", without_secrets(variant)),
            meant(variant, expected, "values here"),
        )
    }

    fn missing_field(field: &'static str) -> Self {
        Self {
            missing: Some(field),
            ..Self::new(format!("`{field}` is missing"), None)
        }
    }
}

/// Hands a node to serde.
#[derive(Clone, Copy)]
struct Reader<'a> {
    node: &'a Node,
}

impl<'de> serde::Deserializer<'de> for Reader<'_> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match &self.node.value {
            Value::Text(text) => visitor.visit_str(text),
            Value::Integer(number) => visitor.visit_i64(*number),
            Value::Float(number) => visitor.visit_f64(*number),
            Value::Bool(yes) => visitor.visit_bool(*yes),
            Value::Array(items) => visitor.visit_seq(Items { items, next: 0 }),
            Value::Table(table) => visitor.visit_map(Entries {
                entries: table.iter(),
                current: None,
            }),
        }
    }

    /// An empty text takes back what a lower layer says.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match &self.node.value {
            Value::Text(text) if text.is_empty() => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        match &self.node.value {
            Value::Text(text) => {
                let text: serde::de::value::StrDeserializer<'_, Mistake> = text.as_str().into_deserializer();
                text.deserialize_enum(name, variants, visitor)
            }
            _ => Err(Mistake::custom(format!(
                "expected one of {}",
                variants.join(", ")
            ))),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

struct Items<'a> {
    items: &'a [Node],
    next: usize,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Mistake;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Mistake> {
        let Some(node) = self.items.get(self.next) else {
            return Ok(None);
        };
        let index = self.next;
        self.next += 1;
        seed.deserialize(Reader { node })
            .map(Some)
            .map_err(|mistake| mistake.below(Step::Index(index), &node.place))
    }
}

struct Entries<'a> {
    entries: std::collections::btree_map::Iter<'a, String, (Place, Node)>,
    current: Option<(&'a str, &'a Node)>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Mistake;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mistake> {
        let Some((key, (place, node))) = self.entries.next() else {
            return Ok(None);
        };
        self.current = Some((key, node));
        let name: serde::de::value::StrDeserializer<'_, Mistake> = key.as_str().into_deserializer();
        seed.deserialize(name)
            .map(Some)
            .map_err(|mistake| mistake.below(Step::Key(key.clone()), place))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Mistake> {
        let Some((key, node)) = self.current.take() else {
            return Err(Mistake::custom("a value without a key"));
        };
        seed.deserialize(Reader { node })
            .map_err(|mistake| mistake.below(Step::Key(key.to_owned()), &node.place))
    }
}
