//! What came of an effect.

use super::call::Pending;
use super::talk::Talk;
use super::{Ending, Outcome, Turn};
use crate::prompts;

impl Talk<'_> {
    pub(super) fn outcome(mut self, outcome: Outcome) -> Turn {
        match (self.call.pending, outcome) {
            (Some(Pending::Greet), _) => self.greet(),
            (Some(Pending::Slot), Outcome::Free | Outcome::Away) => {
                if let Some(slot) = &mut self.call.slot {
                    slot.looked_up = true;
                }
                self.again()
            }
            (Some(Pending::Book), Outcome::Booked { .. }) => {
                self.end(Ending::Booked, prompts::BOOKED)
            }
            (Some(Pending::Book), Outcome::Queued) => self.end(Ending::Queued, prompts::QUEUED),
            _ => self.failed(),
        }
    }
}
