//! The beginning of a call, and a call that goes on after an interruption.

use super::call::Pending;
use super::talk::Talk;
use super::{Call, CallerId, Effect, Step, Turn};
use crate::booking::CallSid;
use crate::phone::Region;
use crate::prompts;

impl Talk<'_> {
    pub(super) fn answered(mut self, from: CallerId) -> Turn {
        self = self.without_effect();
        if let Some(ending) = self.call.ended() {
            return self.over(ending);
        }
        match self.call.turn {
            0 => {}
            1 => return self.greet_again(),
            _ => return self.ask(),
        }
        // A text costs and may not arrive abroad, so a foreign caller says where it is to go.
        self.call.mobile = from
            .number()
            .filter(|mobile| mobile.region() == Region::NorthAmerica)
            .cloned();
        self.call.caller = from;
        match self.call.caller.number().cloned() {
            Some(mobile) if self.desk.recognise_callers => {
                self.act(Pending::Greet, Effect::LookUp { mobile })
            }
            _ => self.greet(),
        }
    }

    /// The first webhook, sent again: it gets the same answer.
    fn greet_again(mut self) -> Turn {
        self.call.turn = 0;
        self.greet()
    }

    pub(super) fn rejoined(mut self, sid: CallSid) -> Turn {
        if self.call.ended().is_some() || self.call.step == Step::Ringing {
            let caller = self.call.caller.clone();
            self.call = Call::begin(sid, self.desk.now.timestamp());
            return self.answered(caller);
        }
        self = self.without_effect();
        self.call.sid = sid;
        self.call.failures = 0;
        if self.call.name.is_none() || self.call.name_doubtful {
            self.call.name = None;
            self.call.name_doubtful = false;
            self.call.step = Step::Name;
            return self.question(prompts::INTERRUPTED, super::Expect::Name);
        }
        let name = self.name();
        let talk = self.say_with(prompts::BACK, &[("name", &name)]);
        match (talk.call.step, talk.call.caller.number().cloned()) {
            (Step::Confirm, Some(mobile)) => talk.act(Pending::Resume, Effect::LookUp { mobile }),
            _ => talk.ask(),
        }
    }
}
