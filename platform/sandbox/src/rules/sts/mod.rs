//! Behaviours of AWS Security Token Service.

pub(super) mod trusted_callers;
