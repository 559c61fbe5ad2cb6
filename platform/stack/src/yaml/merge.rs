//! Laying a file over the one it extends.

use super::tree::{Data, Map, Node};

/// Lays `child` over `parent`: maps are merged key by key, everything else is replaced, a `null` removes.
pub(crate) fn merge(parent: Node, child: Node) -> Node {
    match (parent.data, child.data) {
        (Data::Map(parent), Data::Map(child_map)) => Node {
            place: child.place,
            data: Data::Map(merge_maps(parent, child_map)),
        },
        (_, data) => without_nulls(Node {
            place: child.place,
            data,
        }),
    }
}

/// Drops what is `null`: with nothing to extend, a `null` is an absent value.
pub(crate) fn without_nulls(node: Node) -> Node {
    match node.data {
        Data::Map(map) => Node {
            place: node.place,
            data: Data::Map(merge_maps(Map::default(), map)),
        },
        data => Node {
            place: node.place,
            data,
        },
    }
}

fn merge_maps(mut parent: Map, child: Map) -> Map {
    parent.removed.extend(child.removed);
    for mut entry in child.entries {
        let old = parent
            .entries
            .iter()
            .position(|known| known.key == entry.key);
        match (old, &entry.value.data) {
            (_, Data::Null) => {
                if let Some(index) = old {
                    parent.entries.remove(index);
                }
                parent.removed.push((entry.key, entry.key_place));
            }
            (Some(index), _) => {
                let known = parent.entries.remove(index);
                entry.value = merge(known.value, entry.value);
                parent.entries.insert(index, entry);
            }
            (None, _) => {
                entry.value = without_nulls(entry.value);
                parent.entries.push(entry);
            }
        }
    }
    parent
}
