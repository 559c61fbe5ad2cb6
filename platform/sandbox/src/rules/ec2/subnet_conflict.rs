use std::net::Ipv4Addr;

use crate::rules::refusal::{Check, Refusal, Refused};
use crate::rules::rule::About;
use crate::rules::turn::Turn;
use crate::rules::xml;

pub(crate) static RULE: Refusal = Refusal {
    name: "subnet-conflict-refused",
    about: About::refuses("A subnet lies within its VPC's range and overlaps no other subnet."),
    service: "ec2",
    operations: &["CreateSubnet"],
    check,
};

fn check<'a>(turn: &'a Turn<'a>) -> Check<'a> {
    Box::pin(async move {
        let form = turn.form();
        let (vpc, cidr) = (form.text("VpcId"), form.text("CidrBlock"));
        let Some(wanted) = Block::parse(cidr) else {
            return Ok(None);
        };
        let answer = turn.ec2("DescribeVpcs", &[("VpcId.1", vpc)]).await?;
        let document = xml::parse(&answer);
        let within = xml::items(document.root(), "cidrBlockAssociationSet")
            .iter()
            .chain(&xml::items(document.root(), "vpcSet"))
            .filter_map(|block| Block::parse(xml::text(*block, "cidrBlock")))
            .any(|block| block.holds(&wanted));
        if !within {
            return Ok(Some(Refused::new(
                "InvalidSubnet.Range",
                format!("The CIDR '{cidr}' is invalid."),
            )));
        }
        let filter = [("Filter.1.Name", "vpc-id"), ("Filter.1.Value.1", vpc)];
        let answer = turn.ec2("DescribeSubnets", &filter).await?;
        let overlaps = xml::items(xml::parse(&answer).root(), "subnetSet")
            .iter()
            .filter_map(|subnet| Block::parse(xml::text(*subnet, "cidrBlock")))
            .any(|block| block.holds(&wanted) || wanted.holds(&block));
        Ok(overlaps.then(|| {
            Refused::new(
                "InvalidSubnet.Conflict",
                format!("The CIDR '{cidr}' conflicts with another subnet"),
            )
        }))
    })
}

/// An IPv4 range: first address and length of the prefix.
#[derive(Debug, Clone, Copy)]
struct Block {
    first: u32,
    prefix: u32,
}

impl Block {
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let prefix = prefix.parse().ok().filter(|p| *p <= 32)?;
        let address: Ipv4Addr = address.parse().ok()?;
        Some(Self {
            first: u32::from(address) & mask(prefix),
            prefix,
        })
    }

    fn holds(&self, other: &Self) -> bool {
        self.prefix <= other.prefix && other.first & mask(self.prefix) == self.first
    }
}

fn mask(prefix: u32) -> u32 {
    u32::MAX.checked_shl(32 - prefix).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Block;

    #[test]
    fn holds() {
        let cases = [
            ("10.0.0.0/16", "10.0.3.0/24", true),
            ("10.0.3.0/24", "10.0.0.0/16", false),
            ("10.0.0.0/16", "10.1.0.0/24", false),
            ("0.0.0.0/0", "10.1.0.0/24", true),
        ];
        for (outer, inner, expected) in cases {
            let outer_block = Block::parse(outer).expect("block");
            let inner_block = Block::parse(inner).expect("block");
            assert_eq!(outer_block.holds(&inner_block), expected, "{outer} {inner}");
        }
    }
}
