//! Stretches of digits, and how each follows the one before it.

use super::lexicon::{self, Role};
use crate::words;

/// Something that contributes digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Typed digits.
    Typed(String),
    /// A spoken number word.
    Spoken(Role),
}

/// How a stretch of digits follows the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// Words between them that belong to telling a number, or none.
    Continues,
    /// Words between them that have nothing to do with a number.
    Apart,
    /// "no", "sorry", "I mean".
    Corrects,
    /// "or".
    Alternative,
}

/// A stretch of digits.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) pieces: Vec<Piece>,
    pub(super) link: Link,
    /// Begins with a country code.
    pub(super) plus: bool,
    /// Said to be the area code.
    pub(super) area: bool,
    /// Said to be the end of the number.
    pub(super) ending: bool,
    /// Said not to be the number.
    pub(super) denied: bool,
    /// Said to be a mobile number (`Some(true)`) or some other one.
    pub(super) cell: Option<bool>,
    /// Its first piece may be a time or a door: "at 2, 416 …", "room 12 416 …".
    pub(super) may_begin_late: bool,
}

/// Finds the stretches of digits in a turn.
pub(super) fn runs(text: &str) -> Vec<Run> {
    let atoms = atoms(&words::without_noise(text).to_lowercase());
    let mut builder = Builder::default();
    let mut at = 0;
    while at < atoms.len() {
        at += builder.take(&atoms[at..]);
    }
    builder.close();
    builder.runs
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Atom {
    Digits(String),
    Word(String),
    Plus,
    Pound,
    /// A hyphen between two letters.
    Hyphen,
    /// A comma or a full stop.
    Pause,
    /// Letters and digits in one: a postal code, a time with a colon, an ordinal.
    Mixed,
}

#[derive(Default)]
struct Builder {
    runs: Vec<Run>,
    open: Option<Run>,
    next: Next,
    in_extension: bool,
    /// A hyphen joins the next word to the one before it.
    bound: bool,
    /// The word before the one at hand.
    previous: String,
    /// "is", "is my" came after the last run.
    is_said: bool,
}

/// What is known of the next run before it begins.
#[derive(Default)]
struct Next {
    link: Option<Link>,
    plus: bool,
    area: bool,
    ending: bool,
    denied: bool,
    cell: Option<bool>,
}

impl Builder {
    /// Takes one atom, or a phrase of several; says how many.
    fn take(&mut self, atoms: &[Atom]) -> usize {
        match &atoms[0] {
            Atom::Digits(digits) => self.piece(Piece::Typed(digits.clone())),
            Atom::Plus => self.role(Role::Plus),
            Atom::Pound => self.role(Role::Extension),
            Atom::Mixed => self.apart(),
            Atom::Hyphen => self.bound = matches!(self.last(), Some(Piece::Spoken(Role::Tens(_)))),
            Atom::Pause => {
                let at = self.previous == "at";
                if let Some(run) = &mut self.open {
                    run.may_begin_late |= at && run.pieces.len() == 1;
                }
                // "four twenty, five fifty five": nothing after the comma belongs to the twenty.
                if let Some(Piece::Spoken(role @ Role::Tens(_))) = self.last()
                    && let Role::Tens(ten) = *role
                {
                    *role = Role::Pair(ten * 10);
                }
            }
            Atom::Word(first) => {
                let words: Vec<&str> = atoms
                    .iter()
                    .take(3)
                    .map_while(|atom| match atom {
                        Atom::Word(word) => Some(word.as_str()),
                        _ => None,
                    })
                    .collect();
                if let Some((role, length)) = lexicon::phrase(&words) {
                    self.role(role);
                    return length;
                }
                match lexicon::word(first) {
                    Some(role) => self.role(role),
                    None => self.apart(),
                }
                self.is_said = first == "is" && !self.runs.is_empty()
                    || self.is_said && matches!(first.as_str(), "my" | "the" | "a");
                self.previous.clone_from(first);
            }
        }
        1
    }

    fn role(&mut self, role: Role) {
        match role {
            Role::Filler => {}
            Role::Between => self.close(),
            Role::Correction => self.link(Link::Corrects),
            Role::Or => self.link(Link::Alternative),
            Role::Plus => {
                self.close();
                self.next.plus = true;
            }
            Role::CountryCode => {
                self.close();
                self.next.plus = true;
            }
            Role::AreaCode => self.area_code(),
            Role::Not => {
                self.close();
                self.next.denied = true;
            }
            Role::Ending => self.ending(),
            Role::Extension => {
                // "x" and "local" are ordinary words until a number came before them.
                let after_number = self.open.is_some();
                self.close();
                self.in_extension = after_number;
            }
            Role::Cell | Role::Landline => {
                self.close();
                let cell = Some(role == Role::Cell);
                match self.runs.last_mut() {
                    // "416 555 1234 is my cell".
                    Some(run) if self.is_said && run.cell.is_none() => run.cell = cell,
                    _ => self.next.cell = cell,
                }
            }
            Role::Hour => self.hour(),
            Role::Unit(_)
            | Role::Perhaps(_)
            | Role::Plural(_)
            | Role::Pair(_)
            | Role::Tens(_)
            | Role::Hundred
            | Role::Thousand
            | Role::Times(_) => self.piece(Piece::Spoken(role)),
        }
    }

    fn piece(&mut self, piece: Piece) {
        if self.in_extension {
            return;
        }
        if std::mem::take(&mut self.bound)
            && let Piece::Spoken(Role::Unit(unit @ 1..)) = piece
            && let Some(Piece::Spoken(role @ Role::Tens(_))) = self.last()
            && let Role::Tens(ten) = *role
        {
            *role = Role::Pair(ten * 10 + unit);
            return;
        }
        let in_place = matches!(
            self.previous.as_str(),
            "room" | "unit" | "suite" | "apartment" | "apt"
        );
        let next = &mut self.next;
        let run = self.open.get_or_insert_with(|| {
            let next = std::mem::take(next);
            Run {
                pieces: Vec::new(),
                link: next.link.unwrap_or(Link::Continues),
                plus: next.plus,
                area: next.area,
                ending: next.ending,
                denied: next.denied,
                cell: next.cell,
                may_begin_late: in_place,
            }
        });
        run.pieces.push(piece);
    }

    fn last(&mut self) -> Option<&mut Piece> {
        self.open.as_mut()?.pieces.last_mut()
    }

    /// Ends the open run.
    fn close(&mut self) {
        self.in_extension = false;
        let Some(run) = self.open.take() else {
            return;
        };
        let only_perhaps = run
            .pieces
            .iter()
            .all(|piece| matches!(piece, Piece::Spoken(Role::Perhaps(_) | Role::Times(_))));
        // "for" or "oh" alone says nothing; its flags go to the digits that follow.
        if only_perhaps && run.pieces.len() < 3 {
            self.next = Next {
                link: Some(run.link),
                plus: run.plus,
                area: run.area,
                ending: run.ending,
                denied: run.denied,
                cell: run.cell,
            };
            return;
        }
        self.runs.push(run);
    }

    fn link(&mut self, link: Link) {
        self.close();
        self.next.link = Some(link);
    }

    fn apart(&mut self) {
        self.close();
        self.next.link.get_or_insert(Link::Apart);
    }

    fn area_code(&mut self) {
        self.close();
        // "416 is the area code": the run before, unless it is a number already.
        match self.runs.last_mut() {
            Some(run) if !run.area && run.pieces.len() <= 3 && self.next.link.is_none() => {
                let typed =
                    matches!(run.pieces.as_slice(), [Piece::Typed(digits)] if digits.len() == 3);
                let spoken = run.pieces.len() == 3;
                if typed || spoken {
                    run.area = true;
                    return;
                }
                self.next.area = true;
            }
            _ => self.next.area = true,
        }
    }

    fn ending(&mut self) {
        self.close();
        match self.runs.last_mut() {
            Some(run) if run.link == Link::Corrects && self.next.link.is_none() => {
                run.ending = true
            }
            _ => self.next.ending = true,
        }
    }

    /// Drops the digits that turned out to be a time.
    fn hour(&mut self) {
        if let Some(run) = &mut self.open {
            if run.pieces.len() <= 2 {
                run.pieces.clear();
            } else {
                run.pieces.pop();
            }
            if run.pieces.is_empty() {
                self.open = None;
            }
        }
        self.apart();
    }
}

/// Splits lower-case text where digits, letters and signs change.
fn atoms(text: &str) -> Vec<Atom> {
    let mut atoms = Vec::new();
    let mut chars = text.chars().peekable();
    let mut last_letter = false;
    while let Some(c) = chars.next() {
        if c == '-' {
            let between = last_letter && chars.peek().is_some_and(|next| next.is_alphabetic());
            if between {
                atoms.push(Atom::Hyphen);
            }
        } else if matches!(c, ',' | '.' | ';') {
            atoms.push(Atom::Pause);
        } else if c == '+' {
            atoms.push(Atom::Plus);
        } else if c == '#' {
            atoms.push(Atom::Pound);
        } else if c.is_alphanumeric() {
            let mut part = String::from(c);
            while let Some(next) = chars.peek().copied() {
                if next.is_alphanumeric() || matches!(next, '\'' | '’' | ':') {
                    part.push(if next == '’' { '\'' } else { next });
                    chars.next();
                } else if next == '.' && part.chars().all(|c| matches!(c, 'a' | 'p')) {
                    chars.next();
                } else {
                    break;
                }
            }
            push_part(&mut atoms, &part);
        }
        last_letter = matches!(atoms.last(), Some(Atom::Word(_))) && c.is_alphabetic();
    }
    atoms
}

fn push_part(atoms: &mut Vec<Atom>, part: &str) {
    let part = part.trim_end_matches([':', '\'']);
    let part = part.strip_prefix("tel:").unwrap_or(part);
    let digits: Option<String> = part.chars().map(decimal).collect();
    if let Some(digits) = digits {
        atoms.push(Atom::Digits(digits));
        return;
    }
    if !part.chars().any(|c| decimal(c).is_some()) {
        atoms.push(Atom::Word(part.to_owned()));
        return;
    }
    // "555 O127" and "1234x12" are the mixtures that telephone numbers have.
    if let Some((number, extension)) = part.split_once('x')
        && [number, extension]
            .iter()
            .all(|side| side.bytes().all(|b| b.is_ascii_digit()))
    {
        if !number.is_empty() {
            atoms.push(Atom::Digits(number.to_owned()));
        }
        atoms.push(Atom::Word("x".to_owned()));
        atoms.push(Atom::Digits(extension.to_owned()));
    } else if part.bytes().all(|b| b.is_ascii_digit() || b == b'o') {
        atoms.push(Atom::Digits(part.replace('o', "0")));
    } else {
        atoms.push(Atom::Mixed);
    }
}

/// A decimal digit of the scripts that recognisers write numbers in.
fn decimal(c: char) -> Option<char> {
    const ZEROS: [char; 5] = ['０', '٠', '۰', '०', '੦'];
    if c.is_ascii_digit() {
        return Some(c);
    }
    ZEROS.iter().find_map(|zero| {
        let value = u32::from(c).checked_sub(u32::from(*zero))?;
        char::from_digit(value, 10).filter(|_| value < 10)
    })
}
