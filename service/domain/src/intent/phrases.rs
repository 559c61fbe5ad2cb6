//! What is said for each wish; the first rule that holds decides.

use super::Intent;
use super::pattern::Said;

type Rule = fn(&Said<'_>) -> bool;

pub(super) const RULES: [(Intent, Rule); 10] = [
    (Intent::Operator, operator),
    (Intent::CorrectNumber, correct_number),
    (Intent::CorrectName, correct_name),
    (Intent::Cancel, cancel),
    (Intent::Move, reschedule),
    (Intent::Hear, hear),
    (Intent::StartOver, start_over),
    (Intent::Goodbye, goodbye),
    (Intent::Repeat, repeat),
    (Intent::Help, help),
];

/// Nouns for what was booked; "time" and "date" only beside one of them.
const BOOKED: &str =
    "appointment|appointments|booking|bookings|reservation|visit|slot|consultation|session";

const UNDO: [&str; 8] = [
    "cancel",
    "cancelling",
    "canceling",
    "delete",
    "cancellation",
    "drop",
    "remove",
    "scrap",
];

const SHIFT: [&str; 12] = [
    "move",
    "reschedule",
    "rescheduling",
    "change",
    "postpone",
    "push",
    "rebook",
    "shift",
    "switch",
    "moving",
    "changing",
    "delay",
];

fn operator(said: &Said<'_>) -> bool {
    const PERSON: &str = "person|someone|somebody|human|agent|operator|representative|rep|manager|supervisor|receptionist|staff|people|anyone|anybody|employee|attendant|reception|owner|doctor|dentist";
    let person = |before: &str| said.has(&[&format!("{before} * {PERSON}")]);
    said.is(&[
        "operator", "agent", "representative", "receptionist", "person", "human", "reception", "manager",
        "operator operator", "agent agent",
        "a|an|the|live|real|human operator|agent|person|representative|human|being|receptionist|manager",
        "a live|real|actual|human agent|person|human|being", "a human being", "customer service|support|care", "the front desk", "front desk",
        "give me a|an person|human|agent|operator", "i want a|an * person|human|agent|operator|representative",
        "i need a|an * person|human|agent|operator|representative", "an actual person", "actual person", "someone real", "real people",
    ]) || person("speak|talk|chat|speaking|talking to|with")
        || said.has(&[
            "speak|talk to|with * front desk|office|reception|clinic",
            "transfer me", "transfer my call", "transfer the call", "transfer this call", "forward me", "put me through", "patch me through", "connect me", "not * talk|speak to|with * machine|robot|computer|bot",
            "hate * machine|machines|robot|robots|computers", "get me * person|someone|somebody|human|agent|operator|manager|representative|supervisor",
            "want|need|like|have|give * manager|supervisor|human|operator|representative", "is there|anyone|anybody * real|live|actual person|human|someone", "is there * person|human|someone|anyone i can talk|speak",
            "want|need|like * real|live|actual person|human|agent|someone", "is anyone|anybody|someone there",
        ])
}

fn correct_number(said: &Said<'_>) -> bool {
    const NUMBER: &str = "number|phone|cell|mobile|cellphone";
    said.is(&["wrong number", "wrong phone|mobile|cell number", "not my number", "different number", "another number", "new number"])
        || said.has(&[
            &format!("not * my|mine|the|our * {NUMBER}"),
            &format!("wrong * {NUMBER}"),
            &format!("{NUMBER} * is|was wrong|incorrect|not|old|out"),
            &format!("{NUMBER} has|have changed"),
            &format!("{NUMBER} is * not right|correct|mine|current"),
            &format!("use|try|give|take|leave|prefer|want|have|got|at|on * different|another|new|other|separate {NUMBER}"),
            "use|try|give|take|leave|prefer|want|have|got|at|on * different|another|new|other|separate phone|mobile|cell number",
            &format!("change|update|correct|fix my|the * {NUMBER}"),
            "someone|somebody else phone|cell",
            "someone|somebody else's phone|cell|number",
            "my|a friend's|wife's|husband's|mom's|mother's|dad's|father's|daughter's|son's|sister's|brother's|office|work phone",
            "not * right|correct|best number",
            "number * not * right|correct|best",
        ]) && !said.has(&["not wrong number"])
}

fn correct_name(said: &Said<'_>) -> bool {
    said.is(&["wrong name", "not my name", "different name"])
        || said.has(&[
            "not * my|right|correct name",
            "name is|was not",
            "name * is * wrong|incorrect|misspelled",
            "wrong name",
            "my name wrong",
            "name wrong",
            "name is actually",
            "actually my name is|name's",
            "actually my name's",
            "actually the name is",
            "no my name is|name's",
            "no my name's",
            "no it is not * name",
            "change|correct|update|fix|spell my|the * name",
            "misheard|misspelled|mispronounced my name",
            "that is not who i am",
            "not how you * spell|say|pronounce",
            "not what i am|my called|name",
            "under a|another|different different|name * name",
        ])
}

fn cancel(said: &Said<'_>) -> bool {
    if said.denies(&UNDO) {
        return false;
    }
    let booked = |before: &str| said.has(&[&format!("{before} * {BOOKED}")]);
    said.is(&[
        "cancel",
        "cancel it",
        "cancel that",
        "cancel this",
        "cancel everything",
        "cancellation",
        "a cancellation",
        "cancel cancel",
        "i cancel",
    ]) || said.has(&[
        "want|need|like|have|wish to cancel",
        "want|like * to cancel",
        "can|could|may i cancel",
        "can|could you cancel",
        "i am cancelling|canceling",
        "going to cancel",
        "make a cancellation",
        "have to cancel",
        "calling|call to cancel",
        "calling about a cancellation",
    ]) || booked("cancel|cancelling|canceling|delete|remove|scrap|drop")
        || booked("call off")
        || said.has(&[
            &format!("can|could|will not|unable * make|come|attend|be * {BOOKED}"),
            &format!("not * able to * make|come|attend * {BOOKED}"),
            &format!("not need|want my|the|that|this {BOOKED}"),
            &format!("not need|want * my|the {BOOKED}"),
            "take me|it off * calendar|schedule|books",
            &format!("no longer need * {BOOKED}"),
        ])
}

fn reschedule(said: &Said<'_>) -> bool {
    if said.denies(&SHIFT) || said.has(&["change my mind", "changed my mind"]) {
        return false;
    }
    let booked =
        |before: &str| said.has(&[&format!("{before} * my|the|our|an|this|that * {BOOKED}")]);
    said.is(&["reschedule", "reschedule it", "move it", "a reschedule", "rescheduling", "change it to another|a day|time|different * day|time", "change my time", "change the time", "change the date"])
        || said.has(&["want|need|like|have|wish|trying|calling to * reschedule|postpone|rebook", "can|could|may i|we|you * reschedule|postpone|rebook"])
        || booked("move|moving|reschedule|rescheduling|change|changing|postpone|push|rebook|shift|switch|delay|bring|adjust|modify|update")
        || said.has(&[
            &format!("different|another|new|other|better|later|earlier time|day|date|slot * for * my|the {BOOKED}"),
            &format!("{BOOKED} * need|want|like|have|can|could|wish * move|change|reschedule|postpone|push|switch"),
            &format!("{BOOKED} * to * a|another|different * day|time|date"),
            &format!("{BOOKED} and * need|want * change|move"),
            &format!("move|reschedule|postpone|push|change {BOOKED}"),
        ])
}

fn hear(said: &Said<'_>) -> bool {
    let mine = |before: &str| said.has(&[&format!("{before} * my|our|the {BOOKED}")]);
    said.has(&[
        "when|what am i|we booked|scheduled|coming|supposed|due|in|down", "what|which time|day|date am|was|are i|we * booked|scheduled|coming|supposed|due|in|down|expected|there",
        "when do|did|should i|we come|book|have", "when i|we am|are * booked|scheduled|coming|supposed", "what|which time|day did i|we book", "what time do|should i|we come|have|need", "what|which time|day|date is|was it booked|for", "when is|was it booked",
        "what time i am * booked|scheduled|coming|supposed", "am i booked|scheduled|down|still",
        "do i have * booked|scheduled|upcoming", "is my|our appointment|booking still|confirmed",
        &format!("do|did i|we already have|book|make * {BOOKED}"),
        &format!("have i|we got|booked|made * {BOOKED}"),
        &format!("look|looking up|for my * {BOOKED}"),
        &format!("remind me * {BOOKED}"),
        &format!("what|which|any {BOOKED} do i have"),
    ]) || mine("when is|was|'s")
        || mine("what|which time|day|date is|was|'s")
        || mine("check|confirm|verify|know|find|hear|forgot|forget|remember")
        || said.has(&[&format!("when my|our|the {BOOKED} is|was"), &format!("what|which time|day|date my|our|the {BOOKED} is|was"), &format!("when|what|which|time|date|day is|of|for my|our {BOOKED}"), &format!("time|date|details|day of|for * my|our {BOOKED}")])
        || said.is(&["do i have an|any|a appointment|appointments|booking", "do i have an|any|a appointment|booking * week|month|today|tomorrow|with you", "when is it", "my appointment time"])
}

fn start_over(said: &Said<'_>) -> bool {
    said.is(&[
        "restart",
        "start over",
        "begin again",
        "main menu",
        "start again",
        "from the top",
        "go back",
        "again from the beginning|start|top",
        "back to the start|beginning",
    ]) || said.has(&[
        "start|begin|starting|go * over again",
        "start|starting|begin|do * over",
        "start|begin again",
        "start|begin * from scratch",
        "start|go|begin|back * from|to the beginning|start|top",
        "from the beginning|top",
        "back to the main menu",
        "back to the beginning|start",
        "start afresh|anew|fresh",
        "restart the|this|our call|conversation|booking",
        "let us restart",
        "can * restart",
        "reset * call|everything",
        "want * restart",
    ])
}

fn goodbye(said: &Said<'_>) -> bool {
    if said.has_digits() {
        return false;
    }
    said.is(&[
        "bye", "goodbye", "bye bye", "good bye", "bye now", "bye for now", "bye-bye", "good-bye", "see you", "see ya", "see you later|soon|then|tomorrow", "take care", "cheers", "farewell", "never mind", "nevermind", "never mind *",
        "forget it", "forget about it", "forget that", "hang up", "end call", "that is all", "that is everything", "that will be all", "that is it thanks", "nothing else", "au revoir", "exit", "quit", "i am done", "we are done", "have a good|nice|great *", "you have a good|nice|great *", "talk to you later", "talk later", "ciao", "adios", "no thanks bye", "have a good one", "not interested", "i am not interested", "leave it", "disconnect", "stop calling me", "that is all i needed|need",
    ]) || said.has(&[
        "end the|this call|conversation", "hang up", "hanging up", "call|phone|try * back later|another|tomorrow|again", "call|try again later", "call you|back back", "i have to go", "i have got to go", "i need to go", "i got to go", "i will call back",
        "i will call again", "i will call you back", "mind|thanks|you|ok|okay|great|mind|later|no|day|then|now|all|everything|it|alright|perfect|well|problem goodbye|bye", "goodbye now", "thanks for your help bye",
    ]) || said.has(&["goodbye", "bye bye"]) && !said.has(&["is|am goodbye"])
}

fn repeat(said: &Said<'_>) -> bool {
    if (said.names_a_time() && !said.any(&["repeat"])) && !said.has(&["one more time"]) {
        return false;
    }
    said.is(&[
        "repeat",
        "pardon",
        "pardon me",
        "what",
        "huh",
        "come again",
        "again please",
        "one more time",
        "say again",
        "say what",
        "excuse me",
        "eh",
        "what what",
        "sorry what",
        "what sorry",
        "sorry pardon",
        "what is it",
        "what now",
        "what was it",
        "what is that",
        "what was that",
        "what did you say|ask|want",
        "i beg your pardon",
        "beg your pardon",
        "beg pardon",
        "repeat repeat",
        "once more",
        "speak up",
        "louder",
        "slower",
        "speak slower",
        "too fast",
        "you what",
        "hello what",
        "what are you saying|asking",
    ]) || (said.asked() && said.is(&["sorry", "hello", "again", "i am sorry", "so sorry"]))
        || said.has(&[
            "repeat that|it|this|please|the|what|yourself|again|your|last",
            "can|could|would|will you|we * repeat",
            "say * again",
            "say * one more time",
            "say|ask|tell|hear * one more time",
            "ask|tell|read me|it|that|the * again",
            "hear that|it|you again",
            "what was|is the|your * question",
            "what did you * say|ask|said",
            "what you said|say|asked",
            "not * hear|catch|get|understand you|that|it|what",
            "could|can not hear|understand you|that|anything",
            "can not hear",
            "missed that|it|what|you",
            "speak * up|louder|slower|slowly|clearly",
            "talk louder|slower|slowly",
            "too fast|quiet|quick",
            "slow down",
            "what did|was that",
            "breaking up",
            "not understand you|the|your question|that",
            "did not hear",
            "did not catch",
            "did not get",
        ])
}

fn help(said: &Said<'_>) -> bool {
    let books = said.any(&[
        "book",
        "booking",
        "make",
        "schedule",
        "appointment",
        "reserve",
        "get",
    ]);
    if said.names_a_time() || (books && !said.has(&["how do|does|can|should i|this|it"])) {
        return false;
    }
    said.is(&[
        "help",
        "help me",
        "menu",
        "options",
        "help help",
        "assistance",
        "i need * help|assistance",
        "need help",
        "can|could|would|will you * help",
        "can|could|would|will you * help me *",
        "i want help",
        "instructions",
        "some help",
        "a little help",
        "what",
        "support",
        "i am confused|lost|stuck",
        "help me out",
        "help me with this",
    ]) || said.has(&[
        "what can|could|should|do|may i * say|do|ask",
        "what are|were * options|choices",
        "what|which options|choices",
        "give|tell|read me * options|choices|menu|instructions",
        "how does|do|is this|it|that|i|you * work|do|use|this|works",
        "not understand *",
        "confused",
        "what can|do you * do",
        "what am i supposed to",
        "do not know what to",
        "what do you need|want",
        "how do|can|should i",
        "who are you",
        "what is this",
    ]) && !said.has(&["not understand you|that|it"])
}
