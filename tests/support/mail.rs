//! E-mails as a reader of MIME sees them.

use mail_parser::MessageParser;

/// An e-mail, taken apart by another crate than the one that wrote it.
#[derive(Debug, Clone)]
pub struct Mail {
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Each header with its value as it was sent, unfolded.
    headers: Vec<(String, String)>,
}

impl Mail {
    pub fn parse(raw: &str) -> Self {
        let message = MessageParser::default().parse(raw).unwrap();
        assert_eq!((message.text_body_count(), message.html_body_count()), (1, 1), "{raw}");
        let headers = message.headers_raw().map(|(name, value)| {
            let unfolded = value.split("\r\n").map(str::trim).collect::<Vec<_>>().join(" ");
            (name.to_owned(), unfolded.trim().to_owned())
        });
        Self {
            subject: message.subject().unwrap().to_owned(),
            text: message.body_text(0).unwrap().replace("\r\n", "\n"),
            html: message.body_html(0).unwrap().replace("\r\n", "\n"),
            headers: headers.collect(),
        }
    }

    /// The value of a header; nothing if it is not there.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} twice");
        value
    }

    /// All that can be read of it: headers, subject and both texts.
    pub fn all(&self) -> String {
        let headers: String = self.headers.iter().map(|(name, value)| [name, ": ", value, "\n"].concat()).collect();
        format!("{headers}{}\n{}\n{}", self.subject, self.text, self.html)
    }

    /// The links of the text, in order.
    pub fn links(&self) -> Vec<String> {
        self.text.lines().filter(|line| line.starts_with("http")).map(str::to_owned).collect()
    }

    /// Asserts what every e-mail of ours keeps to.
    pub fn is_sound(&self) {
        assert!(self.subject.starts_with("[Diapason") && self.subject.chars().count() <= 78, "{}", self.subject);
        for (name, value) in [
            ("Auto-Submitted", "auto-generated"),
            ("X-Auto-Response-Suppress", "All"),
            ("Content-Language", "fr"),
            ("From", "Diapason <ne-pas-repondre@diapason.invalid>"),
        ] {
            assert_eq!(self.header(name), Some(value), "{name}");
        }
        assert!(self.header("Message-ID").unwrap().ends_with("@diapason.invalid>"));
        assert!(self.header("List-Id").unwrap().ends_with(".diapason.invalid>"));
        assert!(self.header("Date").is_some());
        // Both texts say the same, in the same words.
        assert_eq!(words(&self.text), words(&seen(&self.html)), "{}\n{}", self.text, self.html);
        for wanted in ["<html lang=\"fr\">", "<title>", "name=\"color-scheme\"", "<h1>", "Pourquoi ce message"] {
            assert!(self.html.contains(wanted), "{wanted}: {}", self.html);
        }
        for unwanted in ["<img", "<table", "<script", "http-equiv"] {
            assert!(!self.html.contains(unwanted), "{unwanted}: {}", self.html);
        }
        for link in self.links() {
            assert!(self.html.contains(&format!("<a href=\"{link}\">{link}</a>")), "{link}: {}", self.html);
        }
    }
}

/// The words of a text, in the order of the alphabet: HTML has some of them elsewhere.
fn words(text: &str) -> Vec<String> {
    // The numbers of a list are drawn by the program that shows HTML.
    let listed = |word: &&str| word.strip_suffix('.').is_none_or(|number| number.parse::<u8>().is_err());
    let mut words: Vec<String> = text.split_whitespace().filter(listed).map(str::to_owned).collect();
    words.sort();
    words
}

/// What is seen of HTML.
fn seen(html: &str) -> String {
    let body = html.split_once("<body>").unwrap().1;
    let mut seen = String::new();
    for part in body.split('<') {
        let text = part.split_once('>').map_or(part, |(_, text)| text);
        seen.push_str(text);
        seen.push(' ');
    }
    seen.replace("&#38;", "&").replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"").replace("&#39;", "'")
}
