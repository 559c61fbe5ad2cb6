//! From what exists to the files of a Terraform configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use super::hcl::{self, Lookup};
use super::recovered::{self, Holder};
use super::{Block, Body, Exported};
use crate::address::Address;
use crate::cloud::Cloud;
use crate::live::{Live, Object};
use crate::reference::Reference;
use crate::resource::{Catalog, Kind, Phase, find_kind};

/// What is exported.
pub struct Source<'a, C: Cloud> {
    /// Every kind.
    pub catalog: Catalog<C>,
    /// What exists.
    pub live: &'a Live,
    /// Addresses by (kind, id), where the objects themselves do not say them.
    pub addresses: &'a BTreeMap<(String, String), Address>,
    /// Declared properties with their references, of the objects that are declared.
    pub declared: &'a BTreeMap<Address, Value>,
    /// Stack name.
    pub stack: &'a str,
    /// Region of the stack.
    pub region: &'a str,
    /// 12-digit account id.
    pub account: &'a str,
}

/// A Terraform configuration, without the provider's own settings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Configuration {
    /// File name to text: one file a service, and `imports.tf`.
    pub files: BTreeMap<String, String>,
    /// How many resources it has; each has an import block.
    pub resources: usize,
    /// Objects that exist and have no form in Terraform.
    pub left_out: Vec<Address>,
}

/// Why something cannot be exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportProblem {
    /// Whose properties do not go.
    pub address: Address,
    /// Why.
    pub message: String,
}

impl fmt::Display for ExportProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.address, self.message)
    }
}

/// An object with its place in the configuration.
struct Part<'a, C: Cloud> {
    kind: &'a dyn Kind<C>,
    object: &'a Object,
    address: Address,
    props: &'a Value,
}

/// Writes the configuration of everything that exists: declared properties where the object is
/// declared, live ones in terms of each other where it is not. Each resource carries the tags its
/// object has.
///
/// # Errors
/// Every declared object that refers to one that does not exist.
pub fn configuration<C: Cloud>(
    source: &Source<'_, C>,
) -> Result<Configuration, Vec<ExportProblem>> {
    let parts = parts(source);
    let recovered = recovered(&parts);
    let mut problems = Vec::new();
    let mut exported = Vec::new();
    for part in &parts {
        let properties = source
            .declared
            .get(&part.address)
            .or(recovered.get(&part.address));
        match blocks(source, part, properties.unwrap_or(part.props)) {
            Ok(blocks) => exported.push((part, blocks)),
            Err(message) => problems.push(problem(part, message)),
        }
    }
    let names = Names::of(&exported);
    for (part, blocks) in &exported {
        let unknown = blocks
            .iter()
            .flat_map(|block| block.body.references())
            .filter(|reference| {
                names.expression(reference).is_none()
                    && find_kind(source.catalog, reference.address.kind()).is_some()
            });
        problems.extend(unknown.map(|reference| {
            problem(
                part,
                format!(
                    "refers to {reference}, and there is no {} to export",
                    reference.address
                ),
            )
        }));
    }
    match problems.is_empty() {
        true => Ok(write(&exported, &names)),
        false => Err(problems),
    }
}

fn problem<C: Cloud>(part: &Part<'_, C>, message: String) -> ExportProblem {
    ExportProblem {
        address: part.address.clone(),
        message,
    }
}

/// What goes into the configuration, in the catalogue's order; older revisions and what is on its
/// way out do not.
fn parts<'a, C: Cloud>(source: &Source<'a, C>) -> Vec<Part<'a, C>> {
    let of_kind = |kind: &'a dyn Kind<C>| {
        let objects = source.live.objects.iter();
        let there = objects
            .filter(move |object| object.kind == kind.kind() && object.phase != Phase::Deleting);
        there.filter_map(move |object| {
            let known = source
                .addresses
                .get(&(object.kind.clone(), object.id.clone()));
            Some(Part {
                kind,
                object,
                address: referable(known.unwrap_or(&object.address)),
                props: object.props.as_ref()?,
            })
        })
    };
    let mut parts: Vec<Part<'a, C>> = source
        .catalog
        .iter()
        .flat_map(|kind| of_kind(*kind))
        .collect();
    let position = |part: &Part<'a, C>| {
        source
            .catalog
            .iter()
            .position(|kind| kind.kind() == part.kind.kind())
    };
    parts.sort_by_cached_key(|part| (position(part), part.address.clone(), part.object.id.clone()));
    parts
}

/// The address; that of a child nobody declared, its id in parentheses, as one that text can refer
/// to.
fn referable(address: &Address) -> Address {
    let name = address.name().trim_matches(['(', ')']).to_lowercase();
    let name: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    let text = format!("{}.{}", address.kind(), name.trim_start_matches('_'));
    match address.name().starts_with('(') {
        true => Address::parse(&text).unwrap_or_else(|_| address.clone()),
        false => address.clone(),
    }
}

fn recovered<C: Cloud>(parts: &[Part<'_, C>]) -> BTreeMap<Address, Value> {
    let holders: Vec<Holder<'_>> = parts
        .iter()
        .map(|part| {
            let expressions = part.kind.terraform_outputs().iter();
            let outputs = expressions
                .filter_map(|(name, _)| Some((*name, part.object.outputs.get(*name)?.as_str())));
            Holder::new(&part.address, part.props, outputs)
        })
        .collect();
    recovered::properties(&holders)
}

fn blocks<C: Cloud>(
    source: &Source<'_, C>,
    part: &Part<'_, C>,
    properties: &Value,
) -> Result<Vec<Block>, String> {
    let exported = Exported {
        address: &part.address,
        id: &part.object.id,
        outputs: &part.object.outputs,
        tags: &part.object.tags,
        live: part.props,
        stack: source.stack,
        region: source.region,
        account: source.account,
    };
    part.kind.terraform(properties, &exported)
}

/// What everything is called in the configuration.
struct Names {
    /// Local names, in the order of the parts and of their blocks.
    local: Vec<Vec<String>>,
    /// Expressions by address and output.
    outputs: BTreeMap<Address, BTreeMap<String, String>>,
}

impl Names {
    fn of<C: Cloud>(exported: &[(&Part<'_, C>, Vec<Block>)]) -> Self {
        let mut taken = BTreeSet::new();
        let mut names = Self {
            local: Vec::new(),
            outputs: BTreeMap::new(),
        };
        for (part, blocks) in exported {
            let local: Vec<String> = blocks
                .iter()
                .map(|block| local_name(&mut taken, block, &part.address))
                .collect();
            let outputs = match (blocks.first(), local.first()) {
                (Some(block), Some(name)) => {
                    expressions(part, &format!("{}.{name}", block.resource))
                }
                _ => values(part),
            };
            names.outputs.entry(part.address.clone()).or_insert(outputs);
            names.local.push(local);
        }
        names
    }

    fn expression(&self, reference: &Reference) -> Option<String> {
        self.outputs
            .get(&reference.address)?
            .get(reference.output.as_str())
            .cloned()
    }
}

fn expressions<C: Cloud>(part: &Part<'_, C>, own: &str) -> BTreeMap<String, String> {
    let outputs = part.kind.terraform_outputs().iter();
    outputs
        .map(|(output, form)| ((*output).to_owned(), form.replace("{}", own)))
        .collect()
}

/// What has no form in Terraform is known to the rest by what its outputs are.
fn values<C: Cloud>(part: &Part<'_, C>) -> BTreeMap<String, String> {
    let outputs = part.object.outputs.iter();
    outputs
        .map(|(output, value)| (output.clone(), hcl::quoted(value)))
        .collect()
}

/// The address's name and the block's suffix as an identifier, made unique by a number where two
/// come to the same.
fn local_name(
    taken: &mut BTreeSet<(&'static str, String)>,
    block: &Block,
    address: &Address,
) -> String {
    let text = match block.suffix.as_str() {
        "" => address.name().to_owned(),
        suffix => format!("{}_{suffix}", address.name()),
    };
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let mut name: String = text
        .chars()
        .map(|c| if is_part(c) { c } else { '_' })
        .collect();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name.insert(0, '_');
    }
    let mut unique = name.clone();
    let mut number = 1;
    while !taken.insert((block.resource, unique.clone())) {
        number += 1;
        unique = format!("{name}_{number}");
    }
    unique
}

fn write<C: Cloud>(exported: &[(&Part<'_, C>, Vec<Block>)], names: &Names) -> Configuration {
    let lookup: Lookup<'_> = &|reference| names.expression(reference);
    let mut made = Configuration::default();
    let mut imports = Vec::new();
    for ((part, blocks), local) in exported.iter().zip(&names.local) {
        if blocks.is_empty() {
            made.left_out.push(part.address.clone());
        }
        for (block, name) in blocks.iter().zip(local) {
            let header = format!("resource \"{}\" \"{name}\"", block.resource);
            let file = made
                .files
                .entry(format!("{}.tf", part.kind.service()))
                .or_default();
            if !file.is_empty() {
                file.push('\n');
            }
            file.push_str(&hcl::top_level(&header, &block.body, lookup));
            let own = format!("{}.{name}", block.resource);
            let import = Body::new()
                .words("to", &own)
                .set("id", block.import.as_str());
            imports.push(hcl::top_level("import", &import, &|_| None));
            made.resources += 1;
        }
    }
    made.files
        .insert("imports.tf".to_owned(), imports.join("\n"));
    made
}
