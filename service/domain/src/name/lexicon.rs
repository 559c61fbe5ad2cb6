//! Words that are no names, and words that are names only in some places.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// What a word can be in an answer to "What's your name?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Any other word: taken for a name.
    Name,
    /// A word of the grammar (pronoun, verb "to be", preposition …) or a number: never a name.
    Grammar,
    /// A word of the grammar that is also a name, such as "An", "My", "Do", "Oh".
    GrammarOrName,
    /// An everyday word of calls: a name only where its place or its capital says so.
    Everyday,
    /// A day, a month, a time of day.
    Time,
    /// Says nothing: "um".
    Filler,
    /// "Mr", "Dr": left out of the name.
    Title,
    /// "Jr", "III".
    Suffix,
    /// "van", "de la", "bin": a name when one follows.
    Particle,
}

/// What a word in lower case can be.
pub(super) fn class(low: &str) -> Class {
    static CLASSES: LazyLock<HashMap<&str, Class>> = LazyLock::new(|| {
        // The later list wins where a word stands in two.
        [
            (EVERYDAY, Class::Everyday),
            (VERBS, Class::Everyday),
            (TIMES, Class::Time),
            (GRAMMAR, Class::Grammar),
            (GRAMMAR_OR_NAME, Class::GrammarOrName),
            (PARTICLES, Class::Particle),
            (SUFFIXES, Class::Suffix),
            (TITLES, Class::Title),
            (FILLERS, Class::Filler),
        ]
        .into_iter()
        .flat_map(|(list, class)| list.split_ascii_whitespace().map(move |word| (word, class)))
        .collect()
    });
    if let Some(class) = CLASSES.get(low) {
        return *class;
    }
    if is_contraction(low) || is_french_question(low) {
        Class::Grammar
    } else if is_clock(low) {
        Class::Time
    } else if is_verb_form(low) {
        Class::Everyday
    } else {
        Class::Name
    }
}

/// Whether a word is a verb of calls as it stands in a request: "put", "say".
pub(super) fn is_verb(low: &str) -> bool {
    VERBS.split_ascii_whitespace().any(|verb| verb == low)
}

/// Everyday words that are surnames too, when a first name stands before them.
pub(super) fn is_surname_too(low: &str) -> bool {
    SURNAMES_TOO
        .split_ascii_whitespace()
        .any(|word| word == low)
}

/// Words that open a turn and say nothing of the name.
pub(super) fn is_opening(low: &str) -> bool {
    OPENINGS.split_ascii_whitespace().any(|word| word == low)
}

/// Words that may follow a name said without "my name is".
pub(super) fn may_follow(low: &str) -> bool {
    FOLLOWERS.split_ascii_whitespace().any(|word| word == low)
}

/// Irish surnames that a recogniser writes after an "O" of its own.
pub(super) fn follows_o(low: &str) -> bool {
    matches!(
        low,
        "brien"
            | "brian"
            | "connor"
            | "conner"
            | "connell"
            | "neill"
            | "neil"
            | "neal"
            | "reilly"
            | "riley"
            | "sullivan"
            | "donnell"
            | "keefe"
            | "leary"
            | "hara"
            | "malley"
            | "shea"
            | "toole"
            | "rourke"
            | "callaghan"
            | "grady"
            | "dowd"
            | "hanlon"
    )
}

/// Words that take back what was said before.
pub(super) fn is_correction(low: &str) -> bool {
    matches!(
        low,
        "no" | "sorry" | "actually" | "wait" | "correction" | "rather" | "nope" | "oops"
    )
}

const FILLERS: &str = "um uh er erm uhm hmm hm mm ah eh like";

const TITLES: &str =
    "mr mrs ms miss mister missus dr doctor prof professor rev reverend madame monsieur mme mlle";

const SUFFIXES: &str = "jr sr junior ii iii iv";

const PARTICLES: &str = "van von der den de la las los del della di da das dos du le bin bint ibn binti al el ter zu dela st ste";

const GRAMMAR_OR_NAME: &str = "an my do can so to oh no in on he or as am be go see how you than may will hai who ha ho \
    tu she man";

const GRAMMAR: &str = "i me mine myself your yours yourself his him her hers it its we us our ours they them their theirs \
    this that these those a the some any every each no none nobody nothing something anything everything somebody someone \
    anybody anyone everybody everyone both either neither all another other such what when where why which whose whom \
    whatever whoever however is are was were been being isn't does did done doing don't have had having could would should \
    shall might must ought and but nor yet for if because unless until while although though since whether at by with about \
    against between into through during before after above below from up down out off over under again further then once \
    here there not very too just also only even still already ever never always of per via \
    one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen \
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand zero first second third half quarter double \
    triple yes yeah yep yup yea ya ok okay nope nah hello hi hey hiya howdy bye goodbye please thanks thank thx \
    je ne pas vous nous il elle un une les des pour avec et est oui non merci bonjour bonsoir au revoir que qui quoi quand \
    soy yo à l'appareil allô allo gracias namaste dont wont cant im ive youre thats whats lets gonna wanna gotta";

const TIMES: &str = "anytime monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays \
    january february march september october november december today tonight tomorrow yesterday morning afternoon evening \
    noon midnight midday week weeks weekend month months year years hour hours minute minutes pm am p.m a.m o'clock oclock next \
    soon later now weekday weekdays asap";

const VERBS: &str = "regard concern want need book cancel reschedule schedule make take get give call phone talk speak say tell ask help hear \
    listen repeat know think understand mean guess suppose  wish like try come look find work wait hold stop start \
    change move keep let leave go put set send show use confirm check press dial transfer connect reach arrange reserve \
    speak explain forget remember remind return run sound seem happen believe prefer pay cost buy open close arrive drive \
     live feel bring pick play  write sign spell pronounce answer reply respond ring hang quit skip postpone push \
    visit see worry bother matter agree disagree trust  hate enjoy interest book visit inquire enquire wonder charge \
    record type click text email message continue proceed finish end begin delete remove update add clear order fix browse";

const EVERYDAY: &str = "appointment appointments booking bookings reservation slot availability available calendar haircut hair cut \
    cleaning checkup check-up consultation consult service services treatment massage manicure pedicure session test exam \
    doctor dentist nurse patient client customer person people human robot machine computer bot agent operator representative \
    receptionist reception manager supervisor staff office clinic shop store salon business company address location hours  \
    prices phone number mobile cell telephone line name names question questions problem issue information info detail details \
    option options menu time times date day days moment sec minute thing things way stuff lot bit kind sort same different \
    new  good great fine perfect excellent nice bad better  okay alright right wrong correct incorrect sure certain \
    ready busy late  sick ill tired happy sad sorry urgent emergency important possible impossible free full empty \
    interested afraid glad lost confused worried back home outside inside away alone done able unable maybe perhaps possibly \
    probably really quite  actually basically exactly definitely absolutely certainly totally pardon excuse wow whoa \
    cool awesome hmm huh wrong true false good-bye sir madam ma'am  mom dad mother father daughter son wife husband \
    brother sister  kid kids child children baby boss everyone welcome anymore instead together maybe well \
    background noise traffic invalid random garbled silence beep unknown anonymous test-run voicemail english french spanish \
    language email website online regular usual last next quick quickly slow slowly loud quiet dear ridiculous \
    stupid working broken private secret rendez-vous réserver aide none-of business much many more most less least few  \
    fast whatever parking story canal root tooth teeth nail nails oil dental browsing nevermind pound hash pricing price refund \
    deposit walk-in walk-ins plumbing";

const OPENINGS: &str = "still hi hello hey hiya howdy yo there bonjour salut hola greetings yes yeah yep yup sure ok okay alright right \
    well so oh ah and please thanks just no nope sorry actually good morning afternoon evening day wait  hmm um uh er erm \
    bonsoir allo again but then now";

const FOLLOWERS: &str = "can could would may do booking looking here speaking calling again please thanks thank eh sir ma'am madam at from and with for on i my i'm i'd i'll \
    i've it's that's that is but spelled spelt spelling we who to tomorrow today not or the his her";

const SURNAMES_TOO: &str = "right day long young best good page price early call week weeks late little short friend love rich small \
    rock black white green may love cash fine bell stone bond moody wise sharp head hand strong power waite book works home \
    new may march friday monday sunday english french church sparks hope case way see so to oh do";

fn is_contraction(low: &str) -> bool {
    let Some((stem, ending)) = low.rsplit_once('\'') else {
        return false;
    };
    match ending {
        "t" => stem.ends_with('n'),
        "m" | "re" | "ve" | "ll" => true,
        "d" | "s" => matches!(
            stem,
            "i" | "it"
                | "that"
                | "he"
                | "she"
                | "they"
                | "we"
                | "you"
                | "what"
                | "who"
                | "where"
                | "when"
                | "how"
                | "there"
                | "here"
                | "this"
                | "let"
                | "why"
        ),
        _ => false,
    }
}

/// "pouvez-vous", "est-ce", "parlez-vous".
fn is_french_question(low: &str) -> bool {
    ["-vous", "-tu", "-je", "-ce", "-il", "-elle", "-nous"]
        .iter()
        .any(|ending| low.len() > ending.len() + 2 && low.ends_with(ending))
        && !low.starts_with("marie")
}

fn is_clock(low: &str) -> bool {
    low.starts_with(|c: char| c.is_ascii_digit())
}

/// "calling", "booked", "wants": forms of the verbs above.
fn is_verb_form(low: &str) -> bool {
    static VERB: LazyLock<HashSet<&str>> = LazyLock::new(|| {
        let verbs = VERBS.split_ascii_whitespace();
        verbs.filter(|verb| verb.len() > 2).collect()
    });
    static VERB_WITHOUT_E: LazyLock<HashSet<&str>> = LazyLock::new(|| {
        VERB.iter()
            .filter_map(|verb| verb.strip_suffix('e'))
            .collect()
    });
    ["ing", "ed", "es", "s"].iter().any(|ending| {
        low.strip_suffix(ending).is_some_and(|stem| {
            let doubled = stem
                .char_indices()
                .next_back()
                .filter(|(at, last)| *at > 2 && stem[..*at].ends_with(*last))
                .is_some_and(|(at, _)| VERB.contains(&stem[..at]));
            VERB.contains(stem) || doubled || *ending != "s" && VERB_WITHOUT_E.contains(stem)
        })
    })
}
