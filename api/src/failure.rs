//! Why the binary stops, told to the person or program that started it.

/// Any error: it is printed with its causes, and nothing is decided by its kind.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
