//! A document says what is written and where it may break; printing it decides where it does. A group
//! stands in one line if it fits, else each of its own breaks is one; what is inside groups of its
//! own decides again. Wadler's "A prettier printer", without recursion and in linear time.

use super::WIDTH;
use super::tokens::Comment;
use std::borrow::Cow;

/// A part of a document.
#[derive(Debug)]
pub(super) enum Document<'a> {
    Text(Cow<'a, str>),
    /// Set off by a blank on either side.
    Comment(&'a str),
    Space,
    /// In a broken group a new line, else the blank or nothing.
    Break {
        blank: bool,
    },
    Newline,
    /// Breaks the groups around it.
    Broken,
    IfFlat(Vec<Self>),
    IfBroken(Vec<Self>),
    /// New lines in it begin with so many more blanks.
    Nest(usize, Vec<Self>),
    Group(Group<'a>),
    Row(Vec<Self>),
}

/// Broken as a whole or not at all.
#[derive(Debug)]
pub(super) struct Group<'a> {
    /// Columns when not broken; `None` when it must be.
    width: Option<usize>,
    parts: Vec<Document<'a>>,
}

impl<'a> Document<'a> {
    /// Breaks as a whole or not at all.
    pub(super) fn group(parts: Vec<Self>) -> Self {
        Self::Group(Group { width: width(&parts), parts })
    }

    pub(super) fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// Comments behind the last token of a line.
    pub(super) fn behind(comments: Vec<Comment<'a>>) -> Self {
        let must_break = comments.iter().any(Comment::is_line).then_some(Self::Broken);
        let comments = comments.into_iter().map(|comment| Self::Comment(comment.text));
        Self::Row(comments.chain(must_break).collect())
    }

    /// Columns when not broken.
    fn width(&self) -> Option<usize> {
        match self {
            Self::Text(text) => Some(columns(text)),
            Self::Comment(text) => Some(columns(text) + 1),
            Self::Space | Self::Break { blank: true } => Some(1),
            Self::Break { blank: false } | Self::IfBroken(_) => Some(0),
            Self::Newline | Self::Broken => None,
            Self::IfFlat(parts) | Self::Nest(_, parts) | Self::Row(parts) => width(parts),
            Self::Group(group) => group.width,
        }
    }
}

fn width(parts: &[Document<'_>]) -> Option<usize> {
    parts.iter().map(Document::width).sum()
}

/// The columns of the widest line.
fn columns(text: &str) -> usize {
    text.lines().map(|line| line.chars().count()).max().unwrap_or(0)
}

/// Lines being written.
pub(super) struct Printer<'a> {
    pub(super) text: String,
    /// What each line begins with.
    indent: &'a str,
    column: usize,
    /// Nothing is written in the line yet; it will begin with so many blanks behind `indent`.
    begin: Option<usize>,
    space: bool,
}

impl<'a> Printer<'a> {
    pub(super) fn new(indent: &'a str) -> Self {
        Self { text: String::new(), indent, column: 0, begin: Some(0), space: false }
    }

    /// Writes a document and ends its line.
    pub(super) fn line(&mut self, document: &Document<'_>) {
        self.print(document);
        self.newline(0);
    }

    /// Leaves one line empty.
    pub(super) fn blank_line(&mut self) {
        self.text.push('\n');
    }

    fn print(&mut self, document: &Document<'_>) {
        let mut left = vec![Frame { nest: 0, broken: true, document }];
        while let Some(frame) = left.pop() {
            let Frame { nest, broken, document } = frame;
            match document {
                Document::Text(text) => self.write(text),
                Document::Comment(text) => {
                    self.space = true;
                    self.write(text);
                    self.space = true;
                }
                Document::Space => self.space = true,
                Document::Break { .. } if broken => self.newline(nest),
                Document::Break { blank } => self.space |= blank,
                Document::Newline => self.newline(nest),
                Document::Broken => {}
                Document::IfFlat(parts) if !broken => frame.open(parts, &mut left),
                Document::IfBroken(parts) if broken => frame.open(parts, &mut left),
                Document::IfFlat(_) | Document::IfBroken(_) => {}
                Document::Nest(by, parts) => {
                    Frame { nest: nest + by, ..frame }.open(parts, &mut left);
                }
                Document::Row(parts) => frame.open(parts, &mut left),
                Document::Group(group) => {
                    let broken = !self.fits(group, &left);
                    Frame { broken, ..frame }.open(&group.parts, &mut left);
                }
            }
        }
    }

    /// True when the group fits in the line with all that follows up to the next break.
    fn fits(&self, group: &Group<'_>, left: &[Frame<'_, '_>]) -> bool {
        let Some(width) = group.width else {
            return false;
        };
        let begin = self.begin.map_or(0, |nest| width_of_indent(self.indent) + nest);
        let mut room = WIDTH.checked_sub(self.column + begin + usize::from(self.space) + width);
        for frame in left.iter().rev() {
            let mut inside = vec![*frame];
            while let Some(frame) = inside.pop() {
                let Some(columns) = room else {
                    return false;
                };
                match frame.document {
                    Document::Break { .. } if frame.broken => return true,
                    Document::Newline | Document::Comment(_) => return true,
                    Document::IfFlat(_) if frame.broken => {}
                    Document::IfBroken(parts) if frame.broken => frame.open(parts, &mut inside),
                    Document::Nest(_, parts) | Document::Row(parts) => {
                        frame.open(parts, &mut inside);
                    }
                    // It may break at its first break.
                    Document::Group(group) => {
                        Frame { broken: true, ..frame }.open(&group.parts, &mut inside);
                    }
                    document => room = columns.checked_sub(document.width().unwrap_or(0)),
                }
            }
        }
        room.is_some()
    }

    fn newline(&mut self, nest: usize) {
        if self.begin.is_none() {
            self.text.push('\n');
        }
        self.begin = Some(nest);
        self.column = 0;
        self.space = false;
    }

    fn write(&mut self, text: &str) {
        if let Some(nest) = self.begin.take() {
            self.text.push_str(self.indent);
            self.text.extend(std::iter::repeat_n(' ', nest));
            self.column = width_of_indent(self.indent) + nest;
        } else if self.space
            && (text.starts_with("//") || !self.text.ends_with(['(', '[']))
            && !text.starts_with([')', ']', ',', ';'])
        {
            self.text.push(' ');
            self.column += 1;
        }
        self.space = false;
        self.text.push_str(text);
        match text.rfind('\n') {
            Some(at) => self.column = text.get(at + 1..).unwrap_or("").chars().count(),
            None => self.column += text.chars().count(),
        }
    }
}

/// A part that is still to be printed.
#[derive(Clone, Copy)]
struct Frame<'d, 'a> {
    nest: usize,
    /// The group around it is.
    broken: bool,
    document: &'d Document<'a>,
}

impl<'d, 'a> Frame<'d, 'a> {
    /// Puts the parts where they are popped in their order.
    fn open(self, parts: &'d [Document<'a>], left: &mut Vec<Self>) {
        left.extend(parts.iter().rev().map(|document| Self { document, ..self }));
    }
}

/// A tab is four columns wide.
fn width_of_indent(indent: &str) -> usize {
    indent.chars().map(|character| if character == '\t' { 4 } else { 1 }).sum()
}
