//! Times as the SDK gives them.

use aws_smithy_types::DateTime;
use jiff::Timestamp;

/// The same moment; `None` where there is none or it lies outside the calendar.
pub(crate) fn timestamp(time: Option<&DateTime>) -> Option<Timestamp> {
    let time = time?;
    let nanos = i32::try_from(time.subsec_nanos()).ok()?;
    Timestamp::new(time.secs(), nanos).ok()
}
