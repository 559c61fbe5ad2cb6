//! The columns and their names in version 1.2.

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "each is the specification's column of that name"
)]
pub enum Column {
    BilledCost,
    BillingAccountId,
    BillingAccountName,
    BillingCurrency,
    BillingPeriodEnd,
    BillingPeriodStart,
    ChargeCategory,
    ChargeClass,
    ChargeDescription,
    ChargeFrequency,
    ChargePeriodEnd,
    ChargePeriodStart,
    ConsumedQuantity,
    ConsumedUnit,
    ContractedCost,
    EffectiveCost,
    InvoiceId,
    InvoiceIssuerName,
    ListCost,
    PricingQuantity,
    PricingUnit,
    ProviderName,
    PublisherName,
    RegionId,
    RegionName,
    ServiceCategory,
    ServiceName,
    ServiceSubcategory,
    SubAccountId,
    Tags,
    CostBasis,
    Stack,
    Environment,
    Owner,
    CostCenter,
    UsageType,
    Estimated,
}

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Decimal,
    Moment,
    Json,
    Words(&'static [&'static str]),
}

impl Column {
    /// All of them, in the order they are written in: FOCUS's, then ours.
    pub const ALL: [Self; 37] = [
        Self::BilledCost,
        Self::BillingAccountId,
        Self::BillingAccountName,
        Self::BillingCurrency,
        Self::BillingPeriodEnd,
        Self::BillingPeriodStart,
        Self::ChargeCategory,
        Self::ChargeClass,
        Self::ChargeDescription,
        Self::ChargeFrequency,
        Self::ChargePeriodEnd,
        Self::ChargePeriodStart,
        Self::ConsumedQuantity,
        Self::ConsumedUnit,
        Self::ContractedCost,
        Self::EffectiveCost,
        Self::InvoiceId,
        Self::InvoiceIssuerName,
        Self::ListCost,
        Self::PricingQuantity,
        Self::PricingUnit,
        Self::ProviderName,
        Self::PublisherName,
        Self::RegionId,
        Self::RegionName,
        Self::ServiceCategory,
        Self::ServiceName,
        Self::ServiceSubcategory,
        Self::SubAccountId,
        Self::Tags,
        Self::CostBasis,
        Self::Stack,
        Self::Environment,
        Self::Owner,
        Self::CostCenter,
        Self::UsageType,
        Self::Estimated,
    ];

    /// Its name in the heading.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BilledCost => "BilledCost",
            Self::BillingAccountId => "BillingAccountId",
            Self::BillingAccountName => "BillingAccountName",
            Self::BillingCurrency => "BillingCurrency",
            Self::BillingPeriodEnd => "BillingPeriodEnd",
            Self::BillingPeriodStart => "BillingPeriodStart",
            Self::ChargeCategory => "ChargeCategory",
            Self::ChargeClass => "ChargeClass",
            Self::ChargeDescription => "ChargeDescription",
            Self::ChargeFrequency => "ChargeFrequency",
            Self::ChargePeriodEnd => "ChargePeriodEnd",
            Self::ChargePeriodStart => "ChargePeriodStart",
            Self::ConsumedQuantity => "ConsumedQuantity",
            Self::ConsumedUnit => "ConsumedUnit",
            Self::ContractedCost => "ContractedCost",
            Self::EffectiveCost => "EffectiveCost",
            Self::InvoiceId => "InvoiceId",
            Self::InvoiceIssuerName => "InvoiceIssuerName",
            Self::ListCost => "ListCost",
            Self::PricingQuantity => "PricingQuantity",
            Self::PricingUnit => "PricingUnit",
            Self::ProviderName => "ProviderName",
            Self::PublisherName => "PublisherName",
            Self::RegionId => "RegionId",
            Self::RegionName => "RegionName",
            Self::ServiceCategory => "ServiceCategory",
            Self::ServiceName => "ServiceName",
            Self::ServiceSubcategory => "ServiceSubcategory",
            Self::SubAccountId => "SubAccountId",
            Self::Tags => "Tags",
            Self::CostBasis => "x_CostBasis",
            Self::Stack => "x_Stack",
            Self::Environment => "x_Environment",
            Self::Owner => "x_Owner",
            Self::CostCenter => "x_CostCenter",
            Self::UsageType => "x_UsageType",
            Self::Estimated => "x_Estimated",
        }
    }

    /// Whether a cell may be empty whatever the charge is.
    pub(super) const fn may_be_null(self) -> bool {
        matches!(
            self,
            Self::BillingAccountName
                | Self::ChargeClass
                | Self::ChargeDescription
                | Self::ConsumedQuantity
                | Self::ConsumedUnit
                | Self::InvoiceId
                | Self::PricingQuantity
                | Self::PricingUnit
                | Self::RegionId
                | Self::RegionName
                | Self::SubAccountId
                | Self::Tags
                | Self::Stack
                | Self::Environment
                | Self::Owner
                | Self::CostCenter
                | Self::UsageType
        )
    }

    pub(super) const fn holds(self) -> Holds {
        match self {
            Self::BilledCost
            | Self::ContractedCost
            | Self::EffectiveCost
            | Self::ListCost
            | Self::PricingQuantity
            | Self::ConsumedQuantity => Holds::Decimal,
            Self::BillingPeriodEnd
            | Self::BillingPeriodStart
            | Self::ChargePeriodEnd
            | Self::ChargePeriodStart => Holds::Moment,
            Self::Tags => Holds::Json,
            Self::ChargeCategory => {
                Holds::Words(&["Usage", "Purchase", "Tax", "Credit", "Adjustment"])
            }
            Self::ChargeClass => Holds::Words(&["Correction"]),
            Self::ChargeFrequency => Holds::Words(&["One-Time", "Recurring", "Usage-Based"]),
            Self::ServiceCategory => Holds::Words(super::service::CATEGORIES),
            Self::CostBasis => Holds::Words(&["actual"]),
            Self::Estimated => Holds::Words(&["true", "false"]),
            _ => Holds::Text,
        }
    }
}
