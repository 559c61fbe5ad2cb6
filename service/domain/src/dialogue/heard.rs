//! What the caller's words mean for the open question.

use super::call::{Pending, Slot};
use super::talk::Talk;
use super::{Effect, Step, Turn};
use crate::answer::{self, Answer};
use crate::booking::NewBooking;
use crate::name;
use crate::when::{self, Clock, When};

impl Talk<'_> {
    pub(super) fn heard(mut self, text: &str, _confidence: Option<f32>) -> Turn {
        if text.trim().is_empty() {
            return self.failed();
        }
        match self.call.step {
            Step::Name => match name::understand(text) {
                Ok(name) => {
                    self.call.name = Some(name);
                    self.advance()
                }
                Err(_) => self.failed(),
            },
            Step::Time => {
                let clock = Clock {
                    now: self.desk.now.clone(),
                    anchor: None,
                };
                match when::understand(text, &clock) {
                    Ok(When::Moment(start)) => {
                        self.call.slot = Some(Slot {
                            start: start.timestamp(),
                            looked_up: false,
                        });
                        self.advance()
                    }
                    _ => self.failed(),
                }
            }
            Step::Confirm => match answer::understand(text) {
                Answer::Yes => self.book(),
                _ => self.failed(),
            },
            _ => self.failed(),
        }
    }

    fn book(self) -> Turn {
        let call = &self.call;
        let (Some(name), Some(mobile), Some(slot)) =
            (call.name.clone(), call.mobile.clone(), call.slot)
        else {
            return self.advance();
        };
        let booking = NewBooking {
            call: call.sid.clone(),
            name,
            mobile,
            start: slot.start,
            minutes: self.desk.rules.slot_minutes(),
            test: self.desk.test_data,
        };
        self.act(Pending::Book, Effect::Book(booking))
    }
}
