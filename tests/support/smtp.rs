//! A server for mail, as small as one can be: it takes everything, but for one recipient, whom it does not know.

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
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let taken = Arc::new(Mutex::new(Vec::new()));
        let (log, unknown) = (Arc::clone(&taken), unknown.to_owned());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (log, unknown) = (Arc::clone(&log), unknown.clone());
                // A client that leaves in the middle is no fault of the server.
                thread::spawn(move || talk(stream.unwrap(), &unknown, &log));
            }
        });
        Self { url, taken }
    }

    /// The addresses to which it took a message, in order.
    pub fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }
}

fn talk(mut stream: TcpStream, unknown: &str, taken: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut to = String::new();
    stream.write_all(b"220 here\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        let answer = match line.split([' ', ':']).next().unwrap().to_uppercase().as_str() {
            "RCPT" if line.contains(unknown) => "550 5.1.1 no such user",
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
