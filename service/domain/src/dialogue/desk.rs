//! What is true outside of the call.

use jiff::Zoned;

use crate::phone::Mobile;
use crate::rules::Rules;

/// What a step needs to know besides the call.
#[derive(Debug, Clone)]
pub struct Desk<'a> {
    /// Now, in the zone of the business.
    pub now: Zoned,
    /// When appointments may begin.
    pub rules: &'a Rules,
    /// Who answers when a caller wants a person; without one, callers are told that there is nobody.
    pub transfer: Option<Mobile>,
    /// Flag `caller_id_optimization`: whether a caller is recognised by number.
    pub recognise_callers: bool,
    /// Whether bookings are trials, not customers'.
    pub test_data: bool,
}
