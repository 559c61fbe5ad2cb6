//! What a check sees and how it reports.

use crate::{
    Stack,
    conform::Conformed,
    problem::Problem,
    stack::Network,
    value::Refusal,
    verdict::dotted,
    yaml::{Files, Node},
};

/// The typed stack, the tree it was written in, and the problems found so far.
pub(crate) struct Scope<'a> {
    /// The stack under check.
    pub(crate) stack: &'a Stack,
    /// Kinds that `resources` may name; unknown when `None`.
    pub(crate) kinds: Option<&'a [&'a str]>,
    conformed: &'a Conformed,
    root: &'a Node,
    files: &'a Files,
    problems: Vec<Problem>,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(
        conformed: &'a Conformed,
        root: &'a Node,
        files: &'a Files,
        kinds: Option<&'a [&'a str]>,
    ) -> Self {
        Self {
            stack: &conformed.stack,
            kinds,
            conformed,
            root,
            files,
            problems: Vec::new(),
        }
    }

    /// Reports a problem that lies in the values at these places, each given as its steps.
    ///
    /// It is shown at the first of them that was written, and not at all when one of them was refused by the schema: what stands
    /// there now is a default that the author did not mean.
    pub(crate) fn refuse(&mut self, places: &[&[&str]], refusal: Refusal) {
        let ways: Vec<Vec<String>> = places
            .iter()
            .map(|steps| {
                self.conformed.written(
                    &steps
                        .iter()
                        .map(|step| (*step).to_owned())
                        .collect::<Vec<_>>(),
                )
            })
            .collect();
        if !ways.iter().all(|way| self.conformed.usable(way)) {
            return;
        }
        let written = ways
            .iter()
            .find(|way| self.root.locate(way).1)
            .or(ways.first());
        let Some(way) = written else { return };
        let (place, found) = self.root.locate(way);
        let problem = self.files.problem(place, dotted(way), refusal);
        // Text of an enclosing section is not what is wrong.
        let text = if found { problem.text } else { String::new() };
        self.problems.push(Problem { text, ..problem });
    }

    /// Reports a problem with a key.
    pub(crate) fn refuse_key(&mut self, map: &[&str], key: &str, refusal: Refusal) {
        let way: Vec<String> = map.iter().map(|step| (*step).to_owned()).collect();
        let mut whole = way.clone();
        whole.push(key.to_owned());
        if self.conformed.usable(&whole) {
            let place = self.root.locate_key(&way, key);
            self.problems
                .push(self.files.problem(place, dotted(&whole), refusal));
        }
    }

    /// The stack with a range that is large enough for its subnets: one that is too small is reported, and decides nothing else.
    pub(crate) fn roomy(&self) -> Stack {
        Stack {
            network: Network {
                cidr: Network::default().cidr,
                availability_zones: self.stack.network.availability_zones.min(3),
                ..self.stack.network.clone()
            },
            ..self.stack.clone()
        }
    }

    /// What was found.
    pub(crate) fn finish(self) -> Vec<Problem> {
        self.problems
    }
}
