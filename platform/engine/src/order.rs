//! The order of steps: making waits for what it refers to, deleting waits for its users, and
//! nothing waits for a delete but deletes. So no circle is possible among the desired, and one
//! among live objects can only come from a false match and is cut.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Address;
use crate::graph::Graph;
use crate::plan::Step;

/// How a step hangs on live objects.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wired {
    /// It makes, changes or awaits the object of an address, `live` being the one that is there.
    Make {
        /// Position of the live object.
        live: Option<usize>,
    },
    /// It deletes a live object, for a replacement after the step that made the new one.
    Delete {
        /// Position of the live object.
        live: usize,
        /// Position of the step that makes its replacement.
        made_by: Option<usize>,
    },
}

/// Fills in `after` of every step.
pub(crate) fn wire(steps: &mut [Step], wired: &[Wired], graph: &Graph, users: &[BTreeSet<usize>]) {
    let mut makers: BTreeMap<Address, usize> = BTreeMap::new();
    let mut touching: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (position, wire) in wired.iter().enumerate() {
        match *wire {
            Wired::Make { live } => {
                makers.insert(steps[position].address.clone(), position);
                if let Some(live) = live {
                    touching.entry(live).or_default().insert(position);
                }
            }
            Wired::Delete { live, .. } => {
                touching.entry(live).or_default().insert(position);
            }
        }
    }
    for position in 0..steps.len() {
        let after = match wired[position] {
            Wired::Make { .. } => making_waits(&steps[position].address, graph, &makers),
            Wired::Delete { live, made_by } => {
                let mut after: BTreeSet<usize> = users[live]
                    .iter()
                    .filter_map(|user| touching.get(user))
                    .flatten()
                    .copied()
                    .collect();
                after.extend(made_by);
                after.remove(&position);
                after
            }
        };
        steps[position].after = after;
    }
    cut_circles(steps);
}

/// Waits for every step that makes or changes what the node refers to, also through nodes that
/// have no step of their own.
fn making_waits(
    address: &Address,
    graph: &Graph,
    makers: &BTreeMap<Address, usize>,
) -> BTreeSet<usize> {
    let mut after = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut queue = vec![address];
    while let Some(next) = queue.pop() {
        let Some(node) = graph.get(next) else {
            continue;
        };
        for reference in &node.references {
            if !seen.insert(&reference.address) {
                continue;
            }
            match makers.get(&reference.address) {
                Some(step) => {
                    after.insert(*step);
                }
                None => queue.push(&reference.address),
            }
        }
    }
    after
}

/// Deletes whose waits form a circle start without waiting for each other; the cloud's own
/// refusals then find the order.
fn cut_circles(steps: &mut [Step]) {
    let mut placed: BTreeSet<usize> = BTreeSet::new();
    loop {
        let ready: Vec<usize> = (0..steps.len())
            .filter(|position| !placed.contains(position))
            .filter(|position| steps[*position].after.is_subset(&placed))
            .collect();
        if !ready.is_empty() {
            placed.extend(ready);
            continue;
        }
        if placed.len() == steps.len() {
            return;
        }
        let stuck: BTreeSet<usize> = (0..steps.len())
            .filter(|position| !placed.contains(position))
            .collect();
        let first = stuck.first().copied();
        if let Some(first) = first {
            steps[first].after.retain(|step| !stuck.contains(step));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Work;
    use crate::resource::Tags;

    fn deletes(after: &[&[usize]]) -> Vec<Step> {
        let step = |after: &&[usize]| Step {
            address: Address::unclaimed("net", "x"),
            kind: "net".to_owned(),
            work: Work::Delete {
                id: "x".to_owned(),
                replaced: false,
                keep_copy: false,
            },
            after: after.iter().copied().collect(),
            tags: Tags::new(),
        };
        after.iter().map(step).collect()
    }

    fn cut(after: &[&[usize]]) -> Vec<Vec<usize>> {
        let mut steps = deletes(after);
        cut_circles(&mut steps);
        steps
            .iter()
            .map(|step| step.after.iter().copied().collect())
            .collect()
    }

    #[test]
    fn only_circles_are_cut_and_only_once() {
        let none: &[usize] = &[];
        assert_eq!(cut(&[&[1], &[2], none]), [vec![1], vec![2], vec![]]);
        assert_eq!(cut(&[&[1], &[0], &[0]]), [vec![], vec![0], vec![0]]);
        assert_eq!(
            cut(&[none, &[0, 2], &[1], &[4], &[3]]),
            [vec![], vec![0], vec![1], vec![], vec![3]]
        );
    }
}
