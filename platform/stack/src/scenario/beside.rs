//! What is billed for a stack and belongs to none of its resources.

use super::figures::Figures;
use crate::Stack;
use bella_engine::{address::Address, cost::Beside, usage::Quantity};
use rust_decimal::Decimal;

/// Address, what of it, quantity, unit, service, usage type.
type Line = (
    &'static str,
    &'static str,
    Decimal,
    &'static str,
    &'static str,
    &'static str,
);

/// Data transfer, DNS queries, custom metrics, the secret in which RDS keeps the master password (AWS bills it as any other), requests to Cost
/// Explorer, and the hosted zone where the file names a domain.
///
/// A zone exists before the stack and after it, and stands here because its stack's budget is the one that pays. It is not billed by the
/// hour, so a stack that lives for hours does not pay for it.
#[rustfmt::skip]
pub(super) fn quantities(stack: &Stack, figures: &Figures, share_of_month: Decimal) -> Vec<Beside> {
    let of = |name: &str| figures.total(name);
    let when = |condition: bool, quantity: Decimal| if condition { quantity } else { Decimal::ZERO };
    let zones = when(stack.domain.is_some() && share_of_month == Decimal::ONE, Decimal::ONE);
    let queries = when(stack.domain.is_some(), of("dns_million_queries"));
    let secrets = when(stack.database.is_some(), of("managed_secrets") * share_of_month);
    let metrics = of("custom_metrics") * share_of_month;
    let lines: [Line; 7] = [
        ("stack.cost_explorer", "requests", of("cost_explorer_requests"), "request", "AWSCostExplorer", "APIRequest"),
        ("stack.cross_zone", "data between zones", of("cross_zone_gb"), "GB", "AWSDataTransfer", "DataTransfer-Regional-Bytes"),
        ("stack.custom_metrics", "custom metrics", metrics, "metric-month", "AmazonCloudWatch", "CW:MetricMonitorUsage"),
        ("stack.data_out", "data out to the internet", of("data_out_gb"), "GB", "AWSDataTransfer", "DataTransfer-Out-Bytes"),
        ("stack.dns", "DNS queries", queries, "million queries", "AmazonRoute53", "DNS-Queries"),
        ("stack.hosted_zone", "hosted zone", zones, "zone-month", "AmazonRoute53", "HostedZone"),
        ("stack.managed_secrets", "secrets of AWS services", secrets, "secret-month", "AWSSecretsManager", "AWSSecretsManager-Secrets"),
    ];
    lines
        .into_iter()
        .filter(|(_, _, quantity, ..)| !quantity.is_zero())
        .filter_map(|(address, component, quantity, unit, service, usage_type)| {
            let quantity = Quantity::new(component, quantity, unit, service, usage_type);
            Some((Address::parse(address).ok()?, quantity))
        })
        .collect()
}
