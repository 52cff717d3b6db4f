//! A server for mail, as small as one can be: it takes everything, but for what it is told to refuse.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::mail::Mail;

/// A server for mail that goes on until the tests end.
pub struct Smtp {
    pub url: String,
    taken: Arc<Mutex<Vec<(String, String)>>>,
    /// Whether it answers what it was told to hold back.
    answers: Arc<AtomicBool>,
}

impl Smtp {
    /// One that does not know this address.
    pub fn not_knowing(unknown: &str) -> Self {
        Self::refusing("RCPT", unknown, "550 5.1.1 no such user")
    }

    /// One that answers so to a command that holds these words. Its greeting is its answer to nothing.
    pub fn refusing(command: &'static str, words: &str, answer: &'static str) -> Self {
        Self::answering(Refusal { command, words: words.to_owned(), answer, after: false }, true)
    }

    /// One that takes every message and says that it could not, each time anew.
    pub fn forgetful() -> Self {
        Self::answering(Refusal { command: "DATA", words: String::new(), answer: "451 try again", after: true }, true)
    }

    /// One that says nothing to a command until it is told to answer, and then answers so. Its greeting is its answer to nothing.
    pub fn holding(command: &'static str, answer: &'static str) -> Self {
        Self::answering(Refusal { command, words: String::new(), answer, after: false }, false)
    }

    /// One that takes every message, and says so only when it is told to.
    pub fn slow() -> Self {
        Self::answering(Refusal { command: "DATA", words: String::new(), answer: "250 taken", after: true }, false)
    }

    /// Has it answer from now on.
    pub fn answer(&self) {
        self.answers.store(true, Ordering::Release);
    }

    fn answering(refusal: Refusal, at_once: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let taken = Arc::new(Mutex::new(Vec::new()));
        let answers = Arc::new(AtomicBool::new(at_once));
        let (log, may) = (Arc::clone(&taken), Arc::clone(&answers));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (log, may, refusal) = (Arc::clone(&log), Arc::clone(&may), refusal.clone());
                // A client that leaves in the middle is no fault of the server.
                thread::spawn(move || talk(stream.unwrap(), &refusal, &may, &log));
            }
        });
        Self { url, taken, answers }
    }

    /// The addresses to which it took a message, in order.
    pub fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().iter().map(|(address, _)| address.clone()).collect()
    }

    /// The messages that came, in order.
    pub fn messages(&self) -> Vec<Mail> {
        self.taken.lock().unwrap().iter().map(|(_, message)| Mail::parse(message)).collect()
    }
}

/// What a server answers to a command that holds some words; or, after a message has come, to the message.
#[derive(Clone)]
struct Refusal {
    command: &'static str,
    words: String,
    answer: &'static str,
    after: bool,
}

fn talk(
    mut stream: TcpStream,
    it: &Refusal,
    may: &AtomicBool,
    taken: &Mutex<Vec<(String, String)>>,
) -> std::io::Result<()> {
    let (command, words) = (it.command, it.words.as_str());
    let refusal = || {
        while !may.load(Ordering::Acquire) {
            thread::sleep(Duration::from_millis(20));
        }
        it.answer
    };
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut to = String::new();
    let greeting = if command.is_empty() { refusal() } else { "220 here" };
    stream.write_all(format!("{greeting}\r\n").as_bytes())?;
    while let Some(line) = lines.next().transpose()? {
        let answer = match line.split([' ', ':']).next().unwrap().to_uppercase().as_str() {
            said if !it.after && said == command && line.contains(words) => refusal(),
            "EHLO" => "250-here\r\n250 AUTH PLAIN",
            "RCPT" => {
                line.split(['<', '>']).nth(1).unwrap().clone_into(&mut to);
                "250 ok"
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n")?;
                let mut message = String::new();
                while let Some(line) = lines.next().transpose()?.filter(|line| line != ".") {
                    message.push_str(line.strip_prefix('.').unwrap_or(&line));
                    message.push_str("\r\n");
                }
                taken.lock().unwrap().push((to.clone(), message));
                if it.after { refusal() } else { "250 taken" }
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes())?;
    }
    Ok(())
}
