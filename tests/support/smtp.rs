//! A server for mail, as small as one can be: it takes everything, but for what it is told to refuse.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A server for mail that goes on until the tests end.
pub struct Smtp {
    pub url: String,
    taken: Arc<Mutex<Vec<String>>>,
}

impl Smtp {
    /// One that does not know this address.
    pub fn not_knowing(unknown: &str) -> Self {
        Self::refusing("RCPT", unknown, "550 5.1.1 no such user")
    }

    /// One that answers so to a command that holds these words. Its greeting is its answer to nothing.
    pub fn refusing(command: &'static str, words: &str, answer: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let taken = Arc::new(Mutex::new(Vec::new()));
        let (log, words) = (Arc::clone(&taken), words.to_owned());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (log, words) = (Arc::clone(&log), words.clone());
                // A client that leaves in the middle is no fault of the server.
                thread::spawn(move || talk(stream.unwrap(), (command, &words, answer), &log));
            }
        });
        Self { url, taken }
    }

    /// The addresses to which it took a message, in order.
    pub fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }
}

fn talk(
    mut stream: TcpStream,
    (command, words, refusal): (&str, &str, &str),
    taken: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut to = String::new();
    let greeting = if command.is_empty() { refusal } else { "220 here" };
    stream.write_all(format!("{greeting}\r\n").as_bytes())?;
    while let Some(line) = lines.next().transpose()? {
        let answer = match line.split([' ', ':']).next().unwrap().to_uppercase().as_str() {
            said if said == command && line.contains(words) => refusal,
            "EHLO" => "250-here\r\n250 AUTH PLAIN",
            "RCPT" => {
                line.split(['<', '>']).nth(1).unwrap().clone_into(&mut to);
                "250 ok"
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n")?;
                while lines.next().transpose()?.is_some_and(|line| line != ".") {}
                taken.lock().unwrap().push(to.clone());
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes())?;
    }
    Ok(())
}
