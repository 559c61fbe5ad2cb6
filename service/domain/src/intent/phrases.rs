//! What is said for each wish, in the notation of [`super::pattern`]; contractions are written out.
//!
//! The lists named `ALL_…` are whole turns but for politeness around them, the others stand anywhere in a turn.

/// A person, as a whole turn.
#[rustfmt::skip]
pub(super) const ALL_OPERATOR: &[&str] = &[
    "help desk", "the help desk",
    "operator", "agent", "representative", "receptionist", "person", "human", "reception", "manager", "operator operator", "agent agent",
    "a|an|the|live|real|human operator|agent|person|representative|human|being|receptionist|manager",
    "a live|real|actual|human agent|person|human|being", "a human being", "customer service|support|care", "the front desk", "front desk",
    "give me a|an person|human|agent|operator", "i want a|an * person|human|agent|operator|representative",
    "i need a|an * person|human|agent|operator|representative", "an actual person", "actual person", "someone real", "real people",
];

/// A person, anywhere.
#[rustfmt::skip]
pub(super) const OPERATOR: &[&str] = &[
    "pass|send|hand me to|over",
    "speak|talk to|with * front desk", "speak|talk to|with * office|reception|clinic|dr|shop|store", "put me on with", "transfer me",
    "transfer my call", "transfer the call", "transfer this call", "forward me", "put me through", "patch me through", "connect me",
    "not * talk|speak to|with * machine|robot|computer|bot", "hate * machine|machines|robot|robots|computers",
    "get me * person|someone|somebody|human|agent|operator|manager|representative|supervisor",
    "want|need|like|have|give * manager|supervisor|human|operator|representative",
    "is there|anyone|anybody * real|live|actual person|human|someone", "is there * person|human|someone|anyone i can talk|speak",
    "want|need|like * real|live|actual person|human|agent|someone", "is anyone|anybody|someone there",
    "speak|talk|chat|speaking|talking to|with * &",
];

/// Another number, as a whole turn.
#[rustfmt::skip]
pub(super) const ALL_CORRECT_NUMBER: &[&str] = &[
    "wrong number", "wrong phone|mobile|cell number", "not my number", "different number", "another number", "new number",
];

/// Another number, anywhere.
#[rustfmt::skip]
pub(super) const CORRECT_NUMBER: &[&str] = &[
    "my other #", "use|text|call * other #",
    "not * my|mine|the|our * #", "wrong * #", "# * is|was wrong|incorrect|not|old|out", "# has|have changed",
    "# is * not right|correct|mine|current", "use|try|give|take|leave|prefer|want|have|got|at|on * different|another|new|other|separate #",
    "use|try|give|take|leave|prefer|want|have|got|at|on * different|another|new|other|separate phone|mobile|cell number",
    "change|update|correct|fix my|the * #", "someone|somebody else phone|cell",
    "from|text|call|number|phone|cell * different|another|new phone|number|cell", "number is different|new", "changed my number|phone|cell",
    "someone|somebody else's phone|cell|number",
    "my|a friend's|wife's|husband's|mom's|mother's|dad's|father's|daughter's|son's|sister's|brother's|office|work phone",
    "not * right|correct|best number", "number * not * right|correct|best",
];

/// Another name, as a whole turn.
#[rustfmt::skip]
pub(super) const ALL_CORRECT_NAME: &[&str] = &[
    "wrong name", "not my name", "different name", "wrong person", "that is not me", "this is not me",
];

/// Another name, anywhere.
#[rustfmt::skip]
pub(super) const CORRECT_NAME: &[&str] = &[
    "not * my|right|correct name", "name is|was not", "name * is * wrong|incorrect|misspelled", "wrong name", "my name wrong", "name wrong",
    "name is actually", "actually my name is|name's", "actually my name's", "actually the name is", "no my name is|name's", "no my name's",
    "no it is not * name", "change|correct|update|fix|spell my|the * name", "misheard|misspelled|mispronounced my name", "that is not who i am",
    "not how you * spell|say|pronounce", "not what i am|my called|name", "under a|another|different different|name * name",
];

/// Cancelling, as a whole turn.
#[rustfmt::skip]
pub(super) const ALL_CANCEL: &[&str] = &[
    "cancel", "cancel it", "cancel that", "cancel this", "cancel everything", "cancellation", "a cancellation", "cancel cancel", "i cancel",
];

/// Cancelling, anywhere.
#[rustfmt::skip]
pub(super) const CANCEL: &[&str] = &[
    "want|need|like|have|wish to cancel", "want|like * to cancel", "can|could|may i cancel", "can|could you cancel",
    "i am cancelling|canceling", "going to cancel", "make a cancellation", "have to cancel", "calling|call to cancel",
    "calling about a cancellation", "can|could|will not|unable * make|come|attend|be * @", "not * able to * make|come|attend * @",
    "not need|want my|the|that|this @", "not need|want * my|the @", "take me|it off * calendar|schedule|books", "no longer need * @",
    "cancel|cancelling|canceling|delete|remove|scrap|drop * @", "call off * @",
    "cancel my|tomorrow|today|monday|tuesday|wednesday|thursday|friday|saturday|everything",
];

/// Moving, as a whole turn.
#[rustfmt::skip]
pub(super) const ALL_RESCHEDULE: &[&str] = &[
    "reschedule", "reschedule it", "move it", "a reschedule", "rescheduling", "change it to another|a day|time|different * day|time",
    "change my time", "change the time", "change the date",
];

/// Moving, anywhere.
#[rustfmt::skip]
pub(super) const RESCHEDULE: &[&str] = &[
    "possible to reschedule|postpone|rebook",
    "want|need|like|have|wish|trying|calling to * reschedule|postpone|rebook", "can|could|may i|we|you * reschedule|postpone|rebook",
    "change|move|switch my time|date|day|slot", "different|another|new|other|better|later|earlier time|day|date|slot * for * my|the @",
    "@ * need|want|like|have|can|could|wish * move|change|reschedule|postpone|push|switch", "@ * to * a|another|different * day|time|date",
    "@ and * need|want * change|move", "move|reschedule|postpone|push|change @", "@ * * * move|reschedule|postpone|change it|that",
    "move|moving|reschedule|rescheduling|change|changing|postpone|push|rebook|shift|switch|delay|bring|adjust|modify|update * my|the|our|an|this|that * @",
];

/// Hearing when the appointment is, as a whole turn.
#[rustfmt::skip]
pub(super) const ALL_HEAR: &[&str] = &[
    "do i have an|any|a appointment|appointments|booking", "do i have an|any|a appointment|booking * week|month|today|tomorrow|with you",
    "when is it", "my appointment time",
];

/// Hearing when the appointment is, anywhere.
#[rustfmt::skip]
pub(super) const HEAR: &[&str] = &[
    "when|what am i|we booked|scheduled|coming|supposed|due|in|down",
    "what|which time|day|date am|was|are i|we * booked|scheduled|coming|supposed|due|in|down|expected|there",
    "when do|did|should i|we come|book|have", "when i|we am|are * booked|scheduled|coming|supposed", "what|which time|day did i|we book",
    "what time do|should i|we come|have|need", "what|which time|day|date is|was it booked|for", "when is|was it booked",
    "what time i am * booked|scheduled|coming|supposed", "am i booked|scheduled|down|still", "do i have * booked|scheduled|upcoming",
    "is my|our appointment|booking still|confirmed", "do|did i|we already have|book|make * @", "do|did i|we * have|book|make * @", "my next @",
    "have|find|see my @", "have i|we got|booked|made * @", "look|looking up|for my * @", "remind me * @", "what|which|any @ do i have",
    "when my|our|the @ is|was", "what|which time|day|date my|our|the @ is|was", "when|what|which|time|date|day is|of|for my|our @",
    "time|date|details|day of|for * my|our @", "when is|was|'s * my|our|the @", "what|which time|day|date is|was|'s * my|our|the @",
    "check|confirm|verify|know|find|hear|forgot|forget|remember * my|our|the @",
];

/// Beginning again, as a whole turn.
#[rustfmt::skip]
pub(super) const ALL_START_OVER: &[&str] = &[
    "restart", "start over", "begin again", "main menu", "start again", "from the top", "go back", "again from the beginning|start|top",
    "back to the start|beginning",
];

/// Beginning again, anywhere.
#[rustfmt::skip]
pub(super) const START_OVER: &[&str] = &[
    "want|like|need to restart",
    "start|begin|starting|go * over again", "start|starting|begin|do * over", "start|begin again", "start|begin * from scratch",
    "start|go|begin|back * from|to the beginning|start|top", "from the beginning|top", "back to the main menu", "back to the beginning|start",
    "start afresh|anew|fresh", "restart the|this|our call|conversation|booking", "let us restart", "can * restart", "reset * call|everything",
    "want * restart",
];

/// Ending the call, as a whole turn.
#[rustfmt::skip]
pub(super) const ALL_GOODBYE: &[&str] = &[
    "bye", "goodbye", "bye bye", "good bye", "bye now", "bye for now", "bye-bye", "good-bye", "see you", "see ya",
    "see you later|soon|then|tomorrow", "take care", "cheers", "farewell", "never mind", "nevermind", "never mind then|that|it",
    "never mind about it|that", "gotta go", "got to go", "leave me alone", "do not call me", "nothing thanks", "call|phone later",
    "i will call|phone later", "forget it", "forget about it", "forget that", "hang up", "end call", "that is all", "that is everything",
    "that will be all", "that is it thanks", "nothing else", "au revoir", "exit", "quit", "i am done", "we are done",
    "have a good|nice|great *", "you have a good|nice|great *", "talk to you later", "talk later", "ciao", "adios", "no thanks bye",
    "have a good one", "not interested", "i am not interested", "leave it", "disconnect", "stop calling me", "that is all i needed|need",
];

/// Ending the call, anywhere.
#[rustfmt::skip]
pub(super) const GOODBYE: &[&str] = &[
    "end the|this call|conversation", "hang up", "hanging up", "call|phone|try * back later|another|tomorrow|again", "call|try again later",
    "call you|back back", "i have to go", "i have got to go", "i need to go", "i got to go", "i will call back", "i will call again",
    "i will call you back",
    "mind|thanks|you|ok|okay|great|mind|later|no|day|then|now|all|everything|it|alright|perfect|well|problem goodbye|bye", "goodbye now",
    "thanks for your help bye", "bye bye",
];

/// Hearing the prompt again, as a whole turn.
#[rustfmt::skip]
pub(super) const ALL_REPEAT: &[&str] = &[
    "pardon me what",
    "repeat", "pardon", "pardon me", "what", "huh", "come again", "again please", "one more time", "say again", "say what", "excuse me", "eh",
    "what what", "sorry what", "what sorry", "sorry pardon", "what is it", "what now", "what was it", "what is that", "what was that",
    "what did you say|ask|want", "i beg your pardon", "beg your pardon", "beg pardon", "repeat repeat", "once more", "speak up", "louder",
    "slower", "speak slower", "too fast", "you what", "hello what", "what are you saying|asking",
];

/// Hearing the prompt again, anywhere.
#[rustfmt::skip]
pub(super) const REPEAT: &[&str] = &[
    "what would you say", "run that by me",
    "repeat that|it|this|please|the|what|yourself|again|your|last", "can|could|would|will you|we * repeat", "say * again",
    "say * one more time", "say|ask|tell|hear * one more time", "ask|tell|read me|it|that|the * again", "hear that|it|you again",
    "what was|is the|your * question", "once more", "what was the|that last|first part|bit|thing", "what time|day|date was|is that|it",
    "what time|day|date did you", "what was the time|date|day", "are you * there", "not understood", "did not understand",
    "what did you * say|ask|said", "what you said|say|asked", "not * hear|catch|get|understand you|that|it|what",
    "could|can not hear|understand you|that|anything", "can not hear", "missed that|it|what|you", "speak * up|louder|slower|slowly|clearly",
    "talk louder|slower|slowly", "too fast|quiet|quick", "slow down", "what did|was that", "breaking up",
    "not understand you|the|your question|that", "did not hear", "did not catch", "did not get",
];

/// Help, as a whole turn.
#[rustfmt::skip]
pub(super) const ALL_HELP: &[&str] = &[
    "help", "help me", "menu", "options", "help help", "assistance", "i need * help|assistance", "need help", "can|could|would|will you * help",
    "can|could|would|will you * help me *", "i want help", "instructions", "some help", "a little help", "what", "support",
    "i am confused|lost|stuck", "help me out", "help me with this", "i have a question", "i have a question *", "question",
];

/// Help, anywhere.
#[rustfmt::skip]
pub(super) const HELP: &[&str] = &[
    "what|which * commands",
    "what can|could|should|do|may i * say|do|ask", "what are|were * options|choices", "what|which options|choices",
    "give|tell|read me * options|choices|menu|instructions", "how does|do|is this|it|that|i|you * work|do|use|this|works", "not understand *",
    "confused", "what can|do you * do", "what am i supposed to", "do not know what to", "what do you need|want", "how do|can|should i",
    "who are you", "what is this", "can|could|may i ask * question",
];
