//! The desired graph: every declared node, normalised, with its references checked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use crate::address::Address;
use crate::cloud::Cloud;
use crate::name::fingerprint;
use crate::reference::{Reference, malformed, references};
use crate::resource::{Catalog, find_kind};

/// One desired object.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its address.
    pub address: Address,
    /// Properties that round-tripped through the kind's struct; references unresolved.
    pub properties: Value,
    /// What it refers to.
    pub references: BTreeSet<Reference>,
}

/// What is wrong with a declared node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphProblem {
    /// The node's address as written.
    pub address: String,
    /// What is wrong and what is allowed.
    pub message: String,
}

impl fmt::Display for GraphProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.address, self.message)
    }
}

/// All desired objects of a stack. Acyclic; every reference names an output of a node in it.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    nodes: BTreeMap<Address, Node>,
    order: Vec<Address>,
}

impl Graph {
    /// Builds the graph of the declared nodes.
    ///
    /// # Errors
    /// Every problem of every node, not only the first: unknown kinds, properties that do not fit,
    /// references to nothing, cycles.
    pub fn new<C: Cloud>(
        catalog: Catalog<C>,
        declared: impl IntoIterator<Item = (String, Value)>,
    ) -> Result<Self, Vec<GraphProblem>> {
        let mut nodes = BTreeMap::new();
        let mut problems = Vec::new();
        for (text, properties) in declared {
            match node(catalog, &text, &properties) {
                Ok(node) => {
                    if nodes.insert(node.address.clone(), node).is_some() {
                        problems.push(problem(&text, "is declared twice"));
                    }
                }
                Err(found) => problems.extend(found),
            }
        }
        check_references(catalog, &nodes, &mut problems);
        let order = order(&nodes);
        if problems.is_empty() && order.len() < nodes.len() {
            let circle = circle(&nodes, &order);
            problems.push(problem(
                circle.first().map_or("", String::as_str),
                format!(
                    "these refer to each other in a circle: {}",
                    circle.join(", ")
                ),
            ));
        }
        if problems.is_empty() {
            Ok(Self { nodes, order })
        } else {
            Err(problems)
        }
    }

    /// The node at `address`.
    #[must_use]
    pub fn get(&self, address: &Address) -> Option<&Node> {
        self.nodes.get(address)
    }

    /// Nodes, each after all that it refers to.
    pub fn in_order(&self) -> impl Iterator<Item = &Node> {
        self.order
            .iter()
            .filter_map(|address| self.nodes.get(address))
    }

    /// How many nodes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether nothing is desired: what a teardown asks for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Address to normalised properties, references unresolved.
    #[must_use]
    pub fn properties(&self) -> BTreeMap<Address, Value> {
        self.nodes
            .values()
            .map(|node| (node.address.clone(), node.properties.clone()))
            .collect()
    }

    /// A digest over all addresses and properties.
    #[must_use]
    pub fn digest(&self) -> String {
        let text = self.nodes.values().fold(String::new(), |text, node| {
            text + &format!("{} {}\n", node.address, node.properties)
        });
        fingerprint(&[&text])
    }
}

fn problem(address: &str, message: impl Into<String>) -> GraphProblem {
    GraphProblem {
        address: address.to_owned(),
        message: message.into(),
    }
}

fn node<C: Cloud>(
    catalog: Catalog<C>,
    text: &str,
    properties: &Value,
) -> Result<Node, Vec<GraphProblem>> {
    let one = |message: String| vec![problem(text, message)];
    let address = Address::parse(text).map_err(|err| one(err.to_string()))?;
    let Some(kind) = find_kind(catalog, address.kind()) else {
        let known: Vec<&str> = catalog.iter().map(|kind| kind.kind()).collect();
        return Err(one(format!(
            "unknown kind `{}`; known kinds: {}",
            address.kind(),
            known.join(", ")
        )));
    };
    let properties = kind.normalize(properties).map_err(one)?;
    let mistakes = malformed(&properties);
    if !mistakes.is_empty() {
        return Err(one(format!(
            "{} is not a reference; a reference is ${{kind.name.output}}",
            mistakes.join(", ")
        )));
    }
    Ok(Node {
        references: references(&properties),
        address,
        properties,
    })
}

fn check_references<C: Cloud>(
    catalog: Catalog<C>,
    nodes: &BTreeMap<Address, Node>,
    problems: &mut Vec<GraphProblem>,
) {
    for node in nodes.values() {
        for reference in &node.references {
            let outputs = find_kind(catalog, reference.address.kind()).map(|kind| kind.outputs());
            if !nodes.contains_key(&reference.address) {
                problems.push(problem(
                    &node.address.to_string(),
                    format!(
                        "refers to {reference}, and the stack has no {}",
                        reference.address
                    ),
                ));
            } else if let Some(outputs) = outputs
                && !outputs.contains(&reference.output.as_str())
            {
                problems.push(problem(
                    &node.address.to_string(),
                    format!(
                        "refers to {reference}, but the outputs of {} are: {}",
                        reference.address.kind(),
                        outputs.join(", ")
                    ),
                ));
            }
        }
    }
}

/// Nodes in a circle, or between two: those that can be placed neither after what they refer to
/// nor before what refers to them.
fn circle(nodes: &BTreeMap<Address, Node>, order: &[Address]) -> Vec<String> {
    let mut stuck: BTreeSet<&Address> = nodes.keys().collect();
    for placed in order {
        stuck.remove(placed);
    }
    loop {
        let used: BTreeSet<&Address> = stuck
            .iter()
            .filter_map(|address| nodes.get(address))
            .flat_map(|node| node.references.iter().map(|reference| &reference.address))
            .collect();
        let before = stuck.len();
        stuck.retain(|address| used.contains(address));
        if stuck.len() == before {
            return stuck.iter().map(ToString::to_string).collect();
        }
    }
}

fn order(nodes: &BTreeMap<Address, Node>) -> Vec<Address> {
    let mut placed = BTreeSet::new();
    let mut order = Vec::with_capacity(nodes.len());
    loop {
        let next: Vec<&Address> = nodes
            .values()
            .filter(|node| !placed.contains(&node.address))
            .filter(|node| {
                node.references
                    .iter()
                    .all(|reference| placed.contains(&reference.address))
            })
            .map(|node| &node.address)
            .collect();
        if next.is_empty() {
            return order;
        }
        for address in next {
            placed.insert(address.clone());
            order.push(address.clone());
        }
    }
}
