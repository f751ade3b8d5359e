//! Associations between records, both ways, as sorted pairs.

use std::collections::HashMap;

use super::object_type::ObjectType;

/// All associations of the portal.
#[derive(Debug, Default)]
pub struct Links {
    pairs: HashMap<(ObjectType, ObjectType), Vec<(u64, u64)>>,
    version: u64,
}

impl Links {
    /// Adds a link without keeping order; [`Links::sort`] must follow. For filling a portal.
    pub(in crate::demo) fn push(&mut self, from: (ObjectType, u64), to: (ObjectType, u64)) {
        self.pairs.entry((from.0, to.0)).or_default().push((from.1, to.1));
        self.pairs.entry((to.0, from.0)).or_default().push((to.1, from.1));
    }

    /// Brings all pairs into order after [`Links::push`].
    pub(in crate::demo) fn sort(&mut self) {
        for pairs in self.pairs.values_mut() {
            pairs.sort_unstable();
            pairs.dedup();
        }
    }

    /// Links two records; a link that stands stays.
    pub fn add(&mut self, from: (ObjectType, u64), to: (ObjectType, u64)) {
        self.version += 1;
        for ((kind, id), (other_kind, other)) in [(from, to), (to, from)] {
            let pairs = self.pairs.entry((kind, other_kind)).or_default();
            if let Err(place) = pairs.binary_search(&(id, other)) {
                pairs.insert(place, (id, other));
            }
        }
    }

    /// Removes a link, if it stands.
    pub fn remove(&mut self, from: (ObjectType, u64), to: (ObjectType, u64)) {
        self.version += 1;
        for ((kind, id), (other_kind, other)) in [(from, to), (to, from)] {
            if let Some(pairs) = self.pairs.get_mut(&(kind, other_kind))
                && let Ok(place) = pairs.binary_search(&(id, other))
            {
                pairs.remove(place);
            }
        }
    }

    /// Counts changes.
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    /// The linked records of another kind, by id.
    pub fn of(&self, from: (ObjectType, u64), to: ObjectType) -> impl Iterator<Item = u64> {
        let pairs: &[(u64, u64)] = self.pairs.get(&(from.0, to)).map_or(&[], Vec::as_slice);
        let first = pairs.partition_point(|pair| pair.0 < from.1);
        pairs[first..]
            .iter()
            .take_while(move |pair| pair.0 == from.1)
            .map(|pair| pair.1)
    }

    /// Moves every link of one record to another, as a merge does.
    pub fn move_all(&mut self, from: (ObjectType, u64), to: (ObjectType, u64)) {
        for other in ObjectType::ALL {
            let linked: Vec<u64> = self.of(from, other).collect();
            for id in linked {
                self.remove(from, (other, id));
                self.add(to, (other, id));
            }
        }
    }
}
