//! Markdown as a terminal shows it: wrapped, indented, headings and commands told apart.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// What a stretch of text is, for whoever colours it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A heading.
    Heading,
    /// A command, or a word of code within a sentence.
    Code,
}

/// A Markdown text as lines of at most `width` characters, where words allow it; `paint` colours a stretch of it, and may leave it as it is.
#[must_use]
pub fn render(text: &str, width: usize, paint: &dyn Fn(Style, &str) -> String) -> String {
    let mut sheet = Sheet {
        width,
        paint,
        out: String::new(),
        words: Vec::new(),
        open: true,
        lists: Vec::new(),
        bullet: None,
        cells: Vec::new(),
        code: false,
    };
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        sheet.take(event);
    }
    sheet.out.trim_end().to_owned()
}

struct Sheet<'a> {
    width: usize,
    paint: &'a dyn Fn(Style, &str) -> String,
    out: String,
    /// Of the paragraph that is read.
    words: Vec<String>,
    /// Whether the next text begins a word of its own.
    open: bool,
    /// Of each list around: the number of the next item, none where it has no numbers.
    lists: Vec<Option<u64>>,
    /// What the next paragraph begins with.
    bullet: Option<String>,
    /// The cells of the row that is read.
    cells: Vec<String>,
    code: bool,
}

impl Sheet<'_> {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.begin(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.code => self.block(&text),
            Event::Text(text) => self.say(&text, None),
            Event::Code(text) => self.word(text.into_string(), Some(Style::Code)),
            Event::SoftBreak | Event::HardBreak => self.open = true,
            Event::Html(text) | Event::InlineHtml(text) => self.say(&text, None),
            _ => {}
        }
    }

    fn begin(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::List(first) => {
                self.flush();
                self.lists.push(*first);
            }
            Tag::Item => {
                let mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        let mark = format!("{number}. ");
                        *number += 1;
                        mark
                    }
                    _ => "- ".to_owned(),
                };
                self.bullet = Some(mark);
            }
            Tag::CodeBlock(_) => {
                self.flush();
                self.code = true;
            }
            Tag::TableCell => self.cells.push(String::new()),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => self.heading(level),
            TagEnd::Paragraph => {
                self.flush();
                self.gap();
            }
            TagEnd::Item => self.flush(),
            TagEnd::List(_) => {
                self.lists.pop();
                self.gap();
            }
            TagEnd::CodeBlock => {
                self.code = false;
                self.gap();
            }
            TagEnd::TableCell => {
                let text: Vec<String> = self.words.drain(..).collect();
                self.open = true;
                if let Some(cell) = self.cells.last_mut() {
                    *cell = text.join(" ");
                }
            }
            TagEnd::TableHead | TagEnd::TableRow => {
                let row = std::mem::take(&mut self.cells).join(": ");
                self.words = row.split_whitespace().map(str::to_owned).collect();
                self.bullet = Some("- ".to_owned());
                self.flush();
            }
            TagEnd::Table => self.gap(),
            _ => {}
        }
    }

    fn heading(&mut self, level: HeadingLevel) {
        let text: Vec<String> = self.words.drain(..).collect();
        let text = text.join(" ");
        let text = match level {
            HeadingLevel::H1 => text,
            _ => text.to_uppercase(),
        };
        self.open = true;
        let painted = (self.paint)(Style::Heading, &text);
        self.out.push_str(&painted);
        self.out.push_str("\n\n");
    }

    fn say(&mut self, text: &str, style: Option<Style>) {
        if text.starts_with(char::is_whitespace) {
            self.open = true;
        }
        let mut words = text.split_whitespace();
        if let Some(first) = words.next() {
            self.word(first.to_owned(), style);
        }
        for word in words {
            self.open = true;
            self.word(word.to_owned(), style);
        }
        self.open = text.ends_with(char::is_whitespace);
    }

    /// Adds a word, or what follows the one before without a space.
    fn word(&mut self, text: String, style: Option<Style>) {
        let text = match style {
            Some(Style::Code) => (self.paint)(Style::Code, &text),
            _ => text,
        };
        match self.words.last_mut() {
            Some(last) if !self.open => last.push_str(&text),
            _ => self.words.push(text),
        }
        self.open = false;
    }

    /// Columns of the text of the innermost item.
    fn indent(&self) -> usize {
        self.lists.iter().map(mark_width).sum()
    }

    /// Writes the paragraph that was read.
    fn flush(&mut self) {
        self.open = true;
        if self.words.is_empty() {
            return;
        }
        let indent = self.indent();
        let mark = self.bullet.take().unwrap_or_default();
        let lead = match mark.is_empty() {
            true => indent,
            false => indent - self.lists.last().map_or(0, mark_width),
        };
        let hang = match mark.is_empty() || indent > 0 {
            true => indent,
            false => mark.len(),
        };
        let mut line = format!(
            "{:lead$}{:<rest$}",
            "",
            mark,
            rest = hang.saturating_sub(lead)
        );
        let mut long = lead.max(hang);
        let mut first = true;
        for word in self.words.drain(..) {
            let length = shown(&word);
            if !first && long + 1 + length > self.width {
                self.out.push_str(line.trim_end());
                self.out.push('\n');
                line = " ".repeat(hang);
                long = hang;
                first = true;
            }
            if !first {
                line.push(' ');
                long += 1;
            }
            line.push_str(&word);
            long += length;
            first = false;
        }
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    /// A block of code, not wrapped: what is copied from it has to be one line.
    fn block(&mut self, text: &str) {
        let indent = " ".repeat(self.indent() + 4);
        for line in text.lines() {
            let painted = (self.paint)(Style::Code, line);
            self.out.push_str(&format!("{indent}{painted}\n"));
        }
    }

    fn gap(&mut self) {
        if !self.out.ends_with("\n\n") && !self.out.is_empty() {
            self.out.push('\n');
        }
    }
}

/// Columns of what an item of such a list begins with.
fn mark_width(list: &Option<u64>) -> usize {
    match list {
        Some(_) => "1. ".len(),
        None => "- ".len(),
    }
}

/// How many columns a word takes: what paints it takes none.
fn shown(text: &str) -> usize {
    let mut count = 0;
    let mut escape = false;
    for character in text.chars() {
        match (escape, character) {
            (false, '\u{1b}') => escape = true,
            (true, 'm') => escape = false,
            (true, _) => {}
            (false, _) => count += 1,
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::{Style, render};
    use crate::page::PAGES;

    const TEXT: &str = "# A page\n\nSome words that are more than one line, with `code` in it,\nand [a link](x.md).\n\n## Act\n\n1. First, which goes on for longer than a line has room.\n2. Second:\n\n```sh\nbella provision STACK --with a-line --that-is longer than the page\n```\n\n- a\n- b\n\n| a | b |\n|---|---|\n| c | d |\n";

    #[test]
    fn a_page_is_laid_out() {
        let shown = render(TEXT, 40, &|_, text| text.to_owned());
        let expected = "A page\n\nSome words that are more than one line,\nwith code in it, and a link.\n\nACT\n\n1. First, which goes on for longer than\n   a line has room.\n2. Second:\n\n    bella provision STACK --with a-line --that-is longer than the page\n\n- a\n- b\n\n- a: b\n- c: d";
        assert_eq!(shown, expected);
    }

    #[test]
    fn headings_and_code_are_painted_and_take_no_room() {
        let paint = |style: Style, text: &str| match style {
            Style::Heading => format!("\u{1b}[1m{text}\u{1b}[0m"),
            Style::Code => format!("\u{1b}[36m{text}\u{1b}[0m"),
        };
        let shown = render("# A\n\nab `cd` ef gh\n", 8, &paint);
        assert_eq!(
            shown,
            "\u{1b}[1mA\u{1b}[0m\n\nab \u{1b}[36mcd\u{1b}[0m ef\ngh"
        );
    }

    #[test]
    fn every_command_of_a_page_stays_one_line() {
        for page in PAGES {
            let shown = render(page.text, 60, &|_, text| text.to_owned());
            for command in page.commands() {
                assert!(
                    shown.lines().any(|line| line.trim() == command.line),
                    "{}: {}",
                    page.name,
                    command.line
                );
            }
            let long = shown.lines().filter(|line| !line.starts_with("    "));
            for line in long {
                assert!(line.chars().count() <= 60, "{}: {line}", page.name);
            }
        }
    }
}
