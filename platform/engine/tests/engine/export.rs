//! What exists, as a Terraform configuration.

use std::collections::BTreeMap;

use bella_engine::address::Address;
use bella_engine::export::{Configuration, ExportProblem, Source, configuration};
use bella_engine::live::{Live, Object};
use bella_engine::resource::{Outputs, Phase, Tags};
use serde_json::{Value, json};

use crate::fake::kinds::KINDS;

fn object(address: &str, id: &str, props: Value, outputs: &[(&str, &str)]) -> Object {
    let address = Address::parse(address).expect("an address");
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Object {
        kind: address.kind().to_owned(),
        address,
        claimed: true,
        id: id.to_owned(),
        props: Some(props),
        outputs: outputs.iter().map(pair).collect::<Outputs>(),
        tags: Tags::new(),
        phase: Phase::Ready,
        created: None,
        protected: None,
    }
}

/// A network, another that nobody declared, a subnet, a rule, and what is not exported: an
/// older revision and a store on its way out.
fn live() -> Live {
    let net = |name: &str, id: &str| {
        object(
            name,
            id,
            json!({"cidr": "10.0.0.0/8", "label": ""}),
            &[("id", id)],
        )
    };
    let subnet = json!({"net": "net-00000001", "cidr": "10.1.0.0/16", "zone": null, "label": "net-00000001x"});
    let rule = json!({"net": "net-00000001", "port": 80, "target": null, "note": ""});
    let revision = object(
        "revision.app",
        "rev-1",
        Value::Null,
        &[("arn", "arn:rev:1")],
    );
    let store = json!({"subnet": "sub-00000001", "engine": "pg", "size": 1, "protected": false});
    Live {
        objects: vec![
            net("net.(net-00000001)", "net-00000001"),
            net("net.a", "net-00000002"),
            Object {
                props: None,
                ..revision
            },
            object(
                "rule.web",
                "rule-1",
                rule,
                &[("net", "net-00000001"), ("target", "")],
            ),
            Object {
                phase: Phase::Deleting,
                ..object(
                    "store.main",
                    "sto-1",
                    store,
                    &[("endpoint", "sto-1.example")],
                )
            },
            object(
                "subnet.a",
                "sub-00000001",
                subnet,
                &[("id", "sub-00000001")],
            ),
        ],
    }
}

fn export(declared: &[(&str, Value)]) -> Result<Configuration, Vec<ExportProblem>> {
    let declared = declared.iter().map(|(address, properties)| {
        (
            Address::parse(address).expect("an address"),
            properties.clone(),
        )
    });
    configuration(&Source {
        catalog: KINDS,
        live: &live(),
        addresses: &BTreeMap::new(),
        declared: &declared.collect(),
        stack: "s",
        region: "r",
        account: "1",
    })
}

#[test]
fn what_exists_refers_to_each_other_by_name() {
    let made = export(&[]).expect("everything can be exported");
    assert_eq!(made.resources, 3);
    assert_eq!(
        made.left_out,
        [Address::parse("rule.web").expect("an address")]
    );
    assert_eq!(
        made.files.keys().collect::<Vec<_>>(),
        ["imports.tf", "narrow.tf"]
    );
    assert_eq!(
        made.files["narrow.tf"],
        r#"resource "fake_net" "a" {
  cidr  = "10.0.0.0/8"
  label = ""
  tags  = {}
}

resource "fake_net" "net_00000001" {
  cidr  = "10.0.0.0/8"
  label = ""
  tags  = {}
}

resource "fake_subnet" "a" {
  cidr  = "10.1.0.0/16"
  label = "net-00000001x"
  net   = fake_net.net_00000001.id
  tags  = {}
}
"#
    );
    assert!(
        made.files["imports.tf"]
            .ends_with("\nimport {\n  to = fake_subnet.a\n  id = \"sub-00000001\"\n}\n"),
        "{}",
        made.files["imports.tf"]
    );
}

#[test]
fn what_is_declared_keeps_its_references() {
    let declared = |net: &str, label: &str| {
        export(&[(
            "subnet.a",
            json!({"net": net, "cidr": "10.1.0.0/16", "zone": null, "label": label}),
        )])
    };
    let made = declared("${net.a.id}", "in ${rule.web.net}").expect("everything can be exported");
    let text = &made.files["narrow.tf"];
    // The rule has no form there: what it refers to is written out.
    assert!(
        text.contains("  label = \"in ${\"net-00000001\"}\"\n  net   = fake_net.a.id\n"),
        "{text}"
    );

    let problems = declared("${net.gone.id}", "").expect_err("the network is not there");
    assert_eq!(
        problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["subnet.a: refers to ${net.gone.id}, and there is no net.gone to export"]
    );
}
