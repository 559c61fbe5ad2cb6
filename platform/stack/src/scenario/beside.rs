//! What is billed for a stack and belongs to none of its resources.

use super::figures::Figures;
use crate::Stack;
use bella_engine::{address::Address, cost::Beside, usage::Quantity};
use rust_decimal::Decimal;

/// Data transfer, custom metrics, requests to Cost Explorer, and the hosted zone where the file names a domain.
///
/// A zone exists before the stack and after it, and stands here because its stack's budget is the one that pays. It is not billed by the
/// hour, so a stack that lives for hours does not pay for it.
pub(super) fn quantities(stack: &Stack, figures: &Figures, share_of_month: Decimal) -> Vec<Beside> {
    let whole_month = share_of_month == Decimal::ONE;
    let zones = match stack.domain.is_some() && whole_month {
        true => Decimal::ONE,
        false => Decimal::ZERO,
    };
    let metrics = figures.total("custom_metrics") * share_of_month;
    let lines = [
        (
            "stack.cost_explorer",
            Quantity::new(
                "requests",
                figures.total("cost_explorer_requests"),
                "request",
                "AWSCostExplorer",
                "APIRequest",
            ),
        ),
        (
            "stack.cross_zone",
            Quantity::new(
                "data between zones",
                figures.total("cross_zone_gb"),
                "GB",
                "AWSDataTransfer",
                "DataTransfer-Regional-Bytes",
            ),
        ),
        (
            "stack.custom_metrics",
            Quantity::new(
                "custom metrics",
                metrics,
                "metric-month",
                "AmazonCloudWatch",
                "CW:MetricMonitorUsage",
            ),
        ),
        (
            "stack.data_out",
            Quantity::new(
                "data out to the internet",
                figures.total("data_out_gb"),
                "GB",
                "AWSDataTransfer",
                "DataTransfer-Out-Bytes",
            ),
        ),
        (
            "stack.hosted_zone",
            Quantity::new(
                "hosted zone",
                zones,
                "zone-month",
                "AmazonRoute53",
                "HostedZone",
            ),
        ),
    ];
    lines
        .into_iter()
        .filter(|(_, quantity)| !quantity.quantity.is_zero())
        .filter_map(|(address, quantity)| Some((Address::parse(address).ok()?, quantity)))
        .collect()
}
