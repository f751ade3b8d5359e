//! Columns that lines of JSON lack: which line lacks them, and what name was probably meant. Pure.

use std::collections::HashMap;

use crate::domain::vocabulary::nearest;

/// A line of JSON.
pub type Object = serde_json::Map<String, serde_json::Value>;

/// So many names that nobody asked for are looked at.
const MOST_STRANGE: usize = 1_000;
/// A longer name, in bytes, is no slip of the finger.
const LONGEST_STRANGE: usize = 256;

/// What the lines of a file have of the columns that are asked for, and what else they have.
#[derive(Debug)]
pub struct Lacking<'a> {
    names: &'a [&'a str],
    columns: Vec<Column>,
    /// Names that nobody asked for, with what is known of each beside each column.
    strange: HashMap<String, Vec<Beside>>,
}

/// A column that is asked for.
#[derive(Debug, Clone, Default)]
struct Column {
    /// Whether any line has it.
    is_there: bool,
    /// The first line that lacks it.
    lacks: Option<u64>,
}

/// A strange name and a column.
#[derive(Debug, Clone, Default)]
struct Beside {
    /// The first line with the name and without the column.
    alone: Option<u64>,
    /// Whether any line has both: they are two columns.
    together: bool,
}

impl<'a> Lacking<'a> {
    /// Nothing was read yet of a file with these columns.
    pub fn new(names: &'a [&'a str]) -> Self {
        Self {
            names,
            columns: vec![Column::default(); names.len()],
            strange: HashMap::new(),
        }
    }

    /// Takes the next line.
    pub fn look(&mut self, line: u64, object: &Object) {
        let has: Vec<bool> = self.names.iter().map(|name| object.contains_key(*name)).collect();
        for (column, has) in self.columns.iter_mut().zip(&has) {
            column.is_there |= has;
            if !has {
                column.lacks.get_or_insert(line);
            }
        }
        let mut room = MOST_STRANGE - self.strange.len();
        for name in strange(object, self.names).filter(|name| name.len() <= LONGEST_STRANGE) {
            let columns = match self.strange.get_mut(name) {
                Some(columns) => columns,
                None if room == 0 => continue,
                None => {
                    room -= 1;
                    let unknown = vec![Beside::default(); has.len()];
                    self.strange.entry(name.to_owned()).or_insert(unknown)
                }
            };
            for (beside, has) in columns.iter_mut().zip(&has) {
                beside.together |= has;
                if !has {
                    beside.alone.get_or_insert(line);
                }
            }
        }
    }

    /// The strange name that was probably meant by a column, and the first line with it: none that stands beside the column
    /// anywhere.
    fn meant(&self, at: usize) -> Option<(u64, &str)> {
        let strange = self.strange.iter();
        let alone = strange.filter(|(_, beside)| !beside[at].together);
        let meant = nearest(self.names[at], alone.map(|(name, _)| name.as_str()))?;
        Some((self.strange.get(meant)?[at].alone?, meant))
    }

    /// That no line has one of the columns up to `always`; `None` where some line has each.
    pub fn of_all(&self, always: usize) -> Option<String> {
        (0..always).find_map(|at| self.told(at).filter(|_| !self.columns[at].is_there))
    }

    /// What is to be told of the columns behind those, a sentence each, raw: that no line has one, or that one looks misspelt.
    pub fn told_of_others(&self, always: usize) -> Vec<String> {
        let others = always..self.names.len();
        others.filter_map(|at| self.told(at)).collect()
    }

    /// What is to be told of a column; `None` where some lines merely leave it out.
    fn told(&self, at: usize) -> Option<String> {
        let (name, column) = (self.names[at], &self.columns[at]);
        let lacks = column.lacks?;
        let meant = self.meant(at);
        let line = meant.map_or(lacks, |(line, _)| line);
        let what = no_column(name, meant.map(|(_, meant)| meant));
        match (column.is_there, meant) {
            (false, _) => Some(format!("line {line}: {what}, nor has any other line")),
            (true, Some(_)) => Some(format!("line {line}: {what}")),
            (true, None) => None,
        }
    }
}

/// The names of an object that nobody asked for.
pub fn strange<'o>(object: &'o Object, names: &[&str]) -> impl Iterator<Item = &'o str> {
    let others = object.keys().map(String::as_str);
    others.filter(move |other| !names.contains(other))
}

/// That a column is not there, with the one that was probably meant by it.
pub fn no_column(name: &str, meant: Option<&str>) -> String {
    match meant {
        Some(near) => format!("it has no column `{name}`, but `{near}`"),
        None => format!("it has no column `{name}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_ever_new_names_so_many_are_kept_and_no_long_one() {
        let names = ["domain", "seats"];
        let mut lacking = Lacking::new(&names);
        let look = |lacking: &mut Lacking<'_>, line: u64, name: &str| {
            let names = ["domain", name].map(|name| (name.to_owned(), 1.into()));
            lacking.look(line, &names.into_iter().collect());
        };
        look(&mut lacking, 1, &"s".repeat(LONGEST_STRANGE + 1));
        for line in 2..2_000 {
            look(&mut lacking, line, &format!("column {line}"));
        }
        assert_eq!(lacking.strange.len(), MOST_STRANGE);
        assert_eq!(lacking.of_all(1), None);
        let told = "line 1: it has no column `seats`, nor has any other line";
        assert_eq!(lacking.told_of_others(1), [told]);
    }
}
