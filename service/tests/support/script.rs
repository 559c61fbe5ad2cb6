//! A caller who wants one appointment and answers whatever is asked.

use std::io;

use super::call::Call;

/// What a caller was told in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// "Your appointment is booked."
    Booked,
    /// "Your appointment is being processed."
    Processed,
    /// Anything else: that there is no appointment.
    Nothing,
}

/// Plays a call to its end: the caller gives the name and the time, and says yes to what is read back.
pub(crate) async fn converse(call: &mut Call, name: &str, time: &str) -> io::Result<Told> {
    let mut heard = call.rings().await?;
    let mut all = String::new();
    for _ in 0..12 {
        if let Some(told) = told(&heard.said(), heard.ends()) {
            return Ok(told);
        }
        let answer = answer(&heard.said(), name, time);
        all.push_str(&format!("\n{} - {answer}", heard.said()));
        heard = call.says(&answer).await?;
    }
    Err(io::Error::other(format!(
        "the call does not come to an end:{all}"
    )))
}

/// What the caller says to what is asked last.
pub(crate) fn answer(said: &str, name: &str, time: &str) -> String {
    let asked = said.rsplit(". ").next().unwrap_or(said);
    if asked.contains("confirm this?") || asked.contains("Is that correct?") {
        "yes".to_owned()
    } else if asked.contains("name?") {
        name.to_owned()
    } else {
        time.to_owned()
    }
}

fn told(said: &str, ends: bool) -> Option<Told> {
    if said.contains("is booked.") && !said.contains("nothing is booked") {
        return Some(Told::Booked);
    }
    if said.contains("is being processed") {
        return Some(Told::Processed);
    }
    let gone = said.contains("could offer you") || said.contains("nothing is free");
    (ends || gone).then_some(Told::Nothing)
}
