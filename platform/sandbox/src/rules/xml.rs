use std::ops::Range;

use roxmltree::Document;
pub(crate) use roxmltree::Node;

/// Changes to the text of an XML answer, gathered while it is read and made all at once.
#[derive(Debug, Default)]
pub(crate) struct Edits {
    edits: Vec<(Range<usize>, String)>,
}

impl Edits {
    /// Puts `text` in place of what an element holds.
    pub(crate) fn set_content(&mut self, node: Node<'_, '_>, text: &str) {
        let name = node.tag_name().name();
        self.edits
            .push((node.range(), format!("<{name}>{text}</{name}>")));
    }

    /// Puts `text` behind the last child of an element, which may be empty.
    pub(crate) fn append(&mut self, source: &str, node: Node<'_, '_>, text: &str) {
        let range = node.range();
        let whole = &source[range.clone()];
        let name = node.tag_name().name();
        if whole.ends_with("/>") {
            let open = whole.trim_end_matches("/>").trim_end();
            self.edits.push((range, format!("{open}>{text}</{name}>")));
        } else if let Some(close) = whole.rfind("</") {
            let at = range.start + close;
            self.edits.push((at..at, text.to_owned()));
        }
    }

    pub(crate) fn remove(&mut self, node: Node<'_, '_>) {
        self.edits.push((node.range(), String::new()));
    }

    pub(crate) fn apply(mut self, source: &str) -> String {
        self.edits
            .sort_by_key(|(range, _)| (range.start, range.end));
        let mut out = String::with_capacity(source.len());
        let mut at = 0;
        for (range, text) in self.edits {
            // What lies within an element already replaced is gone with it.
            if range.start < at {
                continue;
            }
            out.push_str(&source[at..range.start]);
            out.push_str(&text);
            at = range.end;
        }
        out.push_str(&source[at..]);
        out
    }
}

/// The first element of this name below a node.
pub(crate) fn find<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.descendants().find(|n| n.has_tag_name_local(name))
}

/// The child element of this name.
pub(crate) fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|n| n.has_tag_name_local(name))
}

/// The text of a child element, empty when there is none.
pub(crate) fn text<'a>(node: Node<'a, '_>, name: &str) -> &'a str {
    child(node, name).and_then(|n| n.text()).unwrap_or_default()
}

/// The members of the first list of this name below a node: `item` in EC2, `member` elsewhere.
pub(crate) fn items<'a, 'input>(node: Node<'a, 'input>, list: &str) -> Vec<Node<'a, 'input>> {
    find(node, list)
        .map(|list| list.children().filter(Node::is_element).collect())
        .unwrap_or_default()
}

/// An answer's text as a document; an empty one when the answer is not XML.
pub(crate) fn parse(source: &str) -> Document<'_> {
    Document::parse(source)
        .or_else(|_| Document::parse("<none/>"))
        .expect("a constant empty element is well-formed XML")
}

trait LocalName {
    fn has_tag_name_local(&self, name: &str) -> bool;
}

impl LocalName for Node<'_, '_> {
    /// Answers carry a namespace each, which says nothing here.
    fn has_tag_name_local(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

#[cfg(test)]
mod tests {
    use super::{Edits, child, find, items, parse, text};

    #[test]
    fn reads_and_edits() {
        let source = "<r xmlns=\"u\"><set><item><a>1</a></item><item><a>2</a><b/></item></set></r>";
        let document = parse(source);
        let items = items(document.root(), "set");
        assert_eq!(
            items.iter().map(|i| text(*i, "a")).collect::<Vec<_>>(),
            ["1", "2"]
        );
        let mut edits = Edits::default();
        edits.remove(items[0]);
        edits.set_content(child(items[1], "a").expect("a"), "3");
        edits.append(source, child(items[1], "b").expect("b"), "<c/>");
        edits.append(source, find(document.root(), "r").expect("r"), "<z/>");
        assert_eq!(
            edits.apply(source),
            "<r xmlns=\"u\"><set><item><a>3</a><b><c/></b></item></set><z/></r>"
        );
    }
}
